"""What the clock does to threads: a reply that is overdue is a task of the officer, until somebody answers."""

import logging

from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from conversations.clock import business_minutes_before
from conversations.models import Complaint, Conversation, Message
from conversations.services.answering import catch_up
from loans import clocks
from loans.models import Loan, Task
from loans.services import make_task

logger = logging.getLogger(__name__)
Status = Conversation.Status
OVERDUE_MINUTES = 60
AT_ONCE = 200


def ask_for_replies() -> int:
    """
    One task for each thread on which somebody has waited for a business hour, once a wait; returns how many were made.
    A task that was ticked off without an answer does not come back for the same wait.
    """
    now = timezone.now()
    asked = Task.objects.filter(
        loan=OuterRef("loan"), kind=Task.Kind.REPLY, created_at__gte=OuterRef("unanswered_since")
    )
    overdue = Conversation.objects.filter(
        ~Exists(asked),
        loan__isnull=False,
        unanswered_since__lte=business_minutes_before(now, OVERDUE_MINUTES),
    )
    threads = overdue.select_related("loan__officer").order_by("unanswered_since", "pk")[:AT_ONCE]
    return sum(_ask(thread) for thread in threads)


def mend_threads() -> int:
    """
    Threads that somebody wrote on past the clock of answers, as the version before does while it still runs: who waits
    there is counted anew. Returns how many there were.
    """
    came = Message.objects.waiting().filter(conversation=OuterRef("pk"))
    unseen = Conversation.objects.filter(Exists(came), status=Status.OPEN, unanswered_since__isnull=True)
    answered = Conversation.objects.filter(status=Status.ANSWERED, unanswered_since__isnull=False)
    return sum(_mend(thread) for rows in (unseen, answered) for thread in rows.order_by("pk")[:AT_ONCE])


def close_answered() -> int:
    """Tasks for replies on loans where nobody waits any more; returns how many."""
    answered = Task.objects.filter(kind=Task.Kind.REPLY, done_at=None, loan__unanswered_since=None)
    return answered.update(done_at=timezone.now())


def keep_complaint_flags() -> int:
    """A loan with an open complaint says so, whatever was unticked by hand; returns how many did not."""
    with_one = Complaint.objects.filter(resolved_at=None).values("loan")
    return Loan.objects.filter(pk__in=with_one, complaint_open=False).update(complaint_open=True)


def _mend(thread: Conversation) -> bool:
    """One thread's trouble must not stop the others."""
    try:
        catch_up(thread)
    except Exception:
        logger.exception("Who waits could not be counted on conversation %s", thread.public_id)
        return False
    return True


def _ask(thread: Conversation) -> bool:
    """One loan's trouble must not stop the others."""
    loan, since = thread.loan, thread.unanswered_since
    if loan is None or since is None:
        return False
    try:
        make_task(
            loan=loan, kind=Task.Kind.REPLY, why=_("A message has waited for an answer for over an hour."),
            for_user=loan.officer, due_on=clocks.today(),
            key=f"reply:{thread.public_id}:{since.timestamp():.0f}",
        )  # fmt: skip
    except Exception:
        logger.exception("No task could be made for a reply on loan %s", loan.number)
        return False
    return True
