"""
Documents that came before anything was sealed: their bytes lie readable under `documents/`. Each is read, compared
with its hash, sealed under a new key, and only then is the readable file deleted. May be cut off and run again.
"""

import logging
from collections.abc import Iterator

from django.db.models import QuerySet

from documents.models import Document
from documents.services import storing
from documents.spool import Spool
from documents.storage import file_store
from documents.storage.base import CHUNK_BYTES, NotThere
from documents.storage.local import LocalFileStore

logger = logging.getLogger(__name__)


def seal_earlier() -> tuple[int, int]:
    """How many were sealed, and how many could not be because their bytes are missing or others."""
    store = file_store()
    if not isinstance(store, LocalFileStore):
        return 0, 0
    done = failed = 0
    for document in _readable().order_by("pk").iterator(chunk_size=100):
        if _seal(store, document):
            done += 1
        else:
            failed += 1
            logger.error("document %s is not sealed: its bytes are missing or others", document.public_id)
    return done, failed


def _readable() -> QuerySet[Document]:
    return Document.objects.filter(wrapped_key="", disposed_at__isnull=True, bytes_destroyed_at__isnull=True)


def _seal(store: LocalFileStore, document: Document) -> bool:
    with Spool(document.size) as spool:
        try:
            for chunk in _plain(store, document.key):
                spool.write(chunk)
        except NotThere:
            return False
        if spool.sha256 != document.sha256:
            return False
        stored = storing.store_spool(spool=spool, of=document.public_id)
    moved = _readable().filter(pk=document.pk, key=document.key)
    if moved.update(key=stored.key, wrapped_key=stored.wrapped_key):
        store.delete(document.key)
    else:  # another one was quicker, or it was disposed of meanwhile
        store.delete(stored.key)
    return True


def _plain(store: LocalFileStore, key: str) -> Iterator[bytes]:
    try:
        with store.path_of(key).open("rb") as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk
    except FileNotFoundError:
        raise NotThere(key) from None
