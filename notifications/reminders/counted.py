"""How often borrowers were reminded of a paper until it came: one of the figures of experience."""

from django.db.models import Count, Exists, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from feedback.figures.months import Month
from feedback.figures.shape import Figure, Measure, Rows, of_loan
from notifications.catalog.reminders import NEEDS_REMINDER
from notifications.models import Notification
from notifications.reminders.ladder import NOT_TOLD


def _came(month: Month) -> Rows:
    """The first file of each paper that was asked for, and the reminders its borrower had had by then."""
    papers = Document.objects.filter(is_original=False)
    earlier = papers.filter(request=OuterRef("request"), pk__lt=OuterRef("pk"))
    rows = papers.filter(
        ~Exists(earlier), request__isnull=False, received_at__gte=month.begin, received_at__lt=month.end
    )
    told = Notification.objects.filter(
        party=OuterRef("request__party"), kind=NEEDS_REMINDER, channel=Notification.Channel.EMAIL,
        due_at__gte=OuterRef("request__created_at"), due_at__lt=OuterRef("received_at"),
    ).exclude(state__in=NOT_TOLD)  # fmt: skip
    so_many = Subquery(told.order_by().values("party").values_list(Count("pk")), output_field=IntegerField())
    return of_loan(rows).annotate(part=Value(""), hit=Value(1), value=Coalesce(so_many, 0))


REMINDERS = Figure(
    key="reminder",
    title=_("Reminders for each paper"),
    meaning=_(
        "For each paper that came in the month: how many reminders by mail its borrower had between our asking and its "
        "coming. One reminder names all that is open."
    ),
    measure=Measure.EACH,
    rows=_came,
    when="received_at",
    more_is_better=False,
)
