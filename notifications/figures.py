"""
The outbox in figures: for its screen, for `/metrics`, and for whoever must know that nothing leaves.

They cost the same however large the outbox grows: each is read from an index, and a count stops at `most`. What failed
or came back is counted over a week, so that a figure can go down again.
"""

import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, IntegerField, Min, QuerySet, Subquery
from django.utils import timezone

from accounts.models import Company
from notifications.models import DeliveryEvent, Heartbeat, InboundText, Notification

logger = logging.getLogger(__name__)
State = Notification.State
CHANNELS: list[str] = Notification.Channel.values
# Named with each question about what is due, so that the index of the claims answers it: (channel, priority, due_at).
PRIORITIES = range(10)

LATE = timedelta(minutes=2)  # something due for longer is an alert
STALE = timedelta(seconds=60)  # a worker not seen for longer sends nothing
WARNED_EVERY = timedelta(minutes=10)
LOOKED_EVERY_SECONDS = 15
LATELY = timedelta(days=7)
MOST = 1_000  # counted on the screen
MOST_COUNTED = 10_000  # counted for `/metrics`


class Rows(Subquery):
    """How many rows a query has, as one column."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) AS counted)"
    output_field = IntegerField()

    def __init__(self, rows: QuerySet[Any], most: int) -> None:
        super().__init__(rows.values("pk")[:most])


@dataclass(frozen=True)
class Figures:
    """`due`, `scheduled` and `oldest_due_at` by channel; `failed` and `came_back` within the last week."""

    due: dict[str, int]
    scheduled: dict[str, int]
    oldest_due_at: dict[str, datetime]
    held: int = 0
    sending: int = 0
    ready_to_print: int = 0
    unknown: int = 0
    failed: int = 0
    bounced: int = 0
    complained: int = 0
    sent_today: int = 0

    @property
    def all_due(self) -> int:
        return sum(self.due.values())

    @property
    def all_scheduled(self) -> int:
        return sum(self.scheduled.values())

    @property
    def came_back(self) -> int:
        return self.bounced + self.complained

    @property
    def oldest(self) -> timedelta | None:
        """How long the message that is due longest has been due."""
        first = min(self.oldest_due_at.values(), default=None)
        return timezone.now() - first if first else None


def figures(most: int = MOST) -> Figures:
    """The whole house, in one query; a count stops at `most`."""
    now = timezone.now()
    counts = {
        **{f"due_{channel}": queued(channel, due_at__lte=now) for channel in CHANNELS},
        **{f"scheduled_{channel}": queued(channel, due_at__gt=now) for channel in CHANNELS},
        **{state: _in(state) for state in ("held", "sending", "ready_to_print", "unknown")},
        **{state: _lately(state, now) for state in ("failed", "bounced", "complained")},
        "sent_today": Notification.objects.filter(sent_at__gte=_midnight(now)).order_by(),
    }
    columns: dict[str, Subquery] = {f"count_{name}": Rows(rows, most) for name, rows in counts.items()}
    columns |= _due_before(now)
    found = _carried(columns)
    counted = {name: found.get(f"count_{name}", 0) for name in counts}
    return Figures(
        due={channel: counted.pop(f"due_{channel}") for channel in CHANNELS},
        scheduled={channel: counted.pop(f"scheduled_{channel}") for channel in CHANNELS},
        oldest_due_at=_first_due(found),
        **counted,
    )


def _carried(columns: dict[str, Subquery]) -> dict[str, Any]:
    """All of them in one question: any one row carries them, and without a row there is nothing to tell."""
    found: Any = Notification.objects.order_by("pk").values(**columns).first()
    return found or {}


def queued(channel: str, **due: datetime) -> QuerySet[Notification]:
    return Notification.objects.filter(
        state=State.QUEUED, channel=channel, priority__in=PRIORITIES, **due
    ).order_by()


def _due_before(moment: datetime) -> dict[str, Subquery]:
    """
    By channel what has been due longest, and what has waited longest for the house: a line of the signature that
    nobody has filled in moves its `due_at` on and on.
    """
    due = {
        f"due_since_{channel}": _first(queued(channel, due_at__lte=moment), "due_at") for channel in CHANNELS
    }
    kept = Notification.objects.filter(state=State.QUEUED, waiting_since__lte=moment).order_by()
    return due | {
        f"kept_since_{name}": _first(kept.filter(channel=name), "waiting_since") for name in CHANNELS
    }


def _first(rows: QuerySet[Notification], field: str) -> Subquery:
    return Subquery(rows.values("channel").annotate(first=Min(field)).values("first"))


def _first_due(found: dict[str, Any]) -> dict[str, datetime]:
    """By channel, from the columns of `_due_before`; channels in which nothing waits are left out."""
    firsts = {
        channel: [at for name in ("due", "kept") if (at := found.get(f"{name}_since_{channel}"))]
        for channel in CHANNELS
    }
    return {channel: min(moments) for channel, moments in firsts.items() if moments}


def _in(state: str) -> QuerySet[Notification]:
    return Notification.objects.filter(state=state).order_by("-pk")


def _lately(state: str, now: datetime) -> QuerySet[Notification]:
    """Of the newest in this state those that were due within the last week."""
    newest = _in(state).values("pk")[:MOST_COUNTED]
    return Notification.objects.filter(pk__in=newest, due_at__gte=now - LATELY).order_by()


def _midnight(now: datetime) -> datetime:
    return now.astimezone(Company.load().zone).replace(hour=0, minute=0, second=0, microsecond=0)


# --- Nothing leaves ------------------------------------------------------------------------------------------


def overdue(now: datetime | None = None) -> timedelta | None:
    """How long the message that is due longest has been due, when that is longer than LATE; else None."""
    now = now or timezone.now()
    first = min(_first_due(_carried(_due_before(now - LATE))).values(), default=now)
    return now - first if now - first > LATE else None


_looked: tuple[float, timedelta | None] | None = None


def overdue_lately() -> timedelta | None:
    """The same for pages: looked up at most every quarter of a minute in each process."""
    global _looked
    if _looked is None or time.monotonic() - _looked[0] > LOOKED_EVERY_SECONDS:
        _looked = (time.monotonic(), overdue())
    return _looked[1]


_warned_at: datetime | None = None


def forget_overdue() -> None:
    """Look anew for the next page, and warn anew (a test begins)."""
    global _looked, _warned_at
    _looked = _warned_at = None


def warn_when_late() -> bool:
    """One line in the log at level ERROR when something is overdue; this process repeats it every ten minutes."""
    global _warned_at
    now = timezone.now()
    late = overdue(now)
    if late is None:
        _warned_at = None
        return False
    if _warned_at is not None and now - _warned_at < WARNED_EVERY:
        return False
    _warned_at = now
    logger.error(
        "A message has been due for %d seconds and has not left. Look at the worker and at the mail server.",
        late.total_seconds(),
    )
    return True


def last_seen(name: str) -> datetime | None:
    """When this part of the machinery was last at work; None when it never was."""
    return Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()


def is_stale(seen: datetime | None) -> bool:
    return seen is None or timezone.now() - seen > STALE


# --- What only `/metrics` asks -------------------------------------------------------------------------------


def count_left(since: datetime) -> dict[tuple[str, str], int]:
    """What left since then, by channel and by how it stands now (sent, delivered, bounced ...)."""
    newest = Notification.objects.filter(sent_at__gte=since).order_by("-sent_at").values("pk")[:MOST_COUNTED]
    left = Notification.objects.filter(pk__in=newest).order_by()
    counted = left.values_list("channel", "state").annotate(count=Count("pk"))
    return {(channel, state): count for channel, state, count in counted}


def count_events(since: datetime) -> dict[str, int]:
    """What providers told since then, by kind, whenever the message left."""
    newest = DeliveryEvent.objects.order_by("-pk").values("pk")[:MOST_COUNTED]
    told = DeliveryEvent.objects.filter(pk__in=newest, received_at__gte=since).order_by()
    counts = dict(told.values_list("kind").annotate(count=Count("pk")))
    return {kind: counts.get(kind, 0) for kind in DeliveryEvent.Kind.values}


def seconds_to_send(since: datetime) -> list[float]:
    """
    For what left since then, shortest first: from the moment it was due until it left. A message that was tried again
    counts from its last try.
    """
    left = Notification.objects.filter(sent_at__gte=since).order_by("-sent_at")
    times = left.values_list("due_at", "sent_at")[:MOST_COUNTED]
    return sorted(max(0.0, (sent - due).total_seconds()) for due, sent in times if sent)


def texts_to_decide() -> int:
    """Texts that perhaps say stop and wait for somebody's decision."""
    return InboundText.objects.filter(reading=InboundText.Reading.UNCLEAR, decision="").count()
