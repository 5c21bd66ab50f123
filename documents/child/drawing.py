"""
Draws pages as pictures for the screen: one WebP a page, about 1200 pixels wide.

Each goes to the parent as a piece of its own, in order: width and height in two bytes each, then the WebP. A page that
no reader can draw is a piece of width and height 0 and nothing else, so that the pages after it keep their numbers.
"""

import io
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

WIDTH = 1200  # pixels
MOST_PIXELS = 4_000_000  # of one picture that we make
MOST_SOURCE_PIXELS = 60_000_000  # of one picture that was sent
LONGEST_SIDE = 16_000  # WebP holds 16,383
LARGEST_SCALE = 4.0  # of a point: a stamp-sized page does not become a blur
QUALITY = 80
METHOD = 2  # of WebP's seven: half the time of the usual one, a tenth more bytes
NOT_DRAWN = struct.pack(">HH", 0, 0)


def work(files: list[Path], options: dict[str, Any], send: Callable[[bytes], None]) -> dict[str, Any]:
    """One file of content type `type`; the pages from `first` to `last`, counted from 1."""
    draw = _pages_of_pdf if options["type"] == "application/pdf" else _pages_of_picture
    wanted = range(options["first"] - 1, options["last"])
    drawn = 0
    for picture in draw(files[0], wanted):
        send(NOT_DRAWN if picture is None else piece(picture))
        drawn += picture is not None
    return {"drawn": drawn}


def piece(picture: Any) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=QUALITY, method=METHOD)
    return struct.pack(">HH", *picture.size) + out.getvalue()


def scale_for(width: float, height: float, largest: float) -> float:
    """So that it is as wide as we want, unless that makes too many pixels or too long a side."""
    width, height = max(width, 1.0), max(height, 1.0)
    by_area = (MOST_PIXELS / (width * height)) ** 0.5
    return min(WIDTH / width, by_area, LONGEST_SIDE / max(width, height), largest)


def _pages_of_pdf(path: Path, wanted: range) -> Any:
    import pypdfium2

    with path.open("rb") as file:
        pdf = pypdfium2.PdfDocument(file)
        pdf.init_forms()  # what was typed into the fields of a form is part of the paper
        for index in wanted:
            try:
                page = pdf[index]
                width, height = page.get_size()
                bitmap = page.render(scale=scale_for(width, height, LARGEST_SCALE))
                yield bitmap.to_pil().convert("RGB")
                page.close()
            except (pypdfium2.PdfiumError, IndexError, ValueError, OverflowError, MemoryError):
                yield None


def _pages_of_picture(path: Path, wanted: range) -> Any:
    import pi_heif
    from PIL import Image

    pi_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None  # our own limit is checked before anything is decoded
    with Image.open(path) as picture:
        for index in wanted:
            try:
                picture.seek(index)
                yield _small(picture)
            except (OSError, EOFError, ValueError, SyntaxError, MemoryError):
                yield None


def _small(picture: Any) -> Any:
    from PIL import Image, ImageOps

    if picture.width * picture.height > MOST_SOURCE_PIXELS:
        return None
    upright = ImageOps.exif_transpose(picture)
    scale = scale_for(*upright.size, 1.0)
    if upright.mode not in ("L", "RGB", "RGBA"):
        upright = upright.convert("RGBA")
    small = upright.resize([max(1, round(side * scale)) for side in upright.size])
    if small.mode != "RGBA":
        return small.convert("RGB")
    paper = Image.new("RGB", small.size, "white")
    paper.paste(small, mask=small.getchannel("A"))
    return paper
