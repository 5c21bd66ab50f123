"""The officer's morning: one message that says what waits, on open days, to those for whom something does."""

from datetime import date, timedelta
from functools import partial

from django.db import transaction
from django.utils import timezone

from accounts.models import Company, User
from loans import clocks
from notifications import hours, services
from notifications.catalog.reminders import OFFICER_DIGEST
from notifications.models import MessageRules, Notification
from notifications.reminders import waiting
from notifications.reminders.batches import batches, each

PEOPLE_AT_ONCE = 100
# A house that slept sends today's when it wakes, but wishes nobody a good morning in the evening.
MORNING_LASTS = timedelta(hours=8)


def plan() -> int:
    """Queue this morning's message to officers and processors; returns how many."""
    rules, company = MessageRules.load(), Company.load()
    today = clocks.today(company)
    begins = hours.at(today, rules.officer_digest_at, company.zone)
    is_open = rules.officer_digest and clocks.is_general_business_day(today, company)
    if not (is_open and begins <= timezone.now() < begins + MORNING_LASTS):
        return 0
    staff = User.objects.filter(role__in=[User.Role.OFFICER, User.Role.PROCESSOR], is_active=True)
    return sum(_plan_for(ids, today) for ids in batches(staff, "pk", PEOPLE_AT_ONCE))


def _plan_for(ids: list[int], today: date) -> int:
    keys = {_key(user, today): user for user in User.objects.filter(pk__in=ids)}
    told = Notification.objects.filter(kind=OFFICER_DIGEST, event_key__in=keys).values_list(
        "event_key", flat=True
    )
    left = [keys[key] for key in keys.keys() - set(told)]
    found = waiting.waiting_for(left) if left else {}
    return each([user for user in left if found[user.pk]], partial(_queue, today=today))


def _key(user: User, today: date) -> str:
    return f"digest:{user.public_id}:{today}"


@transaction.atomic
def _queue(user: User, *, today: date) -> bool:
    services.queue(kind=OFFICER_DIGEST, event_key=_key(user, today), recipient=user)
    return True
