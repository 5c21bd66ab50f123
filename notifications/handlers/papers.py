"""Papers are asked for, arrive, are sent back."""

import uuid
from datetime import timedelta
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from accounts.models import Company, User
from documents import events as document_events
from documents.models import Document, Request
from loans.models import Loan, Party
from notifications import services
from notifications.handlers.shared import borrowers_but

# Papers come several at a time; the officer hears of them once.
RECEIVED_WAIT = timedelta(minutes=10)


@receiver(document_events.requests_made)
def requests_made(
    sender: object, loan: Loan, requests: list[Request], by: User | None, silent: bool = False, **kwargs: Any
) -> None:
    if silent:
        return
    wait = timedelta(minutes=Company.load().message_wait_minutes)
    asked = {request.party_id: request for request in reversed(requests)}
    for party in borrowers_but(loan, by):
        if party.pk in asked:
            _once_in_a_while("requests_added", loan, party, wait, asked[party.pk].public_id)


@receiver(document_events.document_received)
def document_received(sender: object, loan: Loan, document: Document, **kwargs: Any) -> None:
    if document.uploader_id != loan.officer_id:
        _once_in_a_while("documents_received", loan, loan.officer, RECEIVED_WAIT, document.public_id)


def _once_in_a_while(kind: str, loan: Loan, who: User | Party, wait: timedelta, first: uuid.UUID) -> None:
    """One message for all that comes while the first of it waits; what it lists is read when it leaves."""
    prefix = "user" if isinstance(who, User) else "party"
    waiting = loan.notifications.filter(kind=kind, recipient=f"{prefix}:{who.public_id}", state="queued")
    # Held until this is committed, so that no worker sends it without what has just come.
    if waiting.select_for_update().values_list("pk").first():
        return
    services.queue(
        kind=kind, event_key=f"{kind}:{first}", recipient=who, loan=loan, due_at=timezone.now() + wait
    )


@receiver(document_events.document_returned)
def document_returned(sender: object, loan: Loan, document: Document, by: User, **kwargs: Any) -> None:
    party = document.request.party if document.request else None
    if party is None or (party.user_id and party.user_id == by.pk):
        return
    services.queue(
        kind="document_returned",
        event_key=f"returned:{document.public_id}:{document.version}",
        recipient=party,
        loan=loan,
        context={"document": str(document.public_id)},
    )
