"""While somebody is away their deputy sees and is told; before and after, nothing."""

from datetime import date, timedelta

import pytest
import time_machine
from django.urls import reverse

from accounts import absences
from accounts.errors import Refused
from accounts.models import Absence
from conversations.services import make_service_request
from loans import services
from loans.models import Loan
from notifications import facts
from notifications.models import Notification
from tests.cast import sign_in
from tests.desk.helpers import fresh, get, make_document, make_request, post, words

pytestmark = pytest.mark.django_db
MONDAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 27)


def away(cast, **said):
    told = {
        "user": cast.olga,
        "deputy": cast.otto,
        "first_day": MONDAY,
        "last_day": FRIDAY,
        "by": cast.olga,
        **said,
    }
    return absences.note_absence(**told)


@pytest.fixture(autouse=True)
def the_week_before():
    with time_machine.travel("2026-11-20 15:00-05:00", tick=False) as clock:
        yield clock


@pytest.mark.parametrize(
    ("moment", "sees"),
    [
        ("2026-11-22 23:59-05:00", 404),
        ("2026-11-23 00:01-05:00", 200),
        ("2026-11-27 23:59-05:00", 200),
        ("2026-11-28 00:01-05:00", 404),
    ],
)
def test_it_begins_and_ends_by_itself_in_company_time(cast, client, the_week_before, moment, sees):
    away(cast)
    document = make_document(make_request(cast.bea_party, cast.olga))
    the_week_before.move_to(moment)
    otto = sign_in(client, cast.otto)
    for name, args in (
        ("desk:loan", [cast.loan.public_id]), ("desk:stage", [cast.loan.public_id]),
        ("desk:review", [document.public_id]), ("documents:document", [document.public_id]),
    ):  # fmt: skip
        assert otto.get(reverse(name, args=args)).status_code == sees, name


def test_the_deputy_works_on_the_loan_but_does_not_give_it_away(cast, client_for, the_week_before):
    away(cast)
    the_week_before.move_to("2026-11-24 10:00-05:00")
    loan = fresh(cast.loan)
    assert services.allowed_moves(loan, cast.otto)
    services.change_stage(loan=loan, to="processing", by=cast.otto, expected_version=loan.version)
    assert fresh(cast.loan).stage == "processing"
    assert get(client_for(cast.otto), "desk:reassign", loan.public_id).status_code == 404
    the_week_before.move_to("2026-11-28 10:00-05:00")
    with pytest.raises(Refused):
        services.set_next_update(
            loan=fresh(loan), on=date(2026, 12, 1), by=cast.otto, expected_version=loan.version
        )


def test_the_deputy_is_told_what_the_officer_is_told(cast, the_week_before):
    away(cast)
    the_week_before.move_to("2026-11-24 10:00-05:00")
    make_service_request(loan=cast.loan, party=cast.bea_party, words="A copy", channel="text", source="wish")
    told = Notification.objects.filter(kind="service_request_officer")
    assert {row.address for row in told} == {cast.olga.mail_address, cast.otto.mail_address}
    for row in told:
        assert facts.gather(row, "service_request_officer")
    the_week_before.move_to("2026-11-30 10:00-05:00")
    with pytest.raises(facts.NotWanted):
        facts.gather(told.get(address=cast.otto.mail_address), "service_request_officer")


def test_both_sides_and_the_borrower_read_of_it(cast, client_for, the_week_before):
    page = reverse("loans:detail", args=[cast.loan.public_id])
    assert "is away until" not in words(client_for(cast.bea).get(page))
    away(cast)
    the_week_before.move_to("2026-11-24 10:00-05:00")
    for address in (page, reverse("home:home"), reverse("loans:people", args=[cast.loan.public_id])):
        said = words(client_for(cast.bea).get(address))
        assert "Olga is away until Nov 27. Otto Weber answers meanwhile." in said, address
    assert "You stand in for Olga Haddad until Nov 27." in words(get(client_for(cast.otto), "desk:absences"))
    assert "Otto Weber stands in for you." in words(
        get(client_for(cast.olga), "desk:loan", cast.loan.public_id)
    )
    assert "stand in" not in words(get(client_for(cast.mara), "desk:loan", cast.loan.public_id))
    assert "away until" not in words(client_for(cast.nils).get(reverse("home:home")))


def test_it_is_noted_by_the_person_or_a_manager(cast, client_for):
    typed = {
        "deputy": str(cast.otto.public_id),
        "first_day": "2026-11-23",
        "last_day": "2026-11-27",
        "note": "",
    }
    assert post(client_for(cast.olga), "desk:absences", **typed).status_code == 302
    assert Absence.objects.get().user == cast.olga
    with pytest.raises(Refused):
        away(cast, by=cast.otto)
    said = {**typed, "user": str(cast.otto.public_id), "deputy": str(cast.stef.public_id), "first_day": "2026-12-01",
            "last_day": "2026-12-02"}  # fmt: skip
    assert post(client_for(cast.mara), "desk:absences", **said).status_code == 302
    assert Absence.objects.filter(user=cast.otto, made_by=cast.mara).exists()


def test_a_licence_that_the_deputy_lacks_is_said(cast, client_for):
    Loan.objects.filter(pk=cast.loan.pk).update(state="NH")
    typed = {"deputy": str(cast.otto.public_id), "first_day": "2026-11-23", "last_day": "2026-11-27"}
    address = reverse("desk:absences")
    assert "holds no licence in New Hampshire" in words(
        client_for(cast.olga).post(address, typed, follow=True)
    )


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"deputy": "olga"}, "somebody else"),
        ({"deputy": "bea"}, "work here"),
        ({"last_day": date(2026, 11, 22)}, "before the first"),
        ({"first_day": date(2026, 11, 2), "last_day": date(2026, 11, 3)}, "are over"),
    ],
)
def test_what_cannot_be(cast, change, why):
    said = {**change, **({"deputy": getattr(cast, change["deputy"])} if "deputy" in change else {})}
    with pytest.raises(Refused, match=why):
        away(cast, **said)


def test_who_opens_their_desk_for_long_needs_a_manager(cast):
    """Whoever stands in reads all loans of somebody: for a holiday by themselves, for longer by a manager's word."""
    with pytest.raises(Refused, match="a manager notes it"):
        away(cast, last_day=MONDAY + timedelta(days=60))
    away(cast, last_day=MONDAY + timedelta(days=59))
    away(cast, user=cast.stef, deputy=cast.mara, last_day=MONDAY + timedelta(days=200), by=cast.mara)


def test_managers_read_on_their_first_page_who_stands_in_for_whom(cast, client_for, the_week_before):
    away(cast, last_day=FRIDAY + timedelta(days=90), by=cast.mara)
    for who, is_told in (("mara", True), ("otto", False), ("olga", False)):
        page = words(get(client_for(getattr(cast, who)), "desk:today"))
        told = "Otto Weber stands in for Olga Haddad, Nov 23 – Feb 25, 2027; noted by Mara Silva." in page
        assert told is is_told, who
    the_week_before.move_to("2027-02-26 10:00-05:00")
    assert "stands in for" not in words(get(client_for(cast.mara), "desk:today"))


def test_nobody_stands_in_who_is_away_and_nobody_leaves_who_stands_in(cast):
    away(cast)
    with pytest.raises(Refused, match="already"):
        away(cast, deputy=cast.stef)
    with pytest.raises(Refused, match="stands in for Olga Haddad then"):
        away(cast, user=cast.otto, deputy=cast.stef, by=cast.otto)
    with pytest.raises(Refused, match="away then as well"):
        away(cast, user=cast.mara, deputy=cast.olga, by=cast.mara)


def test_back_early_and_not_going_at_all(cast, client_for, the_week_before):
    absence = away(cast)
    post(client_for(cast.olga), "desk:absence_end", absence.public_id)
    assert not Absence.objects.exists()
    absence = away(cast)
    the_week_before.move_to("2026-11-25 10:00-05:00")
    assert get(client_for(cast.otto), "desk:loan", cast.loan.public_id).status_code == 200
    post(client_for(cast.otto), "desk:absence_end", absence.public_id)
    assert get(client_for(cast.otto), "desk:loan", cast.loan.public_id).status_code == 200, (
        "not the deputy's to end"
    )
    post(client_for(cast.olga), "desk:absence_end", absence.public_id)
    absence.refresh_from_db()
    assert absence.last_day == MONDAY + timedelta(days=1)
    assert get(client_for(cast.otto), "desk:loan", cast.loan.public_id).status_code == 404
