"""
The two business days of TRID, and what is counted in them (12 CFR 1026.2(a)(6), 1026.19(e) and (f)).

A *specific* business day is every day but Sundays and the eleven legal public holidays on their actual dates: Friday
3 July 2026 counts, Saturday 4 July does not. A *general* business day is a day on which the house is open to the
public: Monday to Friday (and Saturdays when the company says so), closed on federal holidays as observed.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache

import holidays
from django.utils import timezone

from accounts.models import Company

DayTest = Callable[[date], bool]

LOAN_ESTIMATE_DAYS = 3  # general, 1026.19(e)(1)(iii)(A)
WAIT_AFTER_LOAN_ESTIMATE_DAYS = 7  # specific, 1026.19(e)(1)(iii)(B)
DEEMED_RECEIVED_DAYS = 3  # specific, 1026.19(f)(1)(iii)
DISCLOSURE_DAYS = 3  # specific, 1026.19(f)(1)(ii)


@cache
def _legal_holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("US", years=year, observed=False))


@cache
def _observed_holidays(year: int) -> frozenset[date]:
    # New Year's Day on a Saturday is observed in the year before, so the neighbours are asked too.
    return frozenset(holidays.country_holidays("US", years=(year - 1, year, year + 1), observed=True))


def is_specific_business_day(day: date) -> bool:
    """Monday to Saturday, except legal public holidays on their actual dates."""
    return day.weekday() != 6 and day not in _legal_holidays(day.year)


def is_general_business_day(day: date, company: Company) -> bool:
    """A day on which the company's offices are open to the public."""
    open_weekdays = 6 if company.open_on_saturday else 5
    return day.weekday() < open_weekdays and day not in _observed_holidays(day.year)


def add_business_days(day: date, count: int, is_business_day: DayTest = is_specific_business_day) -> date:
    """The `count`-th business day after `day` (before it, when negative); `day` itself never counts."""
    step = timedelta(days=1 if count > 0 else -1)
    left = abs(count)
    while left:
        day += step
        left -= is_business_day(day)
    return day


def loan_estimate_due(received_on: date, company: Company) -> date:
    """The third general business day after the sixth item came: Monday gives Thursday."""
    return add_business_days(
        received_on, LOAN_ESTIMATE_DAYS, lambda day: is_general_business_day(day, company)
    )


def earliest_closing_after_estimate(sent_on: date) -> date:
    """The seventh specific business day after the Loan Estimate was sent: 1 June gives 9 June."""
    return add_business_days(sent_on, WAIT_AFTER_LOAN_ESTIMATE_DAYS)


def deemed_received(sent_on: date) -> date:
    """When something mailed or e-mailed counts as received, unless an earlier receipt is evidenced."""
    return add_business_days(sent_on, DEEMED_RECEIVED_DAYS)


def earliest_closing_after_disclosure(received_on: date) -> date:
    """The third specific business day after the Closing Disclosure was received: Thursday gives Monday."""
    return add_business_days(received_on, DISCLOSURE_DAYS)


def disclosure_received_by(closing_on: date) -> date:
    """The last day on which the Closing Disclosure may be received for a closing on this day."""
    return add_business_days(closing_on, -DISCLOSURE_DAYS)


def disclosure_sent_by(closing_on: date) -> date:
    """The last day to send the Closing Disclosure, not in person, for a closing on this day."""
    return add_business_days(disclosure_received_by(closing_on), -DEEMED_RECEIVED_DAYS)


def next_open_day(day: date) -> date:
    """`day` itself when it is a weekday that is no holiday, else the next one that is."""
    while day.weekday() > 4 or day in _observed_holidays(day.year):
        day += timedelta(days=1)
    return day


def local_date(moment: datetime, company: Company | None = None) -> date:
    """The day it was, where the company is."""
    return moment.astimezone((company or Company.load()).zone).date()


def today(company: Company | None = None) -> date:
    """Today, where the company is."""
    return local_date(timezone.now(), company)
