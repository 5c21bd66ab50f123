"""A thread on which nobody has to say anything more: no reply is needed, or it is resolved. Both can be taken back."""

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from conversations import events
from conversations.models import Conversation
from conversations.services.answering import locked, recount
from conversations.services.writing import must_answer
from loans.errors import Refused
from loans.models import Task
from loans.services.tasks import close_tasks

Status = Conversation.Status


@transaction.atomic
def need_no_reply(*, conversation: Conversation, by: User) -> Conversation:
    """What waits here needs no answer; it counts in no response time. Refused when nothing waits."""
    thread = locked(conversation)
    must_answer(thread, by)
    if not thread.messages.waiting().update(needs_no_reply=True, answered_at=timezone.now()):
        raise Refused(_("Nothing waits for an answer here any more."))
    recount(thread)
    if thread.loan:
        close_tasks(loan=thread.loan, kinds=[Task.Kind.REPLY], by=by)
    _note(thread, by, "conversation.no_reply_needed")
    return thread


@transaction.atomic
def need_reply_after_all(*, conversation: Conversation, by: User) -> Conversation:
    """Takes the last "no reply needed" back: it waits again since it came. Refused when there is none to take back."""
    thread = locked(conversation)
    must_answer(thread, by)
    marked = thread.messages.filter(needs_no_reply=True)
    last = marked.aggregate(last=Max("answered_at"))["last"]
    if (
        last is None
        or thread.unanswered_since
        or thread.messages.filter(by__isnull=False, at__gt=last).exists()
    ):
        raise Refused(_("There is nothing to take back: somebody wrote since."))
    marked.filter(answered_at=last).update(needs_no_reply=False, answered_at=None)
    recount(thread)
    _note(thread, by, "conversation.reply_needed")
    return thread


@transaction.atomic
def resolve(*, conversation: Conversation, by: User) -> Conversation:
    """What it was about is settled; the next message opens it again. Refused while something waits for an answer."""
    thread = locked(conversation)
    must_answer(thread, by)
    if thread.unanswered_since:
        raise Refused(_("Something waits for an answer here. Answer it, or say that no reply is needed."))
    if thread.status != Status.RESOLVED:
        _store(thread, Status.RESOLVED)
        _note(thread, by, "conversation.resolved")
        events.conversation_resolved.send(sender=Conversation, conversation=thread, loan=thread.loan, by=by)
    return thread


@transaction.atomic
def reopen(*, conversation: Conversation, by: User) -> Conversation:
    """It was not settled after all. Harmless when it is open already."""
    thread = locked(conversation)
    must_answer(thread, by)
    if thread.status == Status.RESOLVED:
        _store(thread, Status.ANSWERED)
        _note(thread, by, "conversation.reopened")
    return thread


def _store(thread: Conversation, status: Conversation.Status) -> None:
    thread.status = status
    thread.resolved_at = timezone.now() if status == Status.RESOLVED else None
    Conversation.objects.filter(pk=thread.pk).update(status=status, resolved_at=thread.resolved_at)


def _note(thread: Conversation, by: User, action: str) -> None:
    log.record(action=action, about=thread, by=by, loan=thread.loan)
