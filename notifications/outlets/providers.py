"""
Providers reached through django-anymail: what each needs so that a second copy is recognised, and what their answers
and errors mean. A provider that replaces our Message-ID gets a key for the request where it knows one.
"""

from typing import Any

import requests
from anymail.exceptions import AnymailConfigurationError, AnymailError, AnymailRecipientsRefused
from botocore import exceptions as boto
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from urllib3 import exceptions as wire

from notifications.models import Notification
from notifications.outlets.outcome import NO_LINE, REFUSED, RETRY, SENT, UNCERTAIN, Outcome

RESEND, BREVO, POSTMARK = "resend", "brevo", "postmark"
RESEND_SMTP = "smtp.resend.com"
# Our key or account is refused, or their address is wrong: no fault of any message.
HOUSE = {401, 402, 403, 404}
LATER = {408, 409, 425, 429, 503}
# The request was never handed over.
NEVER_LEFT = (wire.NewConnectionError, wire.ConnectTimeoutError, wire.NameResolutionError, wire.SSLError)
BOTO_NEVER_LEFT = (
    boto.EndpointConnectionError, boto.ConnectTimeoutError, boto.SSLError, boto.NoCredentialsError,
    boto.PartialCredentialsError, boto.NoRegionError, boto.ProxyConnectionError,
)  # fmt: skip


def own_headers(row: Notification) -> dict[str, str]:
    """What this provider wants in the message itself."""
    if settings.EMAIL_PROVIDER == POSTMARK:
        return {"X-PM-KeepID": "true"}  # else they put a Message-ID of their own
    if settings.EMAIL_PROVIDER == BREVO:
        return {"idempotencyKey": str(row.public_id)}  # known to them for 15 minutes
    if settings.EMAIL_URL and settings.EMAIL_HOST == RESEND_SMTP:
        return {"Resend-Idempotency-Key": str(row.public_id)}
    return {}


def before_sending(connection: Any, row: Notification) -> None:
    if settings.EMAIL_PROVIDER == RESEND:  # of the request, not of the message; known to them for a day
        connection.session.headers["Idempotency-Key"] = str(row.public_id)


def answer(message: EmailMultiAlternatives) -> Outcome:
    """What a provider said of a message that raised nothing; plain SMTP says no more than that."""
    status = getattr(message, "anymail_status", None)
    if status is None:
        return Outcome(SENT)
    if status.status and status.status <= {"failed", "invalid", "rejected"}:
        return Outcome(REFUSED, f"The provider answered: {', '.join(sorted(status.status))}")
    return Outcome(SENT, provider_id=_their_id(status.message_id))


def _their_id(known: Any) -> str:
    """One recipient, one id; some spell its address anew and leave an empty place for the old spelling."""
    named = [one for one in known if one] if isinstance(known, (set, frozenset)) else [known]
    return str(named[0])[:200] if named and named[0] else ""


def judge(error: Exception, detail: str) -> Outcome | None:
    """What an error of anymail means for the row; None for any other."""
    if isinstance(error, AnymailRecipientsRefused):
        return Outcome(REFUSED, detail, for_good=True)
    if isinstance(error, AnymailConfigurationError):
        return Outcome(NO_LINE, detail, of_server=True)
    if not isinstance(error, AnymailError):
        return None
    if isinstance(error, requests.RequestException) and error.response is None:
        return _judge_line(error, detail)
    if isinstance(error.__cause__, boto.BotoCoreError):
        never_left = isinstance(error.__cause__, BOTO_NEVER_LEFT)
        return Outcome(NO_LINE if never_left else UNCERTAIN, detail, of_server=True)
    return _judge_status(_status_of(error), _already_has_it(error), detail)


def _judge_line(error: requests.RequestException, detail: str) -> Outcome:
    """No answer. Only where the line was never made is it sure that nothing left."""
    cause = error.__cause__ or error
    reason = getattr(cause.args[0], "reason", None) if cause.args else None
    never_left = isinstance(cause, (requests.ConnectTimeout, requests.exceptions.ProxyError)) or isinstance(
        reason, NEVER_LEFT
    )
    return Outcome(NO_LINE if never_left else UNCERTAIN, detail, of_server=True)


def _status_of(error: AnymailError) -> int:
    if isinstance(error.response, dict):  # boto3
        return int(error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
    return int(error.status_code or 0)


def _already_has_it(error: AnymailError) -> bool:
    """Resend knows the key, and the words changed since: the first copy arrived."""
    return "invalid_idempotent_request" in str(error)


def _judge_status(status: int, has_it: bool, detail: str) -> Outcome:
    if has_it:
        return Outcome(SENT)
    if status in HOUSE:
        return Outcome(NO_LINE, detail, of_server=True)
    if status in LATER:
        return Outcome(RETRY, detail, of_server=True)
    if 400 <= status < 500:
        return Outcome(REFUSED, detail)
    if status:  # taken and not understood, or lost behind their door
        return Outcome(UNCERTAIN, detail, of_server=True)
    return Outcome(REFUSED, detail)  # anymail itself could not make a request of it
