"""How long answers take, how much comes in, and what of it was settled at once: per officer, from the rows."""

from datetime import date, datetime

from django.utils.translation import ngettext

from accounts.models import Company

HOUR = 60


def day_minutes(company: Company | None = None) -> int:
    """How many minutes of office hours a business day has."""
    house = company or Company.load()
    day = date(2000, 1, 1)
    length = datetime.combine(day, house.closes_at) - datetime.combine(day, house.opens_at)
    return int(length.total_seconds()) // 60


def in_words(minutes: int, company: Company | None = None) -> str:
    """Minutes of office hours as people say them, cut down to the largest unit: 3 hours, 2 business days."""
    day = day_minutes(company)
    if minutes < HOUR:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    if minutes < day:
        return ngettext("%(count)d hour", "%(count)d hours", minutes // HOUR) % {"count": minutes // HOUR}
    return ngettext("%(count)d business day", "%(count)d business days", minutes // day) % {
        "count": minutes // day
    }
