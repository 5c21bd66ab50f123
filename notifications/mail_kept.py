"""
Mail that answers a thread, between the door and the thread: kept in the request, read by a worker.

Reading takes its time (the patterns that find what is quoted, files to check and to seal), so no page waits for it.
It may happen twice: words and files stand once, by their source. What cannot be read after all its tries leaves a line
on the thread, so that somebody asks.
"""

import logging
from collections.abc import Iterator
from datetime import datetime, timedelta

from anymail.inbound import AnymailInboundMessage
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import private_files
from conversations import services
from conversations.models import Message, ReplyAddress
from documents import services as documents
from documents import wake
from documents.models import UploadSession
from documents.refusals import UploadRefused
from notifications.mail_reading import addresses_in, may_be_forged, part, what_is_new
from notifications.models import InboundMail
from notifications.sealing import seal, unseal_bytes
from notifications.words import storable

logger = logging.getLogger(__name__)
MOST_FILES = 10
AT_ONCE = 50
CLAIM = timedelta(minutes=10)
MOST_TRIES = 8
AGAIN_AFTER = timedelta(minutes=1)  # doubled each time: the last try is some two hours later


# --- In the request ------------------------------------------------------------------------------------------


@transaction.atomic
def keep(to: ReplyAddress, mail: AnymailInboundMessage, *, source: str) -> InboundMail:
    """The row of this mail, whose words nobody has looked at yet; the one there is when it came before."""
    kept, is_new = InboundMail.objects.get_or_create(
        source=source,
        defaults={
            "thread": to.conversation,
            "party": to.party,
            "sender": _writer_of(mail)[:254],
            "may_be_forged": may_be_forged(mail),
            "subject": storable(mail.subject or "")[:200],
            "text": part(mail, "text/plain"),
            "html": part(mail, "text/html"),
        },
    )
    if is_new:
        kept.files = [_kept_file(file) for file in _files_of(mail)]
        kept.save(update_fields=["files"])
        wake.soon("notifications.read_mails")
    return kept


def _kept_file(file: AnymailInboundMessage) -> dict[str, str]:
    key = private_files.new_key("mails", "sealed")
    private_files.keep(key, seal(_content_of(file)))
    return {
        "name": storable(file.get_filename() or _("Attachment"))[:255],
        "type": file.get_content_type()[:100],
        "key": key,
    }


def _content_of(file: AnymailInboundMessage) -> bytes:
    try:
        return file.get_content_bytes() or b""
    except ValueError:  # several in one
        return bytes(file.as_bytes())


def _files_of(mail: AnymailInboundMessage) -> list[AnymailInboundMessage]:
    """What was attached; pictures that stand in the text, such as logos, are no papers."""
    return [file for file in mail.attachments if not file.is_inline()][:MOST_FILES]


def _writer_of(mail: AnymailInboundMessage) -> str:
    """The one address it says it is from; empty where it names none or several."""
    named = addresses_in(mail, "From")
    return named[0] if len(named) == 1 else ""


# --- On the worker -------------------------------------------------------------------------------------------


def read_waiting() -> int:
    """What waits, oldest first; one that fails must not stop the others. Returns how many were read."""
    waiting = InboundMail.objects.filter(not_before__lte=timezone.now()).order_by("id")
    return sum(
        _read_once(pk, not_before) for pk, not_before in waiting.values_list("pk", "not_before")[:AT_ONCE]
    )


def _read_once(pk: int, not_before: datetime) -> bool:
    """Claimed for a while: who dies over it leaves it to the next."""
    now = timezone.now()
    mine = InboundMail.objects.filter(pk=pk, not_before=not_before)
    if not mine.update(not_before=now + CLAIM, tries=F("tries") + 1):
        return False
    kept = InboundMail.objects.select_related("thread", "party__loan", "party__user").get(pk=pk)
    try:
        _read(kept)
    except Exception:
        logger.exception("Mail %s cannot be read (try %s).", kept.public_id, kept.tries)
        if kept.tries < MOST_TRIES:
            again = now + AGAIN_AFTER * 2 ** (kept.tries - 1)
            InboundMail.objects.filter(pk=pk).update(not_before=again)
            return False
        _say_that_it_cannot_be_read(kept)
    _forget(kept)
    return True


def _read(kept: InboundMail) -> None:
    """Its words onto the thread; its files are taken once they stand."""
    words = what_is_new(kept.text, kept.html)
    if kept.may_be_forged or not services.is_address_of(kept.party, kept.sender):
        services.keep_unknown_mail(
            thread=kept.thread, sender=kept.sender or "?", subject=kept.subject, source=kept.source, at=kept.at,
            body=_with_remarks(words, kept),
        )  # fmt: skip
        return
    message = services.receive_message(
        conversation=kept.thread, party=kept.party, channel=Message.Channel.EMAIL, subject=kept.subject,
        body=words or _("Sent without words."), source=kept.source, at=kept.at,
    )  # fmt: skip
    services.attach(message=message, sessions=list(_taken(kept, message)))


def _taken(kept: InboundMail, message: Message) -> Iterator[UploadSession]:
    """Each file through the same checks as any other; what cannot be taken is only noted."""
    for place, file in enumerate(kept.files):
        content = unseal_bytes(private_files.read(file["key"]) or b"")
        try:
            yield documents.take_in_file(
                loan=kept.party.loan, party=kept.party, name=file["name"], size=len(content), chunks=[content],
                source=f"mail:{message.public_id}:{place}", content_type=file["type"],
            )  # fmt: skip
        except UploadRefused as refused:
            logger.warning("File %s of message %s: %s", place, message.public_id, refused.refusal.code)


def _with_remarks(words: str, kept: InboundMail) -> str:
    said = [words or _("Sent without words.")]
    if kept.may_be_forged:
        said.append(_("[This may not be from the address it names: call before you act on it.]"))
    if count := len(kept.files):
        left_out = ngettext("[A file was not taken.]", "[%(count)d files were not taken.]", count)
        said.append(left_out % {"count": count})
    return "\n\n".join(said)


def _say_that_it_cannot_be_read(kept: InboundMail) -> None:
    services.keep_unknown_mail(
        thread=kept.thread, sender=kept.sender or "?", subject=kept.subject, source=kept.source, at=kept.at,
        body=_("[A mail came that we could not read. Ask what it said, and for its files.]"),
    )  # fmt: skip


def _forget(kept: InboundMail) -> None:
    kept.delete()
    for file in kept.files:
        private_files.remove(file["key"])
