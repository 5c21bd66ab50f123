"""What lists read of a loan's thread and complaints, counted anew."""

from django.db import transaction

from conversations.models import Conversation
from conversations.services.answering import recount
from conversations.services.complaints import keep_flag
from loans.models import Loan
from loans.services.counters import store_unanswered


@transaction.atomic
def reconcile(*, loan: Loan) -> list[str]:
    """Compare what is stored with what the rows say, mend it, and say what had drifted. The caller holds the loan."""
    thread = Conversation.objects.select_related("loan").filter(loan=loan).first()
    stored = (loan.unanswered_since, thread.unanswered_since if thread else None, loan.complaint_open)
    since = recount(thread) if thread else None
    store_unanswered(loan, since)
    keep_flag(loan)
    was_since, was_on_thread, was_complaint = stored
    drift = []
    if (was_since, was_on_thread) != (since, since):
        drift.append("unanswered_since")
    if was_complaint != loan.complaint_open:
        drift.append("complaint_open")
    return drift
