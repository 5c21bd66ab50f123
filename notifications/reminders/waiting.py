"""
What waits at the desk for the people who work there: papers to review, tasks, unanswered messages, requests, letters,
mail in trouble. Read for many people at once or for one by the same queries, a fixed number, each through an index.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.models import Company, User
from conversations.models import Conversation, ServiceRequest
from documents.models import Document
from loans import clocks
from loans.models import Task
from notifications import hours
from notifications.models import Attempt, DeliveryEvent, MessageRules, Notification

State = Notification.State
Users = list[User]
# Loan numbers and how many of each, by person and by the place of the subject in SUBJECTS.
Found = dict[int, dict[int, dict[str, int]]]
LOANS_NAMED = 5
TROUBLE = (State.BOUNCED, State.COMPLAINED, State.FAILED)
LONGEST_RETRIES = timedelta(days=3)


def lines_of(user: User) -> list[dict[str, str]]:
    """What waits for this person, one line a subject, with the loans; empty when nothing does."""
    found = waiting_for([user])[user.pk]
    return [
        {"title": f"{words}: {sum(found[place].values())}", "detail": _loans(found[place])}
        for place, (words, _read) in enumerate(SUBJECTS)
        if found[place]
    ]


def _loans(found: dict[str, int]) -> str:
    named = [f"{number} ({count})" if count > 1 else number for number, count in sorted(found.items())]
    more = len(named) - LOANS_NAMED
    if more <= 0:
        return ", ".join(named)
    rest = ngettext("and one more loan", "and %(count)d more loans", more) % {"count": more}
    return f"{', '.join(named[:LOANS_NAMED])} {rest}"


def waiting_for(users: Users) -> Found:
    """What waits for each of these; whoever has nothing is there with nothing."""
    found: Found = {user.pk: defaultdict(dict) for user in users}
    for place, (_words, read) in enumerate(SUBJECTS):
        for number, *people, count in read(users):
            for person in {pk for pk in people if pk in found}:
                found[person][place][number] = found[person][place].get(number, 0) + count
    return found


# --- Subjects --------------------------------------------------------------------------------------------------
# Each gives loan number, the ids of the people it waits for, and how many.


def _by_loan(rows: "QuerySet[Any]", users: Users) -> "QuerySet[Any]":
    """Of the loans of these people, for their officer and their processor."""
    theirs = rows.filter(Q(loan__officer__in=users) | Q(loan__processor__in=users)).order_by()
    return theirs.values_list("loan__number", "loan__officer", "loan__processor").annotate(Count("pk"))


def _papers(users: Users) -> "QuerySet[Any]":
    return _by_loan(Document.objects.filter(review=Document.Review.PENDING, disposed_at__isnull=True), users)


def _tasks(users: Users) -> "QuerySet[Any]":
    due = Task.objects.filter(for_user__in=users, done_at__isnull=True, due_on__lte=clocks.today())
    # A service request has a line of its own.
    due = due.exclude(kind=Task.Kind.SERVICE_REQUEST).order_by()
    return due.values_list("loan__number", "for_user").annotate(Count("pk"))


def _messages(users: Users) -> "QuerySet[Any]":
    return _by_loan(Conversation.objects.filter(status=Conversation.Status.OPEN), users)


def _requests(users: Users) -> "QuerySet[Any]":
    open_ones = ServiceRequest.objects.filter(owner__in=users, done_at__isnull=True).order_by()
    return open_ones.values_list("loan__number", "owner").annotate(Count("pk"))


def _to_print(users: Users) -> "QuerySet[Any]":
    return _by_loan(Notification.objects.filter(state=State.READY_TO_PRINT), users)


def _held(users: Users) -> "QuerySet[Any]":
    return _by_loan(Notification.objects.filter(state=State.HELD), users)


def _stuck(users: Users) -> "QuerySet[Any]":
    """Due, and something is in the way: a line of the signature that nobody has filled in, a server that is away."""
    soon = timezone.now() + timedelta(days=1)  # the next try of the longest wait
    return _by_loan(
        Notification.objects.filter(state=State.QUEUED, due_at__lte=soon).exclude(error=""), users
    )


def _unclear(users: Users) -> "QuerySet[Any]":
    return _by_loan(Notification.objects.filter(state=State.UNKNOWN), users)


def _in_trouble(users: Users) -> "QuerySet[Any]":
    """Since the last open morning: what came back or failed before stood in that morning's message."""
    since = last_morning()
    tried = Attempt.objects.filter(notification=OuterRef("pk"), at__gte=since)
    heard = DeliveryEvent.objects.filter(notification=OuterRef("pk"), received_at__gte=since)
    rows = Notification.objects.filter(state__in=TROUBLE, due_at__gte=since - LONGEST_RETRIES)
    return _by_loan(rows.filter(Exists(tried) | Exists(heard)), users)


SUBJECTS: tuple[tuple[Promise | str, Callable[[Users], "QuerySet[Any]"]], ...] = (
    (_("Papers to review"), _papers),
    (_("Tasks for today or earlier"), _tasks),
    (_("Messages without an answer"), _messages),
    (_("Requests to settle"), _requests),
    (_("Letters to print and post"), _to_print),
    (_("Messages on hold"), _held),
    (_("Messages that could not leave yet"), _stuck),
    (_("Messages that may or may not have left"), _unclear),
    (_("Messages that came back or could not be sent"), _in_trouble),
)


def last_morning() -> datetime:
    """When the digest of the last open day before today left, or would have."""
    company, rules = Company.load(), MessageRules.load()
    before = clocks.add_business_days(
        clocks.local_date(timezone.now(), company),
        -1,
        lambda day: clocks.is_general_business_day(day, company),
    )
    return hours.at(before, rules.officer_digest_at, company.zone)
