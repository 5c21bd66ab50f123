"""
Where messages leave: a mail server when EMAIL_URL is set, otherwise nowhere, and the outbox screen shows them.

An outlet sends one message and answers what became of it; it never raises for a message that could not be sent.
"""

import smtplib
from contextlib import suppress
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from typing import Any, Protocol

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from accounts.models import Company
from notifications.models import Notification
from notifications.rendering import Rendered, RenderError
from notifications.smtp import Backend, Uncertain

SENT, RETRY, REFUSED, UNCERTAIN, NO_LINE = "sent", "retry", "refused", "uncertain", "no_line"
DJANGO_SMTP = "django.core.mail.backends.smtp.EmailBackend"
# The address itself is wrong or closed; other refusals (mailbox full, content) say nothing about the next message.
HARD = {550, 551, 553}


@dataclass(frozen=True)
class Outcome:
    what: str
    detail: str = ""
    hard: bool = False


class Outlet(Protocol):
    name: str

    def send(self, row: Notification, message: EmailMultiAlternatives) -> Outcome: ...

    def close(self) -> None: ...


class LocalOutlet:
    """Nothing leaves the machine; the row keeps the text and counts as sent."""

    name = "local"

    def send(self, row: Notification, message: EmailMultiAlternatives) -> Outcome:
        message.message()  # what a mail server would refuse to carry is refused here as well
        return Outcome(SENT)

    def close(self) -> None:
        pass


class MailOutlet:
    """One connection for a whole batch, opened with the first message and again after a failure."""

    name = "mail"

    def __init__(self) -> None:
        own = settings.EMAIL_BACKEND == DJANGO_SMTP
        self.connection: Any = Backend() if own else get_connection()
        self.is_open = False

    def send(self, row: Notification, message: EmailMultiAlternatives) -> Outcome:
        if not self.is_open:
            try:
                self.connection.open()
            except Exception as error:
                return Outcome(NO_LINE, f"No connection to the mail server: {error}")
            self.is_open = True
        try:
            self.connection.send_messages([message])
        except Exception as error:
            outcome = judge(error)
            if outcome.what != REFUSED:
                self._drop()
            return outcome
        return Outcome(SENT)

    def _drop(self) -> None:
        self.is_open = False
        with suppress(Exception):
            self.connection.forget() if isinstance(self.connection, Backend) else self.connection.close()

    def close(self) -> None:
        with suppress(Exception):
            self.connection.close()
        self.is_open = False


def judge(error: Exception) -> Outcome:
    """What an error while sending means for the row."""
    detail = f"{type(error).__name__}: {error}"[:480]
    if isinstance(error, Uncertain):
        return Outcome(UNCERTAIN, detail)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code = max((answer[0] for answer in error.recipients.values()), default=0)
        return Outcome(REFUSED, detail, hard=code in HARD) if code >= 500 else Outcome(RETRY, detail)
    if isinstance(error, smtplib.SMTPDataError):
        return Outcome(REFUSED, detail) if error.smtp_code >= 500 else Outcome(RETRY, detail)
    if isinstance(error, (MessageError, ValueError, UnicodeError)):
        return Outcome(REFUSED, detail)
    status = getattr(error, "status_code", None)  # a provider reached through anymail
    if isinstance(status, int):
        return (
            Outcome(REFUSED, detail)
            if 400 <= status < 500 and status not in (408, 429)
            else Outcome(RETRY, detail)
        )
    return Outcome(RETRY, detail)


def outlet() -> Outlet:
    return MailOutlet() if settings.MAIL_LEAVES_THE_HOUSE else LocalOutlet()


def compose(
    row: Notification, rendered: Rendered, attachment: tuple[str, bytes] | None
) -> EmailMultiAlternatives:
    """The message with the headers fixed when the row was made. RenderError when no mail can be made of it."""
    message = EmailMultiAlternatives(
        subject=rendered.subject,
        body=rendered.text,
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[_to(row)],
        reply_to=[reply_to(row)] if reply_to(row) else None,
        headers={
            "Message-ID": row.message_id,
            "Date": row.date_header,
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    message.attach_alternative(rendered.html, "text/html")
    if attachment:
        message.attach(attachment[0], attachment[1], "application/pdf")
    return message


def _to(row: Notification) -> str:
    """One mailbox, whatever was typed as name or address."""
    name = "".join(letter for letter in row.recipient_name if letter.isprintable())
    try:
        return str(Address(display_name=name, addr_spec=row.address.strip()))
    except (MessageError, ValueError, IndexError) as error:
        raise RenderError(f"“{row.address}” is not one mail address.") from error


def reply_to(row: Notification) -> str:
    return row.loan.officer.mail_address if row.loan else Company.load().email
