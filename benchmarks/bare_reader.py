"""What an upload costs at least: reads the body, hashes it, writes it, has it flushed. Nothing else (WSGI)."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterable
from typing import Any

CHUNK_BYTES = 256 * 1024


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body, digest = environ["wsgi.input"], hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=os.environ["BARE_FOLDER"]) as file:
        while chunk := body.read(CHUNK_BYTES):
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [digest.hexdigest().encode()]
