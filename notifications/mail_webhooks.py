"""
What mail providers tell us, at `/webhooks/email/<provider>/`: by anymail's own views, for the one provider that is set.

They prove themselves by the name and password of ANYMAIL_WEBHOOK_SECRET, and by a signature where the provider signs;
`portal/checks.py` refuses to start without. Only a dead address is a bounce here: a full mailbox or a sender that is
blocked today says nothing about the next message.
"""

import json
import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from anymail.exceptions import AnymailAPIError, AnymailConfigurationError
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponseBadRequest, HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.timezone import is_naive, make_aware
from django.views.decorators.csrf import csrf_exempt

from notifications.models import DeliveryEvent, Notification
from notifications.tracking import find, record_event

logger = logging.getLogger(__name__)
Kind = DeliveryEvent.Kind
# What anymail's readers raise over a body that the provider cannot have sent.
NOT_THEIRS = (
    AnymailAPIError, AnymailConfigurationError, json.JSONDecodeError, UnicodeError, LookupError, TypeError,
    AttributeError,
)  # fmt: skip
KINDS: dict[str, str] = {
    EventType.QUEUED: Kind.ACCEPTED,
    EventType.SENT: Kind.ACCEPTED,
    EventType.DEFERRED: Kind.DEFERRED,
    EventType.DELIVERED: Kind.DELIVERED,
    EventType.FAILED: Kind.FAILED,
    EventType.COMPLAINED: Kind.COMPLAINED,
}
DEAD = {None, RejectReason.INVALID, RejectReason.BOUNCED}
# How providers say, each in a word of their own, that the address itself is all right.
PASSING = {
    "softbounce", "soft_bounce", "soft_bounced", "soft bounce", "transient", "undetermined", "temporary", "blocked",
}  # fmt: skip
SPARKPOST_DEAD = {"10", "30", "90"}


@csrf_exempt
@login_not_required
def email(request: HttpRequest, provider: str) -> HttpResponseBase:
    """Events of the configured provider; 404 for every other, 400 for what it could not have sent."""
    if provider != settings.EMAIL_PROVIDER:
        raise Http404
    try:
        view = resolve(f"/{provider}/tracking/", "anymail.urls").func
    except Resolver404 as error:
        raise Http404 from error
    try:
        answer: HttpResponseBase = view(request)
    except NOT_THEIRS as error:
        logger.warning("no event of %s: %s", provider, type(error).__name__)
        return HttpResponseBadRequest()
    return answer


@receiver(tracking)
def hear(sender: object, event: AnymailTrackingEvent, **kwargs: Any) -> None:
    kind, row = kind_of(event), _row_of(event)
    if (
        kind is None or row is None
    ):  # opened and clicked are nobody's business here; others may use the account too
        return
    record_event(
        provider=settings.EMAIL_PROVIDER,
        kind=kind,
        at=_moment_of(event) or row.sent_at or row.created_at,
        event_id=event.event_id or "",
        notification=row,
        address=event.recipient or "",
        detail=event.mta_response or event.description or "",
    )


def kind_of(event: AnymailTrackingEvent) -> str | None:
    """What it means to us; None for what is of no interest."""
    if event.event_type == EventType.BOUNCED:
        return Kind.BOUNCED if _is_dead(event) else Kind.FAILED
    if event.event_type == EventType.REJECTED:  # they did not even try: why not?
        if event.reject_reason == RejectReason.SPAM:
            return Kind.COMPLAINED
        return Kind.BOUNCED if event.reject_reason in DEAD - {None} else Kind.REJECTED
    return KINDS.get(event.event_type)


def _is_dead(event: AnymailTrackingEvent) -> bool:
    if event.reject_reason not in DEAD:
        return False
    for said in _dicts(event.esp_event):
        if said.get("hard_bounce") is False or said.get("bounce_class", "10") not in SPARKPOST_DEAD:
            return False
        if PASSING & {str(said.get(name)).lower() for name in ("type", "Type", "event", "bounceType")}:
            return False
    return True


def _dicts(value: Any) -> Iterator[dict[str, Any]]:
    """The event and what it is made of."""
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from _dicts(part)


def _row_of(event: AnymailTrackingEvent) -> Notification | None:
    """By the id we sent along, else by theirs."""
    sent_along = event.metadata if isinstance(event.metadata, dict) else {}
    try:
        row = Notification.objects.filter(public_id=UUID(str(sent_along.get("notification")))).first()
    except ValueError:
        row = None
    return row or find(settings.EMAIL_PROVIDER, str(event.message_id or ""))


def _moment_of(event: AnymailTrackingEvent) -> datetime | None:
    moment: datetime | None = event.timestamp
    return make_aware(moment, UTC) if moment and is_naive(moment) else moment
