"""
People without a loan who ask us something: one of us answers each of them, in the chat and by mail.

A chat is known by its `key`, the digest of what the browser keeps. What is said there is kept without Social Security
and account numbers.
"""

from uuid import uuid4

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.models import User
from audit import log
from conversations.models import Conversation, Message, ToldItem
from conversations.noise import is_noise
from conversations.private_numbers import without_private_numbers
from conversations.services.answering import locked, recount
from conversations.services.messages import MOST_CHARACTERS, receive_message, words_of
from conversations.services.writing import EMPTY, must_answer
from conversations.told import items_told

Status = Conversation.Status


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


@transaction.atomic
def receive_in_chat(
    *, key: str, owner: User, body: str, source: str, name: str = "", email: str = "", phone: str = ""
) -> Message:
    """
    A visitor wrote in the chat. The first words begin a thread of `owner`, who is told; later ones go on with it, and
    what they add of themselves is kept. Noise is set aside and nobody is told. The same source again is one message.
    Refused without words.
    """
    if known := Message.objects.filter(source=source, conversation__chat_key=key).first():
        return known
    typed = words_of(body, EMPTY)
    words = without_private_numbers(typed)[:MOST_CHARACTERS]
    told = {"name": " ".join(name.split())[:120], "email": email.strip().lower(), "phone": phone}
    begun, is_new = Conversation.objects.get_or_create(chat_key=key, defaults={"owner": owner, **told})
    thread = locked(begun)
    if not is_new:
        _keep_what_they_add(thread, told)
    _note_items(thread, typed)
    if thread.set_aside_at or (is_new and is_noise(words, key=key)):
        return _keep_aside(thread, words, source)
    return receive_message(
        conversation=thread, party=None, channel=Message.Channel.PORTAL, body=words, source=source
    )


@transaction.atomic
def tell_how_to_answer(*, conversation: Conversation, name: str, email: str, phone: str) -> Conversation:
    """A visitor adds who they are and how to reach them; what is empty changes nothing."""
    thread = locked(conversation)
    _keep_what_they_add(
        thread, {"name": " ".join(name.split())[:120], "email": email.lower(), "phone": phone}
    )
    _note_items(thread, "")
    return thread


@transaction.atomic
def visitor_has_read(*, conversation: Conversation, upto: int) -> None:
    """On their page; it only ever goes on, and no further than what there is."""
    last = conversation.messages.order_by("-pk").values_list("pk", flat=True).first() or 0
    Conversation.objects.filter(pk=conversation.pk, read_upto__lt=min(upto, last)).update(
        read_upto=min(upto, last)
    )


@transaction.atomic
def set_aside(*, conversation: Conversation, by: User) -> Conversation:
    """It is noise: nobody waits there. Harmless when it is set aside already."""
    thread = locked(conversation)
    must_answer(thread, by)
    if thread.loan_id is None and thread.set_aside_at is None:
        thread.messages.waiting().update(needs_no_reply=True)
        _store_aside(thread)
        log.record(action="conversation.set_aside", about=thread, by=by)
    return thread


@transaction.atomic
def bring_back(*, conversation: Conversation, by: User) -> Conversation:
    """A person asked after all: they have waited since they asked. Harmless when it is not set aside."""
    thread = locked(conversation)
    must_answer(thread, by)
    if thread.set_aside_at is not None:
        thread.messages.filter(by=None, answered_at=None).update(needs_no_reply=False)
        Conversation.objects.filter(pk=thread.pk).update(
            set_aside_at=None, status=Status.OPEN, resolved_at=None
        )
        recount(locked(thread))
        log.record(action="conversation.brought_back", about=thread, by=by)
    return locked(thread)


def _keep_aside(thread: Conversation, words: str, source: str) -> Message:
    message, is_new = Message.objects.get_or_create(
        source=source,
        defaults={
            "conversation": thread, "channel": Message.Channel.PORTAL, "body": words, "needs_no_reply": True,
        },
    )  # fmt: skip
    if is_new:
        _store_aside(thread)
        log.record(action="message.set_aside", about=message, by=None, task="conversations")
    return message


def _store_aside(thread: Conversation) -> None:
    now = timezone.now()
    thread.set_aside_at = thread.set_aside_at or now
    Conversation.objects.filter(pk=thread.pk).update(
        set_aside_at=thread.set_aside_at, status=Status.RESOLVED, resolved_at=now, unanswered_since=None,
        last_message_at=Greatest(F("last_message_at"), now),
    )  # fmt: skip


def _keep_what_they_add(thread: Conversation, told: dict[str, str]) -> None:
    fresh = {field: value for field, value in told.items() if value and value != str(getattr(thread, field))}
    if fresh:
        Conversation.objects.filter(pk=thread.pk).update(**fresh)
        thread.refresh_from_db(fields=list(fresh))


def _note_items(thread: Conversation, typed: str) -> None:
    for item in items_told(typed, name=thread.name):
        ToldItem.objects.get_or_create(conversation=thread, item=item)
