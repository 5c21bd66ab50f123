"""What people do with letters, and what keeps a letter back: flags on the loan, wishes, words, hold and release."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from accounts.models import Company
from audit.models import Entry
from loans.errors import Changed, Refused
from loans.models import Loan, Task
from loans.services import assign_officer, note_circumstances
from notifications import delivery, letters, outlets, services
from notifications.handlers.closing import plan_years
from notifications.models import Notification, Preference, Suppression
from tests.cast import Cast, make_loan
from tests.loans.test_admin import loan_form
from tests.notifications.lettering import due_now, fund, letters_by, the, words_of

State = Notification.State
NEW_YORK = ZoneInfo("America/New_York")
AFTER = ("thank_you", "closing_binder", "first_anniversary")


@pytest.fixture
def funded(cast: Cast) -> Notification:
    """The letter of thanks of a loan that was funded just now."""
    fund(cast)
    return the("thank_you")


def rows(kind: str) -> list[Notification]:
    return list(Notification.objects.filter(kind=kind).order_by("due_at", "id"))


# --- Never to a loan in trouble or grief -----------------------------------------------------------------------


@pytest.mark.parametrize("kind", AFTER)
@pytest.mark.parametrize(
    ("flags", "word"),
    [
        ({"complaint_open": True, "bereavement": False}, "complaint"),
        ({"complaint_open": False, "bereavement": True}, "bereavement"),
    ],
    ids=["complaint", "bereavement"],
)
def test_a_complaint_or_a_bereavement_keeps_every_letter_back(
    funded: Notification, cast: Cast, kind: str, flags: dict[str, bool], word: str
) -> None:
    cast.loan.refresh_from_db()
    note_circumstances(loan=cast.loan, by=cast.olga, expected_version=cast.loan.version, **flags)
    row = the(kind)
    with time_machine.travel(row.due_at + timedelta(minutes=1)):
        delivery.deliver_due()
    row.refresh_from_db()
    assert row.state == State.HELD and word in row.error
    task = Task.objects.filter(kind=Task.Kind.LETTER).latest("id")
    assert task.for_user == cast.olga and word in task.why
    for verb in (services.release, services.send_now):
        with pytest.raises(Refused, match=word):
            verb(notification=row, by=cast.olga, expected_version=row.version)
    row.refresh_from_db()
    assert row.state == State.HELD and row.attachment_key == ""


def test_once_staff_take_the_flag_off_the_letter_may_go(funded: Notification, cast: Cast) -> None:
    Loan.objects.update(bereavement=True)
    delivery_day = funded.due_at + timedelta(minutes=1)
    with time_machine.travel(delivery_day):
        delivery.deliver_due()
    Loan.objects.update(bereavement=False)
    funded.refresh_from_db()
    with time_machine.travel(delivery_day + timedelta(days=40)):
        services.release(notification=funded, by=cast.olga, expected_version=funded.version)
        delivery.deliver_due()
    funded.refresh_from_db()
    assert funded.state == State.SENT
    # Nothing of it had left: it does not arrive as a letter of weeks ago.
    assert parsed(funded.date_header).date() == funded.sent_at.date()


@pytest.mark.parametrize(
    ("changed", "state"),
    [
        ({"complaint_open": True}, State.HELD),
        ({"bereavement": True}, State.HELD),
        ({"stage": "closing"}, State.CANCELLED),
        ({"stage": "suspended"}, State.CANCELLED),
    ],
)
@pytest.mark.parametrize("channel", ["email", "letter"])
def test_what_happens_to_the_loan_after_the_claim_keeps_its_letter_back_too(
    cast: Cast, changed: dict[str, Any], state: str, channel: str
) -> None:
    """Two letters are in the batch, so the second is read ahead while the first is made."""
    letters_by("both")
    fund(cast)
    for kind in ("thank_you", "closing_binder"):
        due_now(the(kind, channel))
    _token, claimed = delivery.claim(channel)
    assert len(claimed) == 2
    with letters.one_ahead(claimed):
        sent = outlets.outlet_for(channel)
        delivery.send_one(claimed[0], sent)
        Loan.objects.update(**changed)
        delivery.send_one(claimed[1], sent)
    states = dict(Notification.objects.filter(claim=None, channel=channel).values_list("pk", "state"))
    done = State.SENT if channel == "email" else State.READY_TO_PRINT
    assert [states[row.pk] for row in claimed] == [done, state]


def test_staff_set_the_flags_in_the_admin_and_the_letter_waits(
    funded: Notification, cast: Cast, client_for: Any
) -> None:
    cast.loan.refresh_from_db()
    said = loan_form(cast.loan, officer=cast.olga.pk, bereavement="on")
    answer = client_for(cast.stef).post(reverse("admin:loans_loan_change", args=[cast.loan.pk]), said)
    assert answer.status_code == 302
    assert Loan.objects.get(pk=cast.loan.pk).bereavement
    with time_machine.travel(funded.due_at + timedelta(minutes=1)):
        delivery.deliver_due()
    funded.refresh_from_db()
    assert funded.state == State.HELD


# --- Never to whoever wants none --------------------------------------------------------------------------------


def test_unsubscribed_by_mail_means_no_marketing_on_paper_either(cast: Cast) -> None:
    letters_by("both")
    fund(cast)
    services.unsubscribe(address=cast.bea.mail_address)
    for kind, after in (
        ("thank_you", {State.SENT, State.READY_TO_PRINT}),
        ("first_anniversary", {State.SUPPRESSED}),
    ):
        with time_machine.travel(the(kind).due_at + timedelta(minutes=1)):
            delivery.deliver_due()
        assert {row.state for row in rows(kind)} == after


def test_written_to_the_house_no_more_letters_on_paper(cast: Cast) -> None:
    """As the foot of the letter says: they write, staff switch the address off for marketing on paper."""
    letters_by("paper")
    fund(cast)
    Suppression.objects.create(
        address=cast.bea.mail_address, channel="letter", scope=Suppression.Scope.MARKETING
    )
    for kind, after in (("closing_binder", State.READY_TO_PRINT), ("first_anniversary", State.SUPPRESSED)):
        with time_machine.travel(the(kind, "letter").due_at + timedelta(minutes=1)):
            delivery.deliver_due()
        assert the(kind, "letter").state == after


def test_letters_are_a_topic_of_one_s_own_choice(funded: Notification, cast: Cast) -> None:
    Preference.objects.create(user=cast.bea, topic="news", channel="email", wanted=False)
    for kind, after in (("thank_you", State.SENT), ("first_anniversary", State.SUPPRESSED)):
        with time_machine.travel(the(kind).due_at + timedelta(minutes=1)):
            delivery.deliver_due()
        assert the(kind).state == after


# --- Words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "wording",
    [
        "Dear {{ nmaes }}",
        "{% include 'x' %}",
        "{# x #}",
        "{{ names|safe }}",
        "{{ names",
        "names }}",
        "{{ a.b }}",
        "{{ when rich }} Dear",
    ],
)
def test_words_with_unknown_fields_or_template_code_are_refused(
    funded: Notification, cast: Cast, wording: str
) -> None:
    with pytest.raises(Refused):
        services.edit_letter(
            notification=funded,
            wording=wording,
            personal_line="",
            by=cast.olga,
            expected_version=funded.version,
        )
    funded.refresh_from_db()
    assert funded.wording == ""


def test_two_people_at_once(funded: Notification, cast: Cast) -> None:
    told = {
        "notification": funded,
        "wording": "Dear {{ names }}",
        "by": cast.olga,
        "expected_version": funded.version,
    }
    services.edit_letter(**told, personal_line="one")
    with pytest.raises(Changed):
        services.edit_letter(**told, personal_line="two")
    funded.refresh_from_db()
    assert (funded.wording, funded.personal_line) == ("Dear {{ names }}", "one")


def test_words_saved_as_they_stood_stay_the_house_s(funded: Notification, cast: Cast) -> None:
    """So that a better default still reaches a letter in which somebody only added a line."""
    services.edit_letter(
        notification=funded, wording=letters.wording_now(funded), personal_line="See you at the fair.", by=cast.olga,
        expected_version=funded.version,
    )  # fmt: skip
    funded.refresh_from_db()
    assert (funded.wording, funded.personal_line) == ("", "See you at the fair.")


@pytest.mark.parametrize("kind", AFTER)
def test_every_letter_is_edited_held_released_and_sent_like_the_first(cast: Cast, kind: str) -> None:
    fund(cast)
    row = the(kind)
    row = services.edit_letter(
        notification=row, wording="Dear {{ names }}, all is well at {{ place }}.", personal_line="", by=cast.olga,
        expected_version=row.version,
    )  # fmt: skip
    row = services.hold(notification=row, by=cast.olga, expected_version=row.version)
    row = services.release(notification=row, by=cast.olga, expected_version=row.version)
    row = services.send_now(notification=row, by=cast.olga, expected_version=row.version)
    assert (row.state, row.wording[:4]) == (State.QUEUED, "Dear")
    with time_machine.travel(_morning()):
        due_now(row)
        delivery.deliver_due()
    row.refresh_from_db()
    assert row.state == State.SENT
    assert "Dear Bea and Cole, all is well at 12 Harbor Lane, Portland." in words_of(letters.kept(row))
    actions = set(Entry.objects.filter(object_id=str(row.public_id)).values_list("action", flat=True))
    assert {
        "message.letter_edited", "message.held", "message.released", "message.sent_now", "letter.made",
    } <= actions  # fmt: skip


def _morning() -> datetime:
    """Marketing waits for an hour at which people are awake, and for no weekend and no holiday."""
    tomorrow = timezone.now().astimezone(NEW_YORK) + timedelta(days=1)
    return letters.due_at(
        tomorrow - timedelta(days=7), Company(time_zone="America/New_York", thank_you_days=7)
    )


def test_today_s_officer_writes_the_letter(funded: Notification, cast: Cast) -> None:
    """Whoever looks after the loan on the day signs it, not whoever closed it."""
    cast.loan.refresh_from_db()
    assign_officer(loan=cast.loan, officer=cast.otto, by=cast.mara, expected_version=cast.loan.version)
    with time_machine.travel(funded.due_at + timedelta(minutes=1)):
        delivery.deliver_due()
    said = words_of(letters.kept(the("thank_you")))
    assert "Otto Weber" in said and "1200002" in said and "Olga" not in said


def test_what_is_done_to_the_mail_is_done_to_the_paper(cast: Cast) -> None:
    letters_by("both")
    fund(cast)
    mail = the("thank_you")
    services.edit_letter(
        notification=mail, wording="Dear {{ names }}", personal_line="one", by=cast.olga, expected_version=mail.version
    )  # fmt: skip
    paper = the("thank_you", "letter")
    assert (paper.wording, paper.personal_line) == ("Dear {{ names }}", "one")
    services.hold(notification=paper, by=cast.olga, expected_version=paper.version)
    assert the("thank_you").state == the("thank_you", "letter").state == State.HELD
    mail = the("thank_you")
    services.send_now(notification=mail, by=cast.olga, expected_version=mail.version)
    delivery.deliver_due()
    assert (the("thank_you").state, the("thank_you", "letter").state) == (State.SENT, State.READY_TO_PRINT)


def test_a_letter_is_called_off_on_both_ways(cast: Cast) -> None:
    letters_by("both")
    fund(cast)
    row = the("first_anniversary", "letter")
    services.cancel(notification=row, by=cast.olga, expected_version=row.version)
    assert {one.state for one in rows("first_anniversary")} == {State.CANCELLED}
    with time_machine.travel(row.due_at - timedelta(days=3)):
        assert plan_years() == 0  # called off is called off: the same year is not planned again


def test_letters_of_another_loan_are_not_in_the_list(funded: Notification, cast: Cast) -> None:
    other = make_loan(officer=cast.olga, borrowers=[cast.nils], number="LN-2002", stage="closing")
    assert services.letters_of(other) == []


def test_sent_now_it_carries_today(funded: Notification, cast: Cast) -> None:
    services.send_now(notification=funded, by=cast.olga, expected_version=funded.version)
    delivery.deliver_due()
    funded.refresh_from_db()
    assert funded.state == State.SENT and funded.sent_at < timezone.now()
    assert parsed(funded.date_header) < timezone.now() + timedelta(minutes=1)


def parsed(header: str) -> datetime:
    from email.utils import parsedate_to_datetime

    return parsedate_to_datetime(header)
