"""By when papers are to be here: nobody may demand one before the Loan Estimate, and nobody must set dates by hand."""

from datetime import date

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import Company, User
from audit import log
from documents.models import Request
from loans import clocks
from loans.models import Loan
from loans.services.waiting import loan_estimate_is_sent


def usual_due_date(loan: Loan) -> date | None:
    """
    The day for a paper that is asked for today: so many open days on, as the company says. None before the Loan
    Estimate is sent (12 CFR 1026.19(e)(2)(iii)), and in a house that sets all dates by hand.
    """
    company = Company.load()
    if not company.paper_days or not loan_estimate_is_sent(loan):
        return None
    return clocks.add_business_days(
        clocks.today(company), company.paper_days, lambda day: clocks.is_general_business_day(day, company)
    )


@transaction.atomic
def set_usual_due_dates(*, loan: Loan, by: User | None = None) -> int:
    """The Loan Estimate is out: what is open gets its day, unless it has one. Returns how many did."""
    due_on = usual_due_date(loan)
    if due_on is None:
        return 0
    open_here = Request.objects.filter(loan=loan, due_on__isnull=True).waiting_for_borrower()
    count = open_here.update(due_on=due_on, changed_at=timezone.now(), version=F("version") + 1)
    if count:
        log.record(
            action="needs.dated",
            about=loan,
            by=by,
            task="documents",
            loan=loan,
            detail={"count": count, "on": str(due_on)},
        )
    return count
