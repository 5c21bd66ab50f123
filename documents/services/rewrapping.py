"""
The master key changes, the documents stay: only the small keysets that it wraps are wrapped anew, batch by batch.

Cut off at any point nothing is lost, since all keys open; the next run goes on. Whoever is at work meanwhile reads the
file of keys anew (`documents/master_keys.py`).
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from documents.master_keys import make_master_key, master_key_list, master_keys, write_master_keys
from documents.models import Document, Export, UploadSession
from loans.errors import Refused

logger = logging.getLogger(__name__)
SEALED: tuple[type[models.Model], ...] = (UploadSession, Document, Export)
BATCH = 200
# An upload that began under the old key may still write what it wrapped.
OLD_KEY_STAYS = timedelta(hours=1)


@dataclass
class Rewrapped:
    """How many keysets got the first key, and how many no key of the house opens."""

    done: int = 0
    lost: int = 0


def new_first_key() -> bool:
    """
    Put a new key before the others in the file of keys. False when that is not called for: the house names its keys
    itself, or an earlier run was cut off and its new key is not everywhere yet.
    """
    path = settings.DOCUMENTS_MASTER_KEY_FILE
    if path is None or next(_left_behind(), None) is not None:
        return False
    write_master_keys(path, [make_master_key(), *master_key_list()])
    return True


def rewrap_all() -> Rewrapped:
    """Wrap every keyset by the first key, unless it is."""
    result = Rewrapped()
    for model in SEALED:
        last = 0
        while rows := list(_wrapped(model).filter(pk__gt=last)[:BATCH]):
            _rewrap(model, rows, result)
            last = rows[-1][0]
    logger.warning("the keys of %s documents and uploads are wrapped anew", result.done)
    return result


def drop_old_keys() -> int:
    """
    Forget all keys but the first; how many. Refused while anything is wrapped by another, or may be in a moment: old
    backups of the database need old keys, so keep a copy as long as you keep those.
    """
    path, keys = settings.DOCUMENTS_MASTER_KEY_FILE, master_key_list()
    if path is None:
        raise Refused("DOCUMENTS_MASTER_KEY names the keys: take the old ones out there.")
    if next(_left_behind(), None) is not None:
        raise Refused("Some keys of documents are still wrapped by an old key. Run rotate_master_key again.")
    if len(keys) > 1 and _age(path) < OLD_KEY_STAYS:
        raise Refused("The new key is not an hour old, and what began before it may still use the old one.")
    if len(keys) > 1:
        write_master_keys(path, keys[:1])
        logger.warning("%s old master keys are forgotten", len(keys) - 1)
    return len(keys) - 1


def _age(path: Path) -> timedelta:
    return timedelta(seconds=timezone.now().timestamp() - path.stat().st_mtime)


def _wrapped(model: type[models.Model]) -> models.QuerySet[Any]:
    return model._default_manager.exclude(wrapped_key="").order_by("pk").values_list("pk", "wrapped_key")


def _left_behind() -> Iterator[int]:
    """Rows that the first key does not open."""
    first = Fernet(master_key_list()[0])
    for model in SEALED:
        for pk, wrapped in _wrapped(model).iterator(chunk_size=BATCH):
            if not _opens(first, wrapped):
                yield pk


def _opens(key: Fernet, wrapped: str) -> bool:
    try:
        key.decrypt(wrapped)
    except InvalidToken:
        return False
    return True


@transaction.atomic
def _rewrap(model: type[models.Model], rows: list[tuple[int, str]], result: Rewrapped) -> None:
    first, every = Fernet(master_key_list()[0]), master_keys()
    for pk, wrapped in rows:
        if _opens(first, wrapped):
            continue
        try:
            anew = first.encrypt(every.decrypt(wrapped)).decode()
        except InvalidToken:
            result.lost += 1
            continue
        # Conditional: a document that was destroyed meanwhile stays destroyed.
        result.done += model._default_manager.filter(pk=pk, wrapped_key=wrapped).update(wrapped_key=anew)
