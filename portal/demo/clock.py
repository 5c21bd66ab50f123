"""Lets the demo's history happen in the past, through the same services as everything else."""

import datetime as dates
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock


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
