"""What is asked for twice, and why papers go back."""

from django.db.models import Case, CharField, F, IntegerField, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from documents.models import Document, Request
from documents.returns import ReturnReason
from feedback.figures.months import Month
from feedback.figures.shape import Figure, Measure, Rows, of_loan

ONE, NONE = Value(1), Value(0)


def _asked(month: Month) -> Rows:
    # As the index of requests is written.
    rows = Request.objects.annotate(asked_at=Coalesce("asked_again_at", "created_at"))
    rows = rows.filter(asked_at__gte=month.begin, asked_at__lt=month.end)
    first_time = When(repeat_reason="", then=NONE)
    return of_loan(rows).annotate(
        part=Value(""), hit=Case(first_time, default=ONE, output_field=IntegerField()),
        value=Value(None, IntegerField()),
    )  # fmt: skip


def _reviewed(month: Month) -> Rows:
    """A paper that was given back once and taken the second time counts as it stands: each file is a row."""
    rows = Document.objects.filter(
        reviewed_at__gte=month.begin, reviewed_at__lt=month.end, is_original=False
    ).exclude(review=Document.Review.PENDING)
    returned = When(review=Document.Review.RETURNED, then=ONE)
    reason = When(review=Document.Review.RETURNED, then=F("reason"))
    return of_loan(rows).annotate(
        part=Case(reason, default=Value(""), output_field=CharField()),
        hit=Case(returned, default=NONE, output_field=IntegerField()),
        value=Value(None, IntegerField()),
    )  # fmt: skip


FIGURES = (
    Figure(
        key="repeat",
        title=_("Asked for again"),
        meaning=_(
            "Of the papers asked for in the month, how many had been sent or answered before, for the same person and "
            "the same period."
        ),
        measure=Measure.SHARE,
        rows=_asked,
        when="asked_at",
        counts=_("Asked for again"),
        counts_not=_("Asked for once"),
        more_is_better=False,
    ),
    Figure(
        key="return",
        title=_("Papers sent back"),
        meaning=_(
            "Of the papers looked at in the month, how many went back to the borrower, by the reason given."
        ),
        measure=Measure.SHARE,
        rows=_reviewed,
        when="reviewed_at",
        parts=dict(ReturnReason.choices),
        part_title=_("Reason"),
        counts=_("Sent back"),
        counts_not=_("Accepted"),
        more_is_better=False,
    ),
)
