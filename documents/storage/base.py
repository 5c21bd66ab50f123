"""
The verbs a storage must know. They are those of S3, so that the browser speaks one language to every backend.

Sizes and bytes are always the plain ones. A storage with `needs_seal` keeps nothing readable: it must be given the
seal of the row that the object belongs to (`documents/sealing.py`); the others encrypt by themselves and take None.
"""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from documents.sealing import Seal
    from documents.spool import Spool

QUARANTINE = "quarantine/"
DOCUMENTS = "documents/"
PREVIEWS = "previews/"
EXPORTS = "exports/"
FOLDERS = (QUARANTINE, DOCUMENTS, PREVIEWS, EXPORTS)
CHUNK_BYTES = 128 * 1024  # what Tink asks for at a time: such a piece goes through it uncopied
SIGNED_SECONDS = 900


class StorageFull(Exception):
    """There is no room for this many bytes."""


class StorageFailed(Exception):
    """The storage did not answer as it should; trying again later may help."""


class NotThere(StorageFailed):
    """No such object or multipart upload."""


class AlreadyThere(StorageFailed):
    """An object lies under this key; it is never overwritten."""


class NotTheSame(StorageFailed):
    """The bytes are not those they should be."""


@dataclass(frozen=True)
class Stored:
    key: str
    size: int
    etag: str


@dataclass(frozen=True)
class Part:
    number: int
    size: int
    etag: str


@dataclass(frozen=True)
class Signed:
    """An address that allows one verb on one object, for a quarter of an hour."""

    url: str
    key: str
    headers: dict[str, str] = field(default_factory=dict)  # that the browser must send along


def new_key(folder: str) -> str:
    """A name nobody can guess: 128 random bits."""
    return f"{folder}{secrets.token_hex(16)}"


class FileStore(Protocol):
    needs_seal: bool

    def has_room_for(self, size: int) -> bool: ...

    def put(self, key: str, chunks: Iterable[bytes], length: int, *, seal: "Seal | None" = None) -> Stored:
        """Store exactly `length` bytes; AlreadyThere, NotTheSame, StorageFull."""
        ...

    def promote(
        self, source: str, target: str, *, etag: str, spool: "Spool", seal: "Seal | None" = None
    ) -> Stored:
        """
        Keep under `target` what was checked: the bytes of `spool`, which were read from `source` when it had this
        etag. A bucket copies them by itself; NotTheSame when other bytes lie there by now.
        """
        ...

    def create_multipart(self, key: str) -> str: ...

    def put_part(
        self, key: str, upload_id: str, number: int, chunks: Iterable[bytes], length: int,
        *, seal: "Seal | None" = None,
    ) -> Part: ...  # fmt: skip

    def list_parts(self, key: str, upload_id: str) -> list[Part]: ...

    def complete_multipart(self, key: str, upload_id: str, parts: list[tuple[int, str]]) -> Stored: ...

    def abort_multipart(self, key: str, upload_id: str) -> None: ...

    def head(self, key: str) -> Stored | None: ...

    def stream(self, key: str, *, seal: "Seal | None" = None, etag: str = "") -> Iterator[bytes]:
        """
        The bytes, in pieces. NotThere; NotTheSame when other bytes than those of `etag` lie there, or, at any piece,
        when the bytes were changed at rest.
        """
        ...

    def delete(self, key: str) -> None:
        """The object and whatever parts of it lie about; nothing there is no error."""
        ...

    def keys(self, folder: str) -> Iterator[str]:
        """All keys that begin with this folder, such as `documents/` or the `previews/…/` of one document."""
        ...

    def open_uploads(self) -> Iterator[tuple[str, str]]:
        """Key and upload id of every multipart upload that was neither completed nor aborted."""
        ...

    def modified_at(self, key: str) -> datetime | None:
        """When the object was stored; None when it is not there."""
        ...

    def sign(self, *, verb: str, key: str, upload_id: str = "", part: int = 0, length: int = 0) -> Signed:
        """An address for `verb` (put, create, put_part, list_parts, complete, abort) with exactly `length` bytes."""
        ...

    def address(self, key: str, *, name: str, content_type: str, inline: bool = False) -> str | None:
        """An address that hands out the object for at most a minute; None when the house has to hand it out."""
        ...
