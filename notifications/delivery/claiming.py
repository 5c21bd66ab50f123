"""Who holds which rows: claiming them, giving them back, and taking back what a dead worker held."""

import logging
import uuid
from collections.abc import Collection
from datetime import timedelta

from django.db import transaction
from django.db.models import Case, F, PositiveSmallIntegerField, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext_noop as noop

from notifications import tracking, unreached
from notifications.catalog import HOLD
from notifications.delivery.ending import on_uncertain
from notifications.models import Attempt, Heartbeat, Notification

logger = logging.getLogger(__name__)
State = Notification.State
Channel = Notification.Channel
BATCH = 50
LEASE = timedelta(minutes=5)
MOST_DEAD_CLAIMS = 3


def claim(channel: str = Channel.EMAIL, limit: int = BATCH) -> tuple[uuid.UUID, list[Notification]]:
    """Up to `limit` due rows of this channel, marked with a fresh token, in the order in which they will be sent."""
    token, now = uuid.uuid4(), timezone.now()
    with transaction.atomic():
        due = Notification.objects.filter(state=State.QUEUED, channel=channel, due_at__lte=now)
        ids = list(
            due.order_by("priority", "due_at", "id")
            .select_for_update(skip_locked=True)
            .values_list("pk", flat=True)[:limit]
        )
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
    return _read(_held_by(token))


def _held_by(token: uuid.UUID) -> QuerySet[Notification]:
    """
    In the order in which they are sent. Whoever locks them does so in this order: a worker that gives back what it did
    not come to, and a sweep that takes it for dead, would else wait for each other.
    """
    return Notification.objects.filter(claim=token, state=State.SENDING).order_by("claim_position")


def _read(rows: QuerySet[Notification]) -> list[Notification]:
    rows = rows.select_related("loan__officer__officer_profile", "party__user")
    return list(rows.prefetch_related("loan__parties", "loan__key_dates"))


def give_back(token: uuid.UUID, *, in_hand: Collection[int] = ()) -> int:
    """
    What this claim did not come to is due again, as if it had not been claimed. `in_hand`: a row that may have left,
    though its end could not be written down, waits for the end of the lease like that of a dead worker.
    """
    with transaction.atomic():
        list(_held_by(token).select_for_update().values_list("pk"))
        return _put_back(_held_by(token).exclude(pk__in=in_hand))


def _put_back(rows: QuerySet[Notification]) -> int:
    return rows.order_by().update(state=State.QUEUED, claim=None, claimed_at=None, attempts=F("attempts") - 1)


# --- What a dead worker held ---------------------------------------------------------------------------------


def return_dead_claims(lease: timedelta = LEASE) -> int:
    """Rows whose worker died go back; the first of each claim may have left. Returns how many rows were moved."""
    dead = Notification.objects.filter(state=State.SENDING, claimed_at__lt=timezone.now() - lease)
    tokens = list(dead.order_by("claim").values_list("claim", flat=True).distinct())
    return sum(_returned(token) for token in tokens if token)


def _returned(token: uuid.UUID) -> int:
    """One that cannot be returned keeps neither the others nor the sweep."""
    try:
        return _return_claim(token)
    except Exception:
        logger.exception("What claim %s held cannot be given back.", token)
        return 0


def _return_claim(token: uuid.UUID) -> int:
    with transaction.atomic():
        rows = _read(_held_by(token).select_for_update(of=("self",)))
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
            unreached.tell(first)
        tracking.catch_up(first)  # a provider may have said meanwhile that it arrived
        return 1 + _put_back(_held_by(token))


def _after_death(row: Notification) -> tuple[str, str]:
    if row.dead_claims + 1 >= MOST_DEAD_CLAIMS:
        return State.FAILED, noop("The worker died each time it tried to send this.")
    if on_uncertain(row) == HOLD:
        return State.UNKNOWN, noop("The worker died while sending. Please look before sending again.")
    return State.QUEUED, noop("The worker died while sending; the same message goes out again.")


def beat_heart(name: str) -> None:
    """Write down that this part of the machinery is at work (`/readyz` reads it)."""
    now = timezone.now()
    Heartbeat.objects.update_or_create(name=name, defaults={"at": now})
