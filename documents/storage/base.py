"""The verbs a storage must know. They are those of S3, so that the browser speaks one language to every backend."""

import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

QUARANTINE = "quarantine/"
DOCUMENTS = "documents/"
CHUNK_BYTES = 256 * 1024
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


def new_key(folder: str) -> str:
    """A name nobody can guess: 128 random bits."""
    return f"{folder}{secrets.token_hex(16)}"


class FileStore(Protocol):
    def has_room_for(self, size: int) -> bool: ...

    def put(self, key: str, chunks: Iterable[bytes], length: int) -> Stored:
        """Store exactly `length` bytes; AlreadyThere, NotTheSame, StorageFull."""
        ...

    def create_multipart(self, key: str) -> str: ...

    def put_part(
        self, key: str, upload_id: str, number: int, chunks: Iterable[bytes], length: int
    ) -> Part: ...

    def list_parts(self, key: str, upload_id: str) -> list[Part]: ...

    def complete_multipart(self, key: str, upload_id: str, parts: list[tuple[int, str]]) -> Stored: ...

    def abort_multipart(self, key: str, upload_id: str) -> None: ...

    def head(self, key: str) -> Stored | None: ...

    def stream(self, key: str) -> Iterator[bytes]: ...

    def delete(self, key: str) -> None:
        """The object and whatever parts of it lie about; nothing there is no error."""
        ...

    def keys(self, folder: str) -> Iterator[str]: ...

    def sign(self, *, verb: str, key: str, upload_id: str = "", part: int = 0, length: int = 0) -> Signed:
        """An address for `verb` (put, create, put_part, list_parts, complete, abort) with exactly `length` bytes."""
        ...
