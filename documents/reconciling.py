"""
Database against storage, in both directions, without opening anything: what a row promises and is not there, and what
is there and belongs to nothing. After a restore of one of the two this says what the other one lacks.

Rows and keys are compared in batches; the house may hold more of them than fit into memory.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import islice
from typing import TypeVar

from django.utils import timezone

from documents.models import Document, Export, Look, UploadSession
from documents.storage import file_store
from documents.storage.base import DOCUMENTS, EXPORTS, PREVIEWS, QUARANTINE, FileStore, NotTheSame, Stored

T = TypeVar("T")
BATCH = 500
# What is being stored at this moment has no row yet.
ON_ITS_WAY = timedelta(hours=1)
REMOVED_AFTER = timedelta(days=1)
State = UploadSession.State


@dataclass(frozen=True)
class Missing:
    """A row whose bytes are not there, or are not of its size."""

    what: str
    row: str
    key: str
    fault: str


@dataclass(frozen=True)
class Orphan:
    """Bytes that belong to nothing. `upload_id`: parts of an upload that was never completed."""

    key: str
    upload_id: str = ""
    removed: bool = False


# --- Rows without bytes --------------------------------------------------------------------------------------


def missing() -> Iterator[Missing]:
    store = file_store()
    for document in Document.objects.filter(disposed_at__isnull=True).order_by("pk").iterator(BATCH):
        fault = _fault(store, document.key, document.size, bool(document.wrapped_key))
        if fault:
            yield Missing("document", str(document.public_id), document.key, fault)
    for look in Look.objects.filter(document__disposed_at__isnull=True).order_by("pk").iterator(BATCH):
        for page in range(1, look.pages + 1):
            if look.has_image(page) and store.head(look.key_of(page)) is None:
                yield Missing("page image", str(look.document_id), look.key_of(page), "missing")
    for export in Export.objects.filter(state=Export.State.READY).order_by("pk").iterator(BATCH):
        if fault := _fault(store, export.key, export.size, bool(export.wrapped_key)):
            yield Missing("archive", str(export.public_id), export.key, fault)
    waiting = UploadSession.objects.filter(state__in=[State.RECEIVED, State.SCANNING])
    for session in waiting.order_by("pk").iterator(BATCH):
        if fault := _fault(store, session.key, session.size, bool(session.wrapped_key)):
            yield Missing("upload", str(session.public_id), session.key, fault)


def _fault(store: FileStore, key: str, size: int, has_key: bool) -> str:
    stored = _head(store, key)
    if stored is None:
        return "missing"
    if store.needs_seal and not has_key:
        return "its key is destroyed"
    return "" if stored.size == size else "another size"


def _head(store: FileStore, key: str) -> Stored | None:
    try:
        return store.head(key)
    except NotTheSame:  # too short to be anything that was sealed
        return Stored(key, 0, "")


# --- Bytes without a row -------------------------------------------------------------------------------------


def orphans(*, remove: bool = False) -> Iterator[Orphan]:
    """
    Older than an hour. With `remove` those in quarantine that are older than a day are deleted; anything that may be
    the only copy of a paper is left to a person.
    """
    store = file_store()
    for folder, known in KNOWN.items():
        for batch in _batches(store.keys(folder)):
            for key in sorted(set(batch) - known(batch)):
                age = _age(store, key)
                if age is not None and age > ON_ITS_WAY:
                    yield Orphan(key, removed=remove and folder == QUARANTINE and _remove(store, key, age))
    yield from _abandoned_parts(store, remove=remove)


def _abandoned_parts(store: FileStore, *, remove: bool) -> Iterator[Orphan]:
    """Open uploads may take a day; what has no open row after that is nobody's."""
    for batch in _batches(store.open_uploads()):
        keys = [key for key, _upload_id in batch]
        alive = set(
            UploadSession.objects.filter(key__in=keys, bytes_deleted_at__isnull=True).values_list(
                "key", flat=True
            )
        )
        for key, upload_id in batch:
            if key not in alive:
                if remove and key.startswith(QUARANTINE):
                    store.abort_multipart(key, upload_id)
                yield Orphan(key, upload_id, removed=remove and key.startswith(QUARANTINE))


def _age(store: FileStore, key: str) -> timedelta | None:
    """None when it is gone by now."""
    stored_at = store.modified_at(key)
    return None if stored_at is None else timezone.now() - stored_at


def _remove(store: FileStore, key: str, age: timedelta) -> bool:
    if age <= REMOVED_AFTER:
        return False
    store.delete(key)
    return True


def _batches(things: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(things)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _of_uploads(keys: list[str]) -> set[str]:
    rows = UploadSession.objects.filter(key__in=keys, bytes_deleted_at__isnull=True)
    return set(rows.values_list("key", flat=True))


def _of_documents(keys: list[str]) -> set[str]:
    rows = Document.objects.filter(key__in=keys, bytes_destroyed_at__isnull=True)
    return set(rows.values_list("key", flat=True))


def _of_exports(keys: list[str]) -> set[str]:
    rows = Export.objects.filter(key__in=keys, bytes_deleted_at__isnull=True)
    return set(rows.values_list("key", flat=True))


def _of_looks(keys: list[str]) -> set[str]:
    folders = {key.rpartition("/")[0] for key in keys}
    rows = Look.objects.filter(folder__in=folders, document__bytes_destroyed_at__isnull=True)
    known = set(rows.values_list("folder", flat=True))
    return {key for key in keys if key.rpartition("/")[0] in known}


KNOWN: dict[str, Callable[[list[str]], set[str]]] = {
    QUARANTINE: _of_uploads,
    DOCUMENTS: _of_documents,
    PREVIEWS: _of_looks,
    EXPORTS: _of_exports,
}
