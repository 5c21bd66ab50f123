"""Response times, volume and what was settled at once, from the messages; overdue replies as tasks."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Company
from conversations import figures, services
from conversations.models import Message, ReplyFigures
from conversations.services import complaints, overdue
from conversations.services.settling import need_no_reply
from loans.models import Loan, Task
from tests.cast import Cast
from tests.desk.helpers import fresh, get, words

ClientFor = Callable[..., Client]
WEDNESDAY = "2026-11-18 10:00 -0500"


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(WEDNESDAY, tick=False) as travelled:
        yield travelled


def wrote(cast: Cast, body: str = "Hello?") -> Message:
    return services.receive_message(
        loan=cast.loan, party=cast.bea_party, channel="portal", body=body, source=f"test:{uuid4()}"
    )


def answered(cast: Cast) -> Message:
    return services.say(loan=cast.loan, by=cast.olga, channel="call", body="Yes.", source=f"test:{uuid4()}")


def exchange(cast: Cast, clock: Any, minutes: int) -> None:
    wrote(cast)
    clock.shift(timedelta(minutes=minutes))
    answered(cast)


def quarter(cast: Cast) -> ReplyFigures:
    figures.keep_figures()
    return ReplyFigures.objects.get(officer=cast.olga, week=None)


def test_response_times_count_office_hours_and_leave_out_what_needs_no_reply(cast: Cast, clock: Any) -> None:
    for minutes in (5, 10, 20, 30, 100):
        exchange(cast, clock, minutes)
    wrote(cast, "Thanks!")
    clock.shift(timedelta(days=1))
    need_no_reply(conversation=services.thread_of(cast.loan), by=cast.olga)
    row = quarter(cast)
    assert (row.received, row.answered, row.median_minutes, row.ninetieth_minutes) == (6, 5, 20, 100)


def test_settled_at_once_is_judged_a_week_later(cast: Cast, clock: Any) -> None:
    exchange(cast, clock, 10)
    assert quarter(cast).judged == 0, "it may still come back"
    clock.shift(timedelta(days=3))
    exchange(cast, clock, 10)
    clock.shift(timedelta(days=8))
    row = quarter(cast)
    assert (row.judged, row.settled_at_once) == (2, 1), (
        "after the first they wrote again, after the second not"
    )


def test_volume_stands_by_week_and_officer(cast: Cast, clock: Any) -> None:
    exchange(cast, clock, 10)
    services.receive_message(
        loan=cast.other_loan, party=cast.nils_party, channel="text", body="Hm", source="test:nils"
    )
    services.receive_from_visitor(name="Vera", email="v@example.com", owner=cast.olga, body="Hm?")
    clock.shift(timedelta(days=7))
    wrote(cast)
    for _twice in range(2):
        figures.keep_figures()
    rows = ReplyFigures.objects.filter(week__isnull=False).order_by("week", "officer__name")
    assert [(row.officer.name, str(row.week), row.received) for row in rows if row.received] == [
        (cast.olga.name, "2026-11-16", 2),
        (cast.otto.name, "2026-11-16", 1),
        (cast.olga.name, "2026-11-23", 1),
    ]


def test_a_page_for_the_officer_and_all_for_the_manager(
    cast: Cast, client_for: ClientFor, clock: Any
) -> None:
    exchange(cast, clock, 25)
    figures.keep_figures()
    assert "25 minutes" in words(get(client_for(cast.olga), "desk:message_figures"))
    assert cast.olga.name in words(get(client_for(cast.mara), "desk:message_figures"))
    assert cast.olga.name not in words(get(client_for(cast.otto), "desk:message_figures"))
    assert get(client_for(cast.bea), "desk:message_figures").status_code == 404


def test_the_borrower_reads_how_long_it_usually_takes_once_there_are_enough(
    cast: Cast, client_for: ClientFor, clock: Any
) -> None:
    page = reverse("loans:messages", args=[cast.loan.public_id])
    for count in range(1, 11):
        exchange(cast, clock, 16 if count == 4 else 12)
        figures.keep_figures()
        expected = "15 minutes" if count >= figures.FEWEST_ANSWERS else ""
        assert figures.usually_answers(cast.olga) == expected, f"after {count} answers"
    client = client_for(cast.bea)
    said = f"{cast.olga.name} usually answers within 15 minutes, in office hours."
    assert said in words(client.get(page))
    assert said in words(get(client, "loans:detail", cast.loan.public_id))
    clock.shift(timedelta(days=91))
    figures.keep_figures()
    assert figures.usually_answers(cast.olga) == "", "what is older than 90 days says nothing"


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (0, "15 minutes"),
        (16, "30 minutes"),
        (31, "1 hour"),
        (61, "2 hours"),
        (280, "1 business day"),
        (541, "2 business days"),
        (1620, "3 business days"),
        (1621, ""),
    ],
)
def test_it_is_rounded_up_and_silent_when_it_is_too_long(cast: Cast, minutes: int, said: str) -> None:
    ReplyFigures.objects.create(officer=cast.olga, answered=10, ninetieth_minutes=minutes)
    assert figures.usually_answers(cast.olga, Company()) == said


def test_old_figures_are_not_said(cast: Cast) -> None:
    old = timezone.now() - timedelta(days=3)
    ReplyFigures.objects.create(officer=cast.olga, answered=10, ninetieth_minutes=10, kept_at=old)
    assert figures.usually_answers(cast.olga) == ""


# --- Overdue ---------------------------------------------------------------------------------------------------


def open_tasks() -> list[Task]:
    return list(Task.objects.filter(kind=Task.Kind.REPLY, done_at=None))


def test_a_reply_is_a_task_after_one_business_hour_once_a_wait(cast: Cast, clock: Any) -> None:
    wrote(cast)
    clock.shift(timedelta(minutes=59))
    assert overdue.ask_for_replies() == 0
    clock.shift(timedelta(minutes=1))
    assert overdue.ask_for_replies() == 1
    assert overdue.ask_for_replies() == 0, "once a wait"
    [task] = open_tasks()
    assert (task.for_user, task.loan) == (cast.olga, cast.loan)
    Task.objects.update(done_at=timezone.now())
    assert overdue.ask_for_replies() == 0, "ticked off is ticked off"


def test_the_night_does_not_make_it_overdue(cast: Cast, clock: Any) -> None:
    clock.move_to("2026-11-20 17:15 -0500")  # a Friday
    wrote(cast)
    clock.move_to("2026-11-23 09:00 -0500")
    assert overdue.ask_for_replies() == 0
    clock.move_to("2026-11-23 09:15 -0500")
    assert overdue.ask_for_replies() == 1


@pytest.mark.parametrize("how", ["answered", "no reply"])
def test_an_answer_ticks_it_off(cast: Cast, clock: Any, how: str) -> None:
    wrote(cast)
    clock.shift(timedelta(hours=2))
    overdue.ask_for_replies()
    if how == "answered":
        answered(cast)
    else:
        need_no_reply(conversation=services.thread_of(cast.loan), by=cast.olga)
    overdue.close_answered()
    assert not open_tasks()
    clock.shift(timedelta(hours=1))
    wrote(cast)
    clock.shift(timedelta(hours=2))
    assert overdue.ask_for_replies() == 1, "the next wait is one of its own"


def test_a_loan_with_an_open_complaint_says_so_whatever_was_unticked(cast: Cast) -> None:
    complaints.begin_complaint(loan=cast.loan, by=cast.olga, words="Late", source="desk:1")
    Loan.objects.update(complaint_open=False)
    assert overdue.keep_complaint_flags() == 1
    assert fresh(cast.loan).complaint_open and not fresh(cast.other_loan).complaint_open
