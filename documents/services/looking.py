"""
The second look at a paper that is kept: pictures of its pages, and hints for those who sent it.

A paper counts as received before anybody looks: nothing here can refuse it. The first pages come first, then what it
says (the hints are wanted within seconds), then the pages that are left, a batch a child. A paper of many pages goes
back into the queue now and then, so that others get their turn.

One paper at a time on a machine, so that a pile of them leaves the other slot of the worker to the checks; what nobody
has begun with comes before what is half done, and what came last before what lies there: its sender is waiting.

Claims are those of services/checking.py: a conditional UPDATE with a lease and an attempt number. Whoever lost the
lease writes nothing more; page images are stored under their page number, so that drawing one twice is no harm.
"""

import logging
import struct
import time
import uuid
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from documents import inspection, preflight, wake
from documents.inspection import ChildFailed
from documents.models import Document, Look
from documents.services import hinting, storing
from documents.slots import Slot
from documents.spool import Spool
from documents.storage import file_store
from documents.storage.base import (
    PREVIEWS,
    AlreadyThere,
    NotThere,
    NotTheSame,
    StorageFailed,
    StorageFull,
    new_key,
)

logger = logging.getLogger(__name__)
State = Look.State
LEASE = timedelta(seconds=180)  # renewed after each child; reading is given two minutes
MOST_ATTEMPTS = 3
WAIT_AFTER_FAILURE = timedelta(seconds=30)
FIRST_PAGES = 2
BATCH_PAGES = 10
TURN_PAGES = 60
SLOT_SECONDS = 60  # with the last paper still well within the time limit of a task
SWEEP_SECONDS = 10
SWEEP_ROWS = 100

# Before each picture: width and height in pixels, 0 of a page that could not be drawn.
SIZE = struct.Struct(">HH")
LONGEST_SIDE = 16_383


class LeaseLost(Exception):
    """Somebody else has it by now, or the paper was disposed of."""


def ask_for_look(document: Document) -> Look:
    """Have this paper looked through soon. In the transaction that makes it."""
    look = Look.objects.create(document=document, folder=new_key(PREVIEWS))
    wake.soon("documents.look")
    return look


# --- What waits ----------------------------------------------------------------------------------------------


def look_on(seconds: float = SLOT_SECONDS) -> int:
    """
    Look through what waits, for about `seconds`; how many turns it took. None when somebody on this machine is at it:
    they find what is new before they end.
    """
    turns = 0

    def work(_slot: str, stop_at: float) -> None:
        nonlocal turns
        while time.monotonic() < stop_at and (public_id := _next()):
            turns += look_through(public_id) is not None

    Slot("looks", seconds).run(work)
    if turns and _next():
        wake.soon("documents.look")
    return turns


def _next() -> uuid.UUID | None:
    due = Q(not_before__isnull=True) | Q(not_before__lte=timezone.now())
    waiting = Look.objects.filter(due, state=State.WAITING, document__in=Document.objects.papers())
    return waiting.order_by("pages", "-id").values_list("document__public_id", flat=True).first()


# --- One paper -----------------------------------------------------------------------------------------------


def look_through(public_id: uuid.UUID | str) -> Look | None:
    """Look through this paper if it waits for it; None when somebody else has it or it is done. May run twice."""
    look = claim(public_id)
    if look is None:
        return None
    try:
        with storing.spooled(look.document) as spool:
            _go_through(look, spool)
    except LeaseLost:
        _forget_when_disposed(look)
    except (NotThere, NotTheSame):
        logger.error("the bytes of document %s are missing or were changed", look.document.public_id)
        _try_again(look)
    except (StorageFull, StorageFailed, OSError) as error:
        logger.warning("the look at %s waits: %s", look.document.public_id, error.__class__.__name__)
        _put_back(look, not_before=timezone.now() + WAIT_AFTER_FAILURE, attempts=F("attempts") - 1)
    look.refresh_from_db()
    return look


def claim(public_id: uuid.UUID | str) -> Look | None:
    """Lease the look to this caller; None unless it waits and is due."""
    token, now = uuid.uuid4(), timezone.now()
    document = Document.objects.papers().filter(public_id=public_id).first()
    claimed = (
        Look.objects.filter(document=document, state=State.WAITING)
        .filter(Q(not_before__isnull=True) | Q(not_before__lte=now))
        .update(state=State.LOOKING, claim=token, leased_until=now + LEASE, attempts=F("attempts") + 1)
    )
    if claimed != 1:
        return None
    return Look.objects.select_related("document").get(claim=token)


def _go_through(look: Look, spool: Spool) -> None:
    """One turn: the first pages, the hints, and as many pages as a turn allows."""
    can_draw = _draw(look, spool, FIRST_PAGES)
    was_read = _read(look, spool)
    can_draw = can_draw and _draw(look, spool, look.pages + TURN_PAGES)
    if not (can_draw and was_read):
        _try_again(look)
    elif look.pages < look.document.pages:
        _put_back(look, attempts=0)
        wake.soon("documents.look")
    else:
        _held(look).update(state=State.DONE, claim=None, leased_until=None, done_at=timezone.now())


def _held(look: Look) -> QuerySet[Look]:
    """The row, as long as this claim and this attempt still hold it."""
    return Look.objects.filter(pk=look.pk, state=State.LOOKING, claim=look.claim, attempts=look.attempts)


def _put_back(look: Look, **values: Any) -> None:
    _held(look).update(**{"state": State.WAITING, "claim": None, "leased_until": None, **values})


def _try_again(look: Look) -> None:
    """Later, unless it was tried often enough: then the paper can be downloaded but not shown."""
    if look.attempts >= MOST_ATTEMPTS:
        _put_back(look, state=State.FAILED, done_at=timezone.now())
    else:
        _put_back(look, not_before=timezone.now() + WAIT_AFTER_FAILURE)


def _forget_when_disposed(look: Look) -> None:
    """What was drawn while the paper was being disposed of."""
    if not Document.objects.papers().filter(pk=look.document_id).exists():
        storing.destroy_previews(look.folder)


# --- Its pages -----------------------------------------------------------------------------------------------


def _draw(look: Look, spool: Spool, upto: int) -> bool:
    """The pages that are missing up to this one; False when a child died without drawing any."""
    last = min(upto, look.document.pages)
    while look.pages < last:
        before = look.pages
        try:
            _draw_batch(look, spool, min(before + BATCH_PAGES, last))
        except ChildFailed as error:
            logger.warning("page images of %s: %s", look.document.public_id, error)
        _save_progress(look)
        if look.pages == before:
            return False
    return True


def _draw_batch(look: Look, spool: Spool, last: int) -> None:
    store, seal = file_store(), storing.seal_of(look.document)

    def keep(blob: bytes) -> None:
        size = _size_of(blob)
        if look.pages >= last:
            raise ChildFailed("draws more than it was asked for")
        if size:
            picture = blob[SIZE.size :]
            try:
                store.put(look.key_of(look.pages + 1), [picture], len(picture), seal=seal)
            except AlreadyThere:
                pass  # drawn by an attempt that died before it could say so
        look.sheets = [*look.sheets, size]
        look.pages += 1

    options = {"type": look.document.content_type, "first": look.pages + 1, "last": last}
    inspection.run("draw", [spool], options, on_blob=keep)


def _size_of(blob: bytes) -> list[int] | None:
    """Width and height in pixels; None of a page that could not be drawn. ChildFailed when it is no picture of ours."""
    if len(blob) < SIZE.size:
        raise ChildFailed("no size")
    width, height = SIZE.unpack_from(blob)
    if (width, height) == (0, 0) and len(blob) == SIZE.size:
        return None
    head = blob[SIZE.size : SIZE.size + 12]
    is_webp = head.startswith(b"RIFF") and head.endswith(b"WEBP")
    if not is_webp or not (0 < width <= LONGEST_SIDE and 0 < height <= LONGEST_SIDE):
        raise ChildFailed("no picture")
    return [width, height]


def _save_progress(look: Look) -> None:
    """What is drawn may be looked at; the lease starts anew. LeaseLost when it is no longer ours."""
    look.leased_until = timezone.now() + LEASE
    is_kept = Document.objects.papers().filter(pk=look.document_id).exists()
    saved = _held(look).update(pages=look.pages, sheets=look.sheets, leased_until=look.leased_until)
    if not (saved and is_kept):
        raise LeaseLost


# --- What it says --------------------------------------------------------------------------------------------


def _read(look: Look, spool: Spool) -> bool:
    """
    Read it once and write down the hints; False when that is to be tried again.

    Hints are a help: when reading fails for good, whatever the reason, the paper is shown without them.
    """
    if look.read_at is not None:
        return True
    try:
        _write_hints(look, preflight.read(spool, look.document.content_type))
    except LeaseLost:
        raise
    except Exception as error:
        # Also a fault of ours in judging this one paper: the others must not wait for it.
        known = isinstance(error, ChildFailed)
        logger.warning("document %s is not read: %s", look.document.public_id, error, exc_info=not known)
        if look.attempts < MOST_ATTEMPTS:
            return False
        _held(look).update(read_at=timezone.now())
    return True


@transaction.atomic
def _write_hints(look: Look, reading: dict[str, Any]) -> None:
    """Hints, facts and the date of the paper, judged by where it is filed at this moment."""
    document, now = Document.objects.select_for_update().get(pk=look.document_id), timezone.now()
    if document.disposed_at is not None:
        raise LeaseLost
    hints, facts = preflight.hints_for(document, reading)
    if not _held(look).update(facts=facts, read_at=now, leased_until=now + LEASE):
        raise LeaseLost
    dated_on = date.fromisoformat(facts["dated_on"]) if facts.get("dated_on") else None
    document.hints, document.dated_on = hints, document.dated_on or dated_on
    document.save(update_fields=["hints", "dated_on"])
    hinting.close_gaps(document)


# --- The sweep -----------------------------------------------------------------------------------------------


def sweep_looks() -> int:
    """Take back leases that ran out and look through what no wake-up reached; how many. Short: others wait."""
    _end_disposed()
    _take_back_leases()
    return look_on(SWEEP_SECONDS)


def _take_back_leases() -> None:
    """Of workers that died: a paper that kills three of them is not looked at again."""
    late = Look.objects.filter(state=State.LOOKING, leased_until__lt=timezone.now())
    for look in late[:SWEEP_ROWS]:
        _try_again(look)


def _end_disposed() -> None:
    """A paper that was disposed of before its turn came needs no look; nothing of it may stay."""
    open_states = [State.WAITING, State.LOOKING]
    gone = Look.objects.filter(state__in=open_states, document__disposed_at__isnull=False)
    for look in gone[:SWEEP_ROWS]:
        storing.destroy_previews(look.folder)
        Look.objects.filter(pk=look.pk).update(state=State.FAILED, claim=None, leased_until=None)
