"""
How long answers take, how much comes in, and what of it was settled at once: per officer, from the rows themselves.

Counted every hour into `ReplyFigures`, so that no page counts messages. A response time is the business minutes from a
message to its answer; what needed no reply has none. Settled at once: nobody wrote again within a week of the answer.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import ceil
from statistics import median
from typing import Any

from django.db.models import (
    Count,
    DateTimeField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Value,
)
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import ngettext

from accounts.models import Company, User
from conversations.models import Message, ReplyFigures
from loans import clocks

HOUR = 60
MINUTE, WEEK, QUARTER = timedelta(minutes=1), timedelta(days=7), timedelta(days=90)
WEEKS_COUNTED = 3  # this week and those whose answers are still judged
FEWEST_ANSWERS = 10  # fewer say nothing about how somebody usually answers
FRESH = timedelta(days=2)
MOST_DAYS_SAID = 3
STEPS = (15, 30, 60)


@dataclass
class Counted:
    received: int = 0
    minutes: list[int] = field(default_factory=list)
    judged: int = 0
    settled_at_once: int = 0


# --- Counting --------------------------------------------------------------------------------------------------


def keep_figures(now: datetime | None = None) -> int:
    """Count the last weeks and the last 90 days anew; returns how many rows were written."""
    moment = now or timezone.now()
    house = Company.load()
    today = clocks.local_date(moment, house)
    monday = today - timedelta(days=today.weekday())
    written = _keep(None, _count(moment - QUARTER, moment + MINUTE, moment))
    for number in range(WEEKS_COUNTED):
        week = monday - number * WEEK
        begin, end = (datetime.combine(day, datetime.min.time(), house.zone) for day in (week, week + WEEK))
        written += _keep(week, _count(begin, end, moment))
    return written


def _count(begin: datetime, end: datetime, now: datetime) -> dict[int, Counted]:
    found: dict[int, Counted] = defaultdict(Counted)
    officer = Coalesce("conversation__loan__officer_id", "conversation__owner_id")
    inbound = Message.objects.filter(by=None, is_internal=False, conversation__set_aside_at=None)
    came_in = inbound.filter(at__gte=begin, at__lt=end).values(officer=officer).annotate(count=Count("pk"))
    for row in came_in.order_by():
        found[row["officer"]].received = row["count"]
    for who, _thread, answered_at, minutes, came_back in answers_between(begin, end).values_list(
        "officer", "conversation_id", "answered_at", "answer_minutes", "came_back"
    ):
        one = found[who]
        one.minutes.append(minutes)
        if answered_at + WEEK <= now:
            one.judged += 1
            one.settled_at_once += not came_back
    return found


def answers_between(begin: datetime, end: datetime) -> Any:
    """What was answered in this time, whose thread it is (`officer`), and whether they wrote again (`came_back`)."""
    until = ExpressionWrapper(OuterRef("answered_at") + Value(WEEK, DurationField()), DateTimeField())
    again = Message.objects.filter(
        conversation=OuterRef("conversation"), by=None, is_internal=False, needs_no_reply=False,
        at__gt=OuterRef("answered_at"), at__lte=until,
    )  # fmt: skip
    answered = Message.objects.filter(
        answered_at__gte=begin, answered_at__lt=end, answer_minutes__isnull=False
    )
    return answered.annotate(
        officer=Coalesce(F("conversation__loan__officer_id"), F("conversation__owner_id")),
        came_back=Exists(again),
    )


def _keep(week: date | None, found: dict[int, Counted]) -> int:
    """Who has nothing any more in this time has zeros, so that no old figure stays."""
    known = ReplyFigures.objects.filter(week=week).values_list("officer_id", flat=True)
    for officer in {*known, *found}:
        one = found.get(officer, Counted())
        ReplyFigures.objects.update_or_create(
            officer_id=officer,
            week=week,
            defaults={
                "received": one.received,
                "answered": len(one.minutes),
                "median_minutes": ceil(median(one.minutes)) if one.minutes else None,
                "ninetieth_minutes": percentile(one.minutes, 90) if one.minutes else None,
                "judged": one.judged,
                "settled_at_once": one.settled_at_once,
                "kept_at": timezone.now(),
            },
        )
    return len({*known, *found})


def percentile(values: Iterable[int], share: int) -> int:
    """The smallest of the values that `share` percent of them do not exceed."""
    ordered = sorted(values)
    return ordered[max(ceil(len(ordered) * share / 100) - 1, 0)]


# --- Saying ----------------------------------------------------------------------------------------------------


def usually_answers(officer: User, company: Company | None = None) -> str:
    """
    "1 hour", "2 business days": within which nine of ten of this officer's answers came, rounded up. Empty where there
    are too few answers, or they took so long that it is better said by a person.
    """
    row = ReplyFigures.objects.filter(
        officer=officer, week=None, answered__gte=FEWEST_ANSWERS, kept_at__gte=timezone.now() - FRESH
    ).first()
    if row is None or row.ninetieth_minutes is None:
        return ""
    return _said(row.ninetieth_minutes, company or Company.load())


def house_usually_answers(company: Company | None = None) -> str:
    """The same before it is known who answers: as long as the slowest of those who take applications needs."""
    rows = ReplyFigures.objects.filter(
        week=None, answered__gte=FEWEST_ANSWERS, kept_at__gte=timezone.now() - FRESH, officer__is_active=True,
        officer__officer_profile__is_taking_applications=True, ninetieth_minutes__isnull=False,
    )  # fmt: skip
    slowest = rows.aggregate(most=Max("ninetieth_minutes"))["most"]
    return "" if slowest is None else _said(slowest, company or Company.load())


def _said(most: int, house: Company) -> str:
    minutes = rounded_up(most, house)
    return in_words(minutes, house) if minutes <= MOST_DAYS_SAID * day_minutes(house) else ""


def rounded_up(minutes: int, company: Company) -> int:
    """To a quarter, half or whole hour; then to hours; from half a business day on to whole business days."""
    day = day_minutes(company)
    for step in STEPS:
        if minutes <= step:
            return min(step, day)
    if minutes <= day / 2:
        return ceil(minutes / HOUR) * HOUR
    return ceil(minutes / day) * day


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
