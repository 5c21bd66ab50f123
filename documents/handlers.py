"""What this app hears from loans: the answers are in, facts changed, somebody joined; the needs list follows."""

from typing import Any

from django.dispatch import receiver

from accounts.models import User
from documents import events as own_events
from documents.models import Document
from documents.services import make_requests_from_needs, set_usual_due_dates, settle_loan
from loans import events
from loans.models import KeyDate, Loan
from loans.stages import Stage


@receiver(events.application_submitted, dispatch_uid="documents.needs_after_submission")
def list_needs(loan: Loan, **_more: Any) -> None:
    """The application's own message names the list, so nothing is sent for it here."""
    make_requests_from_needs(loan=loan, silent=True)


@receiver(events.loan_opened, dispatch_uid="documents.needs_of_opened")
def list_needs_of_opened(loan: Loan, by: User | None, ask_papers: bool, **_more: Any) -> None:
    """The invitation, if there is one, leads to the list."""
    if ask_papers and loan.stage not in (Stage.STARTED, *Stage.closed()):
        make_requests_from_needs(loan=loan, by=by, silent=True)
    settle_loan(loan)


@receiver(events.facts_changed, dispatch_uid="documents.needs_after_facts")
def list_needs_again(loan: Loan, by: User | None, **_more: Any) -> None:
    if loan.stage not in (Stage.STARTED, *Stage.closed()):
        make_requests_from_needs(loan=loan, by=by, silent=False)


@receiver(events.party_added, dispatch_uid="documents.needs_of_newcomer")
def list_needs_of_newcomer(loan: Loan, by: User | None, **_more: Any) -> None:
    """The newcomer reads the list behind their invitation."""
    if loan.stage not in (Stage.STARTED, *Stage.closed()):
        make_requests_from_needs(loan=loan, by=by, silent=True)


@receiver(events.key_date_set, dispatch_uid="documents.dates_after_estimate")
def set_due_dates(loan: Loan, key_date: KeyDate, by: User | None, **_more: Any) -> None:
    """From the Loan Estimate on papers may be required, by a day that the borrower reads."""
    if key_date.kind == KeyDate.Kind.LOAN_ESTIMATE_SENT:
        set_usual_due_dates(loan=loan, by=by)


# --- How long papers are kept --------------------------------------------------------------------------------


@receiver(events.stage_changed, dispatch_uid="documents.keeping_after_move")
@receiver(events.stage_undone, dispatch_uid="documents.keeping_after_undo")
@receiver(events.key_date_set, dispatch_uid="documents.keeping_after_date")
def count_anew(loan: Loan, **_more: Any) -> None:
    """An outcome, its notice, the signing, a loan opened again: the day papers are kept until moves."""
    settle_loan(loan)


@receiver(own_events.document_received, dispatch_uid="documents.keeping_of_new")
def count_new(loan: Loan, document: Document, **_more: Any) -> None:
    settle_loan(loan)
