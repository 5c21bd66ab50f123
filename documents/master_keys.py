"""
The master key of the house, which wraps the keyset of every row that has bytes. A list: the first wraps, all open.

It comes from DOCUMENTS_MASTER_KEY, or from a file that the first start makes, one key a line. The file may change while
the house is open: it is read anew when it did, so a rotation needs no restart.
"""

import os
import secrets
from functools import lru_cache
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings


def master_keys() -> MultiFernet:
    return _fernets(tuple(master_key_list()))


def master_key_list() -> list[str]:
    path: Path | None = settings.DOCUMENTS_MASTER_KEY_FILE
    if path is None:
        return list(settings.DOCUMENTS_MASTER_KEYS)
    facts = path.stat()
    return list(_read(path, facts.st_mtime_ns, facts.st_ino))


def make_master_key() -> str:
    return Fernet.generate_key().decode()


def write_master_keys(path: Path, keys: list[str]) -> None:
    """Put these keys in the place of those in the file: all of them or, when it fails, none. Mode 0600."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write("\n".join(keys))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


@lru_cache(maxsize=4)
def _read(path: Path, written_at: int, node: int) -> tuple[str, ...]:
    """As it was when it was written then: each change is another file."""
    return tuple(path.read_text().split())


@lru_cache(maxsize=4)
def _fernets(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])
