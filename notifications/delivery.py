"""
Claim, write, send, commit: how rows leave the house (docs/decisions/0020-outbox.md).

A batch is claimed in one short transaction with a fresh token. Then, without a transaction, each row is looked at
again (its loan may have ended), written from today's facts and sent in a fixed order; its end is committed at once.
So after a crash only the first unsent row of a claim can have left: it follows `on_uncertain` of its kind, all others
go straight back. Twice the same copy is recognisable by Message-ID and Date. A sender stops at half its lease, so
that a slow mail server never overlaps with a reclaim.
"""

import logging
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, PositiveSmallIntegerField, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from loans import clocks
from loans.models import Loan, Task
from loans.services import make_task
from loans.stages import Stage
from notifications import facts, letters, outlets, rendering
from notifications.catalog import HOLD, KINDS
from notifications.models import Attempt, Heartbeat, Notification, Suppression
from notifications.services.queueing import LOAN_IS_QUIET

logger = logging.getLogger(__name__)
State = Notification.State
BATCH = 50
LEASE = timedelta(minutes=5)
MOST_DEAD_CLAIMS = 3
LADDER = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60)
)  # after the n-th failed try; then failed


def deliver_due(*, lease: timedelta = LEASE, is_wanted: Callable[[], bool] = lambda: True) -> int:
    """Send what is due, batch by batch, for at most half the lease; returns how many rows came to an end."""
    stop_at = time.monotonic() + lease.total_seconds() / 2
    ended = 0
    while is_wanted() and time.monotonic() < stop_at:
        token, rows = claim()
        if not rows:
            break
        done, line_is_up = send_batch(token, rows, stop_at)
        ended += done
        if not line_is_up:
            break
    return ended


def claim(limit: int = BATCH) -> tuple[uuid.UUID, list[Notification]]:
    """Up to `limit` due rows, marked with a fresh token, in the order in which they will be sent."""
    token, now = uuid.uuid4(), timezone.now()
    with transaction.atomic():
        due = Notification.objects.filter(state=State.QUEUED, due_at__lte=now).order_by(
            "priority", "due_at", "id"
        )
        ids = list(due.select_for_update(skip_locked=True).values_list("pk", flat=True)[:limit])
        if not ids:
            return token, []
        places = [When(pk=pk, then=Value(place)) for place, pk in enumerate(ids)]
        Notification.objects.filter(pk__in=ids, state=State.QUEUED).update(
            state=State.SENDING,
            claim=token,
            claimed_at=now,
            claim_position=Case(*places, output_field=PositiveSmallIntegerField()),
            attempts=F("attempts") + 1,
        )
    return token, mine(token)


def mine(token: uuid.UUID) -> list[Notification]:
    rows = Notification.objects.filter(claim=token, state=State.SENDING).order_by("claim_position")
    return list(rows.select_related("loan__officer", "party__user"))


def send_batch(token: uuid.UUID, rows: list[Notification], stop_at: float) -> tuple[int, bool]:
    """Send these in order; returns how many came to an end, and whether the mail server could be reached."""
    outlet, ended, line_is_up = outlets.outlet(), 0, True
    try:
        for row in rows:
            if time.monotonic() >= stop_at or not line_is_up:
                break
            line_is_up = send_one(row, outlet)
            ended += 1
    finally:
        outlet.close()
        give_back(token)
    return ended, line_is_up


def give_back(token: uuid.UUID) -> int:
    """What this claim did not come to is due again, as if it had not been claimed."""
    return Notification.objects.filter(claim=token, state=State.SENDING).update(
        state=State.QUEUED, claim=None, claimed_at=None, attempts=F("attempts") - 1
    )


# --- One row -------------------------------------------------------------------------------------------------


def send_one(row: Notification, outlet: outlets.Outlet) -> bool:
    """Bring one claimed row to an end, whatever happens to it; False when the mail server cannot be reached."""
    try:
        if stopped := why_not(row):
            state, why = stopped
            return _wait_for_a_look(row, why) if state == State.HELD else _finish(row, state, why)
        if row.party:
            row.address = row.party.mail_address
        rendered = rendering.render(row)
        row.subject, row.text_body, row.html_body = rendered.subject, rendered.text, rendered.html
        attachment = letters.attach(row) if row.kind == letters.KIND else None
        message = outlets.compose(row, rendering.fill(row, rendered), attachment)
        outcome = outlet.send(row, message)
    except facts.NotWanted as reason:
        return _finish(row, State.CANCELLED, str(reason))
    except letters.NeedsALook as reason:
        return _wait_for_a_look(row, str(reason))
    except rendering.NotReady as reason:
        return _try_later(row, str(reason))
    except Exception as error:  # a row that cannot be written fails alone
        logger.exception("Message %s (%s) cannot be written.", row.public_id, row.kind)
        return _finish(row, State.FAILED, f"{type(error).__name__}: {error}")
    return _settle(row, outcome, outlet)


def why_not(row: Notification) -> tuple[str, str] | None:
    """The state and reason with which a claimed row ends unsent, looked up now."""
    kind = KINDS.get(row.kind)
    if row.loan_id and not (kind and kind.asked_for):
        stage = Loan.objects.filter(pk=row.loan_id).values_list("stage", flat=True).first()
        if stage in Stage.quiet():
            return State.CANCELLED, LOAN_IS_QUIET
    if row.expires_at and row.expires_at < timezone.now():
        return State.EXPIRED, noop("It came too late to be true.")
    if Suppression.objects.filter(address__iexact=row.address, channel=row.channel).exists():
        return State.SUPPRESSED, noop("The address is switched off.")
    if row.loan and row.kind == letters.KIND and (row.loan.complaint_open or row.loan.bereavement):
        return (
            State.HELD,
            noop(
                "A complaint or a bereavement is recorded on the loan; the letter waits until staff take that off."
            ),
        )
    return None


def _settle(row: Notification, outcome: outlets.Outcome, outlet: outlets.Outlet) -> bool:
    if outcome.what == outlets.SENT:
        return _finish(row, State.SENT, provider_id=outlet.name)
    if outcome.what == outlets.REFUSED:
        _finish(row, State.FAILED, outcome.detail, refused_for_good=outcome.hard)
    elif outcome.what == outlets.UNCERTAIN and KINDS[row.kind].on_uncertain == HOLD:
        _finish(
            row,
            State.UNKNOWN,
            noop("The mail server took it and gave no answer. Please look before sending again."),
        )
    else:
        _try_later(row, outcome.detail)
    return outcome.what != outlets.NO_LINE


def _try_later(row: Notification, why: str) -> bool:
    """Back into the queue, later each time; failed at the end of the ladder, cancelled when the loan was paused."""
    if (stopped := why_not(row)) and stopped[0] == State.CANCELLED:
        return _finish(row, stopped[0], stopped[1])
    if row.attempts > len(LADDER):
        return _finish(row, State.FAILED, why)
    return _finish(row, State.QUEUED, why, due_at=timezone.now() + LADDER[row.attempts - 1])


def _finish(
    row: Notification,
    state: str,
    why: str = "",
    *,
    due_at: datetime | None = None,
    provider_id: str = "",
    refused_for_good: bool = False,
) -> bool:
    """Commit the end of this try; nothing at all when the claim was lost meanwhile."""
    values: dict[str, object] = {
        "state": state, "error": why[:500], "claim": None, "claimed_at": None, "address": row.address,
        "subject": row.subject, "text_body": row.text_body, "html_body": row.html_body,
        "attachment_key": row.attachment_key, "provider_id": provider_id, "version": F("version") + 1,
    }  # fmt: skip
    if due_at:
        values["due_at"] = due_at
    if state == State.SENT:
        values["sent_at"] = timezone.now()
    if state not in (State.QUEUED, State.HELD) and not settings.DEMO:
        values["secret"] = None  # it is out, or will never be
    with transaction.atomic():
        still_mine = Notification.objects.filter(pk=row.pk, claim=row.claim, state=State.SENDING).update(
            **values
        )
        if still_mine:
            Attempt.objects.create(notification=row, number=row.attempts, outcome=state, detail=why[:500])
            if state == State.FAILED:
                _tell_of_failure(row, refused_for_good)
    return True


def _tell_of_failure(row: Notification, refused_for_good: bool) -> None:
    if refused_for_good:
        Suppression.objects.get_or_create(
            address=row.address.lower(),
            channel=row.channel,
            scope=Suppression.Scope.EVERYTHING,
            defaults={"reason": Suppression.Reason.REFUSED},
        )
    kind = KINDS.get(row.kind)
    if row.loan and kind and kind.audience != "desk":
        why = _("%(name)s could not be reached by e-mail (%(message)s). Please call.") % {
            "name": row.recipient_name or row.address, "message": kind.name,
        }  # fmt: skip
        _make_task(row, Task.Kind.CALL, why, key=f"unreached:{row.public_id}")


def _wait_for_a_look(row: Notification, why: str) -> bool:
    """A letter that cannot be set as it stands waits on hold, and somebody is told."""
    _finish(row, State.HELD, why)
    if row.loan:
        _make_task(row, Task.Kind.LETTER, why[:300], key=f"letter:{row.public_id}:{row.version}")
    return True


def _make_task(row: Notification, kind: str, why: str, key: str) -> None:
    assert row.loan is not None
    make_task(
        loan=row.loan, kind=kind, why=why[:300], for_user=row.loan.officer, due_on=clocks.today(), key=key
    )


# --- What a dead worker held ---------------------------------------------------------------------------------


def return_dead_claims(lease: timedelta = LEASE) -> int:
    """Rows whose worker died go back; the first of each claim may have left. Returns how many rows were moved."""
    dead = Notification.objects.filter(state=State.SENDING, claimed_at__lt=timezone.now() - lease)
    tokens = list(dead.order_by("claim").values_list("claim", flat=True).distinct())
    return sum(_return_claim(token) for token in tokens if token)


def _return_claim(token: uuid.UUID) -> int:
    with transaction.atomic():
        rows = mine(token)
        if not rows:
            return 0
        first = rows[0]
        held = Notification.objects.filter(pk=first.pk, claim=token, state=State.SENDING)
        values = {
            "claim": None,
            "claimed_at": None,
            "dead_claims": F("dead_claims") + 1,
            "version": F("version") + 1,
        }
        state, why = _after_death(first)
        if not held.update(state=state, error=why, **values):
            return 0  # another sweep was quicker, or its worker lives after all
        Attempt.objects.create(notification=first, number=first.attempts, outcome="worker died", detail=why)
        if state == State.FAILED:
            _tell_of_failure(first, refused_for_good=False)
        return 1 + give_back(token)


def _after_death(row: Notification) -> tuple[str, str]:
    if row.dead_claims + 1 >= MOST_DEAD_CLAIMS:
        return State.FAILED, noop("The worker died each time it tried to send this.")
    kind = KINDS.get(row.kind)
    if kind and kind.on_uncertain == HOLD:
        return State.UNKNOWN, noop("The worker died while sending. Please look before sending again.")
    return State.QUEUED, noop("The worker died while sending; the same message goes out again.")


def beat_heart(name: str) -> None:
    """Write down that this part of the machinery is at work (`/readyz` reads it)."""
    now = timezone.now()
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now})
