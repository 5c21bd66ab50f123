"""What the session remembers of an invitation, and how it is used up by somebody who signs in for it."""

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts import services
from accounts.access import invitation_for
from accounts.errors import Refused
from accounts.models import User

PENDING = "invitation"  # the digest of the token whose link was opened
JOIN = "invitation_join"  # the same, once they pressed "sign in to add this loan"


def forget_invitation(request: HttpRequest) -> None:
    request.session.pop(PENDING, None)
    request.session.pop(JOIN, None)


def join_after_sign_in(request: HttpRequest, user: User) -> None:
    """They pressed "Sign in to add this loan" and did: the invitation is theirs now."""
    digest = request.session.get(JOIN, "")
    if not digest:
        return
    found = invitation_for(digest)
    forget_invitation(request)
    try:
        if found is None:
            raise Refused(_("This link has ended. Please ask for a new one."))
        services.accept_invitation(invitation=found, user=user)
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("The loan was added to your sign-in."))
