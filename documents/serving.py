"""
The one door out: no byte of a document leaves the house by any other way.

The caller has fetched the document through `documents/access.py`. Each time is one audit entry. A document is always an
attachment under a name of ours, never rendered as a page of our address, never kept by a cache.
"""

import hashlib
import logging
from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import chain
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header

from accounts.models import User
from audit import log
from audit.models import Entry
from documents import archives, openings
from documents.access import document_for, export_for
from documents.filetypes import TYPES
from documents.models import Document, Export, Look
from documents.names import clean_name
from documents.services import storing
from documents.storage import file_store
from documents.storage.base import NotThere, NotTheSame

logger = logging.getLogger(__name__)
SAFE_TYPES = {entry.content_type for entry in TYPES}
ZIP = "application/zip"


def serve(document: Document, user: User, *, original: bool = False) -> HttpResponseBase:
    """
    The bytes, in pieces; from a bucket, an address that is good for a minute. Http404 when this person may not have
    them, or the storage does not. An `original` (a photo as it came) is open to whoever may open the paper made of it.
    """
    seen = document.made_into if original else document
    if seen is None:
        raise Http404
    paper = document_for(user, seen.public_id)
    kept = document if original else paper
    name = clean_name(kept.name)
    known = kept.content_type in SAFE_TYPES
    content_type = kept.content_type if known else "application/octet-stream"
    address = file_store().address(kept.key, name=name, content_type=content_type)
    chunks = None if address else _begun(kept)
    openings.opened(paper, user, how="downloaded", original=kept if original else None)
    if chunks is None:
        return _elsewhere(str(address))
    headers = _closed_off(content_type, content_disposition_header(True, name) or "attachment")
    return StreamingHttpResponse(chunks, headers={**headers, "Content-Length": str(kept.size)})


def _begun(row: Document | Export) -> Iterator[bytes]:
    """
    Its bytes, the first of them at hand: what is missing or was exchanged is 404, nothing is written down. What turns
    out to be changed further on breaks the line, so that nobody takes the half for the whole.
    """
    try:
        chunks = storing.bytes_of(row)
        return chain([next(chunks, b"")], chunks)
    except (NotThere, NotTheSame):
        logger.error("the bytes of %s %s are missing or were changed", row._meta.label_lower, row.public_id)
        raise Http404 from None


def _elsewhere(address: str) -> HttpResponseRedirect:
    return HttpResponseRedirect(
        address, headers={"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"}
    )


def _closed_off(content_type: str, disposition: str) -> dict[str, str]:
    """What keeps strangers' bytes from being anything but bytes."""
    return {
        "Content-Type": content_type,
        "Content-Disposition": disposition,
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Referrer-Policy": "no-referrer",
        "Cross-Origin-Resource-Policy": "same-origin",
    }


# A PDF that the house made itself may be read in the browser's own viewer, which a sandbox would switch off.
OWN_PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"


def stream_bytes(
    *, content: bytes, name: str, about: Any, by: User, loan: Any = None, action: str, download: bool = False
) -> HttpResponse:
    """
    A PDF made by the house (a letter), with one audit entry. The caller has checked that `by` may see `about`.
    """
    with transaction.atomic():
        log.record(
            action=action, about=about, by=by, loan=loan,
            detail={"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)},
        )  # fmt: skip
    return own_pdf(content, name, download)


def stream_together(
    *, content: bytes, name: str, about: Iterable[Any], by: User, action: str
) -> HttpResponse:
    """
    One PDF made of several things of several loans (a day's letters), with one audit entry for each of them. The caller
    has checked that `by` may see every one.
    """
    digest = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        for one in about:
            log.record(action=action, about=one, by=by, loan=one.loan, detail={"in": digest})
    return own_pdf(content, name, download=False)


def own_pdf(content: bytes, name: str, download: bool = False) -> HttpResponse:
    """A PDF of ours that is about nobody (an example), or whose reading was written down by the caller."""
    return HttpResponse(
        content,
        headers={
            "Content-Type": "application/pdf",
            "Content-Disposition": content_disposition_header(download, clean_name(name)) or "inline",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": OWN_PDF_POLICY,
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )


# --- Pictures of pages ---------------------------------------------------------------------------------------

OPENED_FOR = timedelta(hours=12)
PICTURE = "image/webp"


def serve_preview(document: Document, user: User, page: int) -> HttpResponseBase:
    """
    The picture of one page (counted from 1), to be shown. Http404 when this person may not have it or there is none.

    The entry of the audit log is that of the page with the viewer, not one a picture; who asks for pictures without
    having opened the paper opens it by that.
    """
    document = document_for(user, document.public_id)
    look = Look.objects.filter(document=document).first()
    if look is None or not look.has_image(page):
        raise Http404
    answer = _picture(document, look.key_of(page), f"page-{page}.webp")
    if not _was_opened(document, user):
        openings.opened(document, user, how="opened")
    return answer


def _picture(document: Document, key: str, name: str) -> HttpResponse:
    """Small enough to be opened as a whole: one that was changed at rest is not shown in part."""
    if address := file_store().address(key, name=name, content_type=PICTURE, inline=True):
        return _elsewhere(address)
    try:
        picture = b"".join(file_store().stream(key, seal=storing.seal_of(document)))
    except (NotThere, NotTheSame):
        logger.error("a page image of document %s is missing or was changed", document.public_id)
        raise Http404 from None
    disposition = content_disposition_header(False, name) or "inline"
    return HttpResponse(picture, headers=_closed_off(PICTURE, disposition))


def _was_opened(document: Document, user: User) -> bool:
    """By this person, lately."""
    about = Entry.objects.about(document._meta.label_lower, document.public_id)
    since = timezone.now() - OPENED_FOR
    return about.filter(action__in=openings.ACTIONS, actor=f"user:{user.public_id}", at__gte=since).exists()


# --- Archives ------------------------------------------------------------------------------------------------


def serve_export(export: Export, user: User) -> HttpResponseBase:
    """
    An archive of papers, as an attachment. Http404 when this person may not have it, it is not (or no longer) ready, or
    something in it is closed to them by now. One audit entry, and one opening of each paper that is not their own.
    """
    export = export_for(user, export.public_id)
    is_over = export.expires_at is None or export.expires_at <= timezone.now()
    if export.state != Export.State.READY or is_over or not archives.is_whole(export):
        raise Http404
    name = f"{archives.folder_name(export, export.ready_at or export.asked_at)}.zip"
    address = file_store().address(export.key, name=name, content_type=ZIP)
    chunks = None if address else _begun(export)
    with transaction.atomic():
        log.record(
            action="archive.downloaded", about=export, by=user, loan=export.loan,
            detail={"sha256": export.sha256, "size": export.size, "documents": len(export.contents or [])},
        )  # fmt: skip
        for document in archives.documents_in(export).papers().filter(pk__in=export.contents or []):
            if document.owner is None or document.owner.user_id != user.pk:
                openings.opened(document, user, how="downloaded")
    if chunks is None:
        return _elsewhere(str(address))
    headers = _closed_off(ZIP, content_disposition_header(True, name) or "attachment")
    return StreamingHttpResponse(chunks, headers={**headers, "Content-Length": str(export.size)})
