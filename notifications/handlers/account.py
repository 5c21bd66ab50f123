"""Invitations, and what changed in an account."""

import uuid
from typing import Any

from django.conf import settings
from django.dispatch import receiver
from django.urls import reverse

from accounts import events as account_events
from accounts.models import Invitation, User
from loans.models import Party
from notifications import services


@receiver(account_events.invitation_made)
def invitation_made(
    sender: object, invitation: Invitation, token: str, by: User | None, **kwargs: Any
) -> None:
    party = None
    if invitation.purpose == Invitation.Purpose.LOAN_PARTY and invitation.subject_id:
        party = Party.objects.select_related("loan", "user").filter(public_id=invitation.subject_id).first()
    who = party or services.Recipient(f"invitation:{invitation.public_id}", invitation.name, invitation.email)
    services.queue(
        kind="invitation",
        event_key=f"invitation:{invitation.public_id}",
        recipient=who,
        address=invitation.email,
        loan=party.loan if party else None,
        context={"invitation": str(invitation.public_id)},
        secret=settings.PUBLIC_URL + reverse("accounts:invitation", args=[token]),
    )


@receiver(account_events.account_changed)
def account_changed(sender: object, user: User, what: str, addresses: list[str], **kwargs: Any) -> None:
    """Told to every address, the old one too: whoever took an account over cannot keep it quiet."""
    told = list(dict.fromkeys(address for address in addresses if address)) or [user.mail_address]
    for address in told:
        services.queue(
            kind="account_notice",
            event_key=f"account:{uuid.uuid4()}",
            recipient=user,
            address=address,
            context={"what": what},
        )
