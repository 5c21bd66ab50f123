"""
Visitors: whoever answers them is told, and what is answered goes to them by mail. Complaints: their owner is told, and
who made one hears that it arrived, what was done, and is asked whether it is settled.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.dispatch import receiver
from django.urls import reverse

from accounts.models import User
from conversations import events
from conversations.complaints import token_for
from conversations.models import Complaint, Conversation, Message
from loans.models import Loan
from notifications import services
from notifications.catalog import kind_for
from notifications.handlers.shared import borrowers_but
from notifications.services.queueing import Recipient

READ_WITHIN = timedelta(minutes=3)  # who has the chat open needs no mail


@receiver(events.message_received, dispatch_uid="care.visitor_wrote")
def visitor_wrote(sender: object, message: Message, silent: bool = False, **kwargs: Any) -> None:
    """Once a wait: what comes in while the first one waits is seen with it."""
    thread = message.conversation
    if thread.loan_id or thread.owner is None or silent:
        return
    since = Conversation.objects.values_list("unanswered_since", flat=True).get(pk=thread.pk)
    services.queue(
        kind="visitor_wrote",
        event_key=f"visitor_wrote:{thread.public_id}:{since and since.timestamp():.0f}",
        recipient=thread.owner,
        context={"conversation": str(thread.public_id)},
    )


@receiver(events.message_written, dispatch_uid="care.visitor_answered")
def visitor_answered(
    sender: object, conversation: Conversation, message: Message, by: User, **kwargs: Any
) -> None:
    if conversation.loan_id or not conversation.email:
        return
    services.queue(
        kind="visitor_answer",
        event_key=f"visitor_answer:{message.public_id}",
        recipient=Recipient(f"visitor:{conversation.public_id}", conversation.name, conversation.email),
        context={"message": str(message.public_id), "from_officer": str(by.public_id)},
        due_at=message.at + READ_WITHIN if conversation.chat_key else None,
    )


@receiver(events.complaint_begun, dispatch_uid="care.complaint_begun")
def complaint_begun(sender: object, loan: Loan, complaint: Complaint, by: User, **kwargs: Any) -> None:
    if by.pk != complaint.owner_id:
        _tell_owner("complaint_begun", loan, complaint)


@receiver(events.complaint_came_back, dispatch_uid="care.complaint_came_back")
def complaint_came_back(sender: object, loan: Loan, complaint: Complaint, **kwargs: Any) -> None:
    _tell_owner("complaint_came_back", loan, complaint)


@receiver(events.complaint_acknowledged, dispatch_uid="care.complaint_acknowledged")
def complaint_acknowledged(sender: object, loan: Loan, complaint: Complaint, by: User, **kwargs: Any) -> None:
    _tell_them("complaint_acknowledged", loan, complaint, by)


@receiver(events.complaint_resolved, dispatch_uid="care.complaint_resolved")
def complaint_resolved(sender: object, loan: Loan, complaint: Complaint, by: User, **kwargs: Any) -> None:
    _tell_them("complaint_resolved", loan, complaint, by)


def _tell_owner(kind: str, loan: Loan, complaint: Complaint) -> None:
    services.queue(
        kind=kind,
        event_key=_event(kind, complaint),
        recipient=complaint.owner,
        loan=loan,
        context={"complaint": str(complaint.public_id)},
    )


def _tell_them(kind: str, loan: Loan, complaint: Complaint, by: User) -> None:
    """Who complained; where nobody knows which of the borrowers it was, each of them."""
    people = [complaint.party] if complaint.party else borrowers_but(loan, by)
    asked = complaint.asked_at.isoformat() if complaint.asked_at else ""
    for party in people:
        services.queue(
            kind=kind,
            event_key=_event(kind, complaint),
            recipient=party,
            loan=loan,
            context={"complaint": str(complaint.public_id), "asked": asked},
            secret=_link(complaint) if kind_for(kind).secret else None,
        )


def _link(complaint: Complaint) -> str:
    """Where they say whether it is settled."""
    return settings.PUBLIC_URL + reverse("public:settled", args=[token_for(complaint)])


def _event(kind: str, complaint: Complaint) -> str:
    """Once a round: a complaint that came back is asked about again."""
    asked = complaint.asked_at.timestamp() if complaint.asked_at else 0
    return f"{kind}:{complaint.public_id}:{asked:.6f}"
