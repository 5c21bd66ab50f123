"""PDFs of a given size: one page with a line of text, and a stream of random bytes that no reader needs."""

import random
from collections.abc import Iterator
from pathlib import Path

BLOCK = 1024 * 1024
PAGE = b"BT /F1 18 Tf 72 700 Td (Bank statement, page 1 of 1) Tj ET"
OBJECTS = (
    b"<</Type/Catalog/Pages 2 0 R>>",
    b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
    b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
    b"<</Length %d>>stream\n%s\nendstream" % (len(PAGE), PAGE),
    b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
)


def paper(path: Path, megabytes: float, seed: int) -> Path:
    """Written in blocks; another `seed` gives other bytes, so that no cache knows them."""
    chance = random.Random(seed)
    block = chance.randbytes(BLOCK)
    with path.open("wb") as file:
        places = []
        file.write(b"%PDF-1.7\n")
        for number, inside in enumerate(OBJECTS, 1):
            places.append(file.tell())
            file.write(b"%d 0 obj\n%s\nendobj\n" % (number, inside))
        length = int(megabytes * BLOCK) - file.tell() - 400
        places.append(file.tell())
        file.write(b"6 0 obj\n<</Length %d>>stream\n" % length)
        for piece in _pieces(block, length, chance):
            file.write(piece)
        file.write(b"\nendstream\nendobj\n")
        table = file.tell()
        file.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1))
        file.writelines(b"%010d 00000 n \n" % place for place in places)
        file.write(b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, table))
    return path


def _pieces(block: bytes, length: int, chance: random.Random) -> Iterator[bytes]:
    while length:
        piece = (chance.randbytes(16) + block[16:])[:length]
        length -= len(piece)
        yield piece
