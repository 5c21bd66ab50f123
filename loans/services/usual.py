"""How long a stage usually takes, from the moves of this company's own funded loans."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from math import ceil

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from loans.models import StageEvent, UsualDays
from loans.stages import Stage

COUNTED_STAGES = [stage for stage in Stage.line() if stage not in (Stage.STARTED, Stage.FUNDED)]
FUNDED_SINCE = timedelta(days=365)
FEWEST_LOANS = 20
DAY_SECONDS = 86_400
Move = tuple[int, str, datetime]  # loan, stage, when it came there


def count_usual_days() -> int:
    """
    Median and 90th percentile of the days at each stage, from loans funded in the last twelve months; a stage that
    fewer than twenty of them stood at is left out. Returns how many stages have figures. Doing so twice is harmless.
    """
    days: dict[str, list[float]] = defaultdict(list)
    for stays in map(_days_at_each, _loans()):
        for stage, spent in stays.items():
            days[stage].append(spent)
    return _keep({stage: sorted(spent) for stage, spent in days.items() if len(spent) >= FEWEST_LOANS})


def _loans() -> Iterator[list[Move]]:
    """The moves of each funded loan, in order. A line at a time: a year of a large house does not fit in a list."""
    now = timezone.now()
    standing = StageEvent.objects.filter(undone_at__isnull=True)
    funded = standing.filter(loan=OuterRef("loan"), to_stage=Stage.FUNDED, at__gte=now - FUNDED_SINCE)
    moves: Iterable[Move] = (
        standing.filter(Exists(funded), loan__stage=Stage.FUNDED)
        # What was brought over from elsewhere says when it came, not how long it stood.
        .exclude(source=StageEvent.Source.IMPORT)
        .order_by("loan_id", "at", "id")
        .values_list("loan_id", "to_stage", "at")
        .iterator(chunk_size=2_000)
    )
    for _loan, theirs in groupby(moves, key=lambda move: move[0]):
        yield list(theirs)


def _days_at_each(moves: list[Move]) -> dict[str, float]:
    """All stays at a stage together: conditions may go to and fro."""
    spent: dict[str, float] = defaultdict(float)
    for (_loan, stage, came), (_same, _next, left) in pairwise(moves):
        if stage in COUNTED_STAGES:
            spent[stage] += (left - came).total_seconds() / DAY_SECONDS
    return spent


@transaction.atomic
def _keep(days: dict[str, list[float]]) -> int:
    now = timezone.now()
    UsualDays.objects.exclude(stage__in=days).delete()
    for stage, spent in days.items():
        figures = {
            "loans": len(spent), "median": _whole(_share(spent, 0.5)), "ninetieth": _whole(_share(spent, 0.9)),
            "counted_at": now,
        }  # fmt: skip
        UsualDays.objects.update_or_create(stage=stage, defaults=figures)
    return len(days)


def _share(ordered: list[float], share: float) -> float:
    """The value that this share of them does not exceed (nearest rank)."""
    return ordered[ceil(share * len(ordered)) - 1]


def _whole(days: float) -> int:
    """Rounded up: we rather say a day too many. Less than a day is a day."""
    return max(1, ceil(days))
