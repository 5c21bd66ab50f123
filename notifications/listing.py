"""Which messages the outbox lists for whom, and the figures of the house above them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _

from accounts.models import User
from loans.models import Loan
from notifications.figures import LATE, MOST, Figures, figures, is_stale, last_seen
from notifications.models import Notification, NotificationQuerySet

PAGE = 25
State = Notification.State
SCHEDULED = "scheduled"  # not a state of a row: what is queued and lies ahead


@dataclass(frozen=True)
class Tile:
    """One figure, and the list it counts."""

    label: str
    figure: str
    address: str = ""
    alarms: bool = False


@dataclass(frozen=True)
class House:
    """What whoever looks after the house sees above the list. `worker_seen` matters only when it `is_stale`."""

    tiles: list[Tile]
    late: str
    is_stale: bool
    worker_seen: datetime | None


def sees_the_house(user: User) -> bool:
    """Managers and staff look after the whole; officers see what is theirs."""
    return user.sees_every_loan or user.is_staff


def house() -> House:
    numbers, seen = figures(), last_seen("worker")
    oldest = numbers.oldest
    return House(
        tiles=list(_tiles(numbers)),
        late=timesince(timezone.now() - oldest) if oldest and oldest > LATE else "",
        is_stale=is_stale(seen),
        worker_seen=seen,
    )


def _tiles(numbers: Figures) -> Iterator[Tile]:
    oldest = numbers.oldest
    yield _tile(_("Waiting"), numbers.all_due, State.QUEUED, alarms=bool(oldest and oldest > LATE))
    yield Tile(
        _("Longest wait"),
        timesince(timezone.now() - oldest) if oldest else "–",
        alarms=bool(oldest and oldest > LATE),
    )
    yield _tile(_("Scheduled"), numbers.all_scheduled, SCHEDULED)
    yield _tile(_("On hold"), numbers.held, State.HELD)
    yield _tile(_("Sent today"), numbers.sent_today, State.SENT)
    yield _tile(_("Failed this week"), numbers.failed, State.FAILED, alarms=numbers.failed > 0)
    yield _tile(_("Came back this week"), numbers.came_back, State.BOUNCED, alarms=numbers.came_back > 0)
    yield _tile(_("Unclear"), numbers.unknown, State.UNKNOWN, alarms=numbers.unknown > 0)
    yield _tile(_("To print"), numbers.ready_to_print, State.READY_TO_PRINT)


def _tile(label: str, count: int, state: str, *, alarms: bool = False) -> Tile:
    figure = f"{MOST:,}+" if count >= MOST else str(count)
    return Tile(label, figure, f"{reverse('outbox:list')}?{urlencode({'state': state})}", alarms)


# --- The list ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Page:
    rows: list[Notification]
    next_url: str
    first_url: str


def page_of(user: User, asked: dict[str, Any], before: int | None) -> Page:
    """Newest first, after the row `before`."""
    rows = _matching(Notification.objects.visible_to(user), asked)
    if before:
        rows = rows.filter(pk__lt=before)
    light = rows.select_related("loan").defer("text_body", "html_body", "wording", "secret")
    found = list(light.order_by("-pk")[: PAGE + 1])
    shown, here = found[:PAGE], reverse("outbox:list")
    return Page(
        rows=shown,
        next_url=f"{here}?{urlencode({**asked, 'before': shown[-1].pk})}" if len(found) > PAGE else "",
        first_url=f"{here}?{urlencode(asked)}" if before else "",
    )


def _matching(rows: NotificationQuerySet, asked: dict[str, Any]) -> NotificationQuerySet:
    """By state, channel, kind, loan, or a search."""
    rows = _in_state(rows, asked.get("state", ""))
    for field in ("channel", "kind"):
        if asked.get(field):
            rows = rows.filter(**{field: asked[field]})
    if asked.get("loan"):
        rows = rows.filter(loan__public_id=asked["loan"])
    if text := asked.get("q", "").strip():
        rows = rows.about(text)
    return rows


def _in_state(rows: NotificationQuerySet, state: str) -> NotificationQuerySet:
    """What is queued reads “waiting” when it is due and “scheduled” before."""
    if state == State.QUEUED:
        return rows.filter(state=state, due_at__lte=timezone.now())
    if state == SCHEDULED:
        return rows.filter(state=State.QUEUED, due_at__gt=timezone.now())
    return rows.filter(state=state) if state else rows


def loan_asked_for(user: User, asked: dict[str, Any]) -> Loan | None:
    """The loan whose messages are listed alone."""
    if not asked.get("loan"):
        return None
    return Loan.objects.visible_to(user).filter(public_id=asked["loan"]).first()
