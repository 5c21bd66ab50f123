"""A request that Bea is asked, a clean storage, and the way of a file through the whole house."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from documents import services
from documents.kinds import Kind
from documents.models import Document, Request, UploadSession
from documents.services import storing
from documents.storage import file_store
from documents.storage.base import FileStore
from tests.cast import Cast
from tests.services import buckets


@pytest.fixture
def store(tmp_path: Path, settings: Any) -> FileStore:
    settings.PRIVATE_FILES_DIR = tmp_path / "files"
    found = file_store()
    if settings.AWS_STORAGE_BUCKET_NAME:
        buckets.empty(found)
    return found


@pytest.fixture
def asked(cast: Cast, store: FileStore) -> Request:
    """What Bea is asked for."""
    return ask(cast.loan, cast.bea_party)


def ask(loan: Any, party: Any, **fields: Any) -> Request:
    words = {"kind": Kind.BANK_STATEMENT, "title": "Bank statements", "why": "To see the money."}
    return Request.objects.create(loan=loan, party=party, **{**words, **fields})


def send(request: Request, user: Any, name: str, data: bytes) -> UploadSession:
    """The whole file at once, as the plain form does it; not checked yet."""
    target = services.target_of_request(request)
    return services.take_plain_upload(target=target, user=user, file=SimpleUploadedFile(name, data))


def sent_and_checked(request: Request, user: Any, name: str, data: bytes) -> UploadSession:
    session = send(request, user, name, data)
    services.check_upload(session.public_id)
    session.refresh_from_db()
    return session


def received(request: Request, user: Any, name: str = "statement.pdf", data: bytes | None = None) -> Document:
    from tests.documents.files import pdf

    session = sent_and_checked(request, user, name, data or pdf())
    assert session.state == UploadSession.State.CLEAN, session.reason
    request.refresh_from_db()
    return session.document


def stored_bytes(key: str) -> bytes:
    """The plain bytes of an upload or a document, as they lie in the storage."""
    row = UploadSession.objects.filter(key=key).first() or Document.objects.get(key=key)
    return b"".join(storing.bytes_of(row))


class Browser:
    """Does what the uploader does, address by address."""

    def __init__(self, client: Client) -> None:
        self.client = client

    def post(self, address: str, said: Any = None) -> Any:
        return self.client.post(address, json.dumps(said or {}), content_type="application/json")

    def open(self, request: Request, name: str, size: int, last_modified: int = 1) -> Any:
        said = {"request": str(request.public_id), "name": name, "size": size, "lastModified": last_modified}
        return self.post(reverse("uploads:create"), said)

    def sign(self, opened: dict[str, Any], method: str, upload_id: str = "", part: int | None = None) -> Any:
        return self.post(opened["sign"], {"method": method, "uploadId": upload_id, "partNumber": part})

    def address(self, opened: dict[str, Any], *asked: Any) -> str:
        answer = self.sign(opened, *asked)
        assert answer.status_code == 200, answer.content
        return str(answer.json()["url"])


@pytest.fixture
def sender(cast: Cast, client_for: Callable[..., Client]) -> Browser:
    """Bea's."""
    return Browser(client_for(cast.bea))


def stranger() -> Client:
    return Client()


def parts_of(data: bytes) -> list[bytes]:
    size = settings.UPLOAD_PART_BYTES
    return [data[start : start + size] for start in range(0, len(data), size)]
