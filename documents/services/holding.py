"""While a legal hold stands, nothing of the loan is destroyed. Managers and staff set it and end it, with a reason."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from documents.models import LegalHold
from loans.errors import Refused
from loans.models import Loan

MOST_WORDS = 300


def may_hold(by: User) -> bool:
    """Whether this person decides over holds, and reads the reports of what is destroyed."""
    return by.is_active and (by.sees_every_loan or by.is_staff)


@transaction.atomic
def set_hold(*, loan: Loan, why: str, by: User) -> LegalHold:
    """Nothing of this loan is destroyed from now on. Refused without a reason, or when one stands already."""
    _must_decide(by, why)
    # The night's disposal holds the same row: either it is through with the loan, or it sees the hold.
    Loan.objects.select_for_update().get(pk=loan.pk)
    if LegalHold.objects.filter(loan=loan, ended_at__isnull=True).exists():
        raise Refused(_("A legal hold stands already."))
    hold = LegalHold.objects.create(loan=loan, why=why.strip()[:MOST_WORDS], set_by=by)
    log.record(action="hold.set", about=hold, by=by, loan=loan, detail={"why": hold.why})
    return hold


@transaction.atomic
def end_hold(*, hold: LegalHold, why: str, by: User) -> LegalHold:
    """From the next night on its papers may be destroyed. Refused without a reason, or when it is over already."""
    _must_decide(by, why)
    ended = LegalHold.objects.filter(pk=hold.pk, ended_at__isnull=True).update(
        ended_at=timezone.now(), ended_by=by, ended_why=why.strip()[:MOST_WORDS]
    )
    if not ended:
        raise Refused(_("This legal hold is over already."))
    hold.refresh_from_db()
    log.record(action="hold.ended", about=hold, by=by, loan=hold.loan, detail={"why": hold.ended_why})
    return hold


def _must_decide(by: User, why: str) -> None:
    if not may_hold(by):
        raise Refused(_("Only a manager can do this."))
    if not why.strip():
        raise Refused(_("Say why."))
