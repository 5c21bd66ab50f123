"""One thread a loan: what the borrowers said, and what we said to them."""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from conversations import events
from conversations.models import Conversation, Message
from loans.errors import Refused
from loans.models import Loan, Party
from loans.services import must_work_on, touch

Status = Conversation.Status
MOST_CHARACTERS = 4000


@transaction.atomic
def receive_message(
    *,
    loan: Loan,
    party: Party | None,
    channel: str,
    body: str,
    source: str,
    at: datetime | None = None,
    silent: bool = False,
) -> Message:
    """
    Something a borrower said. `party` is None when several may have said it (a shared telephone); `silent` when the
    officer is told in another way. The same source again answers the first message and tells nobody.
    """
    moment = at or timezone.now()
    message, is_new = _once(
        loan, source, channel=channel, body=body.strip()[:MOST_CHARACTERS], at=moment, party=party
    )
    if is_new:
        Conversation.objects.filter(pk=message.conversation_id).update(
            status=Status.OPEN,
            first_inbound_at=Coalesce(F("first_inbound_at"), moment),
            last_message_at=Greatest(F("last_message_at"), moment),
        )
        touch(loan)
        log.record(
            action="message.received", about=message, by=party.user if party else None, loan=loan,
            task="conversations", detail={"channel": channel},
        )  # fmt: skip
        events.message_received.send(sender=Message, loan=loan, message=message, silent=silent)
    return message


@transaction.atomic
def say(*, loan: Loan, by: User, channel: str, body: str, source: str) -> Message:
    """What one of us told the borrowers, as kept on the thread; nothing is sent by it. Refused without words."""
    must_work_on(loan, by)
    words = body.strip()[:MOST_CHARACTERS]
    if not words:
        raise Refused(_("Write down what was said."))
    now = timezone.now()
    message, is_new = _once(loan, source, channel=channel, body=words, at=now, by=by)
    if is_new:
        Conversation.objects.filter(pk=message.conversation_id).update(
            status=Status.ANSWERED,
            first_reply_at=Coalesce(F("first_reply_at"), now),
            last_message_at=Greatest(F("last_message_at"), now),
        )
        log.record(action="message.said", about=message, by=by, loan=loan, detail={"channel": channel})
    return message


def _once(loan: Loan, source: str, **said: object) -> tuple[Message, bool]:
    if known := Message.objects.filter(source=source).first():
        return known, False
    conversation, _is_new = Conversation.objects.get_or_create(loan=loan)
    return Message.objects.get_or_create(source=source, defaults={"conversation": conversation, **said})
