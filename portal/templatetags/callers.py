"""How long somebody waited, in the hours in which the offices were open."""

from django import template
from django.utils.translation import gettext, ngettext

register = template.Library()


@register.filter
def office_time(minutes: int) -> str:
    """`50 minutes`, `3 hours`: of office hours, so that nothing is said in days."""
    if minutes < 1:
        return gettext("less than a minute")
    if minutes < 60:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = minutes // 60
    return ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours}
