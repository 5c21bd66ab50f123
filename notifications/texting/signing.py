"""
Whether a call really comes from Twilio: it signs the exact address and every field with the account's token
(https://www.twilio.com/docs/usage/webhooks/webhooks-security). Their own library judges when it is installed.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

HEADER = "X-Twilio-Signature"
USUAL_PORTS = {"https": 443, "http": 80}
Fields = Mapping[str, list[str]]


def library_is_installed() -> bool:
    return find_spec("twilio") is not None


def is_signed(address: str, fields: Fields, signature: str, token: str) -> bool:
    """`address` as the provider called it, built from PUBLIC_URL; `fields` with all their values."""
    if not token or not signature:
        return False
    if library_is_installed():
        validator = import_module("twilio.request_validator").RequestValidator(token)
        return bool(validator.validate(address, _ManyValues(fields), signature))
    # They sign with the port or without it.
    return any(
        hmac.compare_digest(signature_of(form, fields, token).encode(), signature.encode())
        for form in _with_and_without_port(address)
    )


def signature_of(address: str, fields: Fields, token: str) -> str:
    """HMAC-SHA1, in base64, over the address and the fields in order, each name followed by its value."""
    said = "".join(name + value for name in sorted(fields) for value in sorted(set(fields[name])))
    digest = hmac.new(token.encode(), (address + said).encode(), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def _with_and_without_port(address: str) -> list[str]:
    parts = urlsplit(address)
    host = parts.hostname or ""
    port = parts.port or USUAL_PORTS.get(parts.scheme, 443)
    return [parts._replace(netloc=place).geturl() for place in (host, f"{host}:{port}")]


class _ManyValues(dict[str, Any]):
    """A dictionary of lists as the library reads them."""

    def getlist(self, name: str) -> list[str]:
        return list(self[name])
