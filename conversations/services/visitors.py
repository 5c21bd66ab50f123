"""People without a loan who ask us something: one of us answers each of them, by mail."""

from django.db import transaction
from django.utils.translation import gettext_noop as noop

from accounts.models import User
from conversations import events
from conversations.models import Conversation, Message
from conversations.services.answering import locked
from conversations.services.messages import keep_answer, receive_message, words_of
from conversations.services.settling import must_answer

_ANSWER = noop("Write your answer.")


@transaction.atomic
def receive_from_visitor(
    *, name: str, email: str, owner: User, body: str, source: str, channel: str = Message.Channel.PORTAL
) -> Message:
    """
    A question of a visitor begins a thread that `owner` answers; they are told. What the visitor writes next comes by
    `receive_message(conversation=...)`. The same source again answers the first message.
    """
    if known := Message.objects.filter(source=source).first():
        return known
    conversation = Conversation.objects.create(name=name.strip()[:120], email=email.strip(), owner=owner)
    message = receive_message(
        conversation=conversation, party=None, channel=channel, body=body, source=source, silent=True
    )
    events.visitor_wrote.send(sender=Message, conversation=conversation, message=message)
    return message


@transaction.atomic
def answer_visitor(*, conversation: Conversation, by: User, body: str, source: str) -> Message:
    """
    The answer is kept and goes out by mail. Refused without words, and for all but who answers this visitor. The same
    source again is one answer.
    """
    thread = locked(conversation)
    must_answer(thread, by)
    message, is_new = keep_answer(
        thread=thread, by=by, source=source, channel=Message.Channel.EMAIL, body=words_of(body, _ANSWER)
    )
    if is_new:
        events.visitor_answered.send(sender=Message, conversation=thread, message=message)
    return message
