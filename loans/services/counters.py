"""Figures that lists read from the loan's own row; whoever changes what they count stores them in the same write."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from loans.models import KeyDate, Loan, Party, Task
from loans.search import keep_words
from loans.services.locking import ball_since
from loans.services.promises import keep_promises
from loans.services.tasks import close_tasks
from loans.services.waiting import derived_waiting_on


def touch(loan: Loan) -> None:
    """Something happened on the loan; lists sort by it. The version stays: no page at the desk is out of date."""
    loan.last_activity_at = timezone.now()
    Loan.objects.filter(pk=loan.pk).update(last_activity_at=loan.last_activity_at)


def store_unanswered(loan: Loan, since: datetime | None) -> None:
    """Since when a message of the borrowers waits for an answer, for lists; None when none does."""
    loan.unanswered_since = since
    Loan.objects.filter(pk=loan.pk).update(unanswered_since=since)


@transaction.atomic
def word_given(loan: Loan, at: datetime | None = None) -> None:
    """
    The borrowers saw, or are sent, something of ours at `at` (now): a promised update is kept by it, and the file is
    not quiet. Called inside the write that gives the word.
    """
    moment = at or timezone.now()
    keep_promises(loan=loan, at=moment)
    end_silence(loan, moment)


@transaction.atomic
def end_silence(loan: Loan, at: datetime | None = None) -> None:
    """
    The file is not quiet since `at` (now), and what reminded somebody of that is settled. An earlier word than the
    last one changes nothing. A new day for the next update does this much, and keeps no promise.
    """
    moment = at or timezone.now()
    older = Q(last_word_at__isnull=True) | Q(last_word_at__lt=moment)
    if Loan.objects.filter(older, pk=loan.pk).update(last_word_at=moment):
        loan.last_word_at = moment
        close_tasks(loan=loan, kinds=[Task.Kind.QUIET_FILE], by=None)


def store_complaint_open(loan: Loan, is_open: bool) -> None:
    """Whether somebody on the loan is not content; while they are not, nothing is sold to them."""
    loan.complaint_open = is_open
    Loan.objects.filter(pk=loan.pk).update(complaint_open=is_open)


@transaction.atomic
def store_counters(*, loan: Loan, open_requests: int, to_review: int, per_party: Mapping[int, int]) -> None:
    """
    Keep what is open, what waits for review, and what is open per party (by the party's id; those left out have 0).
    Who has the ball follows. Called by documents inside its own write.
    """
    loan.open_requests, loan.to_review = open_requests, to_review
    values: dict[str, object] = {"open_requests": open_requests, "to_review": to_review}
    if not loan.waiting_on_by_hand:
        loan.waiting_on = values["waiting_on"] = derived_waiting_on(loan)
        values["waiting_since"] = ball_since(loan.waiting_on, timezone.now())
    Loan.objects.filter(pk=loan.pk).update(**values)
    for party_id, was in Party.objects.filter(loan=loan).values_list("id", "open_requests"):
        count = per_party.get(party_id, 0)
        if count != was:
            Party.objects.filter(pk=party_id).update(open_requests=count)


@transaction.atomic
def reconcile(*, loan: Loan, open_requests: int, to_review: int, per_party: Mapping[int, int]) -> list[str]:
    """Compare what is stored with what was counted, mend it, and say which figures had drifted."""
    loan.refresh_from_db(from_queryset=Loan.objects.select_for_update())
    parties = list(loan.parties.order_by("id"))
    names = ", ".join(party.name for party in parties if party.role != Party.Role.HELPER)[:250]
    drift = [
        name
        for name, stored, counted in (
            ("open_requests", loan.open_requests, open_requests),
            ("to_review", loan.to_review, to_review),
            ("per_party", [p.open_requests for p in parties], [per_party.get(p.pk, 0) for p in parties]),
            ("borrower_names", loan.borrower_names, names),
        )
        if stored != counted
    ]
    if "borrower_names" in drift:
        Loan.objects.filter(pk=loan.pk).update(borrower_names=names)
    if drift:
        store_counters(loan=loan, open_requests=open_requests, to_review=to_review, per_party=per_party)
    if store_lock_end(loan):
        drift.append("lock_ends_on")
    if keep_words(loan):
        drift.append("search_words")
    return drift


def store_lock_end(loan: Loan) -> bool:
    """Copy the day the rate lock ends onto the loan's row, for lists; True when it was another."""
    lock = KeyDate.objects.filter(loan=loan, kind=KeyDate.Kind.RATE_LOCK_ENDS).first()
    was, loan.lock_ends_on = loan.lock_ends_on, lock.on if lock else None
    if was == loan.lock_ends_on:
        return False
    Loan.objects.filter(pk=loan.pk).update(lock_ends_on=loan.lock_ends_on)
    return True
