"""
What the worker does with an upload: claim it, look into it, make a document of it or refuse it.

A claim is a conditional UPDATE that leases the row for a while under a fresh token and raises the attempt number;
whoever finishes must still hold both, so that a worker that was thought dead changes nothing. The bytes leave the
storage once, on one pass: into the hash, into the scanner, and into a private spool. The inspector sees that spool and
that spool is kept, so nothing can be swapped in between.
"""

import logging
import time
import uuid
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from audit import log
from documents import events, inspection, scanning
from documents.filetypes import type_called, type_for_name
from documents.models import Document, UploadSession
from documents.scanning import ScannerDown, Verdict
from documents.services import composing, storing
from documents.services.making import PDF, Found, make_original, make_paper, pdf_name
from documents.services.storing import StoredBytes
from documents.services.uploading import delete_bytes
from documents.spool import Spool
from documents.storage import file_store
from documents.storage.base import NotThere, NotTheSame, StorageFailed, StorageFull
from loans.services.counters import touch

logger = logging.getLogger(__name__)
State = UploadSession.State
LEASE = timedelta(seconds=120)  # longer than any one step: the scanner may think for a minute
RENEW_SECONDS = 15
WAITS_AFTER_FAILURE = (30, 60, 120, 300)  # seconds, by attempt; the last for all that follow


class LeaseLost(Exception):
    """Somebody else holds it by now."""


# --- One upload ----------------------------------------------------------------------------------------------


def check_upload(public_id: uuid.UUID | str) -> UploadSession | None:
    """Check this upload if it waits for it; None when somebody else has it or it is settled. May run twice."""
    session = claim(public_id)
    if session is None:
        return None
    try:
        with Spool(session.size) as spool:
            _check(session, spool)
    except LeaseLost:
        pass
    except (NotThere, NotTheSame):
        reject(session, "changed")
    except (ScannerDown, StorageFull, StorageFailed, OSError) as error:
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
    rows = UploadSession.objects.select_related(
        "loan", "request__party", "party", "uploader", "link", "group"
    )
    return rows.get(claim=token)


def held(session: UploadSession) -> QuerySet[UploadSession]:
    """The row, as long as this claim and this attempt still hold it."""
    return UploadSession.objects.filter(
        pk=session.pk, state=State.SCANNING, claim=session.claim, attempts=session.attempts
    )


def renew(session: UploadSession) -> None:
    """The lease starts anew; LeaseLost when it is somebody else's."""
    if held(session).update(leased_until=timezone.now() + LEASE) != 1:
        raise LeaseLost


def release(session: UploadSession) -> None:
    """Give it back for later: not the file's fault."""
    wait = WAITS_AFTER_FAILURE[min(session.attempts, len(WAITS_AFTER_FAILURE)) - 1]
    held(session).update(
        state=State.RECEIVED, claim=None, leased_until=None,
        not_before=timezone.now() + timedelta(seconds=wait),
    )  # fmt: skip


def _check(session: UploadSession, spool: Spool) -> None:
    scanned = _take_in(session, spool)
    session.scanner = scanned.scanner if scanned else ""
    if scanned and scanned.reason:
        _refuse_scanned(session, scanned)
        return
    renew(session)
    verdict = inspection.inspect(spool, type_for_name(session.name))
    if verdict.refused:
        reject(session, verdict.refused, true_type=verdict.content_type)
        return
    renew(session)
    _keep(session, spool, Found(verdict.content_type, verdict.pages, verdict.hints, session.scanner))


def _take_in(session: UploadSession, spool: Spool) -> Verdict | None:
    """
    All bytes into the spool and past the scanner; None when the house has none. NotTheSame when they are not what was
    complete, ScannerDown when nobody can say what is in them.
    """
    if not file_store().has_room_for(session.size):
        raise StorageFull
    scanner, renewed_at = scanning.scanner(), time.monotonic()
    with scanner.scan() if scanner else nullcontext() as scan:
        for chunk in file_store().stream(session.key, seal=storing.seal_of(session), etag=session.etag):
            spool.write(chunk)
            if scan is not None:
                scan.feed(chunk)
            if time.monotonic() > renewed_at + RENEW_SECONDS:
                renew(session)
                renewed_at = time.monotonic()
        if spool.size != session.size:
            raise NotTheSame(session.key)
        return scan.verdict() if scan is not None else None


# --- Refusing ------------------------------------------------------------------------------------------------


def _refuse_scanned(session: UploadSession, scanned: Verdict) -> None:
    session.signature = scanned.signature[:200]
    if scanned.reason == "infected":
        _end(session, State.INFECTED, "upload.infected", {"signature": session.signature})
    else:
        reject(session, scanned.reason)


def reject(session: UploadSession, reason: str, *, true_type: str = "") -> bool:
    """Refuse it, one reason code; False when somebody else holds it by now."""
    session.reason, session.true_type = reason, true_type[:60]
    ended = _end(session, State.REJECTED, "upload.rejected", {"reason": reason})
    if ended:
        delete_bytes(session)
    return ended


def _end(session: UploadSession, state: str, action: str, detail: dict[str, Any]) -> bool:
    """The sender hears of it, the loan team sees it. False when somebody else holds it by now."""
    session.checked_at = timezone.now()
    with transaction.atomic():
        moved = held(session).update(
            state=state, reason=session.reason, true_type=session.true_type, signature=session.signature,
            scanner=session.scanner, checked_at=session.checked_at, claim=None,
        )  # fmt: skip
        if not moved:
            return False
        session.state = state
        log.record(action=action, about=session, task="documents", loan=session.loan, detail=detail)
        touch(session.loan)
        events.upload_refused.send(sender=UploadSession, loan=session.loan, session=session)
    if session.group:
        composing.group_moved(session.group)
    return True


# --- Keeping -------------------------------------------------------------------------------------------------


def _keep(session: UploadSession, spool: Spool, found: Found) -> Document | None:
    """
    Put the bytes under their lasting keys, then everything else in one transaction; None when it came too late.

    A picture becomes a PDF and is kept beside it as it came; one of several waits for the others.
    """
    alone = found.content_type != PDF and not session.group_id
    kept: list[StoredBytes] = []
    document = None
    try:
        with _made_into_pdf(spool, found) if alone else nullcontext() as made:
            renew(session)
            kept.append(storing.promote_spool(session=session, spool=spool))
            if made is not None:
                kept.append(storing.store_spool(spool=made, of=uuid.uuid4()))
        document = _settle(session, kept, found)
    except inspection.ChildFailed:
        reject(session, "broken", true_type=found.content_type)
    finally:
        if document is None:
            for stored in kept:
                file_store().delete(stored.key)
    if document is not None:
        delete_bytes(session)
        if session.group:
            composing.group_moved(session.group)
    return document


def _made_into_pdf(spool: Spool, found: Found) -> Spool:
    file_type = type_called(found.content_type)
    assert file_type is not None  # the inspector answers with one of ours
    return composing.compose([(spool, file_type)])


@transaction.atomic
def _settle(session: UploadSession, kept: list[StoredBytes], found: Found) -> Document | None:
    moved = held(session).update(
        state=State.CLEAN, true_type=found.content_type, sha256=kept[0].sha256, scanner=found.scanner,
        checked_at=timezone.now(), claim=None,
    )  # fmt: skip
    if moved != 1:
        return None
    if found.content_type == PDF:
        return make_paper(source=session, session=session, stored=kept[0], name=session.name, found=found)
    original = make_original(session=session, stored=kept[0], found=found)
    if session.group_id:
        return original
    return make_paper(
        source=session, session=session, stored=kept[1], name=pdf_name(session.name),
        found=replace(found, content_type=PDF), originals=[original],
    )  # fmt: skip
