"""The outbox in figures, what they cost, and who is told when nothing leaves."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from notifications import figures
from notifications.catalog import KINDS
from notifications.listing import page_of
from notifications.models import DeliveryEvent, Heartbeat, InboundText, Notification
from tests.cast import Cast

State = Notification.State
NOON = datetime.fromisoformat("2026-03-10T16:00:00+00:00")  # noon in New York
MANY = 2_000
sqlite = pytest.mark.embedded("plans are read as SQLite writes them")


@pytest.fixture
def make(cast: Cast) -> Callable[..., Notification]:
    """`make(State.SENT, minutes=-5)`: a message that is or was due then."""
    count = iter(range(1, 1_000))

    def one(state: str = State.QUEUED, minutes: float = 0, **fields: Any) -> Notification:
        number = next(count)
        told = {"kind": "thank_you", "recipient": "user:1", "address": "bea@example.com", "loan": cast.loan}
        due_at = timezone.now() + timedelta(minutes=minutes)
        return Notification.objects.create(
            event_key=f"e{number}",
            message_id=f"<{number}@x>",
            state=state,
            due_at=due_at,
            **{**told, **fields},
        )

    return one


# --- What they say -------------------------------------------------------------------------------------------


def test_an_empty_outbox_has_nothing_to_count(db: None) -> None:
    numbers = figures.figures()
    assert (numbers.all_due, numbers.all_scheduled, numbers.failed, numbers.oldest) == (0, 0, 0, None)
    assert figures.overdue() is None


def test_what_waits_is_told_apart_from_what_lies_ahead(make: Callable[..., Notification]) -> None:
    with time_machine.travel(NOON, tick=False):
        make(minutes=-7)
        make(minutes=-1, channel="text")
        for _ in range(3):
            make(minutes=60)
        make(State.HELD, minutes=-9)
        make(State.READY_TO_PRINT, channel="letter")
        make(State.UNKNOWN)
        numbers = figures.figures()
        assert numbers.due == {"email": 1, "text": 1, "letter": 0}
        assert numbers.scheduled == {"email": 3, "text": 0, "letter": 0}
        assert (numbers.held, numbers.ready_to_print, numbers.unknown) == (1, 1, 1)
        assert numbers.oldest == timedelta(minutes=7)


def test_today_begins_at_midnight_where_the_company_is(make: Callable[..., Notification]) -> None:
    with time_machine.travel(NOON, tick=False):
        for hours in (11, 13):
            make(State.SENT, sent_at=timezone.now() - timedelta(hours=hours))
        assert figures.figures().sent_today == 1


def test_what_failed_or_came_back_is_counted_for_a_week(make: Callable[..., Notification]) -> None:
    day = 24 * 60
    for days in (-1, -6, -8):
        make(State.FAILED, minutes=days * day)
        make(State.BOUNCED, minutes=days * day)
    make(State.COMPLAINED)
    numbers = figures.figures()
    assert (numbers.failed, numbers.came_back) == (2, 3)


def test_counting_stops(make: Callable[..., Notification]) -> None:
    for _ in range(5):
        make(State.HELD)
        make(minutes=-1)
    numbers = figures.figures(most=3)
    assert (numbers.held, numbers.all_due) == (3, 3)


def test_what_left_and_how_long_it_took(make: Callable[..., Notification]) -> None:
    now = timezone.now()
    for seconds, state in ((1, State.SENT), (2, State.DELIVERED), (30, State.SENT)):
        row = make(state, minutes=-10)
        Notification.objects.filter(pk=row.pk).update(sent_at=row.due_at + timedelta(seconds=seconds))
    make(State.SENT, minutes=-70, sent_at=now - timedelta(minutes=70))
    since = now - timedelta(hours=1)
    assert figures.count_left(since) == {("email", "sent"): 2, ("email", "delivered"): 1}
    assert figures.seconds_to_send(since) == [1, 2, 30]


def test_what_providers_told_is_counted_by_kind(make: Callable[..., Notification]) -> None:
    row, now = make(State.DELIVERED), timezone.now()
    for kind, age in (("delivered", 5), ("bounced", 10), ("bounced", 90)):
        DeliveryEvent.objects.create(
            notification=row, provider="x", event_id=f"{kind}{age}", kind=kind, at=now,
            received_at=now - timedelta(minutes=age),
        )  # fmt: skip
    told = figures.count_events(now - timedelta(hours=1))
    assert told["delivered"] == 1 and told["bounced"] == 1 and told["complained"] == 0


def test_texts_that_wait_for_a_decision_are_counted(cast: Cast) -> None:
    for number, decision in enumerate(("", "", "stop")):
        InboundText.objects.create(
            provider="local", provider_id=str(number), sender="+12075550101", reading="unclear", decision=decision
        )  # fmt: skip
    assert figures.texts_to_decide() == 2


# --- Nothing leaves ------------------------------------------------------------------------------------------


def test_something_due_is_late_after_two_minutes(make: Callable[..., Notification]) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        make()
        make(State.HELD, minutes=-60)
        make(State.SENT, minutes=-60)
        assert figures.overdue() is None
        clock.shift(120)
        assert figures.overdue() is None
        clock.shift(1)
        assert figures.overdue() == timedelta(seconds=121)


def test_the_log_says_so_once_in_ten_minutes(
    make: Callable[..., Notification], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[Any, ...]] = []
    monkeypatch.setattr(figures.logger, "error", lambda *words: told.append(words))
    with time_machine.travel(NOON, tick=False) as clock:
        row = make(minutes=-3)
        assert [figures.warn_when_late() for _ in range(3)] == [True, False, False]
        clock.shift(9 * 60)
        assert not figures.warn_when_late()
        clock.shift(61)
        assert figures.warn_when_late()
        Notification.objects.filter(pk=row.pk).update(state=State.SENT)
        assert not figures.warn_when_late()
        make(minutes=-5)
        assert figures.warn_when_late(), "what is late again is told again at once"
    assert len(told) == 3
    assert "180 seconds" in told[0][0] % told[0][1:]


def test_pages_look_at_most_every_quarter_of_a_minute(
    make: Callable[..., Notification], django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = [1_000.0]
    monkeypatch.setattr("notifications.figures.time.monotonic", lambda: clock[0])
    with django_assert_num_queries(1):
        assert [figures.overdue_lately() for _ in range(5)] == [None] * 5
    make(minutes=-3)
    assert figures.overdue_lately() is None
    clock[0] += 16
    assert figures.overdue_lately() is not None


def test_a_worker_that_was_not_seen_for_a_minute_sends_nothing(db: None) -> None:
    assert figures.is_stale(figures.last_seen("worker")), "never seen at all"
    now = timezone.now()
    for seconds, expected in ((5, False), (61, True)):
        Heartbeat.objects.update_or_create(name="worker", defaults={"at": now - timedelta(seconds=seconds)})
        assert figures.is_stale(figures.last_seen("worker")) is expected


# --- What they cost ------------------------------------------------------------------------------------------


def test_every_kind_has_a_priority_that_is_looked_for() -> None:
    assert {kind.priority for kind in KINDS.values()} <= set(figures.PRIORITIES)


@pytest.fixture(params=["as installed", "statistics"])
def many(request: Any, cast: Cast) -> None:
    """Two thousand messages of every state, with and without figures for the planner."""
    now = timezone.now()
    states = [State.SENT] * 6 + [State.DELIVERED, State.FAILED, State.QUEUED, State.CANCELLED]
    Notification.objects.bulk_create(
        (
            Notification(
                event_key=f"e{n}", kind="thank_you", recipient="user:1", address=f"a{n}@example.com", loan=cast.loan,
                message_id=f"<{n}@x>", state=states[n % 10], due_at=now + timedelta(minutes=n - MANY // 2),
                sent_at=now - timedelta(minutes=n) if states[n % 10] in ("sent", "delivered") else None,
            )
            for n in range(MANY)
        ),
        batch_size=500,
    )  # fmt: skip
    if request.param == "statistics":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def plans(work: Callable[[], Any]) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        work()
    lines = []
    with connection.cursor() as cursor:
        for query in captured.captured_queries:
            cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}")
            lines += [row[3] for row in cursor.fetchall()]
    return lines


SINCE = timedelta(hours=1)
ASKED: dict[str, Callable[[], Any]] = {
    "figures": figures.figures,
    "overdue": figures.overdue,
    "left": lambda: figures.count_left(timezone.now() - SINCE),
    "seconds": lambda: figures.seconds_to_send(timezone.now() - SINCE),
    "texts": figures.texts_to_decide,
}


# One row, by its key, carries the columns of these two.
CARRIED = ("figures", "overdue")
BY_CLAIMS = "notification_due (channel=? AND priority=? AND due_at<?)"
BY_WAITING = "notification_kept_waiting (channel=? AND waiting_since<?)"


def passes(lines: list[str]) -> int:
    """How often a whole table is gone through."""
    return sum(line.startswith("SCAN") and "INDEX" not in line and line != "SCAN counted" for line in lines)


@sqlite
def test_neither_figures_nor_lists_read_the_whole_outbox(many: None, cast: Cast) -> None:
    manager = cast.mara
    for name, work in ASKED.items():
        lines = plans(work)
        assert lines and passes(lines) == (name in CARRIED), "\n".join([name, *lines])
        assert not [line for line in lines if "TEMP B-TREE FOR ORDER BY" in line], "\n".join([name, *lines])
    for index in (BY_CLAIMS, BY_WAITING):
        assert sum(index in line for line in plans(figures.overdue)) == len(figures.CHANNELS)
    for asked in ({}, {"state": "failed"}, {"channel": "text"}, {"kind": "thank_you"}):
        lines = plans(partial(page_of, manager, asked, None))
        assert not [line for line in lines if "TEMP B-TREE" in line], "\n".join([str(asked), *lines])
    unindexed = plans(lambda: list(Notification.objects.filter(subject="x").order_by()))
    assert passes(unindexed) == 1, "this check can fail"


def test_the_house_is_asked_once(cast: Cast, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(2):  # and the company, whose midnight it is
        figures.figures()
