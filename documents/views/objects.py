"""
The signed local address. It speaks the verbs of S3, so that the browser's code is the same for a folder and a bucket.

The token is the authority (verb, key, part, exact length, a quarter of an hour); no session and no form token is
asked for. Bodies are sealed on their way to disk and never parsed: nothing here touches request.body, POST or FILES.
"""

import logging
import re
from collections.abc import Iterator
from xml.sax.saxutils import escape

from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from documents.models import UploadSession
from documents.services import storing
from documents.services.uploading import OPEN
from documents.storage import file_store, tokens
from documents.storage.base import CHUNK_BYTES, AlreadyThere, NotThere, NotTheSame, StorageFailed, StorageFull
from documents.storage.tokens import Permit

logger = logging.getLogger(__name__)
PART = re.compile(r"<Part>\s*<PartNumber>(\d{1,5})</PartNumber>\s*<ETag>([^<]{1,120})</ETag>\s*</Part>")
ANSWERS = {
    AlreadyThere: (412, "PreconditionFailed"),
    NotThere: (404, "NoSuchUpload"),
    NotTheSame: (400, "InvalidPart"),
    StorageFull: (507, "InsufficientStorage"),
    UnreadablePostError: (400, "RequestTimeout"),
    StorageFailed: (400, "InvalidRequest"),
}


@csrf_exempt
@login_not_required
def stored_object(request: HttpRequest, token: str) -> HttpResponse:
    try:
        permit = tokens.read(token)
    except signing.SignatureExpired:
        return _error(403, "ExpiredToken")
    except (signing.BadSignature, TypeError):
        return _error(403, "AccessDenied")
    if request.method != tokens.METHODS[permit.verb] or not _may_still(permit):
        return _error(403, "AccessDenied")
    if not _length_fits(request, permit):
        return _error(403, "EntityTooLarge")
    try:
        return DO[permit.verb](request, permit)
    except tuple(ANSWERS) as error:
        status, code = next(answer for kind, answer in ANSWERS.items() if isinstance(error, kind))
        return _error(status, code)


def _may_still(permit: Permit) -> bool:
    """Once the upload is complete or cancelled, every address for it is dead, however long it was good for."""
    return UploadSession.objects.filter(key=permit.key, state__in=OPEN).exists()


def _session(permit: Permit) -> UploadSession:
    try:
        return UploadSession.objects.get(key=permit.key)
    except UploadSession.DoesNotExist:  # gone since we looked
        raise NotThere(permit.key) from None


def _length_fits(request: HttpRequest, permit: Permit) -> bool:
    if "chunked" in request.META.get("HTTP_TRANSFER_ENCODING", "").lower():
        return False
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return False
    return length == permit.length if permit.verb in ("put", "put_part") else 0 <= length <= permit.length


def _body(request: HttpRequest) -> Iterator[bytes]:
    while chunk := request.read(CHUNK_BYTES):
        yield chunk


def _put(request: HttpRequest, permit: Permit) -> HttpResponse:
    seal = storing.seal_of(_session(permit))
    stored = file_store().put(permit.key, _body(request), permit.length, seal=seal)
    return HttpResponse(headers={"ETag": f'"{stored.etag}"'})


def _create(request: HttpRequest, permit: Permit) -> HttpResponse:
    upload_id = file_store().create_multipart(permit.key)
    inside = f"<Key>{escape(permit.key)}</Key><UploadId>{escape(upload_id)}</UploadId>"
    return _xml(f"<InitiateMultipartUploadResult>{inside}</InitiateMultipartUploadResult>")


def _put_part(request: HttpRequest, permit: Permit) -> HttpResponse:
    part = file_store().put_part(
        permit.key, permit.upload_id, permit.part, _body(request), permit.length,
        seal=storing.seal_of(_session(permit)),
    )  # fmt: skip
    return HttpResponse(headers={"ETag": f'"{part.etag}"'})


def _list_parts(request: HttpRequest, permit: Permit) -> HttpResponse:
    parts = "".join(
        f"<Part><PartNumber>{part.number}</PartNumber><ETag>{part.etag}</ETag><Size>{part.size}</Size></Part>"
        for part in file_store().list_parts(permit.key, permit.upload_id)
    )
    return _xml(f"<ListPartsResult><UploadId>{permit.upload_id}</UploadId>{parts}</ListPartsResult>")


def _complete(request: HttpRequest, permit: Permit) -> HttpResponse:
    said = b"".join(_body(request)).decode(errors="replace")
    parts = [(int(number), etag.strip().strip('"')) for number, etag in PART.findall(said)]
    stored = file_store().complete_multipart(permit.key, permit.upload_id, parts)
    inside = (
        f"<Location>{escape(stored.key)}</Location><Key>{escape(stored.key)}</Key><ETag>{stored.etag}</ETag>"
    )
    return _xml(f"<CompleteMultipartUploadResult>{inside}</CompleteMultipartUploadResult>")


def _abort(request: HttpRequest, permit: Permit) -> HttpResponse:
    file_store().abort_multipart(permit.key, permit.upload_id)
    return HttpResponse(status=204)


DO = {
    "put": _put,
    "create": _create,
    "put_part": _put_part,
    "list_parts": _list_parts,
    "complete": _complete,
    "abort": _abort,
}


def _error(status: int, code: str) -> HttpResponse:
    response = _xml(f"<Error><Code>{code}</Code><Message>{code}</Message></Error>", status=status)
    response._has_been_logged = True  # type: ignore[attr-defined]  # the address holds the token: not into the log
    logger.info("an upload address answered %s %s", status, code)
    return response


def _xml(text: str, status: int = 200) -> HttpResponse:
    # The client compares the type with exactly this; the encoding stands in the document.
    text = f'<?xml version="1.0" encoding="UTF-8"?>{text}'
    return HttpResponse(text, status=status, headers={"Content-Type": "application/xml"})
