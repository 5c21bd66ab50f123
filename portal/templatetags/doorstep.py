"""The one set of filters, and what the shared templates need: `{% load doorstep %}`."""

from typing import Any

from django import template

from accounts.absences import Cover, cover_of
from accounts.models import User
from loans.models import Loan
from portal import badges, formats, navigation

register = template.Library()

for _filter in (
    formats.money,
    formats.date_text,
    formats.date_long,
    formats.weekday_date,
    formats.time_text,
    formats.datetime_text,
    formats.iso,
    formats.days_since,
    formats.days_text,
    formats.phone_text,
    formats.phone_link,
    formats.file_size,
    formats.initials,
    formats.device_text,
    badges.badge_tone,
    badges.badge_icon,
    badges.channel_icon,
):
    register.filter(_filter.__name__, _filter)


@register.simple_tag(takes_context=True)
def main_links(context: template.Context) -> list[navigation.Link]:
    """The navigation of whoever reads the page."""
    return navigation.main_links(context["request"], context.get("loan")) if "request" in context else []


def _of(step: Any, name: str) -> Any:
    return step[name] if isinstance(step, dict) else getattr(step, name)


@register.simple_tag
def step_summary(steps: list[Any]) -> dict[str, object]:
    """What a phone shows of the seven steps (dicts or loans.progress.Step): where we are, of how many, what is next."""
    now = next((step for step in steps if _of(step, "state") == "now"), None)
    if now is None:
        finished = [step for step in steps if _of(step, "state") == "done"]
        now = finished[-1] if finished else steps[0]
    later = [step for step in steps if _of(step, "number") > _of(now, "number")]
    return {
        "number": _of(now, "number"),
        "total": len(steps),
        "title": _of(now, "title"),
        "next": _of(later[0], "title") if later else "",
    }


@register.inclusion_tag("components/stand_in.html")
def stand_in(loan: Any) -> dict[str, Any]:
    """Who answers while the officer of this loan is away; nothing while they are here."""
    cover: Cover | None = None
    if isinstance(loan, Loan) and loan.officer_is_away is not False:
        cover = cover_of(loan.officer)
    if cover is None:
        return {}
    deputy = User.objects.select_related("officer_profile").get(pk=cover.deputy_id)
    profile = getattr(deputy, "officer_profile", None)
    return {
        "cover": cover,
        "officer": loan.officer,
        "deputy": deputy,
        "number": (profile and profile.direct_phone) or deputy.phone,
    }
