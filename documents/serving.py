"""
The one door out: no byte of a document leaves the house by any other way.

The caller has fetched the document through `documents/access.py`. Each time is one audit entry. It is always an
attachment under a name of ours, never rendered as a page of our address, never kept by a cache.
"""

import hashlib
import logging
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import content_disposition_header

from accounts.models import User
from audit import log
from audit.models import Entry
from documents import openings
from documents.access import document_for
from documents.filetypes import TYPES
from documents.models import Document, Look
from documents.names import clean_name
from documents.services import storing
from documents.storage import file_store
from documents.storage.base import NotThere, NotTheSame

logger = logging.getLogger(__name__)
SAFE_TYPES = {entry.content_type for entry in TYPES}


def serve(document: Document, user: User) -> StreamingHttpResponse:
    """The bytes, in pieces. Http404 when this person may not have them, or the storage does not."""
    document = document_for(user, document.public_id)
    try:
        chunks = file_store().stream(document.key)
    except NotThere:
        logger.error("the bytes of document %s are missing", document.public_id)
        raise Http404 from None
    with transaction.atomic():
        log.record(
            action="document.downloaded", about=document, by=user, loan=document.loan,
            detail={"sha256": document.sha256, "size": document.size},
        )  # fmt: skip
    known = document.content_type in SAFE_TYPES
    return StreamingHttpResponse(
        chunks,
        headers={
            "Content-Type": document.content_type if known else "application/octet-stream",
            "Content-Length": str(document.size),
            "Content-Disposition": content_disposition_header(True, clean_name(document.name))
            or "attachment",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )


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
        return HttpResponseRedirect(
            address, headers={"Cache-Control": "private, no-store", "Referrer-Policy": "no-referrer"}
        )
    try:
        picture = b"".join(file_store().stream(key, seal=storing.seal_of(document)))
    except (NotThere, NotTheSame):
        logger.error("a page image of document %s is missing or was changed", document.public_id)
        raise Http404 from None
    return HttpResponse(
        picture,
        headers={
            "Content-Type": PICTURE,
            "Content-Disposition": content_disposition_header(False, name) or "inline",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "Referrer-Policy": "no-referrer",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )


def _was_opened(document: Document, user: User) -> bool:
    """By this person, lately."""
    about = Entry.objects.about(document._meta.label_lower, document.public_id)
    since = timezone.now() - OPENED_FOR
    return about.filter(
        action__in=openings.ACTIONS, actor=f"user:{user.public_id}", at__gte=since
    ).exists()
