"""
What whoever carries our texts calls: a text came in, and what became of one we sent.

Signed, or refused without a word on why. The answer is quick: rows are written here, pictures are the worker's.
"""

from uuid import UUID

from allauth.core.ratelimit import consume, respond_429
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from notifications.models import DeliveryEvent, Notification
from notifications.texting import inbound
from notifications.texting.providers import TextProvider, provider
from notifications.tracking import record_event

NOTHING_TO_SAY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'


@csrf_exempt
@login_not_required
@require_POST
def text(request: HttpRequest) -> HttpResponse:
    carrier = provider()
    if refused := _refused(request, carrier):
        return refused
    incoming = carrier.parse_inbound(request)
    if not incoming.provider_id:
        return HttpResponse(status=400)
    inbound.receive(incoming, provider=carrier.name)
    return HttpResponse(NOTHING_TO_SAY, content_type="text/xml")


@csrf_exempt
@login_not_required
@require_POST
def status(request: HttpRequest) -> HttpResponse:
    carrier = provider()
    if refused := _refused(request, carrier):
        return refused
    if said := carrier.parse_status(request):
        record_event(
            provider=carrier.name,
            kind=DeliveryEvent.Kind(said.kind),
            at=timezone.now(),
            event_id=said.event_id,
            provider_id=said.provider_id,
            notification=_row(said.reference),
            detail=said.detail,
        )
    return HttpResponse(status=204)


def _refused(request: HttpRequest, carrier: TextProvider) -> HttpResponse | None:
    """An answer for whoever is not our carrier; the carrier itself is never slowed down."""
    if carrier.verify(request):
        return None
    if not consume(request, action="sms_unsigned"):
        return respond_429(request)
    return HttpResponse(status=403)


def _row(reference: str) -> Notification | None:
    """The row we named when we sent it: known before its provider's id is written down."""
    try:
        public_id = UUID(reference)
    except ValueError:
        return None
    return Notification.objects.filter(public_id=public_id, channel=Notification.Channel.TEXT).first()
