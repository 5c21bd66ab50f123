"""
Says what stands on the pages of a paper and how well it can be seen, for the hints of `documents/preflight/`.

Words come from the file where it has them; where a page is only a picture, from Tesseract when the caller says where
that is (the option `ocr`), for the first pages and for a limited time. What was not read is said, never guessed.
"""

import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MOST_PAGES = 60
MOST_TEXT = 6000  # characters of a page
FEW_LETTERS = 16  # a page with fewer has no words of its own
MOST_OCR_PAGES = 6
OCR_PAGE_SECONDS = 15.0
OCR_SECONDS = 35.0  # of a file
OCR_SIDE = (1600, 2300)  # pixels of the longer side of what Tesseract is shown
SEEN_SIDE = 1000  # pixels: ink and contrast are measured on a page of this size
SURROUNDINGS = 16  # pixels at that size: ink is what differs from what is around it
INK = 30  # grey levels of 255
DARKEST = 0.0008  # share of the pixels: a few short lines are enough to tell how dark and sharp they are
CLOSE_SIDE = 1400  # pixels of the middle of a picture that are looked at one by one
MARGIN = 0.05  # holes, staples and the shadow of the lid
FULL_PAGE = (
    0.4  # a picture that covers more of the page is the page; a tall one on a letter sheet covers little
)


def work(files: list[Path], options: dict[str, Any], send: Callable[[bytes], None]) -> dict[str, Any]:
    """One file of the content type `type`. Answers {"total", "pages", "ocr": "", "read", "partly" or "missing"}."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # the inspector has counted them before
    ocr = Ocr(str(options.get("ocr") or ""), time.monotonic() + OCR_SECONDS)
    read = read_pdf if options["type"] == "application/pdf" else read_pictures
    with files[0].open("rb") as file:
        total, pages = read(file, ocr)
    return {"total": total, "pages": pages, "ocr": ocr.state}


# --- PDF -----------------------------------------------------------------------------------------------------


def read_pdf(file: Any, ocr: "Ocr") -> tuple[int, list[dict[str, Any]]]:
    import pypdfium2

    paper = pypdfium2.PdfDocument(file)
    total = len(paper)
    return total, [read_page(paper[index], index + 1, ocr) for index in range(min(total, MOST_PAGES))]


def read_page(page: Any, number: int, ocr: "Ocr") -> dict[str, Any]:
    width, height = page.get_size()
    told: dict[str, Any] = {"number": number, "width": round(width), "height": round(height)}
    told["text"] = clean(words_of(page))
    picture = picture_of(page)
    if picture is not None:
        told["picture"] = about_picture(picture)
    has_words = letters(told["text"]) >= FEW_LETTERS
    if has_words and picture is None:
        return told
    scale = SEEN_SIDE / max(width, height, 1.0)
    told |= look_at(page.render(scale=scale, grayscale=True).to_pil())
    if not has_words and told["ink"] > 0:
        side = max(picture.get_px_size()) if picture is not None else OCR_SIDE[1]
        scale = within(side, OCR_SIDE) / max(width, height, 1.0)
        told |= ocr.read(lambda: page.render(scale=scale, grayscale=True).to_pil())
    return told


def words_of(page: Any) -> str:
    text = page.get_textpage()
    return (
        str(text.get_text_bounded())
        if text.count_chars() < 20 * MOST_TEXT
        else str(text.get_text_range(0, MOST_TEXT))
    )


def picture_of(page: Any) -> Any:
    """The one picture that is the page, as scanners and cameras make it; None when there is none."""
    import pypdfium2.raw as pdfium

    width, height = page.get_size()
    found = None
    for count, thing in enumerate(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=2)):
        if count > 20:
            return None
        left, bottom, right, top = thing.get_bounds()
        if (right - left) * (top - bottom) >= FULL_PAGE * width * height:
            found = thing
    return found


def about_picture(picture: Any) -> dict[str, Any]:
    width, height = picture.get_px_size()
    lossy = {"DCTDecode", "JPXDecode"} & set(picture.get_filters())
    return {
        "width": width,
        "height": height,
        "lossless": not lossy,
        **close_look(picture.get_bitmap().to_pil()),
    }


# --- Pictures that were kept as they came --------------------------------------------------------------------


def read_pictures(file: Any, ocr: "Ocr") -> tuple[int, list[dict[str, Any]]]:
    import pi_heif
    from PIL import Image, ImageOps

    pi_heif.register_heif_opener()
    pages = []
    with Image.open(file) as picture:
        total = getattr(picture, "n_frames", 1)
        lossless = picture.format in ("PNG", "TIFF")
        for index in range(min(total, MOST_PAGES)):
            if total > 1:
                picture.seek(index)
            pages.append(read_picture(ImageOps.exif_transpose(picture), index + 1, lossless, ocr))
    return total, pages


def read_picture(picture: Any, number: int, lossless: bool, ocr: "Ocr") -> dict[str, Any]:
    width, height = picture.size
    told = {"number": number, "width": width, "height": height, "text": ""}
    told["picture"] = {"width": width, "height": height, "lossless": lossless, **close_look(picture)}
    grey = picture.convert("L")
    told |= look_at(resized(grey, SEEN_SIDE))
    if told["ink"] > 0:
        told |= ocr.read(lambda: resized(grey, within(max(width, height), OCR_SIDE)))
    return told


def resized(picture: Any, side: float) -> Any:
    scale = side / max(picture.size)
    return picture.resize([max(1, round(length * scale)) for length in picture.size])


# --- What can be seen ----------------------------------------------------------------------------------------


def look_at(page: Any) -> dict[str, float]:
    """`ink`: share of the page that differs from what is around it; `contrast`: by how much, 0 to 1."""
    from PIL import ImageChops, ImageFilter

    page = middle(page.convert("L"), 1 - 2 * MARGIN)
    differs = ImageChops.difference(page, page.filter(ImageFilter.BoxBlur(SURROUNDINGS)))
    counts = differs.histogram()
    ink = sum(counts[INK:]) / max(1, sum(counts))
    return {"ink": round(ink, 5), "contrast": round(level_of(counts, DARKEST) / 255, 3)}


def close_look(picture: Any) -> dict[str, float]:
    """`flat`: share of neighbours that are alike, as on a screen; `sharp`: how steep the steepest edges are, 0 to 1."""
    from PIL import ImageChops

    part = middle(picture, CLOSE_SIDE / max(*picture.size, CLOSE_SIDE)).convert("L")
    width, height = part.size
    if width < 2:
        return {"flat": 0.0, "sharp": 0.0}
    beside = ImageChops.difference(part.crop((1, 0, width, height)), part.crop((0, 0, width - 1, height)))
    counts = beside.histogram()
    return {
        "flat": round(sum(counts[:2]) / max(1, sum(counts)), 3),
        "sharp": round(level_of(counts, DARKEST) / 255, 3),
    }


def level_of(counts: list[int], share: float) -> int:
    """The level that this share of the pixels reaches."""
    left = sum(counts) * share
    for level in range(len(counts) - 1, -1, -1):
        left -= counts[level]
        if left < 0:
            return level
    return 0


def middle(picture: Any, share: float) -> Any:
    width, height = picture.size
    across, down = int(width * (1 - share) / 2), int(height * (1 - share) / 2)
    return picture.crop((across, down, max(across + 1, width - across), max(down + 1, height - down)))


def within(value: float, limits: tuple[float, float]) -> float:
    return min(max(value, limits[0]), limits[1])


# --- Words ---------------------------------------------------------------------------------------------------


def clean(text: str) -> str:
    """Without controls and lone halves of characters, which no database takes; lines stay."""
    kept = (char if char == "\n" or char.isprintable() else " " for char in text.replace("\r", "\n"))
    return "".join(kept)[:MOST_TEXT]


def letters(text: str) -> int:
    return sum(char.isalnum() for char in text)


@dataclass
class Ocr:
    """Tesseract at `program`, none when empty, until the clock shows `until` (seconds, monotonic)."""

    program: str
    until: float
    state: str = ""
    pages: int = 0

    def read(self, draw: Callable[[], Any]) -> dict[str, Any]:
        """{"text", "ocr": True, "sure": 0 to 1}, or nothing; `state` then says why."""
        if not self.program:
            self.state = "missing"
            return {}
        left = self.until - time.monotonic()
        if self.pages >= MOST_OCR_PAGES or left < 1:
            self.state = "partly"
            return {}
        self.pages += 1
        try:
            said = self._run(draw(), min(left, OCR_PAGE_SECONDS))
        except (OSError, subprocess.SubprocessError):
            self.state = "partly"
            return {}
        self.state = self.state or "read"
        text, sure = from_table(said.decode("utf-8", "replace"))
        return {"text": clean(text), "ocr": True, "sure": sure}

    def _run(self, page: Any, seconds: float) -> bytes:
        width, height = page.size
        done = subprocess.run(
            [self.program, "stdin", "stdout", "--psm", "3", "--dpi", "200", "-l", "eng", "tsv"],
            input=b"P5 %d %d 255\n" % (width, height) + page.tobytes(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "OMP_THREAD_LIMIT": "1"},
            timeout=seconds,
            check=True,
        )
        return done.stdout[: 100 * MOST_TEXT]


def from_table(table: str) -> tuple[str, float]:
    """The text line by line, and how sure Tesseract is of its words on average."""
    lines: dict[tuple[str, ...], list[str]] = {}
    sureness = []
    for row in table.splitlines()[1:]:
        cells = row.split("\t")
        if len(cells) < 12 or cells[0] != "5" or not cells[11].strip():
            continue
        lines.setdefault(tuple(cells[1:5]), []).append(cells[11])
        if letters(cells[11]) > 1:
            sureness.append(float(cells[10]) / 100)
    text = "\n".join(" ".join(words) for words in lines.values())
    return text, round(sum(sureness) / len(sureness), 3) if sureness else 0.0
