"""The way out: batch by batch, row by row."""

import logging
import time
import uuid
from datetime import timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.utils import timezone

from accounts.models import company_kept
from notifications import facts, letters, outlets, permission, rendering, tracking
from notifications.catalog import HOLD
from notifications.delivery import ending
from notifications.delivery.claiming import LEASE, claim, give_back
from notifications.delivery.rules import not_before, why_not
from notifications.models import Notification
from notifications.once import a_batch
from notifications.words import one_line

logger = logging.getLogger(__name__)
State = Notification.State
Channel = Notification.Channel
# Two rows in a row: the trouble is the server's, not theirs. The others wait for the next sweep, uncharged.
MOST_IN_A_ROW = 2


def deliver_due(*channels: str, lease: timedelta = LEASE, stop_at: float | None = None) -> int:
    """
    Send what is due on these channels (all, when none is named), batch by batch, for at most half the lease; returns
    how many rows were dealt with.
    """
    stop_at = stop_at or time.monotonic() + lease.total_seconds() / 2
    return sum(_deliver_channel(channel, stop_at) for channel in channels or Channel.values)


def _deliver_channel(channel: str, stop_at: float) -> int:
    ended = 0
    while time.monotonic() < stop_at:
        token, rows = claim(channel)
        if not rows:
            break
        with company_kept(), a_batch(), letters.one_ahead(rows):
            done, line_is_up = send_batch(token, rows, stop_at)
        ended += done
        if not line_is_up:
            break
    return ended


def channels_due() -> list[str]:
    """The channels on which something waits to leave now."""
    due = Notification.objects.filter(state=State.QUEUED, due_at__lte=timezone.now())
    return [channel for channel in Channel.values if due.filter(channel=channel).exists()]


def send_batch(token: uuid.UUID, rows: list[Notification], stop_at: float) -> tuple[int, bool]:
    """Send these rows of one channel in order; returns how many were dealt with, and whether the line holds."""
    ended, in_a_row, outlet = 0, 0, None
    in_hand: set[int] = set()
    try:
        outlet = outlets.outlet_for(rows[0].channel)
        for row in rows:
            if _time_is_over(row, stop_at):
                break
            outcome = send_one(row, outlet, in_hand)
            if outcome and outcome.what == outlets.NO_LINE:
                _say_why_all_wait(token, outcome.detail)
                return ended, False
            ended += 1
            in_a_row = in_a_row + 1 if outcome and outcome.of_server else 0
            if in_a_row == MOST_IN_A_ROW:
                return ended, False
    finally:
        if outlet:
            outlet.close()
        give_back(token, in_hand=in_hand)
    return ended, True


def _time_is_over(row: Notification, stop_at: float) -> bool:
    """By the clock of the process, and by that on the wall: the lease runs on while the machine sleeps."""
    claimed_at = row.claimed_at or timezone.now()
    return time.monotonic() >= stop_at or timezone.now() >= claimed_at + LEASE / 2


def _say_why_all_wait(token: uuid.UUID, why: str) -> None:
    """Without a line nobody's ladder is charged: an outage, however long, fails no message."""
    held = Notification.objects.filter(claim=token, state=State.SENDING)
    held.update(error=one_line(why))


# --- One row -------------------------------------------------------------------------------------------------


def send_one(
    row: Notification, outlet: outlets.Outlet, in_hand: set[int] | None = None
) -> outlets.Outcome | None:
    """
    Bring one claimed row to an end, whatever happens to it. Answers what the outlet said; None when it was not asked.
    A row for which there was no line is still claimed: nothing happened to it. `in_hand` names it while it may have
    left and that is not yet written down.
    """
    in_hand = set() if in_hand is None else in_hand
    row.address = permission.address_of(row)
    outcome = None
    try:
        outcome = _hand_over(row, outlet, in_hand)
    except (OperationalError, InterfaceError):
        raise  # the database is away: no fault of the row, which goes back with its claim
    except facts.NotWanted as reason:
        ending.finish(row, State.CANCELLED, str(reason))
    except letters.NeedsALook as reason:
        ending.wait_for_a_look(row, str(reason))
    except rendering.NotReady as reason:
        ending.wait_for_the_house(row, str(reason))
    except Exception as error:  # a row that cannot be written fails alone
        logger.exception("Message %s (%s) cannot be written.", row.public_id, row.kind)
        ending.finish(row, State.FAILED, f"{type(error).__name__}: {error}")
    if outcome and outcome.what != outlets.NO_LINE:
        _settle(row, outcome, outlet.name)
    in_hand.discard(row.pk)
    return outcome


def _hand_over(row: Notification, outlet: outlets.Outlet, in_hand: set[int]) -> outlets.Outcome | None:
    if stopped := why_not(row):
        _stop(row, *stopped)
        return None
    if later := not_before(row):
        ending.put_back(row, later)
        return None
    if no_line := outlet.open():
        return no_line
    parcel = outlets.write(row)
    in_hand.add(row.pk)
    return outlet.send(row, parcel)


def _stop(row: Notification, state: str, why: str) -> None:
    if state == State.HELD:
        ending.wait_for_a_look(row, why)
    else:
        ending.finish(row, state, why)


def _settle(row: Notification, outcome: outlets.Outcome, name: str) -> None:
    row.provider, row.provider_id = name, outcome.provider_id
    match outcome.what:
        case outlets.SENT:
            ending.finish(row, State.SENT)
        case outlets.READY:
            ending.finish(row, State.READY_TO_PRINT)
        case outlets.REFUSED:
            ending.finish(row, State.FAILED, outcome.detail, for_good=outcome.for_good)
        case outlets.UNCERTAIN if ending.on_uncertain(row) == HOLD:
            ending.leave_open(row)
        case _:
            ending.try_later(row, outcome.detail)
    if outcome.may_have_left and (row.channel == Channel.TEXT or settings.EMAIL_PROVIDER):
        tracking.catch_up(row)
