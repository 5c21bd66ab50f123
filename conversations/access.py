"""The one way to reach a service request. A stranger gets 404, so that existence does not leak."""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from accounts.models import User
from conversations.models import ServiceRequest


def service_request_for(user: User | AnonymousUser, public_id: UUID | str) -> ServiceRequest:
    """The request, when this person works on its loan; Http404 otherwise."""
    seen = ServiceRequest.objects.visible_to(user).select_related("loan__officer", "party__user", "owner")
    found = seen.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found
