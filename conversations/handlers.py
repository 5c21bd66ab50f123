"""
What this app hears from loans: another officer takes a loan over, with what its borrowers wait for; what those who
see it no more typed about them and did not send is deleted.
"""

from typing import Any

from django.dispatch import receiver

from conversations.services.complaints import hand_over_complaints
from conversations.services.reading import forget_drafts
from conversations.services.requests import hand_over
from loans import events
from loans.models import Loan


@receiver(events.officer_changed, dispatch_uid="conversations.requests_follow")
def requests_follow(loan: Loan, **_more: Any) -> None:
    forget_drafts(loan=loan)
    hand_over(loan)
    hand_over_complaints(loan)
