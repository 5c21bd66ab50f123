"""
A paper that came to the wrong place is moved to where it belongs: another request, or another loan of the same officer.

Its bytes stay where they are: they are sealed for the paper's own id, whatever it is filed under. What was decided
about it is decided anew there, and nobody is told again. What a borrower sent is closed to everybody else; for somebody
else's list it needs a reason and a second yes, and what was known of its sender does not travel with it.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from documents.models import BORROWERS, Document, LegalHold, Look, Request, Share
from documents.services.counters import recount
from documents.services.exporting import end_archives
from documents.services.retaining import settle_loan
from documents.services.reviewing import changed_meanwhile, open_requests_of, settle_request
from loans.errors import Refused
from loans.models import Loan, Party
from loans.models.loan import LoanQuerySet
from loans.services.counters import touch
from loans.services.locking import must_work_on
from loans.stages import Stage

LONGEST_WHY = 300
UNDECIDED: dict[str, Any] = {
    "review": Document.Review.PENDING, "reason": "", "note": "", "good_pages": "", "reviewed_by": None,
    "reviewed_at": None,
}  # fmt: skip
# What would tell the one borrower of the other; the audit log keeps it.
UNKNOWN_SENDER: dict[str, Any] = {
    "link": None, "title": "", "hints": [], "hints_kept_at": None, "hints_kept_by": None,
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """Where a paper is moved to: under a request, or unasked to a borrower (`party`) of a loan."""

    loan: Loan
    party: Party
    request: Request | None = None

    def as_fields(self) -> dict[str, Any]:
        """As a document keeps it: the party is said only where no request says it."""
        return {"loan": self.loan, "request": self.request, "party": None if self.request else self.party}


def loans_to_move_to(document: Document, by: User) -> LoanQuerySet:
    """Other loans of the same officer that are under way and at this person's desk."""
    mine = Loan.objects.visible_to(by).open().filter(officer=document.loan.officer_id)
    return mine.exclude(pk=document.loan_id)


def places_in(loan: Loan) -> list[Place]:
    """Every place of a loan that a paper can be moved to: what is open there, and its borrowers, unasked."""
    borrowers = loan.parties.filter(role__in=BORROWERS).order_by("id")
    return [
        *(Place(loan, asked.party, asked) for asked in open_requests_of(loan)),
        *(Place(loan, party) for party in borrowers),
    ]


def belongs_elsewhere(document: Document, place: Place) -> bool:
    """Whether it would come to somebody else than who sent it: then it needs a reason and a second yes."""
    owner = document.owner
    if owner is None:
        return place.loan.pk != document.loan_id
    if owner.pk == place.party.pk:
        return False
    return owner.user_id is None or owner.user_id != place.party.user_id


@transaction.atomic
def move_document(
    *,
    document: Document,
    to: Place,
    by: User,
    expected_version: int,
    why: str = "",
    is_confirmed: bool = False,
) -> Document:
    """
    Refused for what the house gave, for a loan of another officer, from a loan that has ended or stands under a legal
    hold, to a request that is settled, and to somebody else without `why` and `is_confirmed`. Changed when somebody
    reviewed or moved it in the meantime.
    """
    must_work_on(document.loan, by)
    must_work_on(to.loan, by)
    _must_be_movable(document, to)
    elsewhere = belongs_elsewhere(document, to)
    if elsewhere and not (why.strip() and is_confirmed):
        raise Refused(
            _("This would come to %(name)s, who did not send it. Say why, and confirm it.")
            % {"name": to.party.name}
        )
    left, taken = document.loan, document.request
    written = _write(document, to, by, expected_version, elsewhere=elsewhere)
    _must_fit(left, taken, to)
    for name, value in written.items():
        setattr(document, name, value)
    if elsewhere:
        _close_to_others(document)
        end_archives(left)
    _read_again(document)
    _record(document, left, taken, by, why.strip()[:LONGEST_WHY])
    _follow(left, taken, document)
    return document


# --- Whether it may be ---------------------------------------------------------------------------------------


def _must_be_movable(document: Document, to: Place) -> None:
    if document.house_paper_id or document.is_original or document.disposed_at is not None:
        raise Refused(_("This paper stays where it is."))
    if to.party.loan_id != to.loan.pk or to.party.role not in BORROWERS:
        raise Refused(_("Choose one of the borrowers of that loan."))
    if to.request is not None and to.request.pk == document.request_id:
        raise Refused(_("It is filed there already."))
    if to.request is None and to.loan.pk == document.loan_id:
        raise Refused(_("Choose what it answers."))


def _must_fit(left: Loan, taken: Request | None, to: Place) -> None:
    """
    Holds requests and loans until the end, in the order of every write about papers (document, request, loan) and of
    their ids, and asks them as they are now.
    """
    requests = [request.pk for request in (taken, to.request) if request is not None]
    list(Request.objects.select_for_update().filter(pk__in=requests).order_by("pk"))
    rows = Loan.objects.select_for_update().filter(pk__in={left.pk, to.loan.pk}).order_by("pk")
    loans = {loan.pk: loan for loan in rows}
    if to.request is not None and to.request not in open_requests_of(to.loan):
        raise Refused(_("Nothing more is wanted there. Ask for the paper first."))
    if to.loan.pk != left.pk:
        _must_leave(loans[left.pk], loans[to.loan.pk])


def _must_leave(left: Loan, to: Loan) -> None:
    """The record of a loan that is over, or of one that a court may ask for, stays whole."""
    if to.officer_id != left.officer_id:
        raise Refused(
            _("That loan is with another officer. Papers move between loans of the same officer only.")
        )
    if left.stage in Stage.closed():
        raise Refused(_("This loan has ended, and its record stays whole. The paper stays here."))
    if to.stage in Stage.closed():
        raise Refused(_("That loan has ended; it takes no papers."))
    if LegalHold.objects.filter(loan=left, ended_at__isnull=True).exists():
        raise Refused(_("A legal hold stands on this loan. Its papers stay here until it ends."))


# --- Inside --------------------------------------------------------------------------------------------------


def _write(
    document: Document, to: Place, by: User, expected_version: int, *, elsewhere: bool
) -> dict[str, Any]:
    """Writes it where it goes; what was written is the caller's to keep once nothing is refused any more."""
    values = {**to.as_fields(), **UNDECIDED, "filed_at": timezone.now()}
    if elsewhere:
        values |= {**UNKNOWN_SENDER, "uploader": by}
    rows = Document.objects.filter(pk=document.pk, version=expected_version, disposed_at__isnull=True)
    if rows.update(**values, version=F("version") + 1) != 1:
        raise changed_meanwhile(document)
    Document.objects.filter(made_into=document).update(
        **to.as_fields(), **({**UNKNOWN_SENDER, "uploader": by} if elsewhere else {})
    )
    return {**values, "version": expected_version + 1}


def _close_to_others(document: Document) -> None:
    """Its sender opened it to others; whose it is now has not."""
    Share.objects.filter(document=document, ended_at__isnull=True).update(ended_at=timezone.now())


def _read_again(document: Document) -> None:
    """Its hints are judged by what is asked for here; the page images stay."""
    Look.objects.filter(document=document, state=Look.State.DONE).update(
        state=Look.State.WAITING, read_at=None, done_at=None, attempts=0
    )


def _record(document: Document, left: Loan, taken: Request | None, by: User, why: str) -> None:
    """One entry on each loan, so that the history of both is whole."""
    detail = {
        "from": str(taken.public_id) if taken else "",
        "to": str(document.request.public_id) if document.request else "",
        **({"why": why} if why else {}),
    }
    log.record(action="document.moved", about=document, by=by, loan=left, detail=detail)
    if document.loan.pk != left.pk:
        log.record(action="document.moved_here", about=document, by=by, loan=document.loan, detail=detail)


def _follow(left: Loan, taken: Request | None, document: Document) -> None:
    if taken is not None:
        settle_request(Request.objects.get(pk=taken.pk), lost_a_paper=True)
    if document.request is not None:
        settle_request(Request.objects.get(pk=document.request.pk))
    for loan in sorted({left, document.loan}, key=lambda one: one.pk):
        recount(loan)
        touch(loan)
        settle_loan(loan)
