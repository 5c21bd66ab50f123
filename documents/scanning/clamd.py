"""
A client for clamd's INSTREAM (clamd(8)): pieces of 128 KB, short patience, and an answer that is never guessed.

The two packages there are send pieces of 1 KB, wait for ever by default and lose the answer to a stream that is too
long (UPLOADS 2.2).
"""

import re
import socket
import struct
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

PIECE_BYTES = 128 * 1024
CONNECT_SECONDS = 10.0
ANSWER_SECONDS = 60.0
LONGEST_ANSWER = 4096
USUAL_PORT = 3310
ANSWER = re.compile(r"stream: (?:(?P<clean>OK)|(?P<name>.{1,200}) FOUND)")
DATED = re.compile(r"[^/]+/\d+/(?P<built>.+)")
LOCKED = "Heuristics.Encrypted."
TOO_DEEP = "Heuristics.Limits.Exceeded"


class ScannerDown(Exception):
    """The scanner gave no answer that can be relied on; the file is neither clean nor refused."""


@dataclass(frozen=True)
class Verdict:
    """What the scanner says of one file: `signature` is empty when it found nothing; `scanner` names who looked."""

    signature: str
    scanner: str

    @property
    def reason(self) -> str:
        """The reason to refuse the file (a state or a code of `documents/refusals.py`); empty when it is clean."""
        if not self.signature:
            return ""
        if self.signature.startswith(LOCKED):
            return "locked"
        return "unsafe_structure" if self.signature.startswith(TOO_DEEP) else "infected"


@dataclass(frozen=True)
class Version:
    """`signatures_at` is None when the scanner does not say how old its signatures are."""

    text: str
    signatures_at: datetime | None


class Clamd:
    """`url`: unix:///run/clamav/clamd.ctl or tcp://host:3310."""

    def __init__(
        self, url: str, *, connect_seconds: float = CONNECT_SECONDS, answer_seconds: float = ANSWER_SECONDS
    ) -> None:
        self.url = url
        self.connect_seconds = connect_seconds
        self.answer_seconds = answer_seconds

    def connect(self) -> socket.socket:
        """ScannerDown when nobody answers there."""
        place = urlsplit(self.url)
        family = socket.AF_UNIX if place.scheme == "unix" else socket.AF_INET
        line = socket.socket(family, socket.SOCK_STREAM)
        line.settimeout(self.connect_seconds)
        try:
            line.connect(place.path if place.scheme == "unix" else (place.hostname, place.port or USUAL_PORT))
        except OSError as error:
            line.close()
            raise ScannerDown(f"no connection: {error.__class__.__name__}") from error
        line.settimeout(self.answer_seconds)
        return line

    def version(self) -> Version:
        """Engine and signatures, as clamd names them."""
        with self.connect() as line:
            try:
                line.sendall(b"zVERSION\0")
                said = read_answer(line)
            except OSError as error:
                raise ScannerDown(f"no version: {error.__class__.__name__}") from error
        return Version(said[:120], _built(said))

    def scan(self, version: str = "") -> "Scan":
        """`version` is written into the verdict; asked for anew when it is empty."""
        return Scan(self.connect(), version or self.version().text)


class Scan(AbstractContextManager["Scan"]):
    """One file on its way through the scanner: `feed` all of it, then ask for the `verdict`."""

    def __init__(self, line: socket.socket, version: str) -> None:
        self._line = line
        self._version = version
        self._piece = bytearray()
        self._send(b"zINSTREAM\0")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.close()

    def feed(self, chunk: bytes) -> None:
        """ScannerDown when it takes no more."""
        self._piece += chunk
        while len(self._piece) >= PIECE_BYTES:
            self._send_piece(bytes(self._piece[:PIECE_BYTES]))
            del self._piece[:PIECE_BYTES]

    def verdict(self) -> Verdict:
        """What it says of all that was fed; ScannerDown when that is neither clean nor found."""
        if self._piece:
            self._send_piece(bytes(self._piece))
            self._piece.clear()
        self._send(struct.pack("!I", 0))
        try:
            said = read_answer(self._line)
        except OSError as error:
            raise ScannerDown(f"no answer: {error.__class__.__name__}") from error
        found = ANSWER.fullmatch(said)
        if found is None:
            raise ScannerDown(f"it said: {said[:100]}")
        return Verdict(found["name"] or "", self._version)

    def _send_piece(self, piece: bytes) -> None:
        self._send(struct.pack("!I", len(piece)) + piece)

    def _send(self, data: bytes) -> None:
        try:
            self._line.sendall(data)
        except OSError as error:
            raise ScannerDown(f"it hung up: {self._last_words() or error.__class__.__name__}") from error

    def _last_words(self) -> str:
        """What it said before it hung up, for example that the stream is too long for its settings."""
        try:
            return read_answer(self._line)[:100]
        except (OSError, ScannerDown):
            return ""


def read_answer(line: socket.socket) -> str:
    """One answer, which ends with a NUL; ScannerDown when it is cut off or too long."""
    said = b""
    while not said.endswith(b"\0"):
        got = line.recv(LONGEST_ANSWER)
        said += got
        if not got or len(said) > LONGEST_ANSWER:
            raise ScannerDown("half an answer")
    return said[:-1].decode(errors="replace")


def _built(version: str) -> datetime | None:
    """From `ClamAV 1.4.6/27400/Fri Nov 20 08:30:00 2026`, in UTC; without official signatures there is no date."""
    if not (found := DATED.fullmatch(version)):
        return None
    try:
        return datetime.strptime(found["built"], "%a %b %d %H:%M:%S %Y").replace(tzinfo=UTC)
    except ValueError:
        return None
