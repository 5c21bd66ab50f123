"""Whom to help: how much waits for each of us. Read from what is waiting alone, in one question."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, DateTimeField, F, Min, QuerySet, Sum, Value

from accounts.models import User
from conversations.models import Complaint, ServiceRequest
from leads.models import Lead
from loans.models import Loan, Task
from loans.models.loan import WAITS_FOR_US
from portal.formats import today


@dataclass
class Desk:
    """One person's desk: how many of each, and since when the longest reply and caller wait."""

    person: int
    user: User | None = None
    counts: dict[str, int] = field(default_factory=dict)
    oldest: dict[str, datetime] = field(default_factory=dict)

    @property
    def waits_since(self) -> datetime | None:
        """The longest that somebody outside waits for a word of theirs."""
        return min(self.oldest.values(), default=None)


def desks(most: int | None = None) -> list[Desk]:
    """For whom something waits, at most so many; whose people wait the longest first, then by what is overdue."""
    found: dict[int, Desk] = {}
    for row in _figures():
        desk = found.setdefault(row["person"], Desk(row["person"]))
        desk.counts[row["what"]] = row["how_many"]
        if row["oldest"] is not None:
            desk.oldest[row["what"]] = row["oldest"]
    shown = sorted(found.values(), key=_need)[:most]
    users = User.objects.in_bulk([desk.person for desk in shown])
    for desk in shown:
        desk.user = users[desk.person]
    return shown


def _need(desk: Desk) -> tuple[bool, Any, int, int]:
    since = desk.waits_since
    return (since is None, since or 0, -desk.counts.get("late", 0), desk.person)


def _figures() -> QuerySet[Any, dict[str, Any]]:
    day: date = today()
    tasks = Task.objects.filter(done_at__isnull=True)
    waiting = Loan.objects.filter(WAITS_FOR_US)
    replies = _counted(
        waiting.filter(unanswered_since__isnull=False), "replies", "officer", "unanswered_since"
    )
    return replies.union(
        _counted(waiting.filter(to_review__gt=0), "papers", "officer", count=Sum("to_review")),
        _counted(tasks.filter(due_on__lt=day), "late", "for_user"),
        _counted(tasks.filter(kind=Task.Kind.QUIET_FILE), "quiet", "for_user"),
        _counted(tasks.filter(kind=Task.Kind.BOUNCED), "bounced", "for_user"),
        _counted(Complaint.objects.filter(resolved_at__isnull=True), "complaints", "owner"),
        _counted(ServiceRequest.objects.open(), "wishes", "owner"),
        _counted(
            Lead.objects.open().filter(waiting_since__isnull=False), "leads", "officer", "waiting_since"
        ),
        all=True,
    )


def _counted(
    rows: QuerySet[Any], what: str, person: str, since: str = "", count: Any = None
) -> QuerySet[Any, dict[str, Any]]:
    oldest = Min(since) if since else Value(None, output_field=DateTimeField())
    return (
        rows.order_by()
        .values(person=F(person), what=Value(what))
        .annotate(how_many=count or Count("pk"), oldest=oldest)
        .values("person", "what", "how_many", "oldest")
    )
