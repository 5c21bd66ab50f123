"""
The one place where documents are made: what was checked is stored already, here is everything that is written down.

A *paper* is what people work with; an *original* is a picture as it came, kept beside the PDF that was made of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from audit import log
from documents import events
from documents.models import Document, Request, UploadGroup, UploadSession
from documents.names import clean_name
from documents.services import house_papers, looking
from documents.services.counters import recount
from documents.services.reviewing import settle_request
from documents.services.storing import StoredBytes
from loans.services.counters import touch

PDF = "application/pdf"


@dataclass(frozen=True)
class Found:
    """What the check found out about bytes that may stay."""

    content_type: str
    pages: int
    hints: list[dict[str, str]] = field(default_factory=list)
    scanner: str = ""  # empty: nothing scanned it


def make_original(*, session: UploadSession, stored: StoredBytes, found: Found) -> Document:
    """
    A picture as it came. It is in no list and nobody reviews it. The photos of one paper keep their session, by which
    the paper finds them. Inside the caller's transaction.
    """
    return Document.objects.create(
        **_whose(session), **_bytes(stored), session=session if session.group_id else None, name=session.name,
        content_type=found.content_type, pages=found.pages, hints=found.hints,
        scanner=found.scanner, is_original=True, review=Document.Review.ACCEPTED, received_at=timezone.now(),
    )  # fmt: skip


@transaction.atomic
def make_paper(
    *,
    source: UploadSession,
    stored: StoredBytes,
    name: str,
    found: Found,
    session: UploadSession | None = None,
    group: UploadGroup | None = None,
    originals: Sequence[Document] = (),
) -> Document:
    """
    The paper: its request follows, the loan team hears of it, and it is looked through soon. `source` says whose it is
    and where it belongs: the upload itself or, of a group, its first. `name` need not be clean.
    """
    request = Request.objects.select_for_update().get(pk=source.request_id) if source.request_id else None
    sent = [original.sha256 for original in originals] or [stored.sha256]
    document = Document.objects.create(
        **_whose(source), **_bytes(stored), session=session, group=group, title=source.title,
        name=clean_name(name), content_type=found.content_type, pages=found.pages, scanner=found.scanner,
        hints=[*found.hints, *_same_as_before(source, sent, originals)], received_at=timezone.now(),
        review=Document.Review.ACCEPTED if source.house_paper_id else Document.Review.PENDING,
    )  # fmt: skip
    Document.objects.filter(pk__in=[original.pk for original in originals]).update(made_into=document)
    if request is not None:
        settle_request(request)
    recount(source.loan)
    touch(source.loan)
    log.record(
        action="document.received", about=document, by=source.uploader, loan=source.loan,
        detail={"sha256": stored.sha256, "size": stored.size, "pages": found.pages},
    )  # fmt: skip
    looking.ask_for_look(document)
    if source.house_paper_id:
        house_papers.give(document=document)
    else:
        events.document_received.send(sender=Document, loan=source.loan, document=document)
    return document


def pdf_name(name: str) -> str:
    """What the PDF made of this picture is called."""
    return f"{name.rpartition('.')[0] or name}.pdf"


def _whose(session: UploadSession) -> dict[str, object]:
    return {
        "loan": session.loan, "request_id": session.request_id, "party_id": session.party_id,
        "uploader": session.uploader, "link_id": session.link_id, "house_paper_id": session.house_paper_id,
    }  # fmt: skip


def _bytes(stored: StoredBytes) -> dict[str, object]:
    return {
        "public_id": stored.of, "key": stored.key, "wrapped_key": stored.wrapped_key,
        "size": stored.size, "sha256": stored.sha256,
    }  # fmt: skip


def _same_as_before(
    source: UploadSession, sent: Sequence[str], originals: Sequence[Document]
) -> list[dict[str, str]]:
    """A hint when one of these files came before. Of the other borrower's papers only the loan team may learn."""
    if source.house_paper_id:
        return []
    came_before = (
        Document.objects.filter(
            loan=source.loan, sha256__in=sent, disposed_at__isnull=True, house_paper__isnull=True
        )
        .exclude(pk__in=[original.pk for original in originals])
        .exclude(is_original=True, made_into=None)
        .select_related("request__party", "party", "made_into__request__party", "made_into__party")
        .order_by("received_at")
        .first()
    )
    if came_before is None:
        return []
    earlier = came_before.made_into or came_before
    mine = earlier.owner is not None and earlier.owner.pk == source.owner_id
    code = "duplicate" if mine else "duplicate_of_another"
    return [{"code": code, "on": earlier.received_at.isoformat(), "document": str(earlier.public_id)}]
