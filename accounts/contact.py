"""A new contact address counts once its owner opened the link sent there: codes go to it, a typo would lock out."""

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse

from accounts.models import User

MAX_AGE = 86400
_SALT = "accounts.contact"


def ask_for_proof(user: User, address: str) -> None:
    """Mail a link to the new address. It dies after a day, and when the contact address changes in between."""
    said = {"user": str(user.public_id), "address": address, "from": user.mail_address}
    token = TimestampSigner(salt=_SALT).sign_object(said)
    link = f"{settings.PUBLIC_URL}{reverse('accounts:contact', args=[token])}"
    get_adapter().send_mail("account/email/email_confirmation", address, {"user": user, "activate_url": link})


def proved_address(user: User, token: str) -> str | None:
    """The address the link proves for this user; None when the link is spoilt, old, used, or somebody else's."""
    try:
        said = TimestampSigner(salt=_SALT).unsign_object(token, max_age=MAX_AGE)
    except BadSignature:
        return None
    if said["user"] != str(user.public_id) or said["from"] != user.mail_address:
        return None
    return str(said["address"])
