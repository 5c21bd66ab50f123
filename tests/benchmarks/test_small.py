"""The benchmarks in small: what they compare is the same work, nothing is lost or doubled, queries are counted."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks import inside
from benchmarks.measuring import Goal, Table, in_turns
from notifications.models import Notification
from tests.journey.people import html_of, text_of
from tests.running import Mailbox

State = Notification.State
MOST_QUERIES_A_MAIL = 8
MOST_QUERIES_A_LETTER = 8


@pytest.fixture
def server(mailbox: Mailbox, settings: Any) -> Mailbox:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", mailbox.port
    settings.MAIL_LEAVES_THE_HOUSE = True
    return mailbox


@pytest.mark.django_db
def test_the_bare_loop_and_the_outbox_send_the_same_mail(server: Mailbox) -> None:
    inside.prepare(3, stage="processing")
    ways: list[tuple[bool, Callable[[], int]]] = [
        (True, lambda: inside.bare(write_first=False)),
        (True, lambda: inside.bare(write_first=True)),
        (False, inside.deliver),
    ]
    for turn, (later, send) in enumerate(ways):
        assert inside.queue(str(turn), later=later) == send() == 3
    assert inside.states() == {"cancelled": 6, "sent": 3}
    said = [(mail["To"], mail["Subject"], text_of(mail), html_of(mail)) for mail in server.messages]
    assert said[:3] == said[3:6] == said[6:]
    assert len({mail["Message-ID"] for mail in server.messages}) == 9


def queries_a_row(count: Callable[[int], int]) -> float:
    """What each further row costs, whatever the batch costs."""
    few, many = count(3), count(9)
    return (many - few) / 6


@pytest.mark.django_db
def test_each_mail_of_a_batch_costs_so_many_queries(server: Mailbox) -> None:
    inside.prepare(9, stage="processing")

    def count(rows: int) -> int:
        inside.queue(str(rows), later=False)
        _leave(rows)
        with CaptureQueriesContext(connection) as captured:
            assert inside.deliver() == rows
        return len(captured)

    assert queries_a_row(count) <= MOST_QUERIES_A_MAIL


@pytest.mark.django_db
def test_each_letter_of_a_batch_costs_so_many_queries() -> None:
    inside.prepare(9, stage="funded")

    def count(rows: int) -> int:
        inside.queue_letters(str(rows))
        _leave(rows)
        with CaptureQueriesContext(connection) as captured:
            assert inside.deliver_letters() > 0
        return len(captured)

    assert queries_a_row(count) <= MOST_QUERIES_A_LETTER
    assert set(inside.states()) == {"ready_to_print", "cancelled"}


def _leave(rows: int) -> None:
    """Only so many wait."""
    waiting = Notification.objects.filter(state=State.QUEUED).order_by("pk")
    Notification.objects.filter(pk__in=list(waiting.values_list("pk", flat=True)[rows:])).update(
        state=State.CANCELLED
    )


def test_a_missed_ratio_is_said() -> None:
    table = Table("Mail", "messages/s", {"bare": 100.0, "ours": 79.0}, [Goal("ours", "bare", 0.8)])
    assert table.faults == ["Mail: ours reached 0.79 of bare, wanted 0.80"]
    table.rates["ours"] = 80.0
    assert table.faults == []
    assert "  ours: 0.80 of “bare”, goal 0.80" in table.lines()


def test_ways_take_turns_and_the_best_counts() -> None:
    asked: list[tuple[str, int]] = []

    def way(name: str, rates: list[float]) -> Callable[[int], float]:
        return lambda turn: asked.append((name, turn)) or rates[turn]

    best = in_turns({"bare": way("bare", [3.0, 9.0, 5.0]), "ours": way("ours", [4.0, 2.0, 7.0])}, rounds=3)
    assert best == {"bare": 9.0, "ours": 7.0}
    assert [name for name, _turn in asked] == ["bare", "ours"] * 3
