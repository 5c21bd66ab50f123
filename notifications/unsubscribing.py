"""
The link that stops marketing mail without a sign-in, and the headers that let a mail program press it (RFC 8058).

A token names an address and what is stopped for it, signed; nobody can make one for somebody else's address, and it
never ends: a link in an old mail must still work. Only kinds marked `marketing` carry it. The mail server must sign
both headers with DKIM, as it does with all that begin with List-.
"""

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from notifications.catalog import KINDS
from notifications.models import Notification, Suppression

_SALT = "notifications.unsubscribe"


def token_for(address: str) -> str:
    said = {"address": address.strip().lower(), "scope": Suppression.Scope.MARKETING}
    return Signer(salt=_SALT).sign_object(said)


def address_of(token: str) -> str | None:
    """The address whose marketing mail the token stops; None for one that we did not make."""
    try:
        said = Signer(salt=_SALT).unsign_object(token)
    except BadSignature:
        return None
    return str(said["address"]) if said.get("scope") == Suppression.Scope.MARKETING else None


def unsubscribe_url(row: Notification) -> str:
    """The whole address of the page for this row's reader; empty for a kind that is not marketing."""
    kind = KINDS.get(row.kind)
    if kind is None or not kind.marketing or row.channel != Notification.Channel.EMAIL:
        return ""
    return settings.PUBLIC_URL + reverse("preferences:unsubscribe", args=[token_for(row.address)])


def headers(row: Notification) -> dict[str, str]:
    """What a marketing mail carries beside its other headers; empty for all others."""
    url = unsubscribe_url(row)
    if not url:
        return {}
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
