"""Figures that lists read from the loan's own row; whoever changes what they count stores them in the same write."""

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone

from loans.models import Loan, Party
from loans.services.waiting import derived_waiting_on


def touch(loan: Loan) -> None:
    """Something happened on the loan; lists sort by it. The version stays: no page at the desk is out of date."""
    loan.last_activity_at = timezone.now()
    Loan.objects.filter(pk=loan.pk).update(last_activity_at=loan.last_activity_at)


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
    return drift
