"""
Small files of the house that are nobody's download: signatures, letters that went out. They lie in the private folder
under random keys, mode 0600; whoever hands one out checks and records it.
"""

import secrets
from pathlib import Path

from django.conf import settings


def new_key(folder: str, ending: str) -> str:
    return f"{folder}/{secrets.token_hex(16)}.{ending}"


def keep(key: str, content: bytes) -> None:
    """Written whole, then renamed: who dies here leaves no half a file."""
    path = _path(key)
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(f".{secrets.token_hex(4)}")
    draft.write_bytes(content)
    draft.chmod(0o600)
    draft.replace(path)


def read(key: str) -> bytes | None:
    """What lies there; None without a key, or when it is gone."""
    path = _path(key)
    return path.read_bytes() if key and path.is_file() else None


def remove(key: str) -> None:
    if key:
        _path(key).unlink(missing_ok=True)


def _path(key: str) -> Path:
    return Path(settings.PRIVATE_FILES_DIR) / key
