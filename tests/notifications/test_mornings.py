"""The officer's morning: what waits, to whom, on which days; nothing when nothing waits."""

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from conversations.models import Conversation, ServiceRequest
from documents.models import Document
from loans.models import Loan, Task
from notifications import delivery, planning, services
from notifications.models import Attempt, DeliveryEvent, MessageRules, Notification
from notifications.reminders import mornings, waiting
from tests.cast import Cast, UserFactory
from tests.notifications.days import at, clock, days_of, live, sent, work

State = Notification.State
KIND = "officer_digest"
MONDAY = at(2026, 6, 1)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planning, "PLANNERS", (mornings.plan,))


def paper(loan: Loan, **chosen: Any) -> Document:
    told = {"loan": loan, "name": "a.pdf", "size": 1, "sha256": "0" * 64, "content_type": "application/pdf"}
    return Document.objects.create(**{**told, "key": uuid.uuid4().hex, **chosen})


def task(loan: Loan, user: User, due_on: date, kind: str = "call") -> Task:
    return Task.objects.create(
        loan=loan, for_user=user, kind=kind, why="Call.", due_on=due_on, key=uuid.uuid4().hex
    )


def titles(user: User) -> list[str]:
    return [line["title"] for line in waiting.lines_of(user)]


# --- When ----------------------------------------------------------------------------------------------------


def test_at_eight_on_open_days_and_once(cast: Cast) -> None:
    paper(cast.loan)
    live(at(2026, 6, 17), at(2026, 6, 23), times=(7.9, 8, 9, 12))
    # Friday is Juneteenth, then the weekend.
    assert days_of(sent(KIND)) == ["Wed 06-17 08:00", "Thu 06-18 08:00", "Mon 06-22 08:00"]
    assert {mail.recipient_name for mail in sent(KIND)} == {"Olga Haddad"}


def test_a_company_that_opens_on_saturdays_has_a_morning_then(cast: Cast) -> None:
    type(cast.company).objects.update(open_on_saturday=True)
    paper(cast.loan)
    live(at(2026, 6, 6), at(2026, 6, 8), times=(8.5,))
    assert days_of(sent(KIND)) == ["Sat 06-06 08:30"]


def test_it_leaves_by_the_clock_of_the_company(cast: Cast) -> None:
    type(cast.company).objects.update(time_zone="America/Los_Angeles")
    paper(cast.loan)
    live(MONDAY, at(2026, 6, 2), times=(8, 10.9, 11))
    assert days_of(sent(KIND)) == ["Mon 06-01 11:00"]


def test_a_house_that_slept_sends_todays_alone_and_none_in_the_evening(cast: Cast) -> None:
    paper(cast.loan)
    work(at(2026, 6, 4, 13))
    assert days_of(sent(KIND)) == ["Thu 06-04 13:00"]
    work(at(2026, 6, 8, 17))
    assert len(sent(KIND)) == 1


def test_staff_set_the_hour_or_switch_it_off(cast: Cast) -> None:
    paper(cast.loan)
    rules = MessageRules.objects.create(pk=1, officer_digest=False)
    work(at(2026, 6, 1, 9))
    assert not Notification.objects.exists()
    rules.officer_digest, rules.officer_digest_at = True, at(2026, 1, 1, 9, 30).time()
    rules.save()
    live(MONDAY, at(2026, 6, 2), times=(9, 9.6))
    assert days_of(sent(KIND)) == ["Mon 06-01 09:36"]


def test_whoever_wants_none_gets_none(cast: Cast) -> None:
    cast.olga.message_preferences.create(topic="desk", channel="email", wanted=False)
    paper(cast.loan)
    work(at(2026, 6, 1, 9))
    assert Notification.objects.get().state == State.SUPPRESSED


def test_nothing_waits_nothing_is_sent(cast: Cast) -> None:
    work(at(2026, 6, 1, 9))
    assert not Notification.objects.exists()


def test_what_was_dealt_with_before_it_left_is_not_told(cast: Cast) -> None:
    document = paper(cast.loan)
    with clock(at(2026, 6, 1, 9)):
        assert mornings.plan() == 1
        Document.objects.filter(pk=document.pk).update(review="accepted")
        delivery.deliver_due()
    assert Notification.objects.get().state == State.CANCELLED


# --- What ----------------------------------------------------------------------------------------------------


def test_it_says_what_waits_and_on_which_loans(cast: Cast) -> None:
    paper(cast.loan)
    paper(cast.loan)
    paper(cast.loan, review="accepted")
    task(cast.loan, cast.olga, date(2026, 5, 29))
    task(cast.loan, cast.olga, date(2026, 6, 2))
    Conversation.objects.create(loan=cast.loan)
    ServiceRequest.objects.create(
        loan=cast.loan, words="A payoff letter", owner=cast.olga, due_on=date(2026, 6, 1), source="1"
    )
    task(cast.loan, cast.olga, date(2026, 6, 1), kind="service_request")
    work(at(2026, 6, 1, 8))
    mail = sent(KIND)[0]
    assert mail.subject == "Your desk on Monday, June 1"
    for line in (
        "- Papers to review: 2\n  LN-1001 (2)",
        "- Tasks for today or earlier: 1\n  LN-1001",
        "- Messages without an answer: 1\n  LN-1001",
        "- Requests to settle: 1\n  LN-1001",
    ):
        assert line in mail.text_body
    assert "/desk/" in mail.text_body and "because you work here" in mail.text_body
    assert "payoff" not in mail.text_body and "Nguyen" not in mail.text_body


def test_mail_in_trouble_is_told_on_one_morning(cast: Cast, make_row: Any) -> None:
    with clock(at(2026, 5, 29, 15)):  # a Friday
        rows = {state: make_row() for state in ("bounced", "complained", "failed", "held", "unknown")}
        rows["ready_to_print"], stuck, _fine = make_row(), make_row(), make_row()
        for state, row in rows.items():
            Notification.objects.filter(pk=row.pk).update(state=state)
        Notification.objects.filter(pk=stuck.pk).update(error="The loan officer has no NMLS ID yet.")
        Attempt.objects.create(notification=rows["failed"], number=1, outcome="failed")
        for state in ("bounced", "complained"):
            DeliveryEvent.objects.create(
                notification=rows[state], provider="p", event_id=state, kind=state, at=timezone.now()
            )
    with clock(at(2026, 6, 1, 8)):
        assert titles(cast.olga) == [
            "Letters to print and post: 1",
            "Messages on hold: 1",
            "Messages that could not leave yet: 1",
            "Messages that may or may not have left: 1",
            "Messages that came back or could not be sent: 3",
        ]
    with clock(at(2026, 6, 2, 8)):
        assert "Messages that came back or could not be sent: 3" not in titles(cast.olga)
        assert "Messages on hold: 1" in titles(cast.olga), "what waits for a hand waits every morning"


def test_each_hears_of_their_own_loans(cast: Cast) -> None:
    paul = UserFactory(name="Paul Ng", email="paul@lantern.example", role=User.Role.PROCESSOR)
    Loan.objects.filter(pk=cast.loan.pk).update(processor=paul)
    paper(cast.loan)
    paper(cast.other_loan)
    work(at(2026, 6, 1, 8))
    told = {mail.recipient_name: mail.text_body for mail in sent(KIND)}
    assert set(told) == {"Olga Haddad", "Otto Weber", "Paul Ng"}
    assert "LN-1001" in told["Paul Ng"] and "LN-1002" not in told["Paul Ng"]
    assert "LN-1002" in told["Otto Weber"] and "LN-1001" not in told["Otto Weber"]


def test_whoever_left_the_house_hears_nothing(cast: Cast) -> None:
    paper(cast.loan)
    User.objects.filter(pk=cast.olga.pk).update(is_active=False)
    work(at(2026, 6, 1, 8))
    assert not Notification.objects.exists()


def test_a_long_list_of_loans_stays_short(cast: Cast) -> None:
    for number in range(7):
        loan = Loan.objects.create(number=f"LN-{number}", purpose="purchase", state="ME", officer=cast.olga)
        paper(loan)
    (line,) = waiting.lines_of(cast.olga)
    assert line == {"title": "Papers to review: 7", "detail": "LN-0, LN-1, LN-2, LN-3, LN-4 and 2 more loans"}


def test_one_person_as_officer_and_processor_counts_once(cast: Cast) -> None:
    Loan.objects.filter(pk=cast.loan.pk).update(processor=cast.olga)
    paper(cast.loan)
    assert titles(cast.olga) == ["Papers to review: 1"]


# --- Cheap ---------------------------------------------------------------------------------------------------


def test_looking_costs_the_same_however_many_work_here(cast: Cast, make_row: Any) -> None:
    def cost() -> int:
        with clock(at(2026, 6, 1, 8)), CaptureQueriesContext(connection) as caught:
            mornings.plan()
        return len(caught)

    few = cost()
    for number in range(20):
        officer = UserFactory(name=f"O {number}", email=f"o{number}@lantern.example", role=User.Role.OFFICER)
        loan = Loan.objects.create(number=f"LN-{number}", purpose="purchase", state="ME", officer=officer)
        paper(loan, review="accepted")
    assert cost() == few <= 18
    assert not Notification.objects.exists()


def test_planning_twice_is_planning_once(cast: Cast) -> None:
    paper(cast.loan)
    with clock(at(2026, 6, 1, 8)):
        assert mornings.plan() == 1
        assert mornings.plan() == 0
        services.queue(kind=KIND, event_key=f"digest:{cast.olga.public_id}:2026-06-01", recipient=cast.olga)
    assert Notification.objects.count() == 1
    assert timedelta() < Notification.objects.get().expires_at - at(2026, 6, 1, 8) <= timedelta(hours=8)
