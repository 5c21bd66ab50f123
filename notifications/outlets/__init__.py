"""
Where messages leave: one outlet a channel. An outlet carries what `write` made of a row and answers what became of it;
it never raises for a message that could not be sent.

`mail`: a mail server or a provider when one is set, otherwise nowhere, and the outbox screen shows the message.
`texts`: the provider of texts. `paper`: a PDF that waits to be printed.
"""

from django.conf import settings

from notifications.models import Notification
from notifications.outlets.mail import LocalOutlet, MailOutlet, judge
from notifications.outlets.outcome import (
    NO_LINE,
    READY,
    REFUSED,
    RETRY,
    SENT,
    UNCERTAIN,
    Outcome,
    Outlet,
)
from notifications.outlets.paper import PaperOutlet
from notifications.outlets.texts import TextOutlet
from notifications.outlets.writing import compose, write

__all__ = [
    "NO_LINE",
    "READY",
    "REFUSED",
    "RETRY",
    "SENT",
    "UNCERTAIN",
    "LocalOutlet",
    "MailOutlet",
    "Outcome",
    "Outlet",
    "PaperOutlet",
    "TextOutlet",
    "compose",
    "judge",
    "outlet",
    "outlet_for",
    "write",
]

Channel = Notification.Channel


def outlet() -> Outlet:
    """For mail."""
    return MailOutlet() if settings.MAIL_LEAVES_THE_HOUSE else LocalOutlet()


def outlet_for(channel: str) -> Outlet:
    if channel == Channel.TEXT:
        return TextOutlet()
    return PaperOutlet() if channel == Channel.LETTER else outlet()
