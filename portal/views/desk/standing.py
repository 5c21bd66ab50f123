"""The move a loan stands on, while it can still be taken back."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import Company
from loans import services
from loans.models import Loan, StageEvent

LONGEST_WAIT = timedelta(hours=12)


@dataclass(frozen=True)
class Undo:
    event: StageEvent
    until: datetime


def undoable(loan: Loan) -> Undo | None:
    """The last move, while it can still be taken back."""
    if timezone.now() - loan.stage_since > LONGEST_WAIT:
        return None
    standing = [event for event in loan.stage_events.all() if event.undone_at is None]
    if not standing:
        return None
    company = Company.load()
    event = max(standing, key=lambda one: (one.at, one.pk))
    until = event.at + timedelta(minutes=company.message_wait_minutes)
    return Undo(event, until) if services.can_undo(event, company) else None
