"""A private folder on this machine: random names, mode 0600, written aside, flushed, then renamed into place."""

import errno
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from documents.storage import tokens
from documents.storage.base import (
    CHUNK_BYTES,
    AlreadyThere,
    NotThere,
    NotTheSame,
    Part,
    Signed,
    StorageFailed,
    StorageFull,
    Stored,
)

KEY = re.compile(r"(?:quarantine|documents)/[0-9a-f]{32}")
UPLOAD_ID = re.compile(r"[0-9a-f]{32}")
MOST_PARTS = 10_000


class LocalFileStore:
    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in ("quarantine", "documents", "parts", "incoming"):
            (root / folder).mkdir(parents=True, exist_ok=True, mode=0o700)

    # --- Whole objects ---------------------------------------------------------------------------------------

    def has_room_for(self, size: int) -> bool:
        """Twice the size must be free: what arrives is copied once more when it is clean."""
        return shutil.disk_usage(self.root).free >= 2 * size

    def put(self, key: str, chunks: Iterable[bytes], length: int) -> Stored:
        target = self._path(key)
        with self._aside(length) as incoming:
            _write(incoming, chunks, length)
            _place(incoming, target)
        return self._stored(key, target)

    def head(self, key: str) -> Stored | None:
        try:
            return self._stored(key, self._path(key))
        except FileNotFoundError:
            return None

    def stream(self, key: str) -> Iterator[bytes]:
        try:
            file = self._path(key).open("rb")
        except FileNotFoundError:
            raise NotThere(key) from None
        return _read_and_close(file)

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)
        for folder in (self.root / "parts").glob(f"{self._name(key)}.*"):
            shutil.rmtree(folder, ignore_errors=True)

    def keys(self, folder: str) -> Iterator[str]:
        for path in sorted((self.root / folder.rstrip("/")).iterdir()):
            yield f"{folder}{path.name}"

    # --- In parts --------------------------------------------------------------------------------------------

    def create_multipart(self, key: str) -> str:
        if self._path(key).exists():
            raise AlreadyThere(key)
        upload_id = secrets.token_hex(16)
        (self.root / "parts" / f"{self._name(key)}.{upload_id}").mkdir(mode=0o700)
        return upload_id

    def put_part(self, key: str, upload_id: str, number: int, chunks: Iterable[bytes], length: int) -> Part:
        """A part sent again replaces the one before."""
        folder = self._parts(key, upload_id)
        if not 1 <= number <= MOST_PARTS:
            raise StorageFailed("part number")
        with self._aside(length) as incoming:
            _write(incoming, chunks, length)
            target = folder / f"{number:05d}"
            incoming.replace(target)
        _flush_folder(folder)
        return _part(target)

    def list_parts(self, key: str, upload_id: str) -> list[Part]:
        return [_part(path) for path in sorted(self._parts(key, upload_id).iterdir())]

    def complete_multipart(self, key: str, upload_id: str, parts: list[tuple[int, str]]) -> Stored:
        """Join the parts named, in order; asked twice, the second answer is the same."""
        target = self._path(key)
        try:
            folder = self._parts(key, upload_id)
        except NotThere:
            if stored := self.head(key):
                return stored
            raise
        here = {part.number: part for part in self.list_parts(key, upload_id)}
        if not parts or any(here.get(number) is None or here[number].etag != etag for number, etag in parts):
            raise NotTheSame("parts")
        length = sum(here[number].size for number, _etag in parts)
        with self._aside(length) as incoming:
            files = (folder / f"{number:05d}" for number, _etag in sorted(parts))
            _write(incoming, (chunk for path in files for chunk in _read_and_close(path.open("rb"))), length)
            _place(incoming, target)
        shutil.rmtree(folder, ignore_errors=True)
        return self._stored(key, target)

    def abort_multipart(self, key: str, upload_id: str) -> None:
        try:
            shutil.rmtree(self._parts(key, upload_id), ignore_errors=True)
        except NotThere:
            pass

    def sign(self, *, verb: str, key: str, upload_id: str = "", part: int = 0, length: int = 0) -> Signed:
        permit = tokens.Permit(verb=verb, key=key, upload_id=upload_id, part=part, length=length)
        return Signed(url=tokens.address(permit), key=key)

    # --- Inside ----------------------------------------------------------------------------------------------

    def _path(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise StorageFailed("key")
        return self.root / key

    def _name(self, key: str) -> str:
        return self._path(key).name

    def _parts(self, key: str, upload_id: str) -> Path:
        if not UPLOAD_ID.fullmatch(upload_id):
            raise NotThere(upload_id)
        folder = self.root / "parts" / f"{self._name(key)}.{upload_id}"
        if not folder.is_dir():
            raise NotThere(upload_id)
        return folder

    def _stored(self, key: str, path: Path) -> Stored:
        facts = path.stat()
        return Stored(key=key, size=facts.st_size, etag=_etag(facts))

    @contextmanager
    def _aside(self, length: int) -> Iterator[Path]:
        """A file of one's own to write into; whatever happens, nothing of it is left behind."""
        if not self.has_room_for(length):
            raise StorageFull
        incoming = self.root / "incoming" / secrets.token_hex(16)
        try:
            yield incoming
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StorageFull from error
            raise
        finally:
            incoming.unlink(missing_ok=True)


def _etag(facts: os.stat_result) -> str:
    """Changes whenever other bytes take the place: no file is ever written twice under its name."""
    return f"{facts.st_ino:x}-{facts.st_size:x}-{facts.st_mtime_ns:x}"


def _part(path: Path) -> Part:
    facts = path.stat()
    return Part(number=int(path.name), size=facts.st_size, etag=_etag(facts))


def _write(path: Path, chunks: Iterable[bytes], length: int) -> None:
    written = 0
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for chunk in chunks:
            written += len(chunk)
            if written > length:
                raise NotTheSame("longer than announced")
            file.write(chunk)
        if written != length:
            raise NotTheSame("shorter than announced")
        file.flush()
        os.fsync(file.fileno())


def _place(incoming: Path, target: Path) -> None:
    """Into place in one step, never over something that lies there (a link refuses, a rename would not)."""
    try:
        os.link(incoming, target)
    except FileExistsError:
        raise AlreadyThere(target.name) from None
    _flush_folder(target.parent)


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read_and_close(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
