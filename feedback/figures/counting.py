"""
Counting a month, and keeping it.

Every hour this month and the last are counted anew, and the one of the year before that was counted longest ago: what
changed hands since, or was judged late, is right again within half a day. A month is replaced in one transaction.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil
from statistics import median

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from accounts.models import Branch, Company, User
from conversations.figures import percentile
from feedback.figures.months import Month, latest, month_of
from feedback.figures.shape import Figure, Rows
from feedback.figures.table import FIGURES
from feedback.models import ExperienceFigure

MONTHS_KEPT = 13  # a year, and the month of the year before beside this one
ALWAYS = 2
AT_ONCE = 2_000
HOUR = timedelta(hours=1)
PERSON, BRANCH = "person_id", "branch_id"
THE_HOUSE = ("", 0)
Whose = User | Branch | None  # None: the house
Place = tuple[tuple[str, int], str]  # whose by kind and key, and which part


@dataclass
class Counted:
    rows: int = 0
    hits: int = 0
    values: list[int] = field(default_factory=list)

    def add(self, hit: int, value: int | None) -> None:
        self.rows += 1
        self.hits += hit
        if value is not None:
            self.values.append(value)


# --- Which months ----------------------------------------------------------------------------------------------


def count_lately() -> int:
    """Those of this hour; returns how many figures were kept."""
    now, house = timezone.now(), Company.load()
    months = latest(now, MONTHS_KEPT, house)
    return sum(keep_month(first, now, house) for first in [*months[:ALWAYS], _longest_ago(months[ALWAYS:])])


def count_all() -> int:
    """Every month that pages show; returns how many figures were kept."""
    now, house = timezone.now(), Company.load()
    return sum(keep_month(first, now, house) for first in latest(now, MONTHS_KEPT, house))


def _longest_ago(months: list[date]) -> date:
    kept = ExperienceFigure.objects.filter(month__in=months, person=None, branch=None).order_by()
    counted = dict(kept.values_list("month").annotate(Max("counted_at")))
    return min(months, key=lambda first: (first in counted, counted.get(first), first))


# --- One month -------------------------------------------------------------------------------------------------


def keep_month(first: date, now: datetime, house: Company) -> int:
    month = month_of(first, now, house)
    rows = [row for figure in FIGURES.values() for row in _rows_of(figure, month, count(figure, month))]
    with transaction.atomic():
        ExperienceFigure.objects.filter(month=month.first).delete()
        # Another run may count the same month at the same time: the first of two equal rows stays.
        ExperienceFigure.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return len(rows)


def count(figure: Figure, month: Month) -> dict[Place, Counted]:
    """By person, branch and part; the house always has the whole of it, also when there is nothing."""
    found: dict[Place, Counted] = defaultdict(Counted)
    found[THE_HOUSE, ""] = Counted()
    branches = dict(User.objects.filter(branch__isnull=False).values_list("pk", "branch_id"))
    said = figure.rows(month).order_by().values_list("officer_of", "processor_of", "part", "hit", "value")
    for officer, processor, part, hit, value in said.iterator(chunk_size=AT_ONCE):
        team = {officer, processor} - {None}
        whose = {THE_HOUSE, *((PERSON, person) for person in team)}
        whose |= {(BRANCH, branches[person]) for person in team & branches.keys()}
        for one in whose:
            for place in {"", part}:
                found[one, place].add(hit, _whole(value))
    return found


def _whole(value: int | timedelta | None) -> int | None:
    """A stay in whole hours; begun ones count."""
    return ceil(value / HOUR) if isinstance(value, timedelta) else value


def _rows_of(figure: Figure, month: Month, found: dict[Place, Counted]) -> Iterator[ExperienceFigure]:
    for ((kind, key), part), counted in found.items():
        values = counted.values
        whose = {kind: key} if kind else {}
        yield ExperienceFigure(
            month=month.first, **whose, figure=figure.key, part=part,
            numerator=sum(values) if figure.has_values else counted.hits,
            denominator=counted.rows,
            median=ceil(median(values)) if values else None,
            ninetieth=percentile(values, 90) if values else None,
            counted_at=month.now,
        )  # fmt: skip


# --- The rows behind -------------------------------------------------------------------------------------------


def behind(figure: Figure, month: Month, *, whose: Whose, part: str = "", hit: bool | None = None) -> Rows:
    """What a figure was counted from, in no order. `hit` narrows it to what counts, or to what does not."""
    rows = figure.rows(month)
    if isinstance(whose, User):
        rows = rows.filter(Q(officer_of=whose.pk) | Q(processor_of=whose.pk))
    elif whose is not None:
        team = list(whose.people.values_list("pk", flat=True))
        rows = rows.filter(Q(officer_of__in=team) | Q(processor_of__in=team))
    if part:
        rows = rows.filter(part=part)
    if hit is not None:
        rows = rows.filter(hit__gt=0) if hit else rows.filter(hit__lte=0)
    return rows
