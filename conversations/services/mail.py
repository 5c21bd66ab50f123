"""Answers by mail: the address they come to, and what is kept of one."""

import logging
import secrets
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from conversations import events
from conversations.models import Conversation, Message, ReplyAddress
from conversations.services.answering import locked, waits
from conversations.services.messages import MOST_CHARACTERS, must_be_on, receive_message, reopen
from loans.errors import Refused
from loans.models import Party
from loans.services import must_work_on

logger = logging.getLogger(__name__)
LOCAL_PART = "reply+"
MOST_A_DAY = 20  # mails of strangers that one thread takes
A_DAY = timedelta(days=1)
Channel = Message.Channel


@transaction.atomic
def reply_address(thread: Conversation, party: Party) -> str:
    """Where answers of this borrower go by mail; empty where the house takes none. Only mails to them carry it."""
    if not settings.INBOUND_MAIL_DOMAIN:
        return ""
    kept, _is_new = ReplyAddress.objects.get_or_create(
        party=party, defaults={"conversation": thread, "token": secrets.token_hex(16)}
    )
    return f"{LOCAL_PART}{kept.token}@{settings.INBOUND_MAIL_DOMAIN}"


def reply_address_at(address: str) -> ReplyAddress | None:
    """Whose answers go to this address, and onto which thread."""
    local, _at, domain = address.strip().lower().rpartition("@")
    if not settings.INBOUND_MAIL_DOMAIN or domain != settings.INBOUND_MAIL_DOMAIN:
        return None
    token = local.removeprefix(LOCAL_PART)
    if token == local or not token:
        return None
    return ReplyAddress.objects.filter(token=token).select_related("conversation", "party").first()


def is_address_of(party: Party, address: str) -> bool:
    """Whether this borrower has said that mail from there is theirs."""
    theirs = {party.email, party.mail_address}
    if party.user is not None:
        theirs |= {party.user.email, party.user.mail_address}
    return address.strip().lower() in {known.strip().lower() for known in theirs if known}


@transaction.atomic
def keep_unknown_mail(
    *, thread: Conversation, sender: str, subject: str, body: str, source: str, at: datetime
) -> Message | None:
    """
    A mail to this thread from an address that nobody on it has. The loan team alone sees it, and says whose it is; it
    waits for an answer like any other. The same source again is one message. None beyond what a day may bring.
    """
    thread = locked(thread)
    if known := Message.objects.filter(source=source, conversation=thread).first():
        return known
    if _strangers_wrote_enough(thread, at):
        logger.warning(
            "Strangers wrote more than %s mails in a day to thread %s.", MOST_A_DAY, thread.public_id
        )
        return None
    message, is_new = Message.objects.get_or_create(
        source=source,
        defaults={
            "conversation": thread, "channel": Channel.EMAIL, "sender": sender[:254], "subject": subject[:200],
            "body": body.strip()[:MOST_CHARACTERS], "at": at, "is_internal": True,
        },
    )  # fmt: skip
    must_be_on(thread, message)
    if is_new:
        reopen(thread, at)
        waits(thread, at)
        log.record(action="message.unknown", about=message, loan=thread.loan, task="conversations")
        events.message_received.send(sender=Message, loan=thread.loan, message=message, silent=False)
    return message


@transaction.atomic
def adopt_mail(*, message: Message, party: Party | None, by: User) -> Message:
    """One of us knows whose this mail is: it stands on the thread as theirs, and the borrowers read it there."""
    thread = locked(message.conversation)
    if thread.loan is None or party is None or party.loan_id != thread.loan_id:
        raise Refused(_("Choose somebody on this loan."))
    must_work_on(thread.loan, by)
    log.record(
        action="message.adopted", about=message, by=by, loan=thread.loan,
        detail={"party": str(party.public_id)},
    )  # fmt: skip
    adopted = receive_message(
        conversation=thread, party=party, channel=Channel.EMAIL, body=message.body, subject=message.subject,
        source=f"adopted:{message.public_id}", at=message.at, silent=True,
    )  # fmt: skip
    Message.objects.filter(pk=message.pk).update(needs_no_reply=True)
    return adopted


def _strangers_wrote_enough(thread: Conversation, at: datetime) -> bool:
    lately = thread.messages.filter(is_internal=True, by=None, channel=Channel.EMAIL, at__gt=at - A_DAY)
    return lately.count() >= MOST_A_DAY
