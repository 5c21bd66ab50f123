"""
Hostile and odd files, the same for the same seed: `python -m benchmarks.odd_files FOLDER --count 500 --seed 1`.

Each says what must become of it: `clean` (an ordinary file under an odd name), `refused` (it lies, it is locked, it is
built to hurt) or `either` (a damaged copy: readers may repair it). `tests/faults/test_odd_files.py` sends them through
the running product: 50 in the suite, 500 in `make soak`.
"""

import argparse
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import Image

from tests.documents import files

CLEAN, REFUSED, EITHER = "clean", "refused", "either"


@dataclass(frozen=True)
class OddFile:
    what: str
    name: str
    data: bytes
    becomes: str


def odd_files(count: int, seed: int) -> Iterator[OddFile]:
    """`count` files: every family in turn, so that a small number has some of each."""
    chance = random.Random(seed)
    for number in range(count):
        yield FAMILIES[number % len(FAMILIES)](chance, number)


# --- Ordinary files under odd names --------------------------------------------------------------------------

NAMES = (
    "Kontoauszug März (Kopie) № 7", "Выписка из банка", "銀行取引明細書", "كشف حساب بنكي", "דוחות בנק", "บัญชีธนาคาร",
    "बैंक विवरण", "sprawozdanie łódź", "e\u0301tat de compte", "\u202efdp.exe", "a\u200b\u200db\ufeffc", "🏦📄",
    "../../../../etc/passwd", "..\\..\\windows\\system32\\config", "/absolute/path", "C:\\Users\\bea\\scan",
    "nul\x00byte", "line\nbreak\r\ttab", "\x1b[31mred\x07", "<script>alert(1)</script>", "'; DROP TABLE loans;--",
    "=HYPERLINK(\"http://example.com\")", "%2e%2e%2f%00", "con", "aux", "~", ".hidden", "-rf", "$(reboot)", "`id`",
    " leading and trailing ", "many.dots.in.it", "x" * 251, "я" * 126, "𝒳" * 62, "{{7777*7}}", "%s%n%x",
)  # fmt: skip


def odd_name(chance: random.Random, number: int) -> OddFile:
    name = NAMES[(number // len(FAMILIES)) % len(NAMES)]
    return OddFile("odd name", f"{name}.pdf", files.pdf(1 + number % 3, f"file {number}"), CLEAN)


# --- Damaged copies ------------------------------------------------------------------------------------------


def damaged(chance: random.Random, data: bytes) -> bytes:
    """Bytes flipped, cut out, doubled, overwritten by zeros, or the end cut off: the head stays what it was."""
    wounded = bytearray(data)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(8, max(9, len(wounded)))
        length = chance.randint(1, 200)
        match chance.randrange(5):
            case 0:
                for place in range(at, min(at + length, len(wounded))):
                    wounded[place] ^= chance.randrange(256)
            case 1:
                del wounded[at : at + length]
            case 2:
                wounded[at:at] = wounded[at : at + length]
            case 3:
                wounded[at : at + length] = bytes(len(wounded[at : at + length]))
            case _:
                del wounded[max(16, at) :]
    return bytes(wounded)


def damaged_pdf(chance: random.Random, number: int) -> OddFile:
    data = damaged(chance, files.pdf(chance.randint(1, 6), f"file {number}"))
    return OddFile("damaged PDF", f"damaged {number}.pdf", data, EITHER)


def damaged_picture(chance: random.Random, number: int) -> OddFile:
    kind, ending = chance.choice([("JPEG", "jpg"), ("PNG", "png"), ("TIFF", "tif")])
    data = damaged(chance, files.picture(kind, (320, 240), f"file {number}"))
    return OddFile(f"damaged {kind}", f"damaged {number}.{ending}", data, EITHER)


# --- Built to hurt -------------------------------------------------------------------------------------------


def bomb(chance: random.Random, number: int) -> OddFile:
    name, ending, make = BOMBS[(number // len(FAMILIES)) % len(BOMBS)]
    return OddFile(f"bomb: {name}", f"bomb {number}.{ending}", _told_apart(make(), number, ending), REFUSED)


def _told_apart(data: bytes, number: int, ending: str) -> bytes:
    """No two files alike: a comment behind the end, where readers look for none."""
    return data + f"\n%{number}\n".encode() if ending == "pdf" else data


@cache
def flate_bomb() -> bytes:
    return files.flate_bomb(1.0)


@cache
def huge_png() -> bytes:
    return files.huge_png()


@cache
def many_pages() -> bytes:
    return files.many_page_tiff(501)


@cache
def many_pages_pdf() -> bytes:
    return files.pdf(501, "many")


def endless_pages() -> bytes:
    """A tree of pages that is its own child."""
    body = [
        b"1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj",
        b"2 0 obj<</Type/Pages/Kids[2 0 R 2 0 R]/Count 99>>endobj",
    ]
    return b"%PDF-1.4\n" + b"\n".join(body) + b"\ntrailer<</Root 1 0 R/Size 3>>\n%%EOF\n"


BOMBS: tuple[tuple[str, str, Callable[[], bytes]], ...] = (
    ("unpacks to a gigabyte", "pdf", flate_bomb),
    ("forms within forms", "pdf", files.nested_forms_bomb),
    ("169 megapixels", "png", huge_png),
    ("501 pages", "tiff", many_pages),
    ("501 pages", "pdf", many_pages_pdf),
    ("pages within themselves", "pdf", endless_pages),
)


# --- Lies ----------------------------------------------------------------------------------------------------


def lie(chance: random.Random, number: int) -> OddFile:
    what, name, make, becomes = LIES[(number // len(FAMILIES)) % len(LIES)]
    return OddFile(what, f"{number} {name}", make(), becomes)


def _gif_with_script() -> bytes:
    out = io.BytesIO()
    Image.new("P", (8, 8)).save(out, "GIF")
    return out.getvalue() + b";alert(1)//"


def _packed() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("../../evil.sh", "reboot")
    return out.getvalue()


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
LIES: tuple[tuple[str, str, Callable[[], bytes], str], ...] = (
    ("page of a website that is a PDF", "statement.pdf", files.html_polyglot, REFUSED),
    ("rubbish before the PDF", "statement.pdf", files.late_pdf, REFUSED),
    ("PDF with an archive behind it", "statement.pdf", lambda: files.pdf() + _packed(), EITHER),
    ("program", "statement.pdf", files.program, REFUSED),
    ("program", "photo.jpg", files.program, REFUSED),
    ("picture that is a script", "photo.png", _gif_with_script, REFUSED),
    ("drawing with a script", "photo.png", lambda: SVG, REFUSED),
    ("PDF called a photo", "photo.jpg", files.pdf, REFUSED),
    ("photo called a PDF", "statement.pdf", files.picture, REFUSED),
    ("photo with a script behind it", "photo.jpg", lambda: files.picture() + b"<?php phpinfo(); ?>", EITHER),
    ("head of a photo, then a script", "photo.jpg", lambda: b"\xff\xd8\xff\xe0<?php phpinfo();", REFUSED),
    ("archive", "papers.pdf", _packed, REFUSED),
    ("locked PDF", "locked.pdf", files.locked_pdf, REFUSED),
    ("words", "statement.pdf", files.broken_pdf, REFUSED),
    ("one byte", "statement.pdf", lambda: b"%", REFUSED),
    ("only a head", "statement.pdf", lambda: b"%PDF-1.7\n", REFUSED),
    ("zeros", "statement.pdf", lambda: bytes(4096), REFUSED),
)


def noise(chance: random.Random, number: int) -> OddFile:
    ending = chance.choice(["pdf", "jpg", "png", "heic", "tif"])
    head = {"pdf": b"%PDF-1.7\n", "jpg": b"\xff\xd8\xff", "png": b"\x89PNG\r\n\x1a\n"}.get(ending, b"")
    data = head + chance.randbytes(chance.randint(1, 60_000))
    return OddFile("noise", f"noise {number}.{ending}", data, REFUSED)


FAMILIES: tuple[Callable[[random.Random, int], OddFile], ...] = (
    odd_name,
    damaged_pdf,
    damaged_picture,
    lie,
    damaged_pdf,
    noise,
    bomb,
)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.odd_files", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    asked.folder.mkdir(parents=True, exist_ok=True)
    with (asked.folder / "list.jsonl").open("w") as listed:
        for number, odd in enumerate(odd_files(asked.count, asked.seed)):
            (asked.folder / f"{number:04}").write_bytes(odd.data)
            said = {"file": f"{number:04}", "name": odd.name, "what": odd.what, "becomes": odd.becomes}
            listed.write(json.dumps(said) + "\n")
    print(f"{asked.count} files in {asked.folder}")


if __name__ == "__main__":
    main()
