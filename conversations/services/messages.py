"""What came in from borrowers and visitors, by whichever way; and what we noted that we told them elsewhere."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from accounts.models import User
from audit import log
from conversations import events
from conversations.models import Conversation, Message
from conversations.services.answering import answered, locked, thread_of, waits
from loans.errors import Refused
from loans.models import Loan, Party
from loans.services import must_work_on, touch

Status = Conversation.Status
MOST_CHARACTERS = 4000
_SAID = noop("Write down what was said.")


@transaction.atomic
def receive_message(
    *,
    loan: Loan | None = None,
    conversation: Conversation | None = None,
    party: Party | None,
    channel: str,
    body: str,
    source: str,
    at: datetime | None = None,
    subject: str = "",
    silent: bool = False,
) -> Message:
    """
    Something a borrower said on their loan, or a visitor on their `conversation`. `party` is None when several may
    have said it (a shared telephone); `silent` when the officer is told in another way. From now on somebody waits for
    an answer. The same source again answers the first message and tells nobody.
    """
    thread = locked(conversation or thread_of(loan))
    moment = at or timezone.now()
    message, is_new = Message.objects.get_or_create(
        source=source,
        defaults={
            "conversation": thread, "channel": channel, "party": party, "at": moment, "subject": subject[:200],
            "body": body.strip()[:MOST_CHARACTERS],
        },
    )  # fmt: skip
    must_be_on(thread, message)
    if is_new:
        reopen(thread, moment)
        waits(thread, moment)
        if thread.loan:
            touch(thread.loan)
        log.record(
            action="message.received", about=message, by=party.user if party else None, loan=thread.loan,
            task="conversations", detail={"channel": channel},
        )  # fmt: skip
        events.message_received.send(sender=Message, loan=thread.loan, message=message, silent=silent)
    return message


@transaction.atomic
def say(*, loan: Loan, by: User, channel: str, body: str, source: str) -> Message:
    """
    What one of us told the borrowers in another way, as kept on the thread for us; nothing is sent by it. It answers
    what waits. Refused without words.
    """
    must_work_on(loan, by)
    return keep_answer(
        thread=locked(thread_of(loan)), by=by, channel=channel, source=source, body=words_of(body, _SAID)
    )[0]


def keep_answer(
    *, thread: Conversation, by: User, source: str, is_answer: bool = True, **said: object
) -> tuple[Message, bool]:
    """A message of ours on a locked thread, and whether it is new; what waits is answered by it."""
    now = timezone.now()
    message, is_new = Message.objects.get_or_create(
        source=source, defaults={"conversation": thread, "by": by, "at": now, **said}
    )
    must_be_on(thread, message)
    if is_new:
        if is_answer:
            answered(thread, now, by)
        Conversation.objects.filter(pk=thread.pk).update(last_message_at=Greatest(F("last_message_at"), now))
        log.record(
            action="message.said", about=message, by=by, loan=thread.loan, detail={"channel": message.channel}
        )
    return message, is_new


def must_be_on(thread: Conversation, message: Message) -> None:
    """Refused for a message that another thread had from the same source: it is none of this one."""
    if message.conversation_id != thread.pk:
        raise Refused(_("This was written elsewhere already. Open the page anew and write it again."))


def source_of(way: str, *parts: str) -> str:
    """
    The source of what a form brings, from its token and the words on it: sent twice it is one message, and with other
    words (written on after the line was lost, or on a page one came back to) it is another.
    """
    same = "\0".join(" ".join(part.split()) for part in parts)
    return f"{way}:{hashlib.sha256(same.encode()).hexdigest()}"


def words_of(body: str, otherwise: str) -> str:
    """What was typed, cut to size; Refused with `otherwise` when it says nothing."""
    words = body.strip()[:MOST_CHARACTERS]
    if not words:
        raise Refused(_(otherwise))
    return words


def reopen(thread: Conversation, moment: datetime) -> None:
    """Something came in: the thread is open again."""
    was_resolved = int(thread.status == Status.RESOLVED)
    Conversation.objects.filter(pk=thread.pk).update(
        reopened=F("reopened") + was_resolved,
        status=Status.OPEN,
        resolved_at=None,
        first_inbound_at=Coalesce(F("first_inbound_at"), moment),
        last_message_at=Greatest(F("last_message_at"), moment),
    )
