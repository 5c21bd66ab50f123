"""Who begins to apply and does not end."""

from datetime import timedelta

from django.db.models import Case, CharField, F, IntegerField, Q, Value, When
from django.utils.translation import gettext_lazy as _

from feedback.figures.months import Month
from feedback.figures.shape import Figure, Measure, Rows, of_loan
from loans.forms import FORMS
from loans.models import Application

LEFT_AFTER = timedelta(days=7)


def _begun(month: Month) -> Rows:
    """Of whom it is known: who has sent it, and who has not touched it for a week."""
    left = Q(submitted_at__isnull=True, saved_at__lte=month.now - LEFT_AFTER)
    rows = Application.objects.filter(
        Q(submitted_at__isnull=False) | left,
        proved_at__gte=month.begin, proved_at__lt=month.end, loan__isnull=False,
    )  # fmt: skip
    sent = Q(submitted_at__isnull=False)
    return of_loan(rows).annotate(
        part=Case(When(sent, then=Value("")), default=F("step"), output_field=CharField()),
        hit=Case(When(sent, then=Value(0)), default=Value(1), output_field=IntegerField()),
        value=Value(None, IntegerField()),
    )


FIGURES = (
    Figure(
        key="abandoned",
        title=_("Applications left"),
        meaning=_(
            "Of the applications whose e-mail address was proved in the month, how many were not sent and not touched "
            "for a week, by the step they were last at. Before that proof nothing is kept longer than thirty days, so "
            "nothing of it is counted."
        ),
        measure=Measure.SHARE,
        rows=_begun,
        when="proved_at",
        parts={key: form.title for key, form in FORMS.items()},
        part_title=_("Last step"),
        counts=_("Left"),
        counts_not=_("Sent"),
        more_is_better=False,
    ),
)
