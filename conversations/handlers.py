"""What this app hears from loans: another officer takes a loan over, with what its borrowers wait for."""

from typing import Any

from django.dispatch import receiver

from conversations.services.complaints import hand_over_complaints
from conversations.services.requests import hand_over
from loans import events
from loans.models import Loan


@receiver(events.officer_changed, dispatch_uid="conversations.requests_follow")
def requests_follow(loan: Loan, **_more: Any) -> None:
    hand_over(loan)
    hand_over_complaints(loan)
