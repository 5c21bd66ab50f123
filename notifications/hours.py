"""
When somebody may be written to: quiet hours and days off, on the clock of the person written to.

Text messages, reminders and marketing keep to this; messages that somebody waits for do not. Days off are the
weekends, holidays and days of the rules (`MessageRules`); clock changes are counted, not guessed.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from accounts.models import Company, User
from accounts.states import STATE_ZONES
from loans import clocks
from loans.models import Loan
from notifications.catalog import KINDS, Kind
from notifications.models import MessageRules, Notification
from notifications.once import once

DayTest = Callable[[date], bool]
TOMORROW = timedelta(days=1)
REMINDERS, TEXTING = "reminders", "texting"


# --- Whose clock ---------------------------------------------------------------------------------------------


def zone_of(row: Notification) -> ZoneInfo:
    """The zone of the person written to: their own choice, else where the home is, else where the company is."""
    if row.party is not None:
        return zone_for(row.party.user, row.loan)
    kind, _, public_id = row.recipient.partition(":")
    user = User.objects.filter(public_id=public_id).first() if kind == "user" and public_id else None
    return zone_for(user, row.loan)


def zone_for(user: User | None, loan: Loan | None) -> ZoneInfo:
    """The same for somebody who is not written to yet. Where the home is says nothing about people who work here."""
    names = [user.time_zone] if user else []
    if loan is not None and not (user and user.works_here):
        names.append(STATE_ZONES.get(loan.state, ""))
    return next((zone for zone in map(_zone, names) if zone), None) or Company.load().zone


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


# --- When ----------------------------------------------------------------------------------------------------


def not_before(row: Notification, now: datetime) -> datetime | None:
    """The moment this row has to wait for; None when it may go now."""
    kind = KINDS.get(row.kind)
    if kind is None or not _has_hours(row, kind):
        return None
    rules = once("rules", MessageRules.load)
    moment = next_allowed(now, zone_of(row), rules, is_open=_days(kind, rules))
    return moment if moment > now else None


def _has_hours(row: Notification, kind: Kind) -> bool:
    if row.channel == Notification.Channel.LETTER:
        return False
    if row.channel == Notification.Channel.TEXT:
        return kind.quiet_hours or kind.topic != TEXTING  # what answers a text of theirs goes back at once
    return kind.quiet_hours or kind.marketing


def _days(kind: Kind, rules: MessageRules) -> DayTest:
    if kind.topic == REMINDERS:
        return reminder_days(rules)
    return _not_in(rules.blackouts) if kind.marketing else _any_day


def _any_day(day: date) -> bool:
    return True


def _not_in(blackouts: frozenset[date]) -> DayTest:
    return lambda day: day not in blackouts


def reminder_days(rules: MessageRules) -> DayTest:
    """Whether a day is one on which reminders go out."""
    return partial(_is_reminder_day, rules.blackouts, rules.skip_weekends)


def _is_reminder_day(blackouts: frozenset[date], skip_weekends: bool, day: date) -> bool:
    return day not in blackouts and not (skip_weekends and clocks.next_open_day(day) != day)


def next_allowed(
    moment: datetime, zone: ZoneInfo, rules: MessageRules, *, is_open: DayTest | None = None
) -> datetime:
    """`moment` itself, or the first one after it outside quiet hours and on a day that is open (one for reminders)."""
    is_open = is_open or reminder_days(rules)
    while True:
        local = moment.astimezone(zone)
        if not is_open(local.date()):
            moment = at(local.date() + TOMORROW, time(), zone)
        elif is_quiet(local.time(), rules):
            moment = _next_time(moment, rules.quiet_until, zone)
        else:
            return moment


def is_quiet(clock: time, rules: MessageRules) -> bool:
    """Whether quiet hours are on; they may go over midnight. The same hour twice means there are none."""
    begin, end = rules.quiet_from, rules.quiet_until
    if begin <= end:
        return begin <= clock < end
    return clock >= begin or clock < end


def _next_time(after: datetime, clock: time, zone: ZoneInfo) -> datetime:
    """When the clock on the wall next shows this. In the night it is set back it may show it twice."""
    day = after.astimezone(zone).date()
    shown = (at(day, clock, zone), at(day, clock.replace(fold=1), zone), at(day + TOMORROW, clock, zone))
    return next(moment for moment in shown if moment > after)


def at(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """This day at this time in `zone`; an hour that the clock leaps over is as long after the leap."""
    return datetime.combine(day, clock, zone).astimezone(ZoneInfo("UTC"))
