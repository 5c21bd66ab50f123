"""Somebody who was stuck with a paper got an answer: they are told by mail as well."""

from typing import Any

from django.dispatch import receiver

from accounts.models import User
from documents import events as document_events
from documents.models import Request
from loans.models import Loan
from notifications import services
from notifications.catalog.asking import PAPER_HELP_ANSWERED


@receiver(document_events.stuck_answered)
def stuck_answered(sender: object, loan: Loan, request: Request, by: User, **kwargs: Any) -> None:
    if request.party.user_id != by.pk:
        services.queue(
            kind=PAPER_HELP_ANSWERED,
            event_key=f"paper_help:{request.public_id}:{request.version}",
            recipient=request.party,
            loan=loan,
            context={"request": str(request.public_id)},
        )
