"""What people answered when we asked them."""

from django.db.models import Case, IntegerField, Value, When
from django.utils.translation import gettext_lazy as _

from feedback.figures.months import Month
from feedback.figures.shape import Figure, Measure, Rows, of_loan
from feedback.models import SurveyResponse

Kind = SurveyResponse.Kind
SATISFIED, PROMOTER, DETRACTOR = 4, 9, 6


def _answered(month: Month, kind: str) -> Rows:
    rows = SurveyResponse.objects.filter(
        kind=kind, answered_at__gte=month.begin, answered_at__lt=month.end, score__isnull=False
    )
    return of_loan(rows).annotate(part=Value(""), value=Value(None, IntegerField()))


def _conversations(month: Month) -> Rows:
    satisfied = When(score__gte=SATISFIED, then=Value(1))
    hit = Case(satisfied, default=Value(0), output_field=IntegerField())
    return _answered(month, Kind.CONVERSATION).annotate(hit=hit)


def _recommendations(month: Month) -> Rows:
    promoter = When(score__gte=PROMOTER, then=Value(1))
    detractor = When(score__lte=DETRACTOR, then=Value(-1))
    hit = Case(promoter, detractor, default=Value(0), output_field=IntegerField())
    return _answered(month, Kind.NPS).annotate(hit=hit)


FIGURES = (
    Figure(
        key="csat",
        title=_("Satisfied (CSAT)"),
        meaning=_("Of the answers about a resolved conversation, how many gave 4 or 5 of 5."),
        measure=Measure.SHARE,
        rows=_conversations,
        when="answered_at",
        counts=_("4 or 5"),
        counts_not=_("1 to 3"),
        more_is_better=True,
    ),
    Figure(
        key="nps",
        title=_("Would recommend us (NPS)"),
        meaning=_(
            "Of the answers after closing, from 0 to 10: the percentage of those who gave 9 or 10, less the percentage "
            "of those who gave 6 or less. From -100 to 100."
        ),
        measure=Measure.SCORE,
        rows=_recommendations,
        when="answered_at",
        more_is_better=True,
    ),
)
