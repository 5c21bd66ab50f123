"""A row that kills its worker, or that the database does not take, stops neither the others nor the queue."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import OperationalError
from django.utils import timezone

from notifications import delivery, outlets
from notifications.delivery import claiming, ending
from notifications.models import Notification
from tests.notifications.conftest import fresh

State = Notification.State
Make = Callable[..., Notification]


class Killed(BaseException):
    """As if the process ended here."""


def test_a_row_that_kills_the_worker_while_it_is_written_is_given_up_and_the_others_go(
    make_row: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, poison, last = make_row(), make_row(), make_row()
    write, give_back = outlets.write, claiming.give_back

    def deadly(row: Notification) -> Any:
        if row.pk == poison.pk:
            raise Killed
        return write(row)

    monkeypatch.setattr(outlets, "write", deadly)
    now = timezone.now()
    for death in range(3):
        # Who is dead gives nothing back.
        monkeypatch.setattr("notifications.delivery.sending.give_back", lambda token, in_hand=(): 0)
        with time_machine.travel(now + timedelta(minutes=10 * death)), pytest.raises(Killed):
            delivery.deliver_due("email")
        monkeypatch.setattr("notifications.delivery.sending.give_back", give_back)
        with time_machine.travel(now + timedelta(minutes=10 * death + 6)):
            delivery.return_dead_claims()
    assert (fresh(poison).state, fresh(poison).dead_claims) == (State.FAILED, 3)
    with time_machine.travel(now + timedelta(minutes=40)):
        delivery.deliver_due()
    assert [fresh(row).state for row in (first, last)] == [State.SENT, State.SENT]
    assert [fresh(row).dead_claims for row in (first, last)] == [0, 0]


def test_a_dead_claim_that_cannot_be_returned_stops_neither_the_others_nor_the_sweep(
    make_row: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [make_row(), make_row()]
    for _ in rows:
        delivery.claim(limit=1)
    first = min(rows, key=lambda row: fresh(row).claim)  # in the order of their claims
    Notification.objects.update(claimed_at=timezone.now() - timedelta(minutes=6))
    return_claim = claiming._return_claim

    def broken(token: uuid.UUID) -> int:
        if token == fresh(first).claim:
            raise RuntimeError("odd")
        return return_claim(token)

    monkeypatch.setattr(claiming, "_return_claim", broken)
    assert delivery.return_dead_claims() == 1
    assert sorted(fresh(row).state for row in rows) == [State.QUEUED, State.SENDING]


def test_words_that_the_database_does_not_take_end_the_row_and_not_the_queue(
    make_row: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise it would be sent again with every sweep, and nothing behind it ever."""
    odd, fine = make_row(), make_row()
    commit = ending._commit

    def refuse(row: Notification, values: dict[str, Any], why: str, for_good: bool) -> None:
        if row.pk == odd.pk and "text_body" in values:
            raise ValueError("A string literal cannot contain NUL (0x00) characters.")
        commit(row, values, why, for_good)

    monkeypatch.setattr(ending, "_commit", refuse)
    delivery.deliver_due()
    assert (fresh(odd).state, fresh(odd).text_body) == (State.SENT, "")
    assert fresh(fine).state == State.SENT


def test_what_a_server_answers_may_hold_anything(make_row: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    class Rude(outlets.Outlet):
        name = "rude"

        def send(self, row: Notification, parcel: Any) -> outlets.Outcome:
            return outlets.Outcome(outlets.RETRY, "451 \x00\r\n\x1b[31mlater")

    monkeypatch.setattr(outlets, "outlet", Rude)
    row = make_row()
    delivery.deliver_due()
    assert fresh(row).error.split() == ["451", "[31mlater"] and fresh(row).error.isprintable()


def test_what_left_before_the_database_went_away_is_not_simply_sent_again(
    make_row: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its end could not be written down: it is treated as the row of a dead worker, the others go back at once."""
    left, other = make_row(), make_row()
    commit = ending._commit

    def away(*args: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(ending, "_commit", away)
    with pytest.raises(OperationalError):
        delivery.deliver_due("email")
    monkeypatch.setattr(ending, "_commit", commit)
    assert (fresh(left).state, fresh(other).state) == (State.SENDING, State.QUEUED)
    monkeypatch.setattr(claiming, "on_uncertain", lambda row: "hold")
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        delivery.return_dead_claims()
    assert fresh(left).state == State.UNKNOWN


def test_a_database_that_is_away_before_anything_left_charges_nobody(
    make_row: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = make_row()

    def away(row: Notification) -> None:
        raise OperationalError("connection lost")

    monkeypatch.setattr("notifications.delivery.sending.why_not", away)
    with pytest.raises(OperationalError):
        delivery.deliver_due("email")
    assert (fresh(row).state, fresh(row).attempts) == (State.QUEUED, 0)
