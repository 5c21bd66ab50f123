"""
A private folder on this machine: random names, mode 0600, sealed, written aside, flushed, then renamed into place.

An object is a file, or a folder of the parts it was sent in: each part is sealed by itself, so joining is renaming.
"""

import errno
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from documents.sealing import Seal
from documents.spool import Spool
from documents.storage import tokens
from documents.storage.base import (
    CHUNK_BYTES,
    FOLDERS,
    AlreadyThere,
    NotThere,
    NotTheSame,
    Part,
    Signed,
    StorageFailed,
    StorageFull,
    Stored,
)

KEY = re.compile(
    r"(?:quarantine|documents|exports)/[0-9a-f]{32}|previews/[0-9a-f]{32}/(?P<place>[a-z0-9-]{1,40})"
)
FOLDER = re.compile(r"(?:quarantine|documents|exports|previews)/?|previews/[0-9a-f]{32}/?")
UPLOAD_ID = re.compile(r"[0-9a-f]{32}")
MOST_PARTS = 10_000


class LocalFileStore:
    needs_seal = True

    def __init__(self, root: Path) -> None:
        self.root = root
        for folder in (*FOLDERS, "parts", "incoming"):
            (root / folder).mkdir(parents=True, exist_ok=True, mode=0o700)

    # --- Whole objects ---------------------------------------------------------------------------------------

    def has_room_for(self, size: int) -> bool:
        """Twice the size must be free: what arrives is kept once more when it is clean."""
        return shutil.disk_usage(self.root).free >= 2 * size

    def put(self, key: str, chunks: Iterable[bytes], length: int, *, seal: Seal | None = None) -> Stored:
        target, sealed = self.path_of(key), _must(seal).sealed(_exactly(chunks, length), place=_place_of(key))
        with self._aside(length) as incoming:
            _write(incoming, sealed)
            target.parent.mkdir(exist_ok=True, mode=0o700)  # the folder of one document's page images
            _place(incoming, target)
        return self._stored(key, target)

    def promote(
        self, source: str, target: str, *, etag: str, spool: Spool, seal: Seal | None = None
    ) -> Stored:
        return self.put(target, spool.chunks(), spool.size, seal=seal)

    def head(self, key: str) -> Stored | None:
        try:
            return self._stored(key, self.path_of(key))
        except FileNotFoundError:
            return None

    def stream(self, key: str, *, seal: Seal | None = None, etag: str = "") -> Iterator[bytes]:
        path, opener = self.path_of(key), _must(seal)
        try:
            if etag and self._stored(key, path).etag != etag:
                raise NotTheSame(key)
            if path.is_dir():
                return _joined(path, opener)
            return opener.opened(_read_and_close(path.open("rb")), place=_place_of(key))
        except FileNotFoundError:
            raise NotThere(key) from None

    def delete(self, key: str) -> None:
        path = self.path_of(key)
        for folder in (self.root / "parts").glob(f"{path.name}.*"):
            shutil.rmtree(folder, ignore_errors=True)
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        if _place_of(key):
            _remove_when_empty(path.parent)

    def keys(self, folder: str) -> Iterator[str]:
        if not FOLDER.fullmatch(folder):
            raise StorageFailed("folder")
        yield from sorted(self._keys_below(folder.rstrip("/")))

    def open_uploads(self) -> Iterator[tuple[str, str]]:
        for folder in sorted((self.root / "parts").iterdir()):
            name, _dot, upload_id = folder.name.partition(".")
            yield f"quarantine/{name}", upload_id

    def modified_at(self, key: str) -> datetime | None:
        try:
            return datetime.fromtimestamp(self.path_of(key).stat().st_mtime, UTC)
        except FileNotFoundError:
            return None

    # --- In parts --------------------------------------------------------------------------------------------

    def create_multipart(self, key: str) -> str:
        if self.path_of(key).exists():
            raise AlreadyThere(key)
        upload_id = secrets.token_hex(16)
        (self.root / "parts" / f"{self._name(key)}.{upload_id}").mkdir(mode=0o700)
        return upload_id

    def put_part(
        self, key: str, upload_id: str, number: int, chunks: Iterable[bytes], length: int,
        *, seal: Seal | None = None,
    ) -> Part:  # fmt: skip
        """A part sent again replaces the one before."""
        folder = self._parts(key, upload_id)
        if not 1 <= number <= MOST_PARTS:
            raise StorageFailed("part number")
        target = folder / f"{number:05d}"
        sealed = _must(seal).sealed(_exactly(chunks, length), place=target.name)
        with self._aside(length) as incoming:
            _write(incoming, sealed)
            try:
                incoming.replace(target)
                part = _part(target)
            except FileNotFoundError:  # joined or given up while this part was on its way
                raise NotThere(upload_id) from None
        _flush_folder(folder)
        return part

    def list_parts(self, key: str, upload_id: str) -> list[Part]:
        return [_part(path) for path in sorted(self._parts(key, upload_id).iterdir())]

    def complete_multipart(self, key: str, upload_id: str, parts: list[tuple[int, str]]) -> Stored:
        """Join the parts named, in order; asked twice, the second answer is the same."""
        target = self.path_of(key)
        try:
            folder = self._parts(key, upload_id)
        except NotThere:
            if stored := self.head(key):
                return stored
            raise
        here = {part.number: part for part in self.list_parts(key, upload_id)}
        if not parts or any(here.get(number) is None or here[number].etag != etag for number, etag in parts):
            raise NotTheSame("parts")
        for number in here.keys() - {number for number, _etag in parts}:
            (folder / f"{number:05d}").unlink(missing_ok=True)
        try:
            folder.rename(target)
        except FileNotFoundError:  # somebody else asked for the same at the same moment
            pass
        except OSError:
            raise AlreadyThere(key) from None
        _flush_folder(target.parent)
        _flush_folder(folder.parent)
        return self._stored(key, target)

    def abort_multipart(self, key: str, upload_id: str) -> None:
        try:
            shutil.rmtree(self._parts(key, upload_id), ignore_errors=True)
        except NotThere:
            pass

    # --- Addresses -------------------------------------------------------------------------------------------

    def sign(self, *, verb: str, key: str, upload_id: str = "", part: int = 0, length: int = 0) -> Signed:
        permit = tokens.Permit(verb=verb, key=key, upload_id=upload_id, part=part, length=length)
        return Signed(url=tokens.address(permit), key=key)

    def address(self, key: str, *, name: str, content_type: str, inline: bool = False) -> str | None:
        return None

    # --- Inside ----------------------------------------------------------------------------------------------

    def path_of(self, key: str) -> Path:
        """Where it lies; StorageFailed for what is no key."""
        if not KEY.fullmatch(key):
            raise StorageFailed("key")
        return self.root / key

    def _name(self, key: str) -> str:
        return self.path_of(key).name

    def _keys_below(self, folder: str) -> Iterator[str]:
        """An object in parts is one key; a folder of page images is as many as there are pages."""
        try:
            names = [path.name for path in (self.root / folder).iterdir()]
        except FileNotFoundError:
            return
        for name in names:
            if folder == "previews":
                yield from self._keys_below(f"previews/{name}")
            else:
                yield f"{folder}/{name}"

    def _parts(self, key: str, upload_id: str) -> Path:
        if not UPLOAD_ID.fullmatch(upload_id):
            raise NotThere(upload_id)
        folder = self.root / "parts" / f"{self._name(key)}.{upload_id}"
        if not folder.is_dir():
            raise NotThere(upload_id)
        return folder

    def _stored(self, key: str, path: Path) -> Stored:
        facts = path.stat()
        if not path.is_dir():
            return Stored(key=key, size=Seal.plain_size(facts.st_size), etag=_etag(facts))
        parts = [_part(part) for part in sorted(path.iterdir())]
        etag = sha256(" ".join(part.etag for part in parts).encode()).hexdigest()[:32]
        return Stored(key=key, size=sum(part.size for part in parts), etag=f"{etag}-{len(parts)}")

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


def _must(seal: Seal | None) -> Seal:
    """Nothing readable ever lies in this folder."""
    if seal is None:
        raise StorageFailed("no seal")
    return seal


def _place_of(key: str) -> str:
    """Which page image of its document; empty for what is the row's only object."""
    found = KEY.fullmatch(key)
    return (found["place"] or "") if found else ""


def _joined(folder: Path, seal: Seal) -> Iterator[bytes]:
    for path in sorted(folder.iterdir()):
        yield from seal.opened(_read_and_close(path.open("rb")), place=path.name)


def _etag(facts: os.stat_result) -> str:
    """Changes whenever other bytes take the place: no file is ever written twice under its name."""
    return f"{facts.st_ino:x}-{facts.st_size:x}-{facts.st_mtime_ns:x}"


def _part(path: Path) -> Part:
    facts = path.stat()
    return Part(number=int(path.name), size=Seal.plain_size(facts.st_size), etag=_etag(facts))


def _exactly(chunks: Iterable[bytes], length: int) -> Iterator[bytes]:
    """The same pieces; NotTheSame, before the last is sealed, when they are not `length` bytes together."""
    passed = 0
    for chunk in chunks:
        passed += len(chunk)
        if passed > length:
            raise NotTheSame("longer than announced")
        yield chunk
    if passed != length:
        raise NotTheSame("shorter than announced")


def _write(path: Path, chunks: Iterable[bytes]) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for chunk in chunks:
            file.write(chunk)
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
    """Make the names in it last; a folder that was moved meanwhile took them along."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        return
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_when_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        pass


def _read_and_close(file: BinaryIO) -> Iterator[bytes]:
    with file:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
