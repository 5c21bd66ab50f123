"""
Who waits for an answer, and since when: on the thread, on its loan for lists, and on each message how long it took.

Whoever writes here holds the loan's row and then the thread's, in this order, so that two writers follow each other.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce

from accounts.models import Company, User
from conversations.clock import business_minutes
from conversations.models import Conversation, Message
from loans.models import Loan, Task
from loans.services import close_tasks, counters

Status = Conversation.Status
MOST_MINUTES = 2**31 - 1


def thread_of(loan: Loan | None) -> Conversation:
    """The one thread of this loan, made when there is none."""
    if loan is None:
        raise ValueError("A message belongs to a loan or to a conversation.")
    return Conversation.objects.get_or_create(loan=loan, defaults={"status": Status.ANSWERED})[0]


def locked(thread: Conversation) -> Conversation:
    """The thread as it is now, which nobody else changes until the transaction ends; its loan comes along."""
    if thread.loan_id:
        Loan.objects.select_for_update(no_key=True).filter(pk=thread.loan_id).values_list("pk").first()
    Conversation.objects.select_for_update(no_key=True).filter(pk=thread.pk).values_list("pk").first()
    return Conversation.objects.select_related("loan__officer", "owner").get(pk=thread.pk)


def waits(thread: Conversation, since: datetime) -> None:
    """Something came in at `since`: the clock runs from the first of what nobody has answered."""
    first = min(since, thread.unanswered_since or since)
    _store(thread, first)


def answered(thread: Conversation, at: datetime, by: User | None = None) -> int:
    """
    One of us has answered: every message that waited says when, and after how many business minutes. Returns how many.
    """
    company = Company.load()
    waiting = list(thread.messages.waiting().only("pk", "at", "conversation"))
    for message in waiting:
        message.answered_at = at
        message.answer_minutes = min(business_minutes(message.at, at, company), MOST_MINUTES)
    Message.objects.bulk_update(waiting, ["answered_at", "answer_minutes"])
    Conversation.objects.filter(pk=thread.pk).update(
        status=Status.ANSWERED, first_reply_at=Coalesce(F("first_reply_at"), at)
    )
    _store(thread, None)
    if thread.loan is not None:
        close_tasks(loan=thread.loan, kinds=[Task.Kind.REPLY], by=by)
    return len(waiting)


def recount(thread: Conversation) -> datetime | None:
    """Since when somebody waits, from the messages themselves; call it after one was marked or unmarked."""
    first = thread.messages.waiting().order_by("at").values_list("at", flat=True).first()
    status = Status.OPEN if first else Status.ANSWERED
    Conversation.objects.filter(pk=thread.pk).exclude(status=Status.RESOLVED).update(status=status)
    _store(thread, first)
    return first


@transaction.atomic
def catch_up(thread: Conversation) -> datetime | None:
    """
    The same for a thread that was written on past this clock: what came before our last word there is answered by it,
    without a time, which nobody measured.
    """
    thread = locked(thread)
    ours = thread.messages.filter(by__isnull=False, is_internal=False).exclude(minutes=0)
    if last := ours.order_by("-pk").first():
        thread.messages.waiting().filter(pk__lt=last.pk).update(answered_at=last.at)
    return recount(thread)


def _store(thread: Conversation, since: datetime | None) -> None:
    thread.unanswered_since = since
    Conversation.objects.filter(pk=thread.pk).update(unanswered_since=since)
    if thread.loan:
        counters.store_unanswered(thread.loan, since)
