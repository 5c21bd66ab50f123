"""
A private place for one file while it is worked on: memory up to a size, above it a file that has no name.

Memory here is a memfd: it never touches the disk, a child process can read it, and it is no part of the heap.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from types import TracebackType
from typing import BinaryIO, Self

from django.conf import settings

from documents.storage.base import CHUNK_BYTES

MEGABYTE = 1024 * 1024


class Spool:
    """Written once, from the start; read as often as wanted. `expected` bytes decide where it lies at first."""

    def __init__(self, expected: int = 0) -> None:
        self.size = 0
        self._digest = hashlib.sha256()
        self._most_in_memory = settings.SPOOL_MEMORY_MB * MEGABYTE
        self._in_memory = expected <= self._most_in_memory
        self._file = _in_memory() if self._in_memory else _on_disk()

    def write(self, chunk: bytes) -> None:
        if self._in_memory and self.size + len(chunk) > self._most_in_memory:
            self._move_to_disk()
        self._file.write(chunk)
        self._digest.update(chunk)
        self.size += len(chunk)

    @property
    def sha256(self) -> str:
        """Of what was written so far, in hex."""
        return self._digest.hexdigest()

    def chunks(self) -> Iterator[bytes]:
        """From the start, independent of writing and of other readers."""
        handle, at = self.fileno(), 0
        while chunk := os.pread(handle, CHUNK_BYTES, at):
            at += len(chunk)
            yield chunk

    def fileno(self) -> int:
        """Everything that was written lies behind this descriptor; its own position means nothing."""
        return self._file.fileno()

    @property
    def path(self) -> str:
        """For this process and for a child that inherits the descriptor."""
        return f"/proc/self/fd/{self.fileno()}"

    def close(self) -> None:
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _move_to_disk(self) -> None:
        memory, self._file = self._file, _on_disk()
        self._in_memory = False
        with memory:
            memory.seek(0)
            while chunk := memory.read(CHUNK_BYTES):
                self._file.write(chunk)


def _in_memory() -> BinaryIO:
    return os.fdopen(os.memfd_create("spool"), "w+b", buffering=0)


def _on_disk() -> BinaryIO:
    return tempfile.TemporaryFile(dir=settings.FILE_UPLOAD_TEMP_DIR, buffering=0)
