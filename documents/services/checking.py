"""
What the worker does with an upload: claim it, look into it, make a document of it or refuse it.

A claim is a conditional UPDATE that leases the row for a while under a fresh token and raises the attempt number;
whoever finishes must still hold both, so that a worker that was thought dead changes nothing. The bytes are first
copied aside and hashed; the inspector sees that copy and that copy is kept, so nothing can be swapped in between.
"""

import hashlib
import logging
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from audit import log
from documents import events, inspection
from documents.filetypes import type_for_name
from documents.models import Document, Request, UploadSession
from documents.services.counters import recount
from documents.services.reviewing import settle_request
from documents.services.uploading import delete_bytes
from documents.storage import file_store
from documents.storage.base import (
    CHUNK_BYTES,
    DOCUMENTS,
    NotThere,
    NotTheSame,
    StorageFailed,
    StorageFull,
    new_key,
)
from loans.services.counters import touch

logger = logging.getLogger(__name__)
State = UploadSession.State
LEASE = timedelta(seconds=60)
MOST_DEATHS = 3
WAIT_AFTER_FAILURE = timedelta(seconds=30)
SWEEP_SECONDS = 60
SWEEP_ROWS = 200


@dataclass(frozen=True)
class Found:
    """What the check found out about a file that may stay."""

    sha256: str
    content_type: str
    pages: int
    hints: list[dict[str, str]]


# --- One upload ----------------------------------------------------------------------------------------------


def check_upload(public_id: uuid.UUID | str) -> UploadSession | None:
    """Check this upload if it waits for it; None when somebody else has it or it is settled. May run twice."""
    session = claim(public_id)
    if session is None:
        return None
    try:
        with _copied_aside(session) as (copy, sha256):
            with copy.open("rb") as file:
                verdict = inspection.inspect(file, type_for_name(session.name))
            if verdict.refused:
                reject(session, verdict.refused, true_type=verdict.content_type)
            else:
                _keep(session, copy, Found(sha256, verdict.content_type, verdict.pages, verdict.hints))
    except (NotThere, NotTheSame):
        reject(session, "changed")
    except (StorageFull, StorageFailed, OSError) as error:
        logger.warning("upload %s waits: %s", session.public_id, error.__class__.__name__)
        release(session)
    session.refresh_from_db()
    return session


def claim(public_id: uuid.UUID | str) -> UploadSession | None:
    """Lease the upload to this caller; None unless it is `received` and due."""
    token, now = uuid.uuid4(), timezone.now()
    claimed = (
        UploadSession.objects.filter(public_id=public_id, state=State.RECEIVED)
        .filter(Q(not_before__isnull=True) | Q(not_before__lte=now))
        .update(state=State.SCANNING, claim=token, leased_until=now + LEASE, attempts=F("attempts") + 1)
    )
    if claimed != 1:
        return None
    return UploadSession.objects.select_related("loan", "request__party", "uploader").get(claim=token)


def release(session: UploadSession) -> None:
    """Give it back for later: not the file's fault."""
    _held(session).update(
        state=State.RECEIVED, claim=None, leased_until=None, not_before=timezone.now() + WAIT_AFTER_FAILURE
    )


def reject(session: UploadSession, reason: str, *, true_type: str = "") -> bool:
    """Refuse it, one reason code; False when somebody else holds it by now."""
    now = timezone.now()
    with transaction.atomic():
        moved = _held(session).update(
            state=State.REJECTED, reason=reason, true_type=true_type[:60], checked_at=now, claim=None
        )
        if not moved:
            return False
        session.checked_at = now
        _refused(session, reason)
    delete_bytes(session)
    return True


def _refused(session: UploadSession, reason: str) -> None:
    session.state, session.reason = State.REJECTED, reason
    _record(session, "upload.rejected", reason=reason)
    touch(session.loan)
    events.upload_refused.send(sender=UploadSession, loan=session.loan, session=session)


def _held(session: UploadSession) -> Any:
    """The row, as long as this claim and this attempt still hold it."""
    return UploadSession.objects.filter(
        pk=session.pk, state=State.SCANNING, claim=session.claim, attempts=session.attempts
    )


@contextmanager
def _copied_aside(session: UploadSession) -> Iterator[tuple[Path, str]]:
    """The file in a private place, and its SHA-256. NotTheSame when it is not what was complete."""
    store = file_store()
    stored = store.head(session.key)
    if stored is None:
        raise NotThere(session.key)
    if stored.etag != session.etag or stored.size != session.size:
        raise NotTheSame(session.key)
    if not store.has_room_for(session.size):
        raise StorageFull
    digest = hashlib.sha256()
    with NamedTemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR, prefix="check-") as copy:
        for chunk in store.stream(session.key):
            digest.update(chunk)
            copy.write(chunk)
        copy.flush()
        if copy.tell() != session.size:
            raise NotTheSame(session.key)
        yield Path(copy.name), digest.hexdigest()


# --- Keeping -------------------------------------------------------------------------------------------------


def _keep(session: UploadSession, copy: Path, found: Found) -> Document | None:
    """Put the bytes under their lasting key, then everything else in one transaction; None when it came too late."""
    store, key = file_store(), new_key(DOCUMENTS)
    store.put(key, _chunks(copy), session.size)
    try:
        if sha256_of(key) != found.sha256:
            raise NotTheSame(key)
        document = _make_document(session, key, found)
    except BaseException:
        store.delete(key)
        raise
    if document is None:
        store.delete(key)
        return None
    delete_bytes(session)
    return document


@transaction.atomic
def _make_document(session: UploadSession, key: str, found: Found) -> Document | None:
    now = timezone.now()
    moved = _held(session).update(state=State.CLEAN, true_type=found.content_type, checked_at=now, claim=None)
    if moved != 1:
        return None
    asked = session.request_id
    request = Request.objects.select_for_update().get(pk=asked) if asked else None
    document = Document.objects.create(
        loan=session.loan, request=request, party=session.party, session=session, uploader=session.uploader,
        name=session.name, key=key, size=session.size, sha256=found.sha256, content_type=found.content_type,
        pages=found.pages, hints=found.hints + _same_as_before(session, found.sha256), received_at=now,
    )  # fmt: skip
    if request is not None:
        settle_request(request)
    recount(session.loan)
    touch(session.loan)
    log.record(
        action="document.received", about=document, by=session.uploader, loan=session.loan,
        detail={"sha256": found.sha256, "size": session.size, "pages": found.pages},
    )  # fmt: skip
    events.document_received.send(sender=Document, loan=session.loan, document=document)
    return document


def _same_as_before(session: UploadSession, sha256: str) -> list[dict[str, str]]:
    """A hint when this very file came before. Of the other borrower's papers only the loan team may learn."""
    earlier = (
        Document.objects.filter(loan=session.loan, sha256=sha256)
        .select_related("request__party", "party")
        .order_by("received_at")
        .first()
    )
    if earlier is None:
        return []
    mine = earlier.owner is not None and earlier.owner.pk == session.owner_id
    code = "duplicate" if mine else "duplicate_of_another"
    return [{"code": code, "on": earlier.received_at.isoformat(), "document": str(earlier.public_id)}]


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk


def sha256_of(key: str) -> str:
    digest = hashlib.sha256()
    for chunk in file_store().stream(key):
        digest.update(chunk)
    return digest.hexdigest()


# --- The sweep -----------------------------------------------------------------------------------------------


def sweep() -> dict[str, int]:
    """
    What nobody else did: take back leases that ran out, expire what never came, delete leftovers, check the forgotten.

    Runs every 15 seconds and may run twice at once; the rows decide. Returns how many of each.
    """
    done = {"returned": _take_back_leases(), "expired": _expire(), "deleted": _delete_leftovers()}
    done["checked"] = _check_forgotten()
    return done


def _take_back_leases() -> int:
    now, returned = timezone.now(), 0
    late = UploadSession.objects.filter(state=State.SCANNING, leased_until__lt=now).select_related("loan")
    for session in late[:SWEEP_ROWS]:
        session.deaths += 1
        if session.deaths >= MOST_DEATHS:
            UploadSession.objects.filter(pk=session.pk).update(deaths=session.deaths)
            reject(session, "unreadable")
        else:
            returned += _held(session).update(
                state=State.RECEIVED, claim=None, leased_until=None, deaths=F("deaths") + 1
            )
    return returned


def _expire() -> int:
    open_states, count = [State.CREATED, State.UPLOADING], 0
    late = UploadSession.objects.filter(state__in=open_states, expires_at__lt=timezone.now()).select_related(
        "loan"
    )
    for session in late[:SWEEP_ROWS]:
        with transaction.atomic():
            moved = UploadSession.objects.filter(pk=session.pk, state__in=open_states).update(
                state=State.EXPIRED
            )
            if moved:
                _record(session, "upload.expired")
        count += moved
    return count


def _delete_leftovers() -> int:
    leftovers = UploadSession.objects.filter(state__in=UploadSession.FINAL, bytes_deleted_at__isnull=True)
    sessions = list(leftovers[:SWEEP_ROWS])
    for session in sessions:
        delete_bytes(session)
    return len(sessions)


def _check_forgotten() -> int:
    """Here and now, for as long as the next sweep can wait: a broker that lost a hint may lose another."""
    until, count = time.monotonic() + SWEEP_SECONDS, 0
    waiting = (
        UploadSession.objects.filter(state=State.RECEIVED)
        .filter(Q(not_before__isnull=True) | Q(not_before__lte=timezone.now()))
        .order_by("id")
        .values_list("public_id", flat=True)
    )
    for public_id in list(waiting[:SWEEP_ROWS]):
        if time.monotonic() > until:
            break
        count += check_upload(public_id) is not None
    return count


def _record(session: UploadSession, action: str, **detail: Any) -> None:
    log.record(action=action, about=session, task="documents", loan=session.loan, detail=detail)
