"""A visitor who asks in the chat: the thread, the lead behind it with its clock, and what becomes of both."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import Refused
from accounts.models import User
from conversations.models import UNNAMED, Conversation, Message
from conversations.services import bring_back, receive_in_chat, set_aside, tell_how_to_answer
from leads import drips
from leads.models import Lead
from leads.people import officer_for
from leads.services import close_lead, find_or_start, wait_for_answer

NOISE = gettext_lazy("Noise in the chat")


@transaction.atomic
def ask_in_chat(
    *,
    key: str,
    body: str,
    source: str,
    name: str = "",
    email: str = "",
    phone: str = "",
    chosen: User | None = None,
) -> Message:
    """
    `key` names the chat, `chosen` is the officer from whose page they ask. The first words begin the thread of one of
    us and a lead of theirs; whoever is known by the address or the number is the same lead again. Refused without
    words, or when nobody is here to answer.
    """
    thread = Conversation.objects.select_related("owner").filter(chat_key=key).first()
    owner = thread.owner if thread else officer_for(email=email, chosen=chosen)
    if owner is None:
        raise Refused(_("Nobody is here to answer you at the moment. Please call us."))
    said = receive_in_chat(
        key=key, owner=owner, body=body, source=source, name=name, email=email, phone=phone
    )
    asked = Conversation.objects.select_related("owner").get(pk=said.conversation_id)
    if asked.set_aside_at is None:
        lead = _lead_of(asked)
        if asked.unanswered_since:
            wait_for_answer(lead, since=asked.unanswered_since)
    return said


@transaction.atomic
def tell_who_asks(*, conversation: Conversation, name: str, email: str, phone: str) -> None:
    """They add who they are and how to reach them."""
    asked = tell_how_to_answer(conversation=conversation, name=name, email=email, phone=phone)
    if asked.set_aside_at is None:
        _lead_of(asked)


@transaction.atomic
def set_question_aside(*, conversation: Conversation, by: User) -> Conversation:
    """It is noise, and so is the lead behind it, unless they asked us in another way too."""
    thread = set_aside(conversation=conversation, by=by)
    for lead in thread.leads.open().order_by("pk"):
        if not (lead.calls.exists() or lead.guides.exists() or lead.threads.exclude(pk=thread.pk).exists()):
            close_lead(lead=lead, by=by, why=str(NOISE))
    return thread


@transaction.atomic
def bring_question_back(*, conversation: Conversation, by: User) -> Conversation:
    """What was taken for noise is a question, and whoever asked it waits since they did."""
    asked = bring_back(conversation=conversation, by=by)
    asked.leads.filter(state=Lead.State.CLOSED, closed_why=str(NOISE)).update(
        state=Lead.State.CONTACTED, closed_why=""
    )
    if asked.chat_key and asked.unanswered_since:
        wait_for_answer(_lead_of(asked), since=asked.unanswered_since)
    return asked


def _lead_of(thread: Conversation) -> Lead:
    """
    The open lead of this thread, with what they have told of themselves since; begun when there is none. They wrote to
    us, whichever of their addresses we know: next steps by mail end.
    """
    assert thread.owner is not None  # a visitor's thread has one
    lead = thread.leads.select_for_update().open().order_by("pk").first()
    if lead is None:
        lead = find_or_start(
            officer=thread.owner, name=thread.who, email=thread.email, phone=str(thread.phone or ""),
            source=Lead.Source.CHAT,
        )  # fmt: skip
        lead.threads.add(thread)
    else:
        if lead.name in _stand_ins(thread):
            lead.name = thread.name or lead.name
        lead.email, lead.phone = lead.email or thread.email, lead.phone or thread.phone
        lead.save(update_fields=["name", "email", "phone"])
    drips.end(drips=lead.drips.all(), why=drips.Ended.ANSWERED)
    return lead


def _stand_ins(thread: Conversation) -> set[str]:
    """What a lead is called while nobody has told a name."""
    return {str(UNNAMED), thread.email, str(thread.phone or "")}
