"""The one way to reach a message or a letter. A stranger gets 404, so that existence does not leak."""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from accounts.models import User
from notifications.letters import KIND
from notifications.models import Notification


def message_for(user: User | AnonymousUser, public_id: UUID | str) -> Notification:
    """The message, when this person may see it; Http404 otherwise."""
    rows = Notification.objects.visible_to(user).select_related(
        "loan__officer__officer_profile", "party__user", "resend_of"
    )
    row = rows.filter(public_id=public_id).first()
    if row is None:
        raise Http404
    return row


def letter_for(user: User | AnonymousUser, public_id: UUID | str) -> Notification:
    """The same for letters: only those of a loan this person works on."""
    row = message_for(user, public_id)
    if row.kind != KIND or row.loan is None:
        raise Http404
    return row
