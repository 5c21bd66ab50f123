"""
A wrong file can be taken back by whoever sent it, until somebody else has opened or reviewed it.

The row stays as a tombstone (who sent what and when it was taken back); the bytes are destroyed, those of the photos it
was made of with it. The tombstone is committed first: should the work be cut off then, nobody can open it, and the
sweep of what was disposed of (`disposing.py`) destroys the rest.
"""

from collections.abc import Iterable

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from audit.models import Entry
from documents.models import Document, Request
from documents.openings import ACTIONS
from documents.services.counters import recount
from documents.services.reviewing import settle_request
from documents.services.storing import destroy_bytes
from loans.errors import Refused
from loans.services.counters import touch

TAKEN_BACK = "taken_back"


def take_back(*, document: Document, by: User) -> Document:
    """Take it back. Refused for what somebody else sent, and once it was opened or reviewed by somebody else."""
    with transaction.atomic():
        gone = _bury(document, by)
    for one in gone:
        destroy_bytes(one)
    document.refresh_from_db()
    return document


def may_take_back(document: Document, by: User, *, opened: bool) -> bool:
    """Whether it is offered; `opened`: somebody else has opened it."""
    return (
        document.uploader_id == by.pk
        and not by.works_here  # what the loan team moved to somebody bears its name
        and document.link_id is None
        and document.house_paper_id is None
        and not document.is_original
        and document.disposed_at is None
        and document.review == Document.Review.PENDING
        and not opened
    )


def opened_by_others(documents: Iterable[Document], by: User) -> set[str]:
    """Of these documents the public ids that somebody else than `by` has opened. One query, none for no documents."""
    ids = [str(document.public_id) for document in documents]
    if not ids:
        return set()
    entries = Entry.objects.filter(
        object_kind=Document._meta.label_lower, object_id__in=ids, action__in=ACTIONS
    )
    others = entries.exclude(actor=f"user:{by.public_id}")
    return set(others.order_by().values_list("object_id", flat=True))


def _bury(document: Document, by: User) -> list[Document]:
    """The tombstones, of the paper and of the photos it was made of."""
    paper = Document.objects.select_for_update(of=("self",)).select_related("loan").get(pk=document.pk)
    if paper.uploader_id != by.pk or paper.disposed_at is not None:
        raise Refused(_("Only what you sent yourself can be taken back."))
    if not may_take_back(paper, by, opened=bool(opened_by_others([paper], by))):
        raise Refused(
            _(
                "Your loan team has looked at this file, so it stays. Send the right one, and they will use that."
            )
        )
    gone = [paper, *paper.originals.filter(disposed_at__isnull=True)]
    Document.objects.filter(pk__in=[one.pk for one in gone]).update(
        disposed_at=timezone.now(), disposed_why=TAKEN_BACK, version=F("version") + 1
    )
    if paper.request_id:
        settle_request(Request.objects.select_for_update().get(pk=paper.request_id))
    recount(paper.loan)
    touch(paper.loan)
    log.record(
        action="document.taken_back", about=paper, by=by, loan=paper.loan,
        detail={"sha256": paper.sha256, "photos": len(gone) - 1},
    )  # fmt: skip
    return gone
