"""
Business time: the minutes in which the offices are open, which is what people wait in.

Open is every general business day (`loans.clocks`) from `Company.opens_at` to `Company.closes_at` on the company's own
clock. A night in which the clock changes takes nothing from it and adds nothing. Moments are aware datetimes.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import Company
from loans import clocks

UTC = ZoneInfo("UTC")
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
Span = tuple[datetime, datetime]


def business_minutes(start: datetime, end: datetime, company: Company | None = None) -> int:
    """Whole minutes of office hours between the two moments; 0 when `end` is not after `start`."""
    house = company or Company.load()
    waited = timedelta()
    if end > start:
        for opens, closes in _spans(start, house):
            if opens >= end:
                break
            waited += max(min(closes, end) - max(opens, start), timedelta())
    return waited // MINUTE


def business_minutes_before(end: datetime, minutes: int, company: Company | None = None) -> datetime:
    """The last moment since which `minutes` (1 or more) of office hours have passed at `end`."""
    left = minutes * MINUTE
    for opens, closes in _spans_back(end, company or Company.load()):
        last = min(closes, end)
        if last - left >= opens:
            return last - left
        left -= max(last - opens, timedelta())
    raise AssertionError("The offices were never open.")  # pragma: no cover - the days do not end


def is_open(moment: datetime, company: Company | None = None) -> bool:
    """Whether the offices are open now."""
    house = company or Company.load()
    day = clocks.local_date(moment, house)
    opens, closes = _hours(day, house)
    return clocks.is_general_business_day(day, house) and opens <= moment < closes


def open_hours_from(moment: datetime, company: Company | None = None) -> Span:
    """The office hours that run at `moment`, else the next ones: when they begin and when they end."""
    house = company or Company.load()
    return next(span for span in _spans(moment, house) if span[1] > moment)


def _spans(start: datetime, house: Company) -> Iterator[Span]:
    """The office hours of each open day from the day of `start` on; it does not end."""
    return _open_days(clocks.local_date(start, house), DAY, house)


def _spans_back(end: datetime, house: Company) -> Iterator[Span]:
    return _open_days(clocks.local_date(end, house), -DAY, house)


def _open_days(day: date, step: timedelta, house: Company) -> Iterator[Span]:
    while True:
        if clocks.is_general_business_day(day, house):
            yield _hours(day, house)
        day += step


def _hours(day: date, house: Company) -> Span:
    return _at(day, house.opens_at, house), _at(day, house.closes_at, house)


def _at(day: date, clock: time, house: Company) -> datetime:
    """In UTC, so that differences are time that passed and not hands that were moved."""
    return datetime.combine(day, clock, house.zone).astimezone(UTC)
