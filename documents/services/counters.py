"""What lists show of a loan's papers, counted anew in the same transaction as the write that changed it."""

from django.db.models import Count

from documents.models import Document, Request
from loans.models import Loan
from loans.services.counters import store_counters


def counted(loan: Loan) -> tuple[int, int, dict[int, int]]:
    """Open requests, documents to review, and open requests by party id."""
    open_here = Request.objects.filter(loan=loan).waiting_for_borrower()
    per_party = dict(open_here.order_by().values_list("party_id").annotate(Count("id")))
    to_review = Document.objects.filter(
        loan=loan, review=Document.Review.PENDING, disposed_at__isnull=True
    ).count()
    return sum(per_party.values()), to_review, per_party


def recount(loan: Loan) -> None:
    """
    Store the counters of the loan and its parties. Call it inside the write's transaction. It holds the loan first, so
    that of two writes at once the second counts what the first has done.
    """
    Loan.objects.select_for_update(no_key=True).filter(pk=loan.pk).values_list("pk").first()
    open_requests, to_review, per_party = counted(loan)
    store_counters(loan=loan, open_requests=open_requests, to_review=to_review, per_party=per_party)
