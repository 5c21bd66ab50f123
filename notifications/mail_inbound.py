"""
Mail that answers a thread, at `/webhooks/email/<provider>/inbound/`: by anymail's own views, for the provider that is
set, and only where INBOUND_MAIL_DOMAIN says that the house takes mail.

The address it went to was given to one borrower and names the thread; only mail from that borrower's own address is
theirs. Words of anybody else, and mail that its sender's house denies, are kept for the loan team alone, who say whose
they are; files of theirs are not taken. What was quoted is left out. Answering machines are not heard. The same mail
twice is one message.

Here it is only kept; a worker reads it (`mail_kept.py`).
"""

import logging
from typing import Any

from anymail.inbound import AnymailInboundMessage
from anymail.signals import AnymailInboundEvent
from anymail.signals import inbound as arrived
from anymail.webhooks.base import AnymailBasicAuthMixin
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseBase
from django.urls import Resolver404, resolve
from django.views.decorators.csrf import csrf_exempt

from conversations import services
from conversations.models import Conversation
from notifications.mail_kept import keep
from notifications.mail_reading import addresses_in, digest
from notifications.mail_webhooks import NOT_THEIRS

logger = logging.getLogger(__name__)
MOST_BYTES = 40 * 1024 * 1024  # providers bring 35 MB at most, files as base64 included
FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


@csrf_exempt
@login_not_required
def inbound(request: HttpRequest, provider: str) -> HttpResponseBase:
    """Mail of the configured provider; 404 for every other and where no mail is taken, 400 for what it never sent."""
    if provider != settings.EMAIL_PROVIDER or not settings.INBOUND_MAIL_DOMAIN:
        raise Http404
    try:
        view: Any = resolve(f"/{provider}/inbound/", "anymail.urls").func
    except Resolver404 as error:
        raise Http404 from error
    if too_long := _too_long(request):
        return too_long
    try:
        _let_in_whole(request, view.view_class())
        answer: HttpResponseBase = view(request)
    except NOT_THEIRS as error:
        logger.warning("no mail of %s: %s", provider, type(error).__name__)
        return HttpResponseBadRequest()
    return answer


@receiver(arrived)
def hear(sender: object, event: AnymailInboundEvent, **kwargs: object) -> None:
    """What fails here is our failure: a 500, so that the mail is brought again."""
    try:
        _take(event)
    except Exception as error:
        logger.exception("A mail could not be kept.")
        raise RuntimeError("A mail could not be kept.") from error


def _take(event: AnymailInboundEvent) -> None:
    mail = event.message
    to = next(filter(None, map(services.reply_address_at, _addresses(mail))), None)
    if to is None or _is_a_machine(mail):
        logger.info("A mail that answers no thread was not kept.")
        return
    keep(to, mail, source=_source(to.conversation, event))


def _addresses(mail: AnymailInboundMessage) -> list[str]:
    """Where it went: the envelope is right also when the visible line was changed on the way."""
    return [mail.envelope_recipient or "", *addresses_in(mail, "To", "Cc")]


def _is_a_machine(mail: AnymailInboundMessage) -> bool:
    """An answer nobody wrote: out of office, or mail that came back (RFC 3834)."""
    said = str(mail.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    return said != "no" or str(mail.get("Precedence", "")).lower() in ("bulk", "auto_reply", "junk", "list")


def _source(thread: Conversation, event: AnymailInboundEvent) -> str:
    """
    The same mail has the same name on a thread, however often it is brought: its own Message-ID, else the provider's.
    """
    mail = event.message
    name = mail.get("Message-ID") or event.event_id or mail.as_string()
    return f"mail:{digest(f'{thread.pk}:{name}')}"


def _too_long(request: HttpRequest) -> HttpResponse | None:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST_BYTES:
        return HttpResponse(status=413)
    return None


def _let_in_whole(request: HttpRequest, view: AnymailBasicAuthMixin) -> None:
    """
    Django takes no JSON above DATA_UPLOAD_MAX_MEMORY_SIZE, and a mail with files is longer. Whoever proved to be the
    provider may bring one: its body is read here, where that limit is not asked for. Forms go through the parts parser.
    """
    AnymailBasicAuthMixin.validate_request(view, request)
    if request.method == "POST" and request.content_type not in FORMS:
        request._body = request.read()
