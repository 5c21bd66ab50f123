"""An application nobody went on with, an invitation nobody used: one kind word with a fresh link, and then quiet."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import services as accounts
from accounts.models import Invitation
from audit.models import Entry
from loans import events, services
from loans.models import Application, Loan, Party
from loans.services import change_stage
from notifications import delivery, planning
from notifications.models import MessageRules, Notification
from notifications.reminders import doors
from notifications.sealing import unseal
from tests.cast import Cast
from tests.loans.helpers import hearing
from tests.notifications.days import at, clock, days_of, live, sent, work

State = Notification.State
UNFINISHED, UNUSED = "application_unfinished", "invitation_unused"
MONDAY = at(2026, 6, 1, 11)
WHO = {"name": "Ana Ruiz", "email": "ana@example.com", "zip_code": "04101"}


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "PLANNERS", (doors.plan_applications, doors.plan_invitations))


@pytest.fixture
def links_are_kept(settings: Any) -> None:
    """As on the demo, so that they can be followed."""
    settings.DEMO = True


def link_in(row: Notification) -> str:
    assert row.secret is not None
    return urlsplit(unseal(row.secret)).path


def outcome(kind: str) -> list[tuple[str, str]]:
    return list(Notification.objects.filter(kind=kind).order_by("id").values_list("state", "error"))


# --- Applications --------------------------------------------------------------------------------------------


@pytest.fixture
def begun(cast: Cast) -> Application:
    """Ana proved her address on Monday morning and closed the browser."""
    with clock(MONDAY), hearing(events.email_proof_asked) as asked:
        application = services.start_application(state="ME", purpose="purchase", home_found=False)
        application = services.save_step(application=application, step="who", answers=WHO)
        services.ask_for_proof(application=application, email=WHO["email"])
        services.prove_email(application=application, code=asked[-1]["code"])
    with clock(MONDAY + timedelta(hours=1)):
        delivery.deliver_due()
    application.refresh_from_db()
    return application


def type_on(application: Application, moment: Any) -> None:
    with clock(moment):
        services.save_step(application=application, step="property", answers={"value": "300000"})


def test_after_two_days_one_mail_brings_them_back(links_are_kept: None, begun: Application) -> None:
    live(MONDAY, at(2026, 6, 20), times=(9, 12, 18))
    mails = sent(UNFINISHED)
    assert days_of(mails) == ["Wed 06-03 12:00"], "and never again while nothing is typed"
    mail = mails[0]
    assert (mail.address, mail.recipient_name) == ("ana@example.com", "Ana Ruiz")
    assert mail.subject == "Your application at Lantern Home Loans is waiting for you"
    link = link_in(mail)
    assert link not in mail.text_body + mail.html_body
    with clock(at(2026, 6, 4, 12)):
        browser = Client()
        assert browser.get(link).status_code == 200
        assert browser.post(link, {"zip_code": "04101"}).headers["Location"].startswith("/apply/")
        older = link_in(Notification.objects.get(kind="application_resume"))
        assert Client().post(older, {"zip_code": "04101"}).status_code == 422, "one link at a time"


def test_the_link_of_the_reminder_ends_too(links_are_kept: None, begun: Application) -> None:
    work(at(2026, 6, 3, 12))
    with clock(at(2026, 6, 10, 13)):
        assert Client().post(link_in(sent(UNFINISHED)[0]), {"zip_code": "04101"}).status_code == 422


def test_the_link_is_wiped_when_it_is_out(begun: Application) -> None:
    work(at(2026, 6, 3, 12))
    assert sent(UNFINISHED)[0].secret is None


def test_who_types_on_and_stops_again_hears_once_more_and_then_no_more(begun: Application) -> None:
    live(MONDAY, at(2026, 6, 4), times=(12,))
    type_on(begun, at(2026, 6, 5, 9))
    live(at(2026, 6, 5, 10), at(2026, 6, 10), times=(12,))
    type_on(begun, at(2026, 6, 10, 9))
    live(at(2026, 6, 10, 10), at(2026, 6, 30), times=(12,))
    # The fifth and two days is a Sunday.
    assert days_of(sent(UNFINISHED)) == ["Wed 06-03 12:00", "Mon 06-08 12:00"]


def test_staff_set_after_how_many_days(begun: Application) -> None:
    MessageRules.objects.create(pk=1, unfinished_after_days=5)
    live(MONDAY, at(2026, 6, 12), times=(12,))
    assert days_of(sent(UNFINISHED)) == ["Mon 06-08 12:00"]


def test_no_link_is_made_in_the_night_or_on_a_holiday(begun: Application) -> None:
    number = begun.resume_number
    for moment in (at(2026, 6, 3, 22), at(2026, 6, 4, 7), at(2026, 6, 6, 12)):
        work(moment)
    begun.refresh_from_db()
    assert begun.resume_number == number and not outcome(UNFINISHED)


def test_whoever_asks_for_a_link_gets_that_one_alone(begun: Application) -> None:
    with clock(at(2026, 6, 3, 9)):
        services.ask_for_resume_link(application=begun)
    work(at(2026, 6, 3, 12))
    assert not outcome(UNFINISHED), "they have just been written to"


def test_a_newer_link_stops_a_reminder_that_waits(begun: Application) -> None:
    with clock(at(2026, 6, 3, 12)):
        assert doors.plan_applications() == 1
        services.ask_for_resume_link(application=begun)
    assert outcome(UNFINISHED) == [(State.CANCELLED, "A newer one was asked for.")]


@pytest.mark.parametrize(
    ("later", "why"),
    [
        ({"resume_number": 9}, "A newer link"),
        ({"submitted_at": timezone.now()}, "was sent"),
        ({"saved_at": at(2026, 6, 3, 12, 1)}, "gone on with it"),
        ({"email": "other@example.com"}, "A newer link"),
    ],
)
def test_it_is_looked_at_again_when_it_leaves(begun: Application, later: dict[str, Any], why: str) -> None:
    with clock(at(2026, 6, 3, 12)):
        assert doors.plan_applications() == 1
    Application.objects.filter(pk=begun.pk).update(**later)
    with clock(at(2026, 6, 3, 12, 2)):
        delivery.deliver_due()
    ((state, error),) = outcome(UNFINISHED)
    assert state == State.CANCELLED and why in error


@pytest.mark.parametrize("stage", ["withdrawn", "incomplete"])
def test_an_application_that_is_over_is_not_brought_back(begun: Application, cast: Cast, stage: str) -> None:
    assert begun.loan is not None
    with clock(at(2026, 6, 3, 12)):
        assert doors.plan_applications() == 1
        loan = Loan.objects.get(pk=begun.loan.pk)
        change_stage(loan=loan, to=stage, by=cast.mara, expected_version=loan.version)
        assert outcome(UNFINISHED)[0][0] == State.CANCELLED
    Notification.objects.filter(kind=UNFINISHED).delete()
    work(at(2026, 6, 4, 12))
    assert not outcome(UNFINISHED)


@pytest.mark.parametrize(
    "not_left", [{"proved_at": None}, {"submitted_at": timezone.now()}, {"saved_at": at(2026, 5, 1)}]
)
def test_only_what_was_proved_lately_and_not_sent(begun: Application, not_left: dict[str, Any]) -> None:
    Application.objects.filter(pk=begun.pk).update(**not_left)
    work(at(2026, 6, 3, 12))
    assert not outcome(UNFINISHED)


def test_two_planners_make_one_link(begun: Application) -> None:
    """The second finds, behind the lock, that the first was there."""
    silent_since = at(2026, 6, 1, 12)
    with clock(at(2026, 6, 3, 12)):
        left = list(doors.unfinished(silent_since))
        assert doors._remind_of_application(left[0], silent_since=silent_since)
        assert not doors._remind_of_application(left[0], silent_since=silent_since)
    begun.refresh_from_db()
    assert begun.resume_number == 2 and len(outcome(UNFINISHED)) == 1


def test_looking_at_applications_and_invitations_costs_one_question_each(begun: Application) -> None:
    with clock(at(2026, 6, 2, 12)), CaptureQueriesContext(connection) as caught:
        doors.plan_applications()
        doors.plan_invitations()
    assert len(caught) == 4, "the rules and the list, twice"


# --- Invitations ---------------------------------------------------------------------------------------------


@pytest.fixture
def invited(cast: Cast) -> Invitation:
    """Olga invited Ana to Bea's loan on Monday morning."""
    with clock(MONDAY):
        services.add_co_borrower(loan=cast.loan, name="Ana Ruiz", email="ana@example.com", by=cast.olga)
        delivery.deliver_due()
    return Invitation.objects.get()


def test_after_three_days_one_mail_with_a_fresh_link(
    links_are_kept: None, invited: Invitation, cast: Cast
) -> None:
    live(MONDAY, at(2026, 6, 25), times=(9, 12))
    mails = sent(UNUSED)
    assert days_of(mails) == ["Thu 06-04 12:00"], "once, and that is all"
    mail = mails[0]
    assert (mail.address, mail.loan) == ("ana@example.com", cast.loan)
    assert "Olga Haddad invited you" in mail.text_body.replace("\n", " ")
    invited.refresh_from_db()
    fresh = Invitation.objects.exclude(pk=invited.pk).get()
    assert invited.revoked_at and fresh.invited_by == cast.olga
    assert fresh.expires_at == at(2026, 6, 11, 12)
    assert Invitation.objects.for_token(link_in(mail).rstrip("/").rpartition("/")[2]) == fresh
    made = Entry.objects.filter(action="invitation.made").order_by("id")
    assert [entry.actor for entry in made] == [f"user:{cast.olga.public_id}", "task:notifications"]
    with clock(at(2026, 6, 5, 12)):
        page = Client().get(link_in(mail), follow=True)
        assert page.status_code == 200 and b"Ana Ruiz" in page.content


def test_a_used_invitation_is_not_reminded_of(invited: Invitation, cast: Cast) -> None:
    with clock(at(2026, 6, 2, 12)):
        accounts.accept_invitation(invitation=invited, user=cast.nils)
    work(at(2026, 6, 4, 12))
    assert not outcome(UNUSED)


def test_one_that_is_used_before_it_leaves_is_not_sent(invited: Invitation, cast: Cast) -> None:
    with clock(at(2026, 6, 4, 12)):
        assert doors.plan_invitations() == 1
        accounts.accept_invitation(invitation=Invitation.objects.usable().get(), user=cast.nils)
        delivery.deliver_due()
    assert outcome(UNUSED)[0][0] == State.CANCELLED


def test_an_address_that_was_corrected_gets_no_link_of_the_old_one(invited: Invitation) -> None:
    Party.objects.filter(public_id=invited.subject_id).update(email="other@example.com")
    work(at(2026, 6, 4, 12))
    invited.refresh_from_db()
    assert not outcome(UNUSED) and invited.revoked_at is None


@pytest.mark.parametrize("stage", ["suspended", "withdrawn", "denied", "incomplete", "funded"])
def test_nobody_is_asked_into_a_loan_that_is_over(invited: Invitation, cast: Cast, stage: str) -> None:
    Loan.objects.filter(pk=cast.loan.pk).update(stage=stage)
    work(at(2026, 6, 4, 12))
    invited.refresh_from_db()
    assert not outcome(UNUSED) and invited.revoked_at is None


def test_a_pause_stops_one_that_waits(invited: Invitation, cast: Cast) -> None:
    with clock(at(2026, 6, 4, 12)):
        doors.plan_invitations()
        cast.loan.refresh_from_db()
        change_stage(loan=cast.loan, to="suspended", by=cast.olga, expected_version=cast.loan.version)
    assert outcome(UNUSED)[0][0] == State.CANCELLED


def test_doors_of_the_house_itself_are_handed_out_by_hand_alone(cast: Cast) -> None:
    with clock(MONDAY):
        accounts.invite(
            purpose="staff", name="New", email="new@lantern.example", role="officer", by=cast.mara
        )
    work(at(2026, 6, 4, 12))
    assert not outcome(UNUSED)


def test_two_planners_make_one_invitation(invited: Invitation) -> None:
    with clock(at(2026, 6, 4, 12)):
        assert doors._remind_of_invitation(invited)
        assert not doors._remind_of_invitation(invited)
    assert Invitation.objects.count() == 2 and len(outcome(UNUSED)) == 1


def test_a_link_that_was_withdrawn_is_not_renewed(invited: Invitation, cast: Cast) -> None:
    accounts.revoke_invitation(invitation=invited, by=cast.olga)
    assert accounts.reissue_invitation(invitation=invited, task="notifications") is None
    newer, _token = accounts.invite(
        purpose="loan_party", subject_id=invited.subject_id, name="Ana", email="ana@example.com", by=cast.olga
    )
    assert accounts.reissue_invitation(invitation=invited, task="notifications") is None, "not the newest"
    assert accounts.reissue_invitation(invitation=newer, task="notifications") is not None
