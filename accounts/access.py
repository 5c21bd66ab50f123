"""How the door finds an invitation and a sign-in. One's own profile is `request.user`; nobody reaches another's."""

import hashlib

from accounts.models import Invitation, User


def token_digest(token: str) -> str:
    """What we keep of a token; the session keeps no more than the table does."""
    return hashlib.sha256(token.encode()).hexdigest()


def invitation_for(digest: str) -> Invitation | None:
    """The invitation behind the digest in the session, in whatever state; None for a made-up one."""
    return Invitation.objects.filter(token_sha256=digest).first() if digest else None


def login_for(email: str) -> User | None:
    """Whose sign-in address this is; None when nobody's."""
    return User.objects.filter(email__iexact=email.strip()).first()
