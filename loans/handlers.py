"""What this app hears from the apps below it."""

from typing import Any

from django.dispatch import receiver

from accounts.events import contact_changed, invitation_accepted
from accounts.models import Invitation, User
from loans.models import Loan, Party
from loans.search import keep_words
from loans.services import people


@receiver(invitation_accepted, dispatch_uid="loans.tie_party_to_user")
def tie_party_to_user(*, invitation: Invitation, user: User, **_rest: Any) -> None:
    """The invitation is bound to a party; from now on that person sees the loan."""
    if invitation.purpose != Invitation.Purpose.LOAN_PARTY or invitation.subject_id is None:
        return
    party = Party.objects.select_related("loan").filter(public_id=invitation.subject_id).first()
    if party is not None:
        people.join(party=party, user=user)


@receiver(contact_changed, dispatch_uid="loans.find_by_new_contact")
def find_by_new_contact(*, user: User, **_rest: Any) -> None:
    """Their loans are found by the address and the number they have now."""
    for loan in Loan.objects.filter(parties__user=user):
        keep_words(loan)
