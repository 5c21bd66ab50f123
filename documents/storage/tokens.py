"""Signed local addresses: they do for a folder what a presigned address does for S3."""

from dataclasses import asdict, dataclass

from django.core import signing
from django.urls import reverse

from documents.storage.base import SIGNED_SECONDS

SALT = "documents.upload"

# What each verb is over HTTP, as S3 has it.
METHODS = {
    "put": "PUT",
    "create": "POST",
    "put_part": "PUT",
    "list_parts": "GET",
    "complete": "POST",
    "abort": "DELETE",
}


@dataclass(frozen=True)
class Permit:
    """One verb on one object; `length` is exact for what carries bytes, else the most that is read."""

    verb: str
    key: str
    upload_id: str = ""
    part: int = 0
    length: int = 0


def address(permit: Permit) -> str:
    token = signing.dumps(asdict(permit), salt=SALT)
    return reverse("uploads:object", args=[token])


def read(token: str) -> Permit:
    """The permit; signing.SignatureExpired or signing.BadSignature."""
    return Permit(**signing.loads(token, salt=SALT, max_age=SIGNED_SECONDS))
