"""
Papers are asked for, arrive, are refused, declined, sent back. Each person hears of several things of a kind at once:
the first makes the row, what follows while it waits joins it, and what it tells is read when it leaves.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from accounts.models import User
from documents import events as document_events
from documents.models import Document, Request, UploadSession
from loans.models import Loan, Party
from notifications import services
from notifications.handlers.shared import borrowers_but
from notifications.models import MessageRules, Notification

TO_THE_OFFICER = "documents_received"


# --- To borrowers --------------------------------------------------------------------------------------------


@receiver(document_events.requests_made)
def requests_made(
    sender: object, loan: Loan, requests: list[Request], by: User | None, silent: bool = False, **kwargs: Any
) -> None:
    if silent:
        return
    asked = {request.party_id: request for request in reversed(requests)}
    for party in borrowers_but(loan, by):
        if party.pk in asked:
            _tell_borrower("requests_added", party, asked[party.pk].public_id, timezone.now())


@receiver(document_events.document_returned)
def document_returned(sender: object, loan: Loan, document: Document, by: User, **kwargs: Any) -> None:
    party = document.owner
    if party is not None and party.user_id != by.pk:
        first = f"{document.public_id}:{document.version}"
        _tell_borrower("document_returned", party, first, document.reviewed_at or timezone.now())


@receiver(document_events.upload_refused)
def upload_refused(sender: object, loan: Loan, session: UploadSession, **kwargs: Any) -> None:
    """
    Whoever looks at the page has read it there and sends another; mail is for those who had left. What came unasked,
    by text, is answered by text; a helper reads it behind their link.
    """
    at = session.checked_at or timezone.now()
    party = session.request.party if session.request and not session.link_id else None
    if party is not None and session.uploader_id == party.user_id:
        _tell_borrower("upload_refused", party, session.public_id, at)
    _tell_officer(loan, session.uploader_id, session.public_id, at)


def _tell_borrower(kind: str, party: Party, first: uuid.UUID | str, at: datetime) -> None:
    wait = timedelta(minutes=MessageRules.load().requests_wait_minutes)
    _once_in_a_while(kind, party.loan, party, wait, first, at)


# --- To the officer ------------------------------------------------------------------------------------------


@receiver(document_events.document_received)
def document_received(sender: object, loan: Loan, document: Document, **kwargs: Any) -> None:
    _tell_officer(loan, document.uploader_id, document.public_id, document.received_at)


@receiver(document_events.request_declined)
def request_declined(sender: object, loan: Loan, request: Request, by: User, **kwargs: Any) -> None:
    _tell_officer(loan, by.pk, f"{request.public_id}:{request.version}", request.changed_at)


def _tell_officer(loan: Loan, by: int | None, first: uuid.UUID | str, at: datetime) -> None:
    """Of what somebody else did; also of what a manager did for them."""
    if by != loan.officer_id:
        wait = timedelta(minutes=MessageRules.load().officer_wait_minutes)
        _once_in_a_while(TO_THE_OFFICER, loan, loan.officer, wait, first, at)


# --- Together ------------------------------------------------------------------------------------------------


def _once_in_a_while(
    kind: str, loan: Loan, who: User | Party, wait: timedelta, first: uuid.UUID | str, at: datetime
) -> None:
    """One message for all that comes while the first of it waits; what it lists is read when it leaves."""
    prefix = "user" if isinstance(who, User) else "party"
    waiting = loan.notifications.filter(
        kind=kind, recipient=f"{prefix}:{who.public_id}", state=Notification.State.QUEUED
    )
    # Held until this is committed, so that no worker sends it without what has just come.
    if waiting.select_for_update().values_list("pk").first():
        return
    services.queue(
        kind=kind,
        event_key=f"{kind}:{first}",
        recipient=who,
        loan=loan,
        context={"since": at.isoformat()},
        due_at=timezone.now() + wait,
    )
