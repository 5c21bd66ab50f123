"""Who has the ball."""

from django.db import transaction

from loans.models import KeyDate, Loan
from loans.services.locking import locked, record, save
from loans.stages import Stage, entry_for

# From the application to the closing: what lies on our own table decides before what the table of stages says.
WORKED_ON = (
    Stage.APPLICATION_RECEIVED, Stage.PROCESSING, Stage.UNDERWRITING, Stage.CONDITIONAL_APPROVAL,
    Stage.CONDITIONS_REVIEW, Stage.CLEAR_TO_CLOSE, Stage.CLOSING,
)  # fmt: skip
BEFORE_CLEAR_TO_CLOSE = WORKED_ON[:5]
# Dates that change the answer.
DECISIVE = (
    KeyDate.Kind.LOAN_ESTIMATE_SENT,
    KeyDate.Kind.APPRAISAL_ORDERED,
    KeyDate.Kind.APPRAISAL_RECEIVED,
)


def derived_waiting_on(loan: Loan) -> str:
    """
    With papers owed it is the borrower, but never before the Loan Estimate is sent: until then papers may be invited,
    not required (12 CFR 1026.19(e)(2)(iii)). Then it is us while papers wait for our eyes, then whoever appraises the
    home while an appraisal is ordered and has not come; else what the table of stages says.
    """
    entry = entry_for(loan.stage)
    owed = entry.papers and loan.open_requests
    if loan.stage not in WORKED_ON or not (owed or loan.to_review or loan.stage in BEFORE_CLEAR_TO_CLOSE):
        return entry.waiting_on
    dates = _decisive_dates(loan)
    if owed and KeyDate.Kind.LOAN_ESTIMATE_SENT in dates:
        return Loan.WaitingOn.BORROWER
    if loan.to_review:
        return Loan.WaitingOn.LENDER
    is_ordered = KeyDate.Kind.APPRAISAL_ORDERED in dates and KeyDate.Kind.APPRAISAL_RECEIVED not in dates
    if is_ordered and loan.stage in BEFORE_CLEAR_TO_CLOSE:
        return Loan.WaitingOn.THIRD_PARTY
    return entry.waiting_on


def loan_estimate_is_sent(loan: Loan) -> bool:
    return KeyDate.Kind.LOAN_ESTIMATE_SENT in _decisive_dates(loan)


def _decisive_dates(loan: Loan) -> set[str]:
    read = getattr(loan, "_prefetched_objects_cache", {}).get("key_dates")
    if read is not None:  # a page that has the dates already pays nothing more
        return {key_date.kind for key_date in read}
    return set(loan.key_dates.filter(kind__in=DECISIVE).values_list("kind", flat=True))


@transaction.atomic
def end_waiting_by_hand(*, loan: Loan) -> bool:
    """The day until which somebody had set who has the ball is over: the portal works it out again. By the clock."""
    until = loan.waiting_until
    locked(loan)
    if not loan.waiting_on_by_hand or loan.waiting_until is None or loan.waiting_until != until:
        return False
    loan.waiting_on_by_hand, loan.waiting_until = False, None
    loan.waiting_on = derived_waiting_on(loan)
    save(loan, "waiting_on", "waiting_on_by_hand", "waiting_until")
    record(loan=loan, by=None, action="loan.waiting_on_set", task="loans", waiting_on=loan.waiting_on)
    return True
