"""What the loan team says to a document, and what that makes of the request."""

from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from documents import events
from documents.models import Document, Request
from documents.pages import read_pages, written
from documents.returns import ReturnReason
from documents.services.counters import recount
from documents.services.stuck import end_stuck
from loans import clocks
from loans.errors import Changed, Refused
from loans.models import Loan
from loans.services.counters import touch
from loans.services.locking import must_work_on

Review = Document.Review
DECIDED = (Request.State.ACCEPTED, Request.State.RETURNED)
LONGEST_PAGES = 120


@transaction.atomic
def accept_document(
    *, document: Document, by: User, expected_version: int, dated_on: date | None = None
) -> Document:
    """
    The paper is what was asked for. `dated_on` sets or corrects its date, from which it grows old; None leaves it.
    Changed when somebody reviewed it in the meantime.
    """
    must_work_on(document.loan, by)
    if dated_on is not None and dated_on > clocks.today():
        raise Refused(_("The date of a paper cannot be in the future."))
    dated = {"dated_on": dated_on} if dated_on else {}
    _review(
        document, by, expected_version, review=Review.ACCEPTED, reason="", note="", good_pages="", **dated
    )
    log.record(action="document.accepted", about=document, by=by, loan=document.loan)
    _follow(document)
    events.document_accepted.send(sender=Document, loan=document.loan, document=document, by=by)
    return document


@transaction.atomic
def return_document(
    *, document: Document, by: User, reason: str, note: str = "", good_pages: str = "", expected_version: int
) -> Document:
    """
    Send it back with a reason code and, if wanted, a line. `good_pages` ("1-4, 6") are kept: the borrower sends the
    others again. Refused without a code, and for pages the paper has not or when nothing is left to send.
    """
    must_work_on(document.loan, by)
    if reason not in ReturnReason.values:
        raise Refused(_("Choose why it goes back: the borrower reads how to mend it."))
    good = _good_pages(document, good_pages, reason)
    said = {"reason": reason, "note": note.strip()[:400], "good_pages": good}
    _review(document, by, expected_version, review=Review.RETURNED, **said)
    log.record(
        action="document.returned", about=document, by=by, loan=document.loan,
        detail={"reason": reason, **({"good_pages": good} if good else {})},
    )  # fmt: skip
    _follow(document)
    events.document_returned.send(sender=Document, loan=document.loan, document=document, by=by)
    return document


def _good_pages(document: Document, typed: str, reason: str) -> str:
    pages = read_pages(typed, document.pages)
    if len(pages) == document.pages and reason != ReturnReason.MISSING_PAGES:
        raise Refused(
            _("You say that every page is fine: then accept it, or leave out the pages to send again.")
        )
    good = written(pages)
    if len(good) > LONGEST_PAGES:
        raise Refused(_("These are too many single pages. Return the whole paper instead."))
    return good


@transaction.atomic
def file_document(*, document: Document, request: Request, by: User, expected_version: int) -> Document:
    """
    Say what a paper answers that came unasked: from now on it is that request's, and its borrower sees it. Refused for
    a paper of another borrower or loan, one that is filed already, and a request nothing is wanted for.
    """
    must_work_on(document.loan, by)
    if document.request_id:
        raise Refused(_("It can be filed no more: something was changed in the meantime."))
    # The paper first, then its request: the order of every write about papers. What is refused below is not kept.
    rows = Document.objects.filter(
        pk=document.pk, version=expected_version, request__isnull=True, disposed_at__isnull=True
    )
    if rows.update(request=request, filed_at=timezone.now(), version=F("version") + 1) != 1:
        raise changed_meanwhile(document)
    asked = Request.objects.select_for_update().select_related("party").get(pk=request.pk)
    if asked.loan_id != document.loan_id or document.party_id not in (None, asked.party_id):
        raise Refused(_("This paper came from somebody else than whom that was asked of."))
    if asked not in requests_to_file_under(document):
        raise Refused(_("It can be filed no more: something was changed in the meantime."))
    document.request, document.version = asked, expected_version + 1
    log.record(
        action="document.filed", about=document, by=by, loan=document.loan,
        detail={"request": str(asked.public_id)},
    )  # fmt: skip
    _follow(document)
    return document


def requests_to_file_under(document: Document) -> list[Request]:
    """What is asked of its borrower (of anybody, when nobody knows whose it is) and not settled."""
    asked = open_requests_of(document.loan)
    return [one for one in asked if document.party_id in (None, one.party_id)]


def open_requests_of(loan: Loan) -> list[Request]:
    """What of this loan is not settled yet, so that a paper may still answer it."""
    asked = loan.requests.exclude(state__in=[Request.State.ACCEPTED, Request.State.WITHDRAWN])
    return list(asked.select_related("party").order_by("id"))


def settle_request(request: Request, *, lost_a_paper: bool = False) -> None:
    """
    The state of a request follows its documents. A return stands until something newer is sent; a request that the
    loan team took back or the borrower declined stays so, unless a paper came after all. What came ends a cry for help.
    `lost_a_paper`: one was moved elsewhere, and when it was the last, the request is open again.
    """
    documents = list(request.documents.papers().order_by("received_at", "id"))
    is_empty_again = request.state == Request.State.IN_REVIEW or (lost_a_paper and request.state in DECIDED)
    if request.state == Request.State.WITHDRAWN or not (documents or is_empty_again):
        return
    state, reason, note = _state_of(documents) if documents else (Request.State.OWED, "", "")
    values = {"state": state, "reason": reason, "note": note, "changed_at": timezone.now()}
    if state != Request.State.OWED:
        values |= end_stuck(request, by=None)
    Request.objects.filter(pk=request.pk).update(**values, version=F("version") + 1)
    for name, value in values.items():
        setattr(request, name, value)
    request.version += 1


def _state_of(documents: list[Document]) -> tuple[str, str, str]:
    newest = max(document.filed_at or document.received_at for document in documents)
    standing = [
        document
        for document in documents
        if document.review == Review.RETURNED and document.reviewed_at and document.reviewed_at >= newest
    ]
    if standing:
        return Request.State.RETURNED, standing[-1].reason, standing[-1].note
    if any(document.review == Review.PENDING for document in documents):
        return Request.State.IN_REVIEW, "", ""
    return Request.State.ACCEPTED, "", ""


def _review(document: Document, by: User, expected_version: int, **values: object) -> None:
    values |= {"reviewed_by": by, "reviewed_at": timezone.now()}
    rows = Document.objects.filter(pk=document.pk, version=expected_version, disposed_at__isnull=True).update(
        **values, version=F("version") + 1
    )
    if rows != 1:
        raise changed_meanwhile(document)
    for name, value in values.items():
        setattr(document, name, value)
    document.version = expected_version + 1


def changed_meanwhile(document: Document) -> Changed:
    fresh = Document.objects.select_related("reviewed_by").get(pk=document.pk)
    who = fresh.reviewed_by.name if fresh.reviewed_by else _("The portal")
    sentence = _("%(who)s reviewed “%(name)s”: %(state)s.")
    return Changed(
        _("Somebody reviewed this document while you had it open. Look at it again."),
        [sentence % {"who": who, "name": fresh.name, "state": fresh.get_review_display()}],
    )


def _follow(document: Document) -> None:
    if document.request_id:
        settle_request(Request.objects.select_for_update().get(pk=document.request_id))
    recount(document.loan)
    touch(document.loan)
