"""
Work on files that strangers sent, in a child without settings, secrets or patience (`documents/child/`).

Nothing of this process parses such a file: what kills a parser kills the child, and the worker goes on.
"""

import json
import logging
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from documents.filetypes import FileType

logger = logging.getLogger(__name__)
CHILD = Path(__file__).with_name("child")
WALL_SECONDS = 30.0
LONGEST_ANSWER = 4_000_000
LARGEST_BLOB = 32 * 1024 * 1024
MOST_BLOB_BYTES = 512 * 1024 * 1024  # of one job
READ_BYTES = 256 * 1024
LENGTH_BYTES = 8
REASONS = {
    "lying_name", "locked", "broken", "too_many_pages", "too_many_pixels", "unpacks_too_large", "unsafe_structure",
}  # fmt: skip


class ChildFailed(Exception):
    """The child died, hung, was too slow or talked nonsense: a file broke its parser."""


class OpenFile(Protocol):
    """A spool, or any open file that can be read from its start by its descriptor."""

    def fileno(self) -> int: ...


@dataclass(frozen=True)
class Verdict:
    content_type: str = ""
    pages: int = 0
    hints: list[dict[str, str]] = field(default_factory=list)
    refused: str = ""


def inspect(spool: OpenFile, promised: FileType | None) -> Verdict:
    """What the file is, or why it is refused. A child that dies or hangs means a file built to break parsers."""
    if promised is None:
        return Verdict(refused="wrong_type")
    try:
        answer = run("inspect", [spool], {"promised": promised.content_type}, wall_seconds=WALL_SECONDS)
        return _verdict(answer)
    except (ChildFailed, ValueError, KeyError, TypeError):
        return Verdict(refused="unsafe_structure")


def _verdict(answer: dict[str, Any]) -> Verdict:
    if code := answer.get("refused"):
        known = code if code in REASONS else "unsafe_structure"
        return Verdict(refused=known, content_type=str(answer["type"]))
    return Verdict(content_type=str(answer["type"]), pages=int(answer["pages"]), hints=list(answer["hints"]))


def run(
    job: str,
    files: Sequence[OpenFile],
    options: dict[str, Any] | None = None,
    *,
    on_blob: Callable[[bytes], None] | None = None,
    wall_seconds: float = WALL_SECONDS,
) -> dict[str, Any]:
    """
    What the child answers to this job (a key of JOBS in `documents/child/__main__.py`).

    The files are inherited; each binary piece that the child sends goes to `on_blob` as it comes. The options stand
    on a command line: nothing private belongs there. Raises ChildFailed, and whatever `on_blob` raises; either way
    the child and all that it started are gone on return.
    """
    blobs, for_child = os.pipe()
    try:
        try:
            child = _start(job, [file.fileno() for file in files], for_child, options or {})
        finally:
            os.close(for_child)
        try:
            said = _listen(child, blobs, on_blob or _no_blob, time.monotonic() + wall_seconds)
        finally:
            _end(child)
    finally:
        os.close(blobs)
    if child.returncode != 0:
        logger.warning("the child for %s ended with %s", job, child.returncode)
        raise ChildFailed(f"{job}: ended with {child.returncode}")
    try:
        answer = json.loads(said)
    except ValueError:
        raise ChildFailed(f"{job}: no answer") from None
    if not isinstance(answer, dict):
        raise ChildFailed(f"{job}: no answer")
    return answer


def _start(
    job: str, descriptors: list[int], blobs: int, options: dict[str, Any]
) -> "subprocess.Popen[bytes]":
    told = json.dumps({"files": descriptors, "blobs": blobs, "options": options})
    return subprocess.Popen(
        [sys.executable, "-I", str(CHILD), job, told],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        cwd="/",
        pass_fds=[*descriptors, blobs],
        start_new_session=True,
    )


def _listen(
    child: "subprocess.Popen[bytes]", blobs: int, on_blob: Callable[[bytes], None], until: float
) -> bytes:
    """What the child says on standard output until it ends; ChildFailed when that is too long or too late."""
    assert child.stdout is not None  # PIPE above
    answer, pieces = bytearray(), _Pieces(on_blob)
    ended = os.pidfd_open(child.pid)
    try:
        with selectors.DefaultSelector() as waiting:
            waiting.register(child.stdout, selectors.EVENT_READ, answer.extend)
            waiting.register(blobs, selectors.EVENT_READ, pieces.take)
            waiting.register(ended, selectors.EVENT_READ)
            while waiting.get_map():
                if not (ready := waiting.select(until - time.monotonic())):
                    raise ChildFailed("too slow")
                for key, _events in ready:
                    data = os.read(key.fd, READ_BYTES) if key.data else b""
                    if data:
                        key.data(data)
                    else:
                        waiting.unregister(key.fileobj)
                if len(answer) > LONGEST_ANSWER:
                    raise ChildFailed("says too much")
    finally:
        os.close(ended)
    if pieces.is_unfinished:
        raise ChildFailed("ended in the middle of a piece")
    return bytes(answer)


def _end(child: "subprocess.Popen[bytes]") -> None:
    """The whole group, before the child is waited for: until then its number cannot belong to anybody else."""
    try:
        os.killpg(child.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    child.wait()
    if child.stdout:
        child.stdout.close()


def _no_blob(blob: bytes) -> None:
    raise ChildFailed("sends pieces that nobody asked for")


class _Pieces:
    """Cuts the stream of binary pieces at their lengths."""

    def __init__(self, on_blob: Callable[[bytes], None]) -> None:
        self.on_blob = on_blob
        self.buffer = bytearray()
        self.total = 0

    @property
    def is_unfinished(self) -> bool:
        return bool(self.buffer)

    def take(self, data: bytes) -> None:
        self.buffer.extend(data)
        self.total += len(data)
        if self.total > MOST_BLOB_BYTES:
            raise ChildFailed("sends too much")
        while len(self.buffer) >= LENGTH_BYTES:
            end = LENGTH_BYTES + int.from_bytes(self.buffer[:LENGTH_BYTES], "big")
            if end > LARGEST_BLOB + LENGTH_BYTES:
                raise ChildFailed("sends too large a piece")
            if len(self.buffer) < end:
                return
            blob = bytes(self.buffer[LENGTH_BYTES:end])
            del self.buffer[:end]
            self.on_blob(blob)
