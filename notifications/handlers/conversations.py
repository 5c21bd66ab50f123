"""
What came in from borrowers: the officer hears of it, some minutes later and once for all that came meanwhile; no words
of theirs are in the mail. What was dealt with by then is not told (`facts/texting.py`).
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.dispatch import receiver
from django.utils import timezone

from accounts.models import User
from conversations import events
from conversations.models import Message, ServiceRequest
from conversations.services import reply_address
from documents import events as document_events
from documents.models import UploadSession
from loans.models import Loan
from notifications import services
from notifications.catalog.talking import NEW_MESSAGE
from notifications.models import InboundText, MessageRules
from notifications.texting import pictures

UNREAD_FOR = timedelta(minutes=3)


@receiver(events.message_received)
def message_received(
    sender: object, loan: Loan | None, message: Message, silent: bool = False, **kwargs: Any
) -> None:
    if loan is not None and not silent:
        _tell_officer("message_received_officer", loan, message.public_id)


@receiver(events.message_written)
def message_written(sender: object, loan: Loan | None, message: Message, **kwargs: Any) -> None:
    """Each borrower who has not read it some minutes later hears that there is something, once for all that waits."""
    if loan is None:
        return
    for party in loan.parties.borrowers().filter(user__isnull=False).select_related("user"):
        reply_address(message.conversation, party)  # there when the mail is written
        if not _waits_to_be_told(NEW_MESSAGE, loan, f"party:{party.public_id}"):
            services.queue(
                kind=NEW_MESSAGE,
                event_key=f"{NEW_MESSAGE}:{message.public_id}",
                recipient=party,
                loan=loan,
                due_at=timezone.now() + UNREAD_FOR,
            )


@receiver(events.service_request_made)
def service_request_made(sender: object, loan: Loan, request: ServiceRequest, **kwargs: Any) -> None:
    _tell_officer("service_request_officer", loan, request.public_id)


@receiver(events.service_request_done)
def service_request_done(
    sender: object, loan: Loan, request: ServiceRequest, by: User, **kwargs: Any
) -> None:
    """
    To whoever asked; of a shared telephone nobody knows, and the desk is told to call. The mail has the words; a text,
    where texts are on, says that it is there.
    """
    party = request.party
    if party is None or (party.user_id and party.user_id == by.pk):
        return
    services.queue(
        kind="service_request_answered",
        event_key=f"service_request:{request.public_id}",
        recipient=party,
        loan=loan,
        context={"request": str(request.public_id)},
    )


@receiver(document_events.upload_refused)
def upload_refused(sender: object, loan: Loan, session: UploadSession, **kwargs: Any) -> None:
    """A picture by text has no page that would show why it was refused."""
    brought_by, _, rest = session.source.partition(":")
    if brought_by == "text":
        text = InboundText.objects.filter(public_id=rest.partition(":")[0]).first()
        if text is not None:
            pictures.say_refused(text)


def _tell_officer(kind: str, loan: Loan, first: UUID) -> None:
    """One row for all that comes while it waits; what it says is read when it leaves."""
    if _waits_to_be_told(kind, loan, f"user:{loan.officer.public_id}"):
        return
    wait = timedelta(minutes=MessageRules.load().officer_wait_minutes)
    services.queue(
        kind=kind,
        event_key=f"{kind}:{first}",
        recipient=loan.officer,
        loan=loan,
        due_at=timezone.now() + wait,
    )


def _waits_to_be_told(kind: str, loan: Loan, recipient: str) -> bool:
    waiting = loan.notifications.filter(kind=kind, recipient=recipient, state="queued")
    # Held until this is committed, so that no worker sends it without what has just come.
    return waiting.select_for_update().values_list("pk").first() is not None
