"""Bytes of documents that were disposed of: deleted after the commit, and by the sweep where that was cut off."""

import logging

from documents.models import Document
from documents.services.storing import destroy_bytes
from documents.storage.base import StorageFailed

logger = logging.getLogger(__name__)
AT_ONCE = 100


def delete_bytes(document: Document) -> bool:
    """Of a document that has its tombstone; False when the storage did not do it, and the sweep has to try again."""
    try:
        destroy_bytes(document)
    except (StorageFailed, OSError) as error:
        logger.error("bytes of disposed document %s are still there: %s", document.public_id, error)
        return False
    return True


def finish_disposals() -> int:
    """Delete what was cut off between tombstone and bytes; returns how many are gone now. May run twice at once."""
    left = Document.objects.filter(disposed_at__isnull=False, bytes_destroyed_at__isnull=True)
    return sum(delete_bytes(document) for document in left.order_by("disposed_at")[:AT_ONCE])
