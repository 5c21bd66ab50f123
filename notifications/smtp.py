"""SMTP that knows how far it came: a line lost while the server weighs the message is not a line lost before it."""

import smtplib
from typing import Any

from django.core.mail.backends.smtp import EmailBackend


class Uncertain(Exception):
    """The whole message was handed over and no answer came: it may have been accepted."""


class _Told:
    """Counts the answers after DATA: the first says "go on", the second is the verdict on the message."""

    answers_awaited = 0

    def data(self, msg: Any) -> Any:
        self.answers_awaited = 0
        try:
            code, answer = super().data(msg)  # type: ignore[misc]
        except smtplib.SMTPServerDisconnected as error:
            if self.answers_awaited == 2:
                raise Uncertain(str(error)) from error
            raise
        if code == -1:  # what came back is no SMTP answer
            raise Uncertain(repr(answer))
        return code, answer

    def getreply(self) -> Any:
        self.answers_awaited += 1
        return super().getreply()  # type: ignore[misc]


class _SMTP(_Told, smtplib.SMTP):
    pass


class _SMTPOverTLS(_Told, smtplib.SMTP_SSL):
    pass


class Backend(EmailBackend):
    """Django's own, over connections that tell `Uncertain` from the rest."""

    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return _SMTPOverTLS if self.use_ssl else _SMTP

    def forget(self) -> None:
        """Drop a connection that failed, without saying goodbye; the next message opens a new one."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None
