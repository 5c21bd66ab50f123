"""Months on the company's own clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import islice

from accounts.models import Company
from loans import clocks


@dataclass(frozen=True)
class Month:
    """From its first midnight to the next month's, as they are in the company's zone; `now`: seen from when."""

    first: date
    after: date
    begin: datetime
    end: datetime
    now: datetime
    today: date


def month_of(day: date, now: datetime, house: Company) -> Month:
    first = day.replace(day=1)
    after = following(first)
    begin, end = (datetime.combine(midnight, time.min, house.zone) for midnight in (first, after))
    return Month(first, after, begin, end, now, clocks.local_date(now, house))


def following(first: date) -> date:
    return first.replace(year=first.year + first.month // 12, month=first.month % 12 + 1)


def preceding(first: date) -> date:
    return first.replace(year=first.year - (first.month == 1), month=(first.month - 2) % 12 + 1)


def latest(now: datetime, count: int, house: Company) -> list[date]:
    """The first days of the last months, this one first."""
    return list(islice(_back(clocks.local_date(now, house).replace(day=1)), count))


def _back(first: date) -> Iterator[date]:
    while True:
        yield first
        first = preceding(first)
