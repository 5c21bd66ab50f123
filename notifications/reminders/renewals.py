"""
Papers that will be too old at the closing: a morning's mail to whoever works on the loan, on the open day on which a
paper comes within a week of its last day. What was told before is not told again by mail; the list at the desk has all.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import Company, User
from documents.renewals import Renewal, renewals
from loans import clocks
from loans.models import Loan
from notifications import hours, services
from notifications.catalog.asking import PAPERS_TO_RENEW
from notifications.models import MessageRules, Notification
from notifications.reminders.batches import batches, each
from notifications.reminders.mornings import MORNING_LASTS, PEOPLE_AT_ONCE

AHEAD = timedelta(days=7)


def plan() -> int:
    """Queue this morning's mails; returns how many."""
    rules, company = MessageRules.load(), Company.load()
    today = clocks.today(company)
    begins = hours.at(today, rules.officer_digest_at, company.zone)
    is_open = rules.officer_digest and clocks.is_general_business_day(today, company)
    if not (is_open and begins <= timezone.now() < begins + MORNING_LASTS):
        return 0
    before = clocks.add_business_days(today, -1, lambda day: clocks.is_general_business_day(day, company))
    staff = User.objects.filter(role__in=[User.Role.OFFICER, User.Role.PROCESSOR], is_active=True)
    return sum(_plan_for(ids, today, before) for ids in batches(staff, "pk", PEOPLE_AT_ONCE))


def due_for(users: Iterable[User]) -> dict[int, list[Renewal]]:
    """For each of these people, by id: what on their loans is good for a week at most, the soonest first."""
    ids = [user.pk for user in users]
    theirs = Loan.objects.filter(Q(officer__in=ids) | Q(processor__in=ids))
    until = clocks.today() + AHEAD
    found: dict[int, list[Renewal]] = defaultdict(list, {pk: [] for pk in ids})
    for one in renewals(theirs):
        if one.use_by <= until:
            loan = one.request.loan
            for pk in ids:
                if pk in (loan.officer_id, loan.processor_id):
                    found[pk].append(one)
    return found


def _plan_for(ids: list[int], today: date, before: date) -> int:
    keys = {_key(user, today): user for user in User.objects.filter(pk__in=ids)}
    told = Notification.objects.filter(kind=PAPERS_TO_RENEW, event_key__in=keys)
    left = [keys[key] for key in keys.keys() - set(told.values_list("event_key", flat=True))]
    found = due_for(left) if left else {}
    new = [user for user in left if any(one.use_by > before + AHEAD for one in found[user.pk])]
    return each(new, partial(_queue, today=today))


def _key(user: User, today: date) -> str:
    return f"renewals:{user.public_id}:{today}"


@transaction.atomic
def _queue(user: User, *, today: date) -> bool:
    services.queue(kind=PAPERS_TO_RENEW, event_key=_key(user, today), recipient=user)
    return True
