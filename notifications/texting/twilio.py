"""
Twilio, an optional extra (docs/texting.md): sending takes their library, believing their calls and fetching pictures
does not.

What cannot be known is said so: a connection that was never made may be tried again, one that broke after the text was
handed over may not. Pictures come from their own hosts alone, without following them anywhere else.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from notifications.models import DeliveryEvent
from notifications.smtp import Uncertain
from notifications.texting import signing
from notifications.texting.providers import Busy, Incoming, Media, MediaRefused, Refused, Status

logger = logging.getLogger(__name__)
NAME = "twilio"
SECONDS = 10
MOST_MEDIA = 10
CHUNK_BYTES = 64 * 1024
API_HOST = "api.twilio.com"
# Where the media address of an account that asks for a password leads (their article 223183748).
MEDIA_HOSTS = {API_HOST, "mms.twiliocdn.com", "media.twiliocdn.com"}
MOST_HOPS = 2
Kind = DeliveryEvent.Kind
KINDS = {
    "sent": Kind.ACCEPTED,
    "delivered": Kind.DELIVERED,
    "read": Kind.DELIVERED,
    "undelivered": Kind.FAILED,
    "failed": Kind.FAILED,
}
# They answer nothing but the bare word: neither "Opt out" nor "help!" (their article 223134027).
KEYWORDS = {
    "STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "START", "YES", "UNSTOP", "HELP",
    "INFO",
}  # fmt: skip
# https://www.twilio.com/docs/api/errors: no mobile there, a landline, not a number, opted out at the carrier or there.
DEAD_NUMBER = {"21211", "21610", "21614", "30004", "30005", "30006"}
# Nothing was taken, and not for the text's sake: our password, the account, too many at once, trouble at the door.
NOT_TAKEN = {401, 403, 429, 503}


class TwilioProvider:
    name = NAME

    def answers(self, body: str) -> bool:
        return settings.TWILIO_ANSWERS_KEYWORDS and body.strip().upper() in KEYWORDS

    # --- Out

    def send(self, *, to: str, body: str, reference: str) -> str:
        try:
            sent = _client().messages.create(to=to, body=body, **_from(), **_tell_us(reference))
        except (requests.ConnectTimeout, requests.exceptions.ProxyError) as error:
            raise Busy(_said(error)) from error
        except requests.ConnectionError as error:
            raise (Busy if _was_never_made(error) else Uncertain)(_said(error)) from error
        except requests.RequestException as error:
            raise Uncertain(_said(error)) from error
        except Exception as error:
            raise _judged(error) from error
        return str(sent.sid)

    # --- In

    def verify(self, request: HttpRequest) -> bool:
        address = settings.PUBLIC_URL + request.get_full_path()
        fields = {name: request.POST.getlist(name) for name in request.POST}
        signature = request.headers.get(signing.HEADER, "")
        return signing.is_signed(address, fields, signature, settings.TWILIO_AUTH_TOKEN)

    def parse_inbound(self, request: HttpRequest) -> Incoming:
        said = request.POST
        count = said.get("NumMedia", "0")
        media = [
            Media(said.get(f"MediaUrl{place}", ""), said.get(f"MediaContentType{place}", ""))
            for place in range(min(int(count) if count.isdecimal() else 0, MOST_MEDIA))
        ]
        return Incoming(
            provider_id=said.get("MessageSid", ""),
            sender=said.get("From", ""),
            sent_to=said.get("To", ""),
            body=said.get("Body", ""),
            media=tuple(picture for picture in media if picture.address),
        )

    def parse_status(self, request: HttpRequest) -> Status | None:
        said = request.POST
        status, code = said.get("MessageStatus", ""), said.get("ErrorCode", "")
        kind = KINDS.get(status)
        if kind is None:
            return None
        return Status(
            provider_id=said.get("MessageSid", ""),
            reference=request.GET.get("ref", ""),
            kind=Kind.BOUNCED if kind == Kind.FAILED and code in DEAD_NUMBER else kind,
            event_id=f"{said.get('MessageSid', '')}:{status}",
            detail=f"{status} {code}".strip(),
        )

    # --- Pictures

    @contextmanager
    def fetch(self, media: Media) -> Iterator[Iterator[bytes]]:
        with requests.Session() as session:
            session.trust_env = False  # no proxy, no .netrc: the password goes to them alone
            with _answer(session, media.address) as response:
                yield _chunks(response)


def _client() -> Any:
    rest, http = import_module("twilio.rest"), import_module("twilio.http.http_client")
    return rest.Client(
        settings.TWILIO_ACCOUNT_SID,
        settings.TWILIO_AUTH_TOKEN,
        http_client=http.TwilioHttpClient(timeout=SECONDS, max_retries=0),
    )


def _from() -> dict[str, str]:
    if settings.TWILIO_MESSAGING_SERVICE_SID:
        return {"messaging_service_sid": settings.TWILIO_MESSAGING_SERVICE_SID}
    return {"from_": settings.TWILIO_FROM}


def _tell_us(reference: str) -> dict[str, str]:
    """Where they say what became of it; they call nobody at home."""
    if not settings.HTTPS:
        return {}
    address = settings.PUBLIC_URL + reverse("texting:status")
    return {"status_callback": f"{address}?{urlencode({'ref': reference})}"}


def _was_never_made(error: requests.ConnectionError) -> bool:
    """Whether the line itself could not be had: no name, no route, refused."""
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return type(reason).__name__ in ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError")


def _judged(error: Exception) -> Exception:
    """What an answer other than "taken" means; anything that is no answer of theirs is a fault of ours."""
    status, code = getattr(error, "status", None), str(getattr(error, "code", "") or "")
    if not isinstance(status, int):
        return Refused(_said(error))
    detail = f"{status} {code}: {getattr(error, 'msg', '') or getattr(error, 'title', '')}"[:300]
    if status in NOT_TAKEN:
        return Busy(detail)
    if status >= 500:
        return Uncertain(detail)
    return Refused(detail, number_is_dead=code in DEAD_NUMBER)


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]


@contextmanager
def _answer(session: requests.Session, address: str) -> Iterator[requests.Response]:
    """The one answer that has the picture; each step on the way there is one of their hosts, over https."""
    for _hop in range(MOST_HOPS + 1):
        host = _must_be_theirs(address)
        auth = (settings.TWILIO_ACCOUNT_SID, settings.TWILIO_AUTH_TOKEN) if host == API_HOST else None
        try:
            response = session.get(
                address, auth=auth, timeout=(SECONDS, SECONDS), allow_redirects=False, stream=True
            )
        except ValueError as error:  # an address that is none, or that leads to one
            raise MediaRefused(_said(error)) from error
        except requests.RequestException as error:
            raise Busy(_said(error)) from error
        with response:
            if response.status_code == 200:
                yield response
                return
            if response.status_code not in (301, 302, 303, 307, 308):
                raise _no_picture(response.status_code)
            address = response.headers.get("Location", "")
    raise MediaRefused("It led on and on.")


def _must_be_theirs(address: str) -> str:
    parts = urlsplit(address)
    try:
        is_usual = parts.scheme == "https" and parts.port in (None, 443) and not parts.username
    except ValueError:
        is_usual = False
    if not is_usual or parts.hostname not in MEDIA_HOSTS:
        raise MediaRefused("The picture lies on a host that is not Twilio's.")
    if parts.hostname == API_HOST and f"/Accounts/{settings.TWILIO_ACCOUNT_SID}/" not in parts.path:
        raise MediaRefused("The picture belongs to another account.")
    return parts.hostname


def _no_picture(status: int) -> Exception:
    again = status >= 500 or status in (401, 408, 425, 429)
    return (Busy if again else MediaRefused)(f"The host of the picture answered {status}.")


def _chunks(response: requests.Response) -> Iterator[bytes]:
    try:
        yield from response.iter_content(CHUNK_BYTES)
    except requests.RequestException as error:
        raise Busy(_said(error)) from error
