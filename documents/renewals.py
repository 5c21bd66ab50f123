"""
Papers that will be too old on the day of the signing: the borrower reads of them early, the desk asks in time.

A request is as fresh as the newest paper that answers it. The signing is the appointment that is set, else the closing
aimed at; while neither is known, a paper counts from the day on which it is too old already.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from documents.freshness import base_date, good_for, use_by
from documents.models import Document, Request
from loans import clocks
from loans.models import KeyDate, Loan
from loans.stages import TABLE

STATES = (Request.State.ACCEPTED, Request.State.IN_REVIEW)
STAGES = [stage for stage, entry in TABLE.items() if entry.uploads_open and not entry.is_quiet]


@dataclass(frozen=True)
class Renewal:
    request: Request
    dated_on: date
    is_dated: bool  # the paper's own date; else the day it came
    use_by: date  # the last day of a signing it is good for
    closing_on: date | None

    @property
    def can_ask(self) -> bool:
        """What is in review is looked at first."""
        return self.request.state == Request.State.ACCEPTED

    @property
    def is_too_old(self) -> bool:
        return self.use_by < clocks.today()


def renewals(loans: QuerySet[Loan]) -> list[Renewal]:
    """Of these loans (those that still take papers), the soonest first. A fixed number of queries."""
    rules = good_for()
    closings = _closings(loans.filter(stage__in=STAGES))
    requests = (
        Request.objects.filter(Q(state__in=STATES) | ~Q(repeat_reason=""), kind__in=rules)
        .filter(loan__in=loans.filter(stage__in=STAGES))
        .select_related("loan", "party")
        .prefetch_related(Prefetch("documents", Document.objects.papers()))
    )
    by_loan: dict[int, list[Request]] = defaultdict(list)
    for request in requests:
        by_loan[request.loan_id].append(request)
    found = [
        renewal
        for loan_id, asked in by_loan.items()
        for renewal in renewals_among(asked, closings.get(loan_id), rules)
    ]
    return sorted(found, key=lambda renewal: (renewal.use_by, renewal.request.pk))


def renewals_among(
    requests: Iterable[Request], closing_on: date | None, rules: Mapping[str, int] | None = None
) -> list[Renewal]:
    """The same for the requests of one loan, whose documents are read already; one query when `rules` are not."""
    asked = list(requests)
    rules = good_for() if rules is None else rules
    needed_until = max(closing_on or clocks.today(), clocks.today())
    found = [_renewal(request, closing_on, rules.get(request.kind, 0)) for request in asked]
    late = [renewal for renewal in found if renewal and renewal.use_by < needed_until]
    return sorted(
        (renewal for renewal in late if not _is_asked_anew(renewal.request, asked)),
        key=lambda renewal: (renewal.use_by, renewal.request.pk),
    )


def _renewal(request: Request, closing_on: date | None, days: int) -> Renewal | None:
    if not days or request.state not in STATES:
        return None
    papers = [document for document in request.documents.all() if _counts(document)]
    if not papers:
        return None
    newest = max(papers, key=base_date)
    until = use_by(newest, days)
    assert until is not None
    return Renewal(request, base_date(newest), newest.dated_on is not None, until, closing_on)


def _counts(document: Document) -> bool:
    """Not what was sent back whole, was disposed of, or is a photo that a PDF was made of."""
    returned = document.review == Document.Review.RETURNED and not document.good_pages
    return not (returned or document.disposed_at or document.is_original)


def _is_asked_anew(request: Request, asked: list[Request]) -> bool:
    """A later request of the same kind, made with a reason for the repeat, has taken its place."""
    return any(
        other.repeat_reason
        and other.pk > request.pk
        and (other.party_id, other.kind) == (request.party_id, request.kind)
        and other.state not in (Request.State.WITHDRAWN, Request.State.NOT_APPLICABLE)
        for other in asked
    )


def _closings(loans: QuerySet[Loan]) -> dict[int, date | None]:
    found = dict(loans.filter(home_found=True).values_list("pk", "expected_closing"))
    signings = KeyDate.objects.filter(kind=KeyDate.Kind.SIGNING, loan__in=loans, loan__home_found=True)
    return {**found, **dict(signings.values_list("loan_id", "on"))}
