"""Lets the demo's history happen in the past, through the same services as everything else."""

import datetime as dates
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from django.utils import timezone

from accounts.models import Company
from loans import clocks

SATURDAY = 5


@contextmanager
def clock_at(moment: dates.datetime) -> Iterator[None]:
    """
    While open, `django.utils.timezone.now()` answers `moment` in this process.

    Model defaults hold a reference to that function, so the function stays and the clock it reads is exchanged.
    Only the single-threaded demo command may do this.
    """

    class StoppedDatetime(dates.datetime):
        @classmethod
        def now(cls, tz: dates.tzinfo | None = None) -> dates.datetime:  # type: ignore[override]
            return moment.astimezone(tz)

    with mock.patch("django.utils.timezone.datetime", StoppedDatetime):
        yield


def in_daytime(moment: dates.datetime, *, after: dates.datetime) -> dates.datetime:
    """An hour at which people work, near `moment`: evenings and weekends fall back; always later than `after`."""
    local = moment.astimezone(Company.load().zone)
    if local.weekday() >= SATURDAY:
        local = (local - dates.timedelta(days=local.weekday() - SATURDAY + 1)).replace(hour=15)
    local = local.replace(hour=min(max(local.hour, 8), 17))
    return min(max(local, after + dates.timedelta(minutes=40)), timezone.now() - dates.timedelta(minutes=1))


def business_days_from(day: dates.date, count: int) -> dates.date:
    company = Company.load()
    return clocks.add_business_days(
        day, count, lambda candidate: clocks.is_general_business_day(candidate, company)
    )


def last_open_day_of_week(day: dates.date) -> dates.date:
    """Where none is left in the week of `day`, the last one of the next week."""
    company = Company.load()
    to_sunday = 6 - day.weekday()
    week = [day + dates.timedelta(days=ahead) for ahead in range(to_sunday, -1, -1)]
    following = [day + dates.timedelta(days=to_sunday + ahead) for ahead in range(7, 0, -1)]
    return next(one for one in [*week, *following] if clocks.is_general_business_day(one, company))
