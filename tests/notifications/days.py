"""Days that pass in seconds: beat and worker at work through them, with the clock of the tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import time_machine

from notifications import delivery, planning
from notifications.models import Notification

NEW_YORK = ZoneInfo("America/New_York")
DAY = timedelta(days=1)


def at(*when: int, zone: tzinfo | None = NEW_YORK) -> datetime:
    """Year, month, day and, if wanted, hour and minute on the wall of `zone`."""
    return datetime(*when, tzinfo=zone)  # type: ignore[arg-type, misc]


@contextmanager
def clock(moment: datetime) -> Iterator[None]:
    """The clock stands here."""
    with time_machine.travel(moment, tick=False):
        yield


def work(moment: datetime) -> None:
    """One beat: plan, then send what is due by every channel."""
    with clock(moment):
        planning.plan_due()
        for channel in delivery.channels_due():
            delivery.deliver_due(channel)


def live(begin: datetime, end: datetime, times: tuple[float, ...] = (10.1,)) -> None:
    """The house is awake from `begin` until `end`, and beats every day at these hours of the wall."""
    day = begin.date()
    while day <= end.date():
        for hour in times:
            moment = at(day.year, day.month, day.day, int(hour), round(hour % 1 * 60), zone=begin.tzinfo)
            if begin <= moment < end:
                work(moment)
        day += DAY


def sent(kind: str, **chosen: object) -> list[Notification]:
    """What went out by mail, in order."""
    rows = Notification.objects.filter(kind=kind, state="sent", channel="email", **chosen)
    return list(rows.order_by("sent_at", "id"))


def days_of(rows: list[Notification], zone: ZoneInfo = NEW_YORK) -> list[str]:
    """When they went out, as a clock where their reader lives would say."""
    return [f"{row.sent_at.astimezone(zone):%a %m-%d %H:%M}" for row in rows if row.sent_at]
