"""
Files that have gone quiet: sent, not ended, and the borrowers saw nothing of ours for some business days.

`Loan.last_word_at` says when they last did (`services.word_given`). The same days bring a task for the officer, and a
business day later, when it is still quiet, a note to the borrowers (`notifications/reminders/quiet.py`).
"""

from datetime import date, datetime, time
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce

from accounts.models import Company
from loans import clocks
from loans.models import Loan, Task
from loans.stages import Stage

# As the index of open loans has it: who never heard from us waits since the loan was made.
LAST_WORD = Coalesce("last_word_at", "created_at")


def quiet_files(company: Company, more_days: int = 0) -> QuerySet[Any]:
    """
    Loans whose borrowers heard nothing for the company's number of whole business days, and `more_days`; `heard_at` is
    the last word. None when the company has switched the watch off.
    """
    loans = Loan.objects.open().annotate(heard_at=LAST_WORD)
    if not company.quiet_days:
        return loans.none()
    before = _heard_before(company.quiet_days + more_days, company)
    # Said so, and not by what they are, since the index of open loans is written that way.
    return loans.filter(~Q(stage=Stage.STARTED), ~Q(stage=Stage.SUSPENDED), heard_at__lt=before)


def not_yet_asked(company: Company) -> QuerySet[Loan]:
    """Those of them that nobody has been given as a task since the last word."""
    asked = Task.objects.filter(
        loan=OuterRef("pk"), kind=Task.Kind.QUIET_FILE, created_at__gte=OuterRef("heard_at")
    )
    return quiet_files(company).filter(~Exists(asked)).select_related("officer").order_by("heard_at", "id")


def still_quiet(company: Company) -> QuerySet[Loan]:
    """A business day longer, with a task that somebody had since an earlier day and that brought no word."""
    today = midnight(clocks.today(company), company)
    asked = Task.objects.filter(
        loan=OuterRef("pk"),
        kind=Task.Kind.QUIET_FILE,
        created_at__gte=OuterRef("heard_at"),
        created_at__lt=today,
    )
    return quiet_files(company, more_days=1).filter(Exists(asked)).order_by("heard_at", "id")


def is_open(day: date, company: Company) -> bool:
    return clocks.is_general_business_day(day, company)


def next_word_by(company: Company) -> date:
    """The day a promise to be heard again gets by itself: as many business days ahead as make a file quiet."""
    return clocks.add_business_days(
        clocks.today(company), max(company.quiet_days, 1), lambda day: is_open(day, company)
    )


def _heard_before(days: int, company: Company) -> datetime:
    """A word before this moment has `days` whole business days between it and today."""
    first = clocks.add_business_days(clocks.today(company), -days, lambda day: is_open(day, company))
    return midnight(first, company)


def midnight(day: date, company: Company) -> datetime:
    """When this day began, where the company is."""
    return datetime.combine(day, time.min, company.zone)
