"""The usual days of a stage in words, and how pages read them beside the loan without a question of their own."""

from typing import Any

from django.db.models import JSONField, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loans.models import UsualDays


def counted_days(stage: str) -> Subquery:
    """An annotation with what was counted for the stage in field `stage`; None where there were too few loans."""
    counted = UsualDays.objects.filter(stage=OuterRef(stage))
    figures = counted.values(figures=JSONObject(loans="loans", median="median", ninetieth="ninetieth"))
    return Subquery(figures[:1], output_field=JSONField())


def days_text(counted: dict[str, Any] | None) -> str:
    """“About 4 days; nine in ten within 9 days”; empty where nothing was counted."""
    if not counted:
        return ""
    median, ninetieth = counted["median"], counted["ninetieth"]
    within = ngettext("%(count)d day", "%(count)d days", ninetieth) % {"count": ninetieth}
    if median == ninetieth:
        return within
    about = ngettext("About %(count)d day", "About %(count)d days", median) % {"count": median}
    return _("%(about)s; nine in ten loans within %(within)s") % {"about": about, "within": within}
