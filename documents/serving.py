"""
The one door out: no byte of a document leaves the house by any other way.

The caller has fetched the document through `documents/access.py`. Each time is one audit entry. It is always an
attachment under a name of ours, never rendered as a page of our address, never kept by a cache.
"""

import hashlib
import logging
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from accounts.models import User
from audit import log
from documents.access import document_for
from documents.filetypes import TYPES
from documents.models import Document
from documents.names import clean_name
from documents.storage import file_store
from documents.storage.base import NotThere

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
