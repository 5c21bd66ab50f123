"""
Everything a borrower sent, or all papers of a loan for its team, as one archive.

The row is asked for on a page and made by a worker: claimed by a conditional UPDATE that leases it under a fresh token
and raises the attempt number. The zip is written from storage into storage as it is read, each file checked against
its SHA-256, nothing of it whole in memory or on a disk of the worker; its length is known before it begins. Files done
are committed one by one, so that the page can tell. After two days the archive is gone.
"""

import hashlib
import logging
import time
import uuid
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from zipstream import ZipStream

from accounts.models import User
from audit import log
from documents import archives, events, wake
from documents.models import Document, Export
from documents.services.leftovers import finish_disposals
from documents.services.storing import bytes_of, seal_for, seal_of
from documents.storage import file_store
from documents.storage.base import EXPORTS, NotTheSame, StorageFailed, StorageFull, new_key
from loans.errors import Refused
from loans.models import Loan, Party
from loans.services.locking import must_work_on

logger = logging.getLogger(__name__)
State = Export.State
TASK = "documents.export"
LEASE = timedelta(seconds=120)
RENEW_SECONDS = 20
MOST_ATTEMPTS = 3
WAIT_AFTER_FAILURE = timedelta(seconds=30)
LIVES = timedelta(hours=48)
SWEEP_ROWS = 20
WAKE_UP_LIVES_SECONDS = 60
ON_ITS_WAY = (State.WAITING, State.MAKING)


class Overtaken(Exception):
    """Somebody else has the archive by now: the lease ran out, or a paper in it was destroyed."""


@transaction.atomic
def request_export(*, loan: Loan, by: User, party: Party | None = None) -> Export:
    """
    Have an archive made: of what `party` may open, or without one of the whole loan for its team. One that is on its
    way is answered as it is. Refused for somebody else's party, and for whom the loan is not.
    """
    if party is None:
        must_work_on(loan, by)
    elif party.user_id != by.pk or party.loan_id != loan.pk:
        raise Refused(_("You can only ask for your own papers."))
    Loan.objects.select_for_update().get(
        pk=loan.pk
    )  # two clicks at once: the second sees the first one's row
    running = Export.objects.filter(loan=loan, asked_by=by, state__in=ON_ITS_WAY).first()
    if running is not None:
        return running
    export = Export.objects.create(loan=loan, party=party, asked_by=by)
    log.record(action="archive.asked", about=export, by=by, loan=loan)
    wake.soon(TASK, str(export.public_id), expires=WAKE_UP_LIVES_SECONDS)
    return export


def end_archives(loan: Loan) -> None:
    """Something of the loan was destroyed: its archives go, those on their way begin anew. In a transaction."""
    now, of_loan = timezone.now(), Export.objects.filter(loan=loan)
    of_loan.filter(state=State.READY).update(state=State.EXPIRED, expires_at=now)
    of_loan.filter(state=State.MAKING).update(state=State.WAITING, claim=None, leased_until=None)


# --- Making one ----------------------------------------------------------------------------------------------


def make_archive(public_id: uuid.UUID | str) -> Export | None:
    """Make this archive if it waits for it; None when somebody else has it or it is settled. May run twice."""
    export = claim(public_id)
    if export is None:
        return None
    try:
        with translation.override(export.asked_by.language):
            _make(export)
    except Overtaken:
        _delete_object(export.key)
    except (StorageFull, StorageFailed, OSError) as error:
        logger.warning("archive %s waits: %r", export.public_id, error)
        _delete_object(export.key)
        _give_back(export, timezone.now() + WAIT_AFTER_FAILURE)
    export.refresh_from_db()
    return export


def claim(public_id: uuid.UUID | str) -> Export | None:
    """Lease the archive to this caller, with a key of its own to write to; None unless it waits and is due."""
    token, now = uuid.uuid4(), timezone.now()
    claimed = _due(now).filter(public_id=public_id).update(
        state=State.MAKING, claim=token, leased_until=now + LEASE, attempts=F("attempts") + 1, done=0
    )  # fmt: skip
    if claimed != 1:
        return None
    export = Export.objects.select_related("loan", "party", "asked_by").get(claim=token)
    if export.key:
        _delete_object(export.key)  # of an attempt that died
    seal = seal_for(export.public_id)
    export.key, export.wrapped_key = new_key(EXPORTS), seal.wrapped if seal else ""
    return export if _held(export).update(key=export.key, wrapped_key=export.wrapped_key) else None


def _due(now: Any) -> Any:
    waiting = Export.objects.filter(state=State.WAITING)
    return waiting.filter(Q(not_before__isnull=True) | Q(not_before__lte=now))


def _held(export: Export) -> Any:
    """The row, as long as this claim and this attempt still hold it."""
    return Export.objects.filter(
        pk=export.pk, state=State.MAKING, claim=export.claim, attempts=export.attempts
    )


def _make(export: Export) -> None:
    found = archives.listing(export, timezone.now())
    contents = [item.document.pk for item in found.files]
    _still_mine(export, contents=contents, total=len(contents))
    packed = ZipStream(sized=True)
    for name, content in archives.index_files(found):
        packed.add(content, f"{found.folder}/{name}")
    for item in found.files:
        # sized, so that the length of the whole is known before the first byte is read
        packed.add(_Reading(export, item.document), f"{found.folder}/{item.path}", size=item.document.size)
    length, digest = len(packed), hashlib.sha256()
    file_store().put(export.key, _hashed(packed, digest), length, seal=seal_of(export))
    _ready(export, length, digest.hexdigest())


class _Reading:
    """One document as it is read: the lease kept alive, the bytes checked, one more file done at its end."""

    def __init__(self, export: Export, document: Document) -> None:
        self.export, self.document = export, document

    def __iter__(self) -> Iterator[bytes]:
        digest, renewed_at = hashlib.sha256(), time.monotonic()
        for chunk in bytes_of(self.document):
            digest.update(chunk)
            yield chunk
            if time.monotonic() - renewed_at > RENEW_SECONDS:
                _still_mine(self.export)
                renewed_at = time.monotonic()
        if digest.hexdigest() != self.document.sha256:
            raise NotTheSame(self.document.key)
        self.export.done += 1
        _still_mine(self.export, done=self.export.done)


def _hashed(chunks: Iterable[bytes], digest: Any) -> Iterator[bytes]:
    for chunk in chunks:
        digest.update(chunk)
        yield chunk


def _still_mine(export: Export, **progress: Any) -> None:
    """Renew the lease and say how far it is; Overtaken when the row is no longer this attempt's."""
    if not _held(export).update(leased_until=timezone.now() + LEASE, **progress):
        raise Overtaken


@transaction.atomic
def _ready(export: Export, size: int, sha256: str) -> None:
    now = timezone.now()
    moved = _held(export).update(
        state=State.READY, size=size, sha256=sha256, ready_at=now, expires_at=now + LIVES, claim=None
    )
    if not moved:
        raise Overtaken
    export.refresh_from_db()
    log.record(
        action="archive.made", about=export, task=TASK, loan=export.loan,
        detail={"sha256": sha256, "size": size, "documents": export.total},
    )  # fmt: skip
    events.archive_ready.send(sender=Export, loan=export.loan, export=export)


def _give_back(export: Export, not_before: Any) -> int:
    """For later; the third attempt that did not work was the last, and the person may ask again."""
    if export.attempts >= MOST_ATTEMPTS:
        logger.error("archive %s could not be made", export.public_id)
        return int(_held(export).update(state=State.FAILED, claim=None))
    return int(
        _held(export).update(state=State.WAITING, claim=None, leased_until=None, not_before=not_before)
    )


def _delete_object(key: str) -> bool:
    try:
        file_store().delete(key)
    except (StorageFailed, OSError) as error:
        logger.warning("an archive is still there: %s", error)
        return False
    return True


# --- The sweep -----------------------------------------------------------------------------------------------


def sweep_exports() -> int:
    """
    Every 15 seconds: take back what died, end what is old, delete its bytes and those of disposed documents, and wake
    somebody for what waits (never made here: one may take minutes). Returns how many rows it moved.
    """
    now = timezone.now()
    dead = Export.objects.filter(state=State.MAKING, leased_until__lt=now)[:SWEEP_ROWS]
    moved = sum(_give_back(export, now) for export in dead)
    moved += Export.objects.filter(state=State.READY, expires_at__lt=now).update(state=State.EXPIRED)
    over = Export.objects.filter(state__in=[State.EXPIRED, State.FAILED], bytes_deleted_at__isnull=True)
    for export in over[:SWEEP_ROWS]:
        moved += _delete_bytes(export)
    for public_id in _due(now).order_by("id").values_list("public_id", flat=True)[:SWEEP_ROWS]:
        wake.soon(TASK, str(public_id), expires=WAKE_UP_LIVES_SECONDS)
    return moved + finish_disposals()


def _delete_bytes(export: Export) -> int:
    """Its key first: what a backup of the storage still holds is of no use then."""
    Export.objects.filter(pk=export.pk).update(wrapped_key="")
    if export.key and not _delete_object(export.key):
        return 0
    return Export.objects.filter(pk=export.pk).update(bytes_deleted_at=timezone.now())
