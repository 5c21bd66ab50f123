"""
Pictures that come with a text become documents in quarantine, like every other upload.

A text whose pictures wait carries `media_not_before`: whoever fetches them first moves it on, which is the lease and
the waiting time of the next try in one. Each picture has a name of its own in the uploads, so that a second try takes
none twice.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from tempfile import TemporaryFile
from typing import BinaryIO

from django.conf import settings
from django.db.models import F
from django.utils import timezone

from documents import services as documents
from documents.filetypes import type_called
from documents.refusals import UploadRefused, refusal
from documents.storage.base import CHUNK_BYTES, StorageFailed
from loans import clocks
from notifications.models import InboundText
from notifications.texting import acting, opting, senders
from notifications.texting.providers import Busy, Media, MediaRefused, provider

logger = logging.getLogger(__name__)
AT_ONCE = 20
MOST_TRIES = 6
LEASE = timedelta(minutes=5)
SECONDS = 120  # for one picture, however slowly it drips
ALSO_CALLED = {"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "image/heif": "image/heic"}


UNFETCHED = "unfetched"


def take_waiting() -> int:
    """Fetch what waits, one text after the other; returns how many were settled."""
    due = InboundText.objects.filter(media_not_before__lte=timezone.now()).order_by("media_not_before", "id")
    return sum(take_all_of(pk) for pk in list(due.values_list("pk", flat=True)[:AT_ONCE]))


def take_all_of(pk: int) -> bool:
    """The pictures of one text; False when somebody else is at it, or they must be tried again."""
    now = timezone.now()
    mine = InboundText.objects.filter(pk=pk, media_not_before__lte=now)
    if not mine.update(media_not_before=now + LEASE, media_tries=F("media_tries") + 1):
        return False
    text = InboundText.objects.select_related("loan", "party__user").get(pk=pk)
    is_last = text.media_tries >= MOST_TRIES
    are_settled = [_take(text, place, is_last=is_last) for place in range(len(text.media))]
    if not all(are_settled):
        again_at = now + timedelta(minutes=2**text.media_tries)
        InboundText.objects.filter(pk=pk).update(media_not_before=again_at, media=text.media)
        return False
    InboundText.objects.filter(pk=pk).update(
        media_not_before=None, media_taken_at=timezone.now(), media=text.media
    )
    if any("refused" in item for item in text.media):
        say_refused(text)
    return True


def take_in(text: InboundText, place: int, content_type: str, size: int, chunks: Iterable[bytes]) -> None:
    """One picture whose bytes are here. UploadRefused when it cannot be taken."""
    assert text.loan is not None
    documents.take_in_file(
        loan=text.loan,
        party=text.party,
        name=_name(text, place, content_type),
        size=size,
        chunks=chunks,
        source=f"text:{text.public_id}:{place}",
        content_type=_plain_type(content_type),
    )


def say_refused(text: InboundText) -> None:
    """They hear, once a day, that a picture did not arrive, if the number may be written to."""
    sender = senders.sender_of(text.sender)
    if sender.agrees and sender.is_of_one_loan and not opting.switched_off(text.sender):
        acting.answer(text, sender, "text_picture_refused", once=acting.a_day())


def _take(text: InboundText, place: int, *, is_last: bool) -> bool:
    """Whether it is settled: taken, or refused with the reason on the row. False: worth another try."""
    item = text.media[place]
    if "refused" in item:
        return True
    try:
        _must_be_taken(item["type"])
        with _copied(Media(item["address"], item["type"])) as (file, size):
            take_in(text, place, item["type"], size, iter(lambda: file.read(CHUNK_BYTES), b""))
    except UploadRefused as refused:
        item["refused"] = refused.refusal.code
    except MediaRefused as refused:
        logger.warning("Picture %s of text %s: %s", place, text.public_id, refused)
        item["refused"] = UNFETCHED
    except (Busy, StorageFailed, OSError) as error:
        logger.warning("Picture %s of text %s waits: %s", place, text.public_id, error)
        if not is_last:
            return False
        item["refused"] = UNFETCHED
    return True


def _must_be_taken(content_type: str) -> None:
    """Before anything is fetched. What it really is, the check finds out."""
    if type_called(_plain_type(content_type)) is None:
        raise UploadRefused(refusal("wrong_type"))


@contextmanager
def _copied(media: Media) -> Iterator[tuple[BinaryIO, int]]:
    """The picture in a private place, as long as it is not too large and not too slow."""
    until = time.monotonic() + SECONDS
    with TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR) as copy, provider().fetch(media) as chunks:
        for chunk in chunks:
            copy.write(chunk)
            if copy.tell() > settings.MAX_UPLOAD_BYTES:
                raise UploadRefused(refusal("too_large"))
            if time.monotonic() > until:
                raise Busy("It came too slowly.")
        size = copy.tell()
        copy.seek(0)
        yield copy, size


def _plain_type(content_type: str) -> str:
    said = content_type.partition(";")[0].strip().lower()
    return ALSO_CALLED.get(said, said)


def _name(text: InboundText, place: int, content_type: str) -> str:
    """Telephones give none."""
    kind = type_called(_plain_type(content_type))
    day = clocks.local_date(text.at)
    return f"text-{day}-{place + 1}.{kind.endings[0] if kind else 'bin'}"
