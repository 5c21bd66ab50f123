"""Who has the ball."""

from loans.models import KeyDate, Loan
from loans.stages import entry_for


def derived_waiting_on(loan: Loan) -> str:
    """
    What the table says; with papers owed it is the borrower, but never before the Loan Estimate is sent: until then
    papers may be invited, not required (12 CFR 1026.19(e)(2)(iii)).
    """
    entry = entry_for(loan.stage)
    if entry.papers and loan.open_requests and loan_estimate_is_sent(loan):
        return Loan.WaitingOn.BORROWER
    return entry.waiting_on


def loan_estimate_is_sent(loan: Loan) -> bool:
    read = getattr(loan, "_prefetched_objects_cache", {}).get("key_dates")
    if read is not None:  # a page that has the dates already pays nothing more
        return any(key_date.kind == KeyDate.Kind.LOAN_ESTIMATE_SENT for key_date in read)
    return loan.key_dates.filter(kind=KeyDate.Kind.LOAN_ESTIMATE_SENT).exists()
