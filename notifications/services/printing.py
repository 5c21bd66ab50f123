"""The pile of letters that are ready to be printed: what lies on it for whom, and what is done with it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Company, User
from loans import clocks
from loans.errors import Refused
from loans.stages import Stage
from notifications import letters
from notifications.models import Notification, NotificationQuerySet
from notifications.services.changing import locked, record, save

State = Notification.State
MOST_AT_ONCE = 200  # of a day: what a person prints, folds and posts in one go
KEPT_IN_SIGHT = timedelta(days=14)
LOOKS_AHEAD = timedelta(days=45)
# What `letters.is_stopped` says, as a question; and a loan opened again while its letter was being made.
MAY_GO = Q(loan__complaint_open=False, loan__bereavement=False, loan__stage=Stage.FUNDED)


@dataclass
class Pile:
    """The letters of one day."""

    day: date
    rows: list[Notification] = field(default_factory=list)


def to_print(rows: NotificationQuerySet, day: date | None = None) -> NotificationQuerySet:
    """Of these, the letters that may be printed now; none of a loan that must be left in peace."""
    return _on_paper(rows, State.READY_TO_PRINT, "due_at", day).filter(MAY_GO)


def kept_back(rows: NotificationQuerySet) -> NotificationQuerySet:
    """Made, and then a complaint came in or somebody died."""
    ready = _on_paper(rows, State.READY_TO_PRINT, "due_at", None)
    return ready.exclude(MAY_GO)


def printed(rows: NotificationQuerySet, day: date | None = None) -> NotificationQuerySet:
    """What was printed on this day, or lately; for printing it again."""
    done = _on_paper(rows, State.PRINTED, "sent_at", day).filter(sent_at__gte=timezone.now() - KEPT_IN_SIGHT)
    return done.filter(MAY_GO)


def held(rows: NotificationQuerySet) -> NotificationQuerySet:
    """Letters of either sort that wait for somebody to look."""
    return rows.filter(state=State.HELD).select_related("loan").order_by("due_at", "pk")


def coming(rows: NotificationQuerySet) -> NotificationQuerySet:
    """Letters of either sort that go out by themselves before long, the next first."""
    soon = timezone.now() + LOOKS_AHEAD
    return rows.filter(state=State.QUEUED, due_at__lt=soon).select_related("loan").order_by("due_at", "pk")


def _on_paper(rows: NotificationQuerySet, state: str, moment: str, day: date | None) -> NotificationQuerySet:
    found = rows.filter(channel=Notification.Channel.LETTER, state=state, loan__isnull=False)
    if day:
        zone = Company.load().zone
        began = datetime.combine(day, time.min, tzinfo=zone)
        ended = datetime.combine(day + timedelta(days=1), time.min, tzinfo=zone)
        found = found.filter(**{f"{moment}__gte": began, f"{moment}__lt": ended})
    return found.select_related("loan").order_by(moment, "pk")


def by_day(rows: Iterable[Notification], moment: str = "due_at") -> list[Pile]:
    """One pile a day of the company's calendar; the rows come sorted by that moment."""
    company = Company.load()
    days = groupby(rows, key=lambda row: clocks.local_date(getattr(row, moment), company))
    return [Pile(day, list(found)) for day, found in days]


def fingerprint(rows: Iterable[Notification]) -> str:
    """Short for exactly these letters as they stand; another as soon as one comes, goes or changes."""
    said = " ".join(f"{row.public_id}:{row.version}" for row in rows)
    return hashlib.sha256(said.encode()).hexdigest()[:16]


@transaction.atomic
def mark_printed(*, rows: Iterable[Notification], by: User) -> list[Notification]:
    """
    These are printed and in the post; returns those that now are. One of a loan that must be left in peace meanwhile,
    or that somebody else marked or took back, is left as it stands.
    """
    return [row for row in rows if not letters.is_stopped(row.loan) and _mark(row, by)]


def _mark(row: Notification, by: User) -> bool:
    ready = Notification.objects.filter(pk=row.pk, state=State.READY_TO_PRINT)
    if not ready.update(state=State.PRINTED, sent_at=timezone.now(), version=F("version") + 1):
        return False
    record(row, "printed", by)
    return True


@transaction.atomic
def take_off_pile(*, notification: Notification, by: User, expected_version: int) -> Notification:
    """Back on hold, to be changed; it is made anew when it is released. Refused once it was printed."""
    row = locked(notification, expected_version)
    if row.state != State.READY_TO_PRINT:
        raise Refused(_("Only a letter that is ready to be printed can be taken back."))
    row.state, row.error = State.HELD, ""
    record(row, "taken_off_pile", by)
    return save(row, "state", "error")
