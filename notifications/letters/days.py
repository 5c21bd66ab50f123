"""When letters are due: at 10:00 on the company's clock, on a day that is no weekend and no federal holiday."""

from calendar import isleap
from datetime import date, datetime, time, timedelta

from accounts.models import Company
from loans import clocks
from loans.models import StageEvent
from notifications.models import MessageRules

SENDS_AT = time(10, 0)


def due_at(closed_at: datetime, company: Company) -> datetime:
    """The letter of thanks: `thank_you_days` after the local date of closing."""
    return _at_ten(clocks.local_date(closed_at, company) + timedelta(days=company.thank_you_days), company)


def binder_day(closed_at: datetime, company: Company, rules: MessageRules) -> datetime:
    """Closing papers for taxes: the day the staff chose, in the year after the closing."""
    year = clocks.local_date(closed_at, company).year + 1
    return _at_ten(date(year, rules.binder_month, rules.binder_day), company)


def anniversary(closed_at: datetime, company: Company, year: int) -> datetime:
    """The `year`-th anniversary of the closing; a closing on February 29 has its others on the 28th."""
    closed_on = clocks.local_date(closed_at, company)
    then = closed_on.year + year
    if (closed_on.month, closed_on.day) == (2, 29) and not isleap(then):
        return _at_ten(date(then, 2, 28), company)
    return _at_ten(closed_on.replace(year=then), company)


def _at_ten(day: date, company: Company) -> datetime:
    return datetime.combine(clocks.next_open_day(day), SENDS_AT, tzinfo=company.zone)


def event_key(event: StageEvent, year: int = 1) -> str:
    """One set of letters a closing: a second closing of the same loan has a number, and so letters, of its own."""
    key = f"closing:{event.closing_number}:{event.public_id}"
    return key if year == 1 else f"{key}:{year}"
