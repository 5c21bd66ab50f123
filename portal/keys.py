"""Keys that the first run makes: one file each under DATA_DIR/keys, mode 0600, never derived from another."""

import os
import secrets
from collections.abc import Callable
from pathlib import Path

from cryptography.fernet import Fernet


def make_secret_key() -> str:
    return secrets.token_urlsafe(64)


def make_fernet_key() -> str:
    return Fernet.generate_key().decode()


def key_from_file(folder: Path, name: str, make: Callable[[], str]) -> str:
    """The key kept in `folder/name`; made on the first run. Safe when several processes start at once."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / name
    if not path.exists():
        draft = folder / f".{name}.{os.getpid()}.{secrets.token_hex(4)}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(make())
            handle.flush()
            os.fsync(handle.fileno())
        try:
            os.link(draft, path)  # atomic, and loses gracefully to a process that was quicker
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
