"""How long loans stand at a stage, and whether borrowers heard from us by the day they were told."""

from typing import Any

from django.db.models import (
    Case,
    CharField,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    Subquery,
    Value,
    When,
)
from django.utils.translation import gettext_lazy as _

from feedback.figures.months import Month
from feedback.figures.shape import Figure, Measure, Rows, of_loan
from loans.models import StageEvent, UpdatePromise
from loans.services.usual import COUNTED_STAGES
from loans.stages import TABLE

ONE = Value(1)


def _stays(month: Month) -> Rows:
    """
    Each time a loan left a stage, with `came`: when it had come there. What was brought over from elsewhere says when
    it was brought, not how long it stood, as in `loans.services.usual`.
    """
    standing = StageEvent.objects.filter(undone_at__isnull=True)
    before = standing.filter(loan=OuterRef("loan"), at__lte=OuterRef("at"), to_stage=OuterRef("from_stage"))
    before = before.exclude(pk=OuterRef("pk")).order_by("-at", "-pk")
    stay: Any = ExpressionWrapper(F("at") - F("came"), output_field=DurationField())
    rows = (
        standing.filter(at__gte=month.begin, at__lt=month.end, from_stage__in=COUNTED_STAGES)
        .exclude(source=StageEvent.Source.IMPORT)
        .annotate(
            came=Subquery(before.values("at")[:1], output_field=DateTimeField()),
            came_by=Subquery(before.values("source")[:1], output_field=CharField()),
        )
        .filter(came__isnull=False)
        .exclude(came_by=StageEvent.Source.IMPORT)
    )
    return of_loan(rows).annotate(part=F("from_stage"), hit=ONE, value=stay)


def _promises(month: Month) -> Rows:
    """Those of which it is known how they ended."""
    is_over = Q(kept_at__isnull=False) | Q(replaced_at__isnull=False) | Q(on__lt=month.today)
    rows = UpdatePromise.objects.filter(
        is_over, lapsed_at__isnull=True, on__gte=month.first, on__lt=month.after
    )
    kept = Case(When(kept_at__isnull=False, then=ONE), default=Value(0), output_field=IntegerField())
    return of_loan(rows).annotate(part=Value(""), hit=kept, value=Value(None, IntegerField()))


FIGURES = (
    Figure(
        key="stage",
        title=_("Time in stage"),
        meaning=_(
            "Days from coming to a stage until leaving it, each stay for itself, in the month in which it ended. Moves "
            "that were taken back and loans brought over are left out."
        ),
        measure=Measure.HOURS,
        rows=_stays,
        when="at",
        parts={stage: TABLE[stage].label for stage in COUNTED_STAGES},
        part_title=_("Stage"),
        has_total=False,
        more_is_better=False,
    ),
    Figure(
        key="promise",
        title=_("Promises kept"),
        meaning=_(
            "Of the days by which we said that borrowers would hear from us, on how many they had heard by then: a "
            "move, a message, an answer, a paper asked for or looked at. Another day set instead is no news. Left out "
            "is what the end of a loan made void, and what was set anew on the same day."
        ),
        measure=Measure.SHARE,
        rows=_promises,
        when="on",
        counts=_("Kept"),
        counts_not=_("Not kept"),
        more_is_better=True,
    ),
)
