"""
What follows from a promised day: kept by a word of ours in time, replaced by another day, or gone with the loan.

For services of this app, inside their own write; the loan is locked.
"""

from datetime import date, datetime

from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from loans import clocks
from loans.models import Loan, UpdatePromise


def promise(*, loan: Loan, on: date | None, by: User | None) -> None:
    """
    From now on this day stands (None: none does). The same day again changes nothing; a day that is changed on the day
    it was given was a slip and is forgotten; any other that is replaced before they heard from us was not kept.
    """
    now = timezone.now()
    for earlier in _open(loan):
        if earlier.on == on:
            return
        if clocks.local_date(earlier.made_at) == clocks.local_date(now):
            earlier.delete()
        else:
            UpdatePromise.objects.filter(pk=earlier.pk).update(replaced_at=now)
    if on is not None:
        UpdatePromise.objects.create(loan=loan, on=on, made_at=now, made_by=by)


def keep_promises(*, loan: Loan, at: datetime) -> None:
    """The borrowers heard from us at `at`."""
    day = clocks.local_date(at)
    _open(loan).filter(made_at__lte=at, on__gte=day).update(kept_at=at)


def take_back_word(*, loan: Loan, at: datetime) -> None:
    """What was said at this very moment was taken back before it went out: it kept nothing."""
    UpdatePromise.objects.filter(loan=loan, kept_at=at).update(kept_at=None)


def let_promises_lapse(*, loan: Loan) -> None:
    """The loan has ended: what was promised for today or later is nobody's to keep."""
    _open(loan).filter(on__gte=clocks.today()).update(lapsed_at=timezone.now())


def _open(loan: Loan) -> QuerySet[UpdatePromise]:
    return UpdatePromise.objects.filter(
        loan=loan, kept_at__isnull=True, replaced_at__isnull=True, lapsed_at__isnull=True
    )
