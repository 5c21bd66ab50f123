"""Whoever does something is not reminded: what waits for them stops at once (`ladder.py` reads the rest at claim)."""

from typing import Any

from django.dispatch import receiver

from conversations import events as conversation_events
from conversations.models import Message, ServiceRequest
from documents import events as document_events
from documents.models import Document, Request, UploadSession
from notifications.reminders import papers


@receiver(document_events.document_received)
def sent_a_paper(sender: object, document: Document, **kwargs: Any) -> None:
    owner = document.owner
    if owner is not None and document.uploader_id in (None, owner.user_id):
        papers.stop_for(owner)


@receiver(document_events.upload_refused)
def tried_to_send(sender: object, session: UploadSession, **kwargs: Any) -> None:
    owner = session.request.party if session.request else session.party
    if owner is not None and session.uploader_id in (None, owner.user_id):
        papers.stop_for(owner)


@receiver(document_events.request_declined)
def said_it_does_not_apply(sender: object, request: Request, **kwargs: Any) -> None:
    papers.stop_for(request.party)


@receiver(document_events.request_stuck)
def asked_for_help(sender: object, request: Request, **kwargs: Any) -> None:
    papers.stop_for(request.party)


@receiver(conversation_events.message_received)
def wrote(sender: object, message: Message, **kwargs: Any) -> None:
    if message.party is not None:
        papers.stop_for(message.party)


@receiver(conversation_events.service_request_made)
def asked_for_something(sender: object, request: ServiceRequest, **kwargs: Any) -> None:
    if request.party is not None:
        papers.stop_for(request.party)
