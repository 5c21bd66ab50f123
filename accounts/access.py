"""
How the door finds an invitation and a sign-in. One's own profile is `request.user`; nobody reaches another's, but staff
look after the officers' pages.
"""

import hashlib
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from accounts.models import Invitation, OfficerProfile, User


def token_digest(token: str) -> str:
    """What we keep of a token; the session keeps no more than the table does."""
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_for(digest: str) -> Invitation | None:
    """The invitation behind the digest in the session, in whatever state; None for a made-up one."""
    return Invitation.objects.filter(token_sha256=digest).first() if digest else None


def login_for(email: str) -> User | None:
    """Whose sign-in address this is; None when nobody's."""
    return User.objects.filter(email__iexact=email.strip()).first()


def officer_profile_for(user: User | AnonymousUser, public_id: UUID) -> OfficerProfile:
    """The officer's page of this person, for themselves and for staff; Http404 for everybody else."""
    pages = OfficerProfile.objects.select_related("user").filter(user__public_id=public_id)
    if not user.is_authenticated or not user.works_here:
        pages = pages.none()
    elif not user.is_staff:
        pages = pages.filter(user=user)
    page = pages.first()
    if page is None:
        raise Http404
    return page
