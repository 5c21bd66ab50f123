"""The read side for pages: what is asked of this person, what came of it, and how much is left for the others."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, prefetch_related_objects
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from documents.filetypes import ACCEPT
from documents.finding import Places, places_for
from documents.models import Document, Request, UploadSession
from documents.refusals import Refusal, refusal
from documents.returns import ReturnWords, good_pages_words, mend_words, return_words
from documents.services.taking_back import may_take_back, opened_by_others
from loans.models import Loan, Party
from loans.services.waiting import loan_estimate_is_sent
from loans.stages import entry_for

__all__ = [
    "NeedRow",
    "SomethingElse",
    "document_row",
    "left_of_others",
    "need_row",
    "needs_list",
    "return_words",
    "unasked_rows",
    "upload_state",
]

State = Request.State
SHOW_REFUSED_FOR = timedelta(days=14)
SENT_TOGETHER = timedelta(minutes=10)
ORDER = (State.RETURNED, State.OWED, State.IN_REVIEW, State.ACCEPTED, State.NOT_APPLICABLE, State.WITHDRAWN)
EARLY = ("empty", "too_large", "wrong_type")
RECEIVED = (State.IN_REVIEW, State.ACCEPTED, State.NOT_APPLICABLE)


@dataclass(frozen=True)
class DocumentRow:
    document: Document
    words: ReturnWords | None
    same_as_on: datetime | None
    may_be_damaged: bool
    can_take_back: bool = False
    is_mended: bool = False  # it was returned, and what was asked for has come since

    @property
    def state(self) -> str:
        """A key of the badges: what was returned and mended asks nothing of anybody any more."""
        if self.is_mended:
            return Document.Review.ACCEPTED if self.document.good_pages else Request.State.WITHDRAWN
        return self.document.review

    @property
    def label(self) -> str:
        if not self.is_mended:
            return self.document.get_review_display()
        return _("A part is kept") if self.document.good_pages else _("Sent again since")

    @property
    def mend(self) -> str:
        """How to mend what was returned."""
        return str(mend_words(self.document.reason, self.document.good_pages)) if self.words else ""

    @property
    def good_pages(self) -> str:
        """Which pages of it are fine and which to send again; empty when it went back whole, or did not go back."""
        document = self.document
        return good_pages_words(
            document.good_pages, document.pages, document.reason, is_mended=self.is_mended
        )

    @property
    def optional_for_now(self) -> bool:
        """Nothing need be sent again before the Loan Estimate. One query: for the page of one document."""
        return not loan_estimate_is_sent(self.document.loan)

    @property
    def title(self) -> str:
        """What it is, for a list: what its sender called it, else the name of the file."""
        return self.document.title or self.document.name


@dataclass(frozen=True)
class UploadRow:
    session: UploadSession
    refusal: Refusal | None

    @property
    def state(self) -> str:
        return self.session.state

    @property
    def label(self) -> str:
        return self.session.get_state_display()


class SomethingElse:
    """What the uploader must know of the house's limits; by itself the box for a paper that nobody asked for."""

    @property
    def accept(self) -> str:
        return ACCEPT

    @property
    def most_bytes(self) -> int:
        return settings.MAX_UPLOAD_BYTES

    @property
    def most_megabytes(self) -> int:
        return settings.MAX_UPLOAD_MB

    @property
    def early(self) -> dict[str, str]:
        """What the browser says by itself, before it sends anything."""
        return {code: f"{(words := refusal(code)).wrong} {words.mend}" for code in EARLY}


@dataclass(frozen=True)
class NeedRow(SomethingElse):
    request: Request
    optional_for_now: bool
    can_send: bool
    can_decline: bool  # and say that it cannot be found or got
    documents: list[DocumentRow] = field(default_factory=list)
    uploads: list[UploadRow] = field(default_factory=list)

    @property
    def state(self) -> str:
        """A key of the badges: an open request that may wait is not shown as owed."""
        return (
            "optional" if self.optional_for_now and self.request.state == State.OWED else self.request.state
        )

    @property
    def label(self) -> str:
        return _("Optional for now") if self.state == "optional" else self.request.get_state_display()

    @property
    def due_on(self) -> Any:
        return None if self.optional_for_now or not self.request.is_open else self.request.due_on

    @property
    def words(self) -> ReturnWords | None:
        return return_words(self.request.reason) if self.request.state == State.RETURNED else None

    @property
    def places(self) -> Places:
        """Where such papers are found."""
        return places_for(self.request.kind)

    @property
    def is_received(self) -> bool:
        return self.request.state in RECEIVED


def needs_list(loan: Loan, user: User) -> list[NeedRow]:
    """What this person is asked on this loan (the loan team: everybody), what needs doing first. Three queries."""
    requests = list(
        Request.objects.visible_to(user)
        .filter(loan=loan)
        .select_related("party")
        .prefetch_related(*_papers())
    )
    for request in requests:
        request.loan = loan
    optional, wanted = not loan_estimate_is_sent(loan), entry_for(loan.stage).uploads_open
    opened = _opened(requests, user)
    rows = [_row(request, user, opened, optional=optional, wanted=wanted) for request in requests]
    return sorted(rows, key=lambda row: (ORDER.index(State(row.request.state)), row.request.pk))


def _papers() -> tuple[Prefetch, str, str]:
    documents = Document.objects.select_related("session", "look", "link")
    return Prefetch("documents", documents), "sessions", "links__documents"


def need_row(request: Request, user: User) -> NeedRow:
    """One line of the list."""
    loan = request.loan
    prefetch_related_objects([request], *_papers())
    optional, wanted = not loan_estimate_is_sent(loan), entry_for(loan.stage).uploads_open
    return _row(request, user, _opened([request], user), optional=optional, wanted=wanted)


def _opened(requests: list[Request], user: User) -> set[str]:
    """Of the papers that this person may still take back, those that somebody else has opened."""
    documents = [document for request in requests for document in request.documents.all()]
    return opened_by_others([one for one in documents if may_take_back(one, user, opened=False)], user)


def _row(request: Request, user: User, opened: set[str], *, optional: bool, wanted: bool) -> NeedRow:
    documents = sorted(request.documents.all(), key=lambda document: document.pk)
    documents = [document for document in documents if document.disposed_at is None]
    settled_since = request.state != State.RETURNED
    mine = request.party.user_id == user.pk
    settled = request.state in (State.ACCEPTED, State.WITHDRAWN)
    return NeedRow(
        request=request,
        optional_for_now=optional,
        can_send=wanted and mine and not settled,
        can_decline=wanted and mine and request.is_open,
        documents=[
            document_row(document, user, opened=opened, settled_since=settled_since)
            for document in documents
            if not document.is_original
        ],
        uploads=_uploads(list(request.sessions.all()), documents),
    )


def _uploads(sessions: list[UploadSession], documents: list[Document]) -> list[UploadRow]:
    """What is being checked, and what was refused and not mended since."""
    rows = []
    for session in sorted(sessions, key=lambda session: session.pk):
        checking = session.state in (session.State.RECEIVED, session.State.SCANNING)
        if checking or (refusal_of(session) and not _is_mended(session, documents)):
            rows.append(UploadRow(session, refusal_of(session)))
    return rows


def refused_since(loan: Loan, moment: datetime) -> list[UploadSession]:
    """Files that the check refused since then and that still matter: nothing better came, nothing is on its way."""
    refused = (
        loan.upload_sessions.filter(
            state__in=[UploadSession.State.REJECTED, UploadSession.State.INFECTED], checked_at__gte=moment
        )
        .select_related("request")
        .prefetch_related("request__documents", "request__sessions")
    )
    return [session for session in refused.order_by("id") if _still_matters(session)]


def _still_matters(session: UploadSession) -> bool:
    request, ended = session.request, session.checked_at or session.created_at
    if request is None:
        return True
    if request.state in (State.ACCEPTED, State.NOT_APPLICABLE, State.WITHDRAWN):
        return False
    documents = [document for document in request.documents.all() if document.disposed_at is None]
    tried_again = any(other.created_at > ended for other in request.sessions.all())
    return not tried_again and not _is_mended(session, documents)


def _is_mended(session: UploadSession, documents: list[Document]) -> bool:
    """A good file of the same name came, or any some time later: files sent together say nothing of one another."""
    at = session.checked_at or session.created_at
    return timezone.now() - at > SHOW_REFUSED_FOR or any(
        document.received_at > (at if document.name == session.name else at + SENT_TOGETHER)
        for document in documents
    )


def refusal_of(session: UploadSession) -> Refusal | None:
    if session.state == session.State.INFECTED:
        return refusal("infected")
    if session.state == session.State.REJECTED:
        return refusal(session.reason, true_type=session.true_type)
    return None


def unasked_rows(loan: Loan, user: User) -> tuple[list[DocumentRow], list[UploadRow]]:
    """What this borrower sent without being asked for it and was not filed yet: papers, and files on their way."""
    documents = list(
        Document.objects.visible_to(user)
        .papers()
        .filter(loan=loan, request__isnull=True, house_paper__isnull=True, party__user=user)
        .select_related("session")
        .order_by("id")
    )
    sessions = loan.upload_sessions.filter(
        request__isnull=True, house_paper__isnull=True, party__user=user
    ).exclude(state=UploadSession.State.CLEAN)
    opened = opened_by_others([one for one in documents if may_take_back(one, user, opened=False)], user)
    rows = [document_row(document, user, opened=opened) for document in documents]
    return rows, _uploads(list(sessions), documents)


def document_row(
    document: Document,
    user: User | None,
    *,
    opened: set[str] | None = None,
    settled_since: bool | None = None,
) -> DocumentRow:
    """
    A document with its words. That the other borrower sent the same file is told to the loan team alone. Lists bring
    what they have read for all: `opened`, the ids of papers that somebody else opened, and `settled_since`, whether
    the request that it answers waits for nothing more.
    """
    returned = document.review == Document.Review.RETURNED
    if settled_since is None:
        settled_since = document.request is not None and document.request.state != State.RETURNED
    is_mended = returned and settled_since
    words = return_words(document.reason) if returned and not is_mended else None
    codes = {hint["code"]: hint for hint in document.hints}
    same = codes.get("duplicate") or (codes.get("duplicate_of_another") if user and user.works_here else None)
    return DocumentRow(
        document=document,
        words=words,
        same_as_on=datetime.fromisoformat(same["on"]) if same else None,
        may_be_damaged="may_be_damaged" in codes,
        can_take_back=user is not None and _can_take_back(document, user, opened),
        is_mended=is_mended,
    )


def _can_take_back(document: Document, user: User, opened: set[str] | None) -> bool:
    if not may_take_back(document, user, opened=False):
        return False
    known = opened_by_others([document], user) if opened is None else opened
    return str(document.public_id) not in known


def upload_state(session: UploadSession) -> dict[str, Any]:
    """For the uploader: where its file stands, and the receipt or the refusal once that is settled."""
    answer: dict[str, Any] = {"id": str(session.public_id), "state": session.state, "name": session.name}
    answer["label"] = session.get_state_display()
    if found := refusal_of(session):
        answer["refused"] = found.as_json()
    if session.state == session.State.CLEAN:
        paper = _paper_of(session)
        if paper is None:
            scanning = session.State.SCANNING
            return {**answer, "state": scanning, "label": scanning.label}
        row = document_row(paper, session.uploader)
        answer["receipt"] = render_to_string("documents/_receipt.txt", {"row": row}).strip()
        if session.link_id is None:
            answer["document"] = reverse("documents:document", args=[paper.public_id])
    return answer


def _paper_of(session: UploadSession) -> Document | None:
    """What people see of a clean file; None as long as the photos it belongs to are not put together."""
    kept = Document.objects.select_related("made_into").get(session=session)
    return kept.made_into if kept.is_original else kept


# --- How much is left ----------------------------------------------------------------------------------------


def waiting_on_borrower_count(loan: Loan) -> int:
    """Open requests of all borrowers; none counts before the Loan Estimate is sent."""
    return loan.open_requests if loan_estimate_is_sent(loan) else 0


def waiting_on_party_count(party: Party) -> int:
    """The same for one borrower."""
    return party.open_requests if loan_estimate_is_sent(party.loan) else 0


def left_of_others(loan: Loan, user: User) -> list[tuple[str, int]]:
    """The other borrowers by name, each with how many things are left; nothing else of theirs is told."""
    others = loan.parties.borrowers().exclude(user=user) if user.pk else loan.parties.none()
    return [(party.name, party.open_requests) for party in others]


def received_count(rows: list[NeedRow]) -> int:
    """Of these lines, how many need nothing more from the borrower now."""
    return sum(row.is_received for row in rows)
