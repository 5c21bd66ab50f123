"""Two of everything, a house that slept, a long queue: nothing is sent twice, nothing is lost, nothing comes late."""

import threading
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from accounts.models import User
from documents.models import Request
from notifications import delivery, outlets, planning, services, tasks
from notifications.models import Attempt, Notification
from tests.cast import Cast, make_cast
from tests.notifications.conftest import send_estimate
from tests.notifications.days import DAY, at, clock

State = Notification.State
Make = Callable[..., Notification]
ROWS = 60


class Counting(outlets.Outlet):
    """Takes everything and remembers the order, whichever thread it comes from."""

    name = "counting"

    def __init__(self) -> None:
        self.sent: list[str] = []

    def send(self, row: Notification, parcel: Any) -> outlets.Outcome:
        self.sent.append(row.message_id)
        return outlets.Outcome(outlets.SENT)


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    mine = Counting()
    monkeypatch.setattr(outlets, "outlet", lambda: mine)
    return mine


def both(work: Callable[[], object]) -> None:
    """The same work by two threads at once; whatever goes wrong in one of them fails the test."""
    together, wrong = threading.Barrier(2), []

    def run() -> None:
        try:
            together.wait(10)
            work()
        except BaseException as error:
            wrong.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not wrong, wrong


def queue_many(cast: Cast, count: int = ROWS) -> list[Notification]:
    return [
        services.queue(
            kind="application_received_officer", event_key=f"e{n}", recipient=cast.olga, loan=cast.loan
        )
        for n in range(count)
    ]


@pytest.mark.django_db(transaction=True)
def test_two_beats_and_two_workers_send_each_message_once(
    counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half of the rows are held by a worker that died; both sweep them up, both send."""
    rows = queue_many(make_cast())
    token, _claimed = delivery.claim(limit=50)
    Notification.objects.filter(claim=token).update(claimed_at=timezone.now() - timedelta(minutes=6))

    def work() -> None:
        for _ in range(3):
            delivery.return_dead_claims()
            delivery.deliver_due()

    both(work)
    assert Counter(counting.sent) == Counter(row.message_id for row in rows)
    assert Notification.objects.filter(state=State.SENT).count() == ROWS
    assert Attempt.objects.filter(outcome="sent").count() == ROWS
    assert Attempt.objects.filter(outcome="worker died").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_without_a_broker_send_each_message_once(
    counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*args: Any, **kwargs: Any) -> None:
        raise ConnectionError("connection refused")

    monkeypatch.setattr("notifications.tasks.current_app.send_task", refuse)
    rows = queue_many(make_cast(), 20)
    both(tasks.sweep)
    tasks.sweep()  # what a note asked for when time was over
    assert Counter(counting.sent) == Counter(row.message_id for row in rows)


@pytest.mark.django_db(transaction=True)
def test_two_planners_at_once_queue_each_reminder_once() -> None:
    cast = make_cast()
    with clock(at(2026, 5, 5, 12)):
        send_estimate(cast.loan)
        for party in (cast.bea_party, cast.cole_party):
            told = {"kind": "pay_stub", "title": "Pay stubs", "why": "Income.", "due_on": date(2026, 6, 3)}
            Request.objects.create(loan=cast.loan, party=party, **told)
    User.objects.filter(pk=cast.otto.pk).update(is_active=False)
    with clock(at(2026, 6, 3, 12, 30)):
        both(planning.plan_due)
        rows = Notification.objects.order_by("kind", "recipient")
        queued = Counter((row.kind, row.recipient) for row in rows)
        assert queued[("needs_reminder", f"party:{cast.bea_party.public_id}")] == 1
        assert queued[("needs_reminder", f"party:{cast.cole_party.public_id}")] == 1
        assert set(queued.values()) == {1}
        assert planning.plan_due() == 0


# --- A house that slept --------------------------------------------------------------------------------------


def test_after_three_days_what_is_still_true_goes_out_oldest_first_and_once(
    make_row: Make, cast: Cast, counting: Counting
) -> None:
    asleep = at(2026, 6, 1, 9)
    with clock(asleep):
        code = make_row(kind="sign_in_code", recipient=cast.bea, loan=None, secret="428193")
        stages = [make_row(due_at=asleep + hours * timedelta(hours=1)) for hours in (50, 2, 30)]
        ahead = make_row(due_at=asleep + 5 * DAY)
    with clock(asleep + 3 * DAY):
        delivery.deliver_due()
        delivery.deliver_due()
    assert counting.sent == [stages[place].message_id for place in (1, 2, 0)]
    states = {row.pk: row.state for row in Notification.objects.all()}
    assert (states[code.pk], states[ahead.pk]) == (State.EXPIRED, State.QUEUED)


def test_after_three_days_several_reasons_to_remind_are_one_reminder(
    make_request: Callable[..., Request], cast: Cast
) -> None:
    with clock(at(2026, 5, 5, 12)):
        send_estimate(cast.loan)
        for day in (3, 4, 5):
            make_request(due_on=date(2026, 6, day))
    with clock(at(2026, 6, 8, 12)):  # asleep since before the first of them was due
        for _ in range(3):
            planning.plan_due()
            delivery.deliver_due()
    assert Notification.objects.filter(kind="needs_reminder", state=State.SENT).count() == 1


def test_a_long_queue_is_worked_off_batch_by_batch(
    cast: Cast, counting: Counting, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim, batches = delivery.sending.claim, []

    def counted(channel: str) -> Any:
        token, rows = claim(channel)
        batches.append(len(rows))
        return token, rows

    monkeypatch.setattr(delivery.sending, "claim", counted)
    rows = queue_many(cast)
    assert delivery.deliver_due("email") == ROWS
    assert batches == [50, 10, 0]
    assert counting.sent == [row.message_id for row in rows]


def test_a_queue_too_long_for_one_turn_goes_on_with_the_next(cast: Cast, counting: Counting) -> None:
    queue_many(cast, 3)
    assert delivery.deliver_due("email", stop_at=0.1) == 0  # that moment is long over
    assert delivery.deliver_due("email") == 3
