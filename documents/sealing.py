"""
What makes bytes at rest unreadable: Tink streaming AEAD, one keyset a row, wrapped by the master key of the house.

The row's id (and the place inside it, for parts and page images) is the associated data: bytes that were cut, flipped
or moved to another row do not open. Without the wrapped keyset the bytes are lost for good, which is how a document is
destroyed (docs/decisions/0031-sealed-at-rest.md).
"""

import io
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any
from uuid import UUID

import tink
from cryptography.fernet import InvalidToken
from tink import proto_keyset_format, secret_key_access, streaming_aead

from documents.master_keys import master_keys
from documents.storage.base import CHUNK_BYTES, NotTheSame

# AES256_GCM_HKDF_1MB: each segment of 1 MiB ends with a tag; the first begins with salt and nonce.
SEGMENT_BYTES = 1024 * 1024
HEADER_BYTES = 40
TAG_BYTES = 16


class Seal:
    """The open keyset of one row. `wrapped` is what the row keeps of it."""

    def __init__(self, keyset: Any, wrapped: str, of: UUID) -> None:
        self.wrapped = wrapped
        self.of = of
        self._cipher = keyset.primitive(streaming_aead.StreamingAead)

    def sealed(self, chunks: Iterable[bytes], *, place: str = "") -> Iterator[bytes]:
        """What may lie on the disk. When `chunks` ends with an error, what came out so far never opens."""
        outlet = _Outlet()
        stream = self._cipher.new_encrypting_stream(outlet, self._bound_to(place))
        for chunk in chunks:
            stream.write(chunk)
            yield from outlet.taken()
        stream.close()
        yield from outlet.taken()

    def opened(self, chunks: Iterable[bytes], *, place: str = "") -> Iterator[bytes]:
        """The plain bytes of what was sealed here; NotTheSame when these are not they, all of them, and in order."""
        inlet, passed = _Inlet(chunks), 0
        try:
            stream = self._cipher.new_decrypting_stream(inlet, self._bound_to(place))
            while chunk := stream.read(CHUNK_BYTES):
                passed += len(chunk)
                yield chunk
        except tink.TinkError:
            if inlet.error is not None:
                raise inlet.error from None
            raise NotTheSame("the seal is broken") from None
        # Tink overlooks what was added behind a last segment that is full.
        if inlet.passed != self.sealed_size(passed):
            raise NotTheSame("something was added")

    def _bound_to(self, place: str) -> bytes:
        return f"{self.of}/{place}".encode()

    @staticmethod
    def sealed_size(plain_size: int) -> int:
        segments = max(1, -(-(plain_size + HEADER_BYTES) // (SEGMENT_BYTES - TAG_BYTES)))
        return HEADER_BYTES + plain_size + segments * TAG_BYTES

    @staticmethod
    def plain_size(sealed_size: int) -> int:
        """Bytes inside of what takes this many bytes when sealed; NotTheSame when nothing sealed is of this size."""
        segments = -(-sealed_size // SEGMENT_BYTES)
        plain = sealed_size - HEADER_BYTES - segments * TAG_BYTES
        if plain < 0:
            raise NotTheSame("cut off")
        return plain


def new_seal(of: UUID) -> Seal:
    """A new keyset for this row; store `wrapped` with it."""
    _register()
    keyset = tink.new_keyset_handle(streaming_aead.streaming_aead_key_templates.AES256_GCM_HKDF_1MB)
    plain = proto_keyset_format.serialize(keyset, secret_key_access.TOKEN)
    return Seal(keyset, master_keys().encrypt(plain).decode(), of)


def open_seal(wrapped: str, of: UUID) -> Seal:
    """The keyset that the row keeps; NotTheSame when no master key of the house opens it."""
    _register()
    try:
        plain = master_keys().decrypt(wrapped)
        keyset = proto_keyset_format.parse(plain, secret_key_access.TOKEN)
    except (InvalidToken, tink.TinkError):
        raise NotTheSame("no key opens this") from None
    return Seal(keyset, wrapped, of)


@cache
def _register() -> None:
    streaming_aead.register()


# --- Between iterators and the streams of Tink ---------------------------------------------------------------


class _Outlet(io.RawIOBase):
    """Keeps what the cipher wrote until it is taken."""

    def __init__(self) -> None:
        super().__init__()
        self._written: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._written.append(bytes(data))
        return len(data)

    def taken(self) -> list[bytes]:
        taken, self._written = self._written, []
        return taken


class _Inlet(io.RawIOBase):
    """Gives the cipher what the iterator yields, and keeps the error that ended it, which Tink would swallow."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        super().__init__()
        self._chunks = iter(chunks)
        self._rest = b""
        self.passed = 0
        self.error: Exception | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, which Tink always names; a piece that is no longer than that goes on uncopied."""
        piece = self._rest or self._next()
        self._rest = piece[size:] if len(piece) > size else b""
        taken = piece[:size]
        self.passed += len(taken)
        return taken

    def _next(self) -> bytes:
        try:
            return next((chunk for chunk in self._chunks if chunk), b"")
        except Exception as error:
            self.error = error
            raise
