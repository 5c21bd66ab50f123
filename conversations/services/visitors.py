"""People without a loan who ask us something: one of us answers each of them, by mail."""

from uuid import uuid4

from django.db import transaction

from accounts.models import User
from conversations.models import Conversation, Message
from conversations.services.messages import receive_message


@transaction.atomic
def receive_from_visitor(
    *, name: str, email: str, owner: User, body: str, source: str = "", channel: str = Message.Channel.PORTAL
) -> Message:
    """
    A question of a visitor begins a thread that `owner` answers with `write`; what the visitor says next comes by
    `receive_message(conversation=...)`. The same source again answers the first message.
    """
    source = source or f"visitor:{uuid4()}"
    if known := Message.objects.filter(source=source).first():
        return known
    conversation = Conversation.objects.create(name=name.strip()[:120], email=email.strip(), owner=owner)
    return receive_message(conversation=conversation, party=None, channel=channel, body=body, source=source)
