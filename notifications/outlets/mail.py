"""Mail: over one connection a batch, to a mail server or to a provider of django-anymail."""

import re
import smtplib
from contextlib import suppress
from email.errors import MessageError
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from notifications.models import Notification
from notifications.outlets import providers
from notifications.outlets.outcome import NO_LINE, REFUSED, RETRY, SENT, UNCERTAIN, Outcome, Outlet
from notifications.smtp import Backend, Uncertain

DJANGO_SMTP = "django.core.mail.backends.smtp.EmailBackend"
# The address itself is wrong or closed; other refusals (mailbox full, content, relaying) say nothing about the next
# message. With an enhanced code (RFC 3463) that decides: 5.1.x names the address, 5.2.1 a mailbox switched off.
HARD = {550, 551, 553}
HARD_ENHANCED = re.compile(r"\b5\.(?:1\.(?:0|1|2|3|6|10)|2\.1)\b")
ENHANCED = re.compile(r"\b5\.\d{1,3}\.\d{1,3}\b")
TOO_BIG = (523, 552)


class LocalOutlet(Outlet):
    """Nothing leaves the machine; the row keeps the text and counts as sent."""

    name = "local"

    def send(self, row: Notification, parcel: EmailMultiAlternatives) -> Outcome:
        parcel.message()  # what a mail server would refuse to carry is refused here as well
        return Outcome(SENT)


class MailOutlet(Outlet):
    """One connection for a whole batch, opened with the first message and again after a failure."""

    def __init__(self) -> None:
        self.name = settings.EMAIL_PROVIDER or "smtp"
        self.connection: Any = None

    def open(self) -> Outcome | None:
        if self.connection is not None:
            return None
        try:
            self.connection = Backend() if settings.EMAIL_BACKEND == DJANGO_SMTP else get_connection()
            self.connection.open()
        except Exception as error:
            self._drop()
            return Outcome(NO_LINE, f"No connection to the mail server: {error}")
        return None

    def send(self, row: Notification, parcel: EmailMultiAlternatives) -> Outcome:
        try:
            providers.before_sending(self.connection, row)
            self.connection.send_messages([parcel])
        except Exception as error:
            outcome = judge(error)
            if outcome.what != REFUSED:
                self._drop()
            return outcome
        return providers.answer(parcel)

    def _drop(self) -> None:
        connection, self.connection = self.connection, None
        with suppress(Exception):
            connection.forget() if isinstance(connection, Backend) else connection.close()

    def close(self) -> None:
        connection, self.connection = self.connection, None
        if connection is not None:
            with suppress(Exception):
                connection.close()


def judge(error: Exception) -> Outcome:
    """What an error while sending means for the row."""
    detail = f"{type(error).__name__}: {error}"[:480]
    if isinstance(error, Uncertain):
        return Outcome(UNCERTAIN, detail, of_server=True)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return _judge_recipient(error, detail)
    if isinstance(error, smtplib.SMTPSenderRefused):
        return _judge_sender(error, detail)
    if isinstance(error, smtplib.SMTPDataError):
        return Outcome(REFUSED, detail) if error.smtp_code >= 500 else Outcome(RETRY, detail)
    if outcome := providers.judge(error, detail):
        return outcome
    if isinstance(error, (MessageError, ValueError, UnicodeError)):
        return Outcome(REFUSED, detail)
    return Outcome(RETRY, detail, of_server=True)  # the line was lost before the text was handed over


def _judge_recipient(error: smtplib.SMTPRecipientsRefused, detail: str) -> Outcome:
    code, said = max(error.recipients.values(), default=(0, b""))
    if code < 500:
        return Outcome(RETRY, detail)
    words = said.decode(errors="replace")
    named = (
        HARD_ENHANCED.search(words)
        if ENHANCED.search(words)
        else code in HARD and "relay" not in words.lower()
    )
    return Outcome(REFUSED, detail, for_good=bool(named))


def _judge_sender(error: smtplib.SMTPSenderRefused, detail: str) -> Outcome:
    """Our own sender is refused: no message gets through until somebody repairs that."""
    if error.smtp_code in TOO_BIG:
        return Outcome(REFUSED, detail)
    return Outcome(NO_LINE if error.smtp_code >= 500 else RETRY, detail, of_server=True)
