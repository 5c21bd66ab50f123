"""The one way to reach what stands in a conversation. A stranger gets 404, so that existence does not leak."""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from accounts.models import User
from conversations.models import Message, ServiceRequest
from loans.models import Loan


def service_request_for(user: User | AnonymousUser, public_id: UUID | str) -> ServiceRequest:
    """The request, when this person works on its loan; Http404 otherwise."""
    seen = ServiceRequest.objects.visible_to(user).select_related("loan__officer", "party__user", "owner")
    found = seen.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def unknown_mail_for(loan: Loan, public_id: UUID | str) -> Message:
    """A mail to the thread of this loan from an address nobody on it has; Http404 for any other message."""
    found = Message.objects.filter(conversation__loan=loan, public_id=public_id, is_internal=True)
    mail = found.exclude(sender="").select_related("conversation").first()
    if mail is None:
        raise Http404
    return mail
