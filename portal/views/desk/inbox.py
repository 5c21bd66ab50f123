"""
Every document that waits for this person's eyes, the oldest first: as a list, and as the queue beside the paper that is
looked at (`review.py`). Both are narrowed the same way, to a loan or a kind, and the narrowing travels in the address.
"""

from dataclasses import dataclass, field
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.models import User
from documents.kinds import Kind
from documents.models import Document, Request
from documents.returns import ReturnReason
from documents.services import open_requests_of
from loans.access import desk_loan_for
from loans.models import Loan
from portal.desk.lists import PAGE, Mark, newer_than, older_than, page_of, read_mark

UNASKED = "unasked"
KINDS: list[tuple[str, str | Promise]] = [("", _("All kinds")), (UNASKED, _("Sent unasked")), *Kind.choices]
SHOWN_BEFORE, SHOWN_AFTER = 3, 12


@dataclass(frozen=True)
class Narrowed:
    """Which of the waiting documents are meant, and in which order."""

    loan: Loan | None = None
    kind: str = ""
    newest: bool = False

    @property
    def asked(self) -> dict[str, str]:
        """As it stands in an address or in the hidden fields of a form."""
        said = {
            "loan": str(self.loan.public_id) if self.loan else "",
            "kind": self.kind,
            "newest": "1" if self.newest else "",
        }
        return {name: value for name, value in said.items() if value}

    @property
    def query(self) -> str:
        return urlencode({"back": "inbox", **self.asked})


def narrowed_by(user: User, said: QueryDict) -> Narrowed:
    """Http404 for a loan that is not at this person's desk; what makes no sense is left out."""
    try:
        loan = desk_loan_for(user, UUID(said.get("loan", "")))
    except ValueError:
        loan = None
    kind = said.get("kind", "")
    return Narrowed(loan, kind if kind in dict(KINDS) else "", bool(said.get("newest")))


@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    if not request.user.works_here:
        raise Http404
    narrowed = narrowed_by(request.user, request.GET)
    mark = read_mark(request.GET.get("after", ""))
    page = page_of(
        waiting_documents(request.user, mark, narrowed),
        mark_of,
        address=reverse("desk:documents"),
        asked=narrowed.asked,
        after=mark is not None,
    )
    context = {
        "page": page,
        "narrowed": narrowed,
        "kinds": KINDS,
        "loans": _loans_to_choose(page.rows, narrowed),
        "reasons": ReturnReason.choices,
        "requests": open_requests_of(narrowed.loan) if narrowed.loan else [],
    }
    return render(request, "desk/documents.html", context)


def _loans_to_choose(documents: list[Document], narrowed: Narrowed) -> list[Loan]:
    """Those of the page: every loan with a paper is reached by turning pages, and nothing is counted for it."""
    found = {document.loan_id: document.loan for document in documents}
    if narrowed.loan:
        found.setdefault(narrowed.loan.pk, narrowed.loan)
    return sorted(found.values(), key=lambda loan: loan.borrower_names)


def mark_of(document: Document) -> Mark:
    return document.received_at, document.pk


def waiting_documents(
    user: User, mark: Mark | None, narrowed: Narrowed | None = None, *, count: int = PAGE + 1
) -> QuerySet[Document]:
    """One more than a page after `mark`: read in order from the index of what waits, each row's loan checked."""
    narrowed = narrowed or Narrowed()
    waiting = _waiting(user, narrowed)
    ordered = older_than if narrowed.newest else newer_than
    return ordered(waiting, "received_at", mark)[:count]


def _waiting(user: User, narrowed: Narrowed) -> QuerySet[Document]:
    waiting = Document.objects.filter(review=Document.Review.PENDING, disposed_at__isnull=True)
    if narrowed.loan:
        waiting = waiting.filter(loan=narrowed.loan)
    if not user.sees_every_loan:
        waiting = waiting.filter(Exists(Loan.objects.visible_to(user).filter(pk=OuterRef("loan_id"))))
    if narrowed.kind == UNASKED:
        waiting = waiting.filter(request__isnull=True)
    elif narrowed.kind:
        of_kind = Request.objects.filter(pk=OuterRef("request_id"), kind=narrowed.kind)
        waiting = waiting.filter(Exists(of_kind))
    return waiting.select_related("request__party", "party").prefetch_related("loan")


# --- The queue beside a paper --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Queue:
    """What stands before and after a paper among those that wait."""

    narrowed: Narrowed
    before: list[Document] = field(default_factory=list)
    after: list[Document] = field(default_factory=list)

    @property
    def previous(self) -> Document | None:
        return self.before[-1] if self.before else None

    @property
    def next(self) -> Document | None:
        return self.after[0] if self.after else None


def queue_around(user: User, narrowed: Narrowed, document: Document) -> Queue:
    """One query, whatever waits: the ids on either side are read in order from the index, the rows by them."""
    here = mark_of(document)
    backwards = newer_than if narrowed.newest else older_than
    before = backwards(_waiting(user, narrowed), "received_at", here)[:SHOWN_BEFORE]
    after = waiting_documents(user, here, narrowed, count=SHOWN_AFTER)
    rows = sorted(
        _with_ids_of(before).union(_with_ids_of(after), all=True), key=mark_of, reverse=narrowed.newest
    )
    earlier = [row for row in rows if (mark_of(row) > here if narrowed.newest else mark_of(row) < here)]
    return Queue(narrowed, earlier, rows[len(earlier) :])


def _with_ids_of(some: QuerySet[Document]) -> QuerySet[Document]:
    """A slice as rows of its own: SQLite unites no slices."""
    rows = Document.objects.filter(pk__in=some.values("pk")).order_by()
    return rows.select_related("request__party", "party", "loan")


def next_to_review(user: User, narrowed: Narrowed, document: Document) -> Document | None:
    """What opens once this one is decided: the next in the order, else the first that was left out."""
    following = waiting_documents(user, mark_of(document), narrowed, count=1).first()
    return following or waiting_documents(user, None, narrowed, count=1).first()
