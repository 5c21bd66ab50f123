"""How many pieces a text travels in: carriers count, and charge, by the piece (3GPP TS 23.038)."""

from dataclasses import dataclass

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
TAKES_TWO = frozenset("\f^{}\\[~]|€")
# What letters set and telephones do not need: one of these alone would halve the room of the whole text.
TYPOGRAPHY = str.maketrans(
    dict.fromkeys("\u00a0\u2007\u202f", " ")
    | dict.fromkeys("‘’", "'")
    | dict.fromkeys("“”", '"')
    | dict.fromkeys("–—", "-")
    | {"…": "..."}
)
GSM, UCS2 = "GSM-7", "UCS-2"
# Alone, and in each of several pieces, which carry their number.
ROOM = {GSM: (160, 153), UCS2: (70, 67)}


@dataclass(frozen=True)
class Segments:
    encoding: str
    units: int
    count: int


def plain(text: str) -> str:
    """The same words without typographic quotes, dashes and spaces."""
    return text.translate(TYPOGRAPHY)


def segments(text: str) -> Segments:
    """The alphabet it needs, its length in that alphabet, and the number of pieces."""
    encoding = GSM if all(letter in BASIC or letter in TAKES_TWO for letter in text) else UCS2
    sizes = [_size(letter, encoding) for letter in text]
    alone, each = ROOM[encoding]
    return Segments(encoding, sum(sizes), 1 if sum(sizes) <= alone else _pieces(sizes, each))


def _size(letter: str, encoding: str) -> int:
    if encoding == GSM:
        return 2 if letter in TAKES_TWO else 1
    return 2 if ord(letter) > 0xFFFF else 1


def _pieces(sizes: list[int], each: int) -> int:
    """A letter of two units is never torn apart."""
    count, used = 1, 0
    for size in sizes:
        if used + size > each:
            count, used = count + 1, 0
        used += size
    return count
