"""
Mail that answers a thread, at `/webhooks/email/<provider>/inbound/`: by anymail's own views, for the provider that is
set, and only where INBOUND_MAIL_DOMAIN says that the house takes mail.

The address it went to names the thread, the address it came from says whose words they are. Words of anybody else are
kept for the loan team alone, who say whose they are; files of theirs are not taken. What was quoted is left out.
Answering machines are not heard. The same mail twice is one message.
"""

import logging
from collections.abc import Iterator
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
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt

from conversations import services
from conversations.models import Conversation, Message
from documents import services as documents
from documents.models import UploadSession
from documents.refusals import UploadRefused
from loans.models import Party
from notifications.mail_reading import addresses_in, digest, may_be_forged, what_is_new
from notifications.mail_webhooks import NOT_THEIRS
from notifications.words import storable

logger = logging.getLogger(__name__)
MOST_BYTES = 40 * 1024 * 1024  # providers bring 35 MB at most, files as base64 included
MOST_FILES = 10
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
    thread = next(filter(None, map(services.thread_at, _addresses(mail))), None)
    if thread is None or thread.loan is None or _is_a_machine(mail):
        logger.info("A mail that answers no thread was not kept.")
        return
    keep(thread, mail, source=_source(thread, event))


def keep(thread: Conversation, mail: AnymailInboundMessage, *, source: str) -> Message | None:
    """
    The message of this mail; its files are taken once its words stand. None where strangers have written enough for
    one day.
    """
    written_by, is_forged = _writer_of(mail), may_be_forged(mail)
    senders = [] if is_forged else services.senders_with(thread, written_by)
    words, files, subject = what_is_new(mail), _files(mail), storable(mail.subject or "")
    if not senders:
        return services.keep_unknown_mail(
            thread=thread, sender=written_by or "?", subject=subject, source=source, at=timezone.now(),
            body=_with_remarks(words, files_left_out=len(files), is_forged=is_forged),
        )  # fmt: skip
    party = senders[0] if len(senders) == 1 else None
    message = services.receive_message(
        conversation=thread, party=party, channel=Message.Channel.EMAIL, subject=subject,
        body=words or _("Sent without words."), source=source, at=timezone.now(),
    )  # fmt: skip
    services.attach(message=message, sessions=list(_taken(thread, party, files, message)))
    return message


def _taken(
    thread: Conversation, party: Party | None, files: list[AnymailInboundMessage], message: Message
) -> Iterator[UploadSession]:
    """Each file through the same checks as any other; what cannot be taken is only noted."""
    assert thread.loan is not None
    for place, file in enumerate(files[:MOST_FILES]):
        try:
            content = file.get_content_bytes()
            yield documents.take_in_file(
                loan=thread.loan, party=party, name=storable(file.get_filename() or _("Attachment")), size=len(content),
                chunks=[content], source=f"mail:{message.public_id}:{place}",
                content_type=file.get_content_type(),
            )  # fmt: skip
        except UploadRefused as refused:
            logger.warning("File %s of message %s: %s", place, message.public_id, refused.refusal.code)
        except ValueError:  # several files in one
            logger.warning("File %s of message %s cannot be read.", place, message.public_id)


def _with_remarks(words: str, *, files_left_out: int, is_forged: bool) -> str:
    remarks = []
    if is_forged:
        remarks.append(_("[This may not be from the address it names: call before you act on it.]"))
    if files_left_out:
        left_out = ngettext("[A file was not taken.]", "[%(count)d files were not taken.]", files_left_out)
        remarks.append(left_out % {"count": files_left_out})
    return "\n\n".join([words or _("Sent without words."), *remarks])


def _writer_of(mail: AnymailInboundMessage) -> str:
    """The one address it says it is from; empty where it names none or several."""
    named = addresses_in(mail, "From")
    return named[0] if len(named) == 1 else ""


def _files(mail: AnymailInboundMessage) -> list[AnymailInboundMessage]:
    """What was attached; pictures that stand in the text, such as logos, are no papers."""
    return [file for file in mail.attachments if not file.is_inline()]


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
