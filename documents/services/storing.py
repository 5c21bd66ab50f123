"""
Between rows and the storage: which seal belongs to which row, keeping what was checked, reading it, destroying it.

Everything that reads or writes the bytes of a document, an upload or an archive comes through here.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

from django.utils import timezone

from documents.models import Document, Export, Look, UploadSession
from documents.sealing import Seal, new_seal, open_seal
from documents.spool import Spool
from documents.storage import file_store
from documents.storage.base import DOCUMENTS, NotThere, NotTheSame, new_key

Row = Document | UploadSession | Export


@dataclass(frozen=True)
class StoredBytes:
    """Where bytes were kept, and what the row with this public_id, for which they are sealed, must remember."""

    of: UUID
    key: str
    wrapped_key: str
    size: int
    sha256: str


def seal_for(of: UUID) -> Seal | None:
    """A new seal for the row with this public_id; None when the storage encrypts by itself."""
    return new_seal(of) if file_store().needs_seal else None


def seal_of(row: Row) -> Seal | None:
    """The seal that this row keeps; None when the storage encrypts by itself. NotThere when its key was destroyed."""
    if not file_store().needs_seal:
        return None
    if not row.wrapped_key:
        raise NotThere(row.key)
    return open_seal(row.wrapped_key, row.public_id)


def store_spool(*, spool: Spool, of: UUID, folder: str = DOCUMENTS) -> StoredBytes:
    """Keep these bytes for the row with this public_id, under a new key. StorageFull, StorageFailed."""
    store, key, seal = file_store(), new_key(folder), seal_for(of)
    store.put(key, spool.chunks(), spool.size, seal=seal)
    return _kept(of, key, seal, spool)


def promote_spool(*, session: UploadSession, spool: Spool) -> StoredBytes:
    """
    Keep what was read into `spool` from the quarantine, for a document that is to be. NotTheSame when other bytes lie
    in quarantine by now.
    """
    of = uuid4()
    store, key, seal = file_store(), new_key(DOCUMENTS), seal_for(of)
    store.promote(session.key, key, etag=session.etag, spool=spool, seal=seal)
    return _kept(of, key, seal, spool)


def _kept(of: UUID, key: str, seal: Seal | None, spool: Spool) -> StoredBytes:
    """What we sealed ourselves is opened once more: a paper that no key opens would be lost."""
    if seal is not None:
        try:
            if sha256_of(file_store().stream(key, seal=open_seal(seal.wrapped, of))) != spool.sha256:
                raise NotTheSame(key)
        except BaseException:
            file_store().delete(key)
            raise
    return StoredBytes(of, key, seal.wrapped if seal else "", spool.size, spool.sha256)


def sha256_of(chunks: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def bytes_of(row: Row) -> Iterator[bytes]:
    """The plain bytes, in pieces. NotThere, NotTheSame (also in the middle, when they were changed at rest)."""
    return file_store().stream(row.key, seal=seal_of(row))


@contextmanager
def spooled(document: Document) -> Iterator[Spool]:
    """The whole document in a private place. NotTheSame when it is not what was checked."""
    with Spool(document.size) as spool:
        for chunk in bytes_of(document):
            spool.write(chunk)
        if spool.sha256 != document.sha256:
            raise NotTheSame(document.key)
        yield spool


def destroy_bytes(document: Document) -> None:
    """
    For good: its key first, then the object and the page images. Its originals are documents with bytes of their own.
    May be done again when it was cut off. Call it outside of a transaction, or as the last thing in one.
    """
    Document.objects.filter(pk=document.pk).update(wrapped_key="")
    document.wrapped_key = ""
    file_store().delete(document.key)
    if look := Look.objects.filter(document=document).first():
        destroy_previews(look.folder)
    Document.objects.filter(pk=document.pk).update(bytes_destroyed_at=timezone.now())


def destroy_previews(folder: str) -> None:
    for key in list(file_store().keys(folder)):
        file_store().delete(key)
