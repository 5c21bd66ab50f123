"""
Looks into one file, in a process of its own that may be killed: `python -I inspector.py <file> <content type>`.

The content type is what the file's name promises. The answer is one line of JSON on standard output, either
{"type", "pages", "hints"} or {"refused", "type"}. Anything else (no answer, a signal, too slow) means that the file
is built to break parsers. This file imports nothing of the project, so that the child has no settings and no secrets,
and sets its own limits first: the parent is a threaded worker, where code between fork and exec is unsafe.
"""

import json
import resource
import sys
import warnings
from pathlib import Path

MEMORY_BYTES = 1024**3
CPU_SECONDS = 15
MOST_PAGES = 500
MOST_PIXELS = 60_000_000
LOOK_AT = 8192
PREVIEW_SIDE = 200  # pixels; drawing the first page small shows that a reader can show it

HEIC_NAMES = {"image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence"}
FORMATS = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "TIFF": "image/tiff",
    "HEIF": "image/heic",
    "MPO": "image/jpeg",
}


class Refusal(Exception):
    def __init__(self, code: str, true_type: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.true_type = true_type


def limit_this_process() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))


def inspect(path: Path, promised: str) -> dict[str, object]:
    """Type, pages and hints; Refusal when the name, the magic number and the parser do not agree."""
    true_type = magic_type(path)
    if true_type != promised:
        raise Refusal("lying_name", true_type)
    if promised == "application/pdf":
        return inspect_pdf(path)
    return inspect_picture(path, promised)


def magic_type(path: Path) -> str:
    import pylibmagic  # noqa: F401 - brings the library that python-magic looks for; must come first
    import magic  # isort: skip

    with path.open("rb") as file:
        head = file.read(LOOK_AT)
    found = str(magic.from_buffer(head, mime=True))
    if found in HEIC_NAMES:
        return "image/heic"
    starts_as_pdf = head.removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n\f\0").startswith(b"%PDF-")
    if found == "application/pdf" and not starts_as_pdf:
        return "application/octet-stream"
    if found in ("text/plain", "application/octet-stream") and starts_as_pdf:
        return "application/pdf"  # libmagic does not look past a byte order mark
    return found


def inspect_pdf(path: Path) -> dict[str, object]:
    """Both readers must open it: one of them alone repairs or swallows too much."""
    import pikepdf

    hints = []
    try:
        with pikepdf.open(path) as pdf:
            pages = len(pdf.pages)
            if pdf.get_warnings():
                hints.append({"code": "may_be_damaged"})
    except pikepdf.PasswordError:
        raise Refusal("locked") from None
    except (pikepdf.PdfError, ValueError, RuntimeError):
        raise Refusal("broken") from None
    if pages == 0:
        raise Refusal("broken")
    if pages > MOST_PAGES:
        raise Refusal("too_many_pages")
    draw_first_page(path)
    return {"type": "application/pdf", "pages": pages, "hints": hints}


def draw_first_page(path: Path) -> None:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
        page = document[0]
        longest = max(page.get_size()) or 1.0
        page.render(scale=min(1.0, PREVIEW_SIDE / longest))
    except pypdfium2.PdfiumError as error:
        raise Refusal("locked" if "assword" in str(error) else "broken") from None


def inspect_picture(path: Path, promised: str) -> dict[str, object]:
    from PIL import Image, UnidentifiedImageError

    if promised == "image/heic":
        import pi_heif

        pi_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None  # our own limit is checked before anything is decoded
    try:
        with Image.open(path) as picture:
            true_type = FORMATS.get(picture.format or "", "")
            if true_type != promised:
                raise Refusal("lying_name", true_type)
            pages = getattr(picture, "n_frames", 1) if promised == "image/tiff" else 1
            if pages > MOST_PAGES:
                raise Refusal("too_many_pages")
            decode(picture, pages)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        raise Refusal("broken") from None
    return {"type": promised, "pages": pages, "hints": []}


def decode(picture: object, pages: int) -> None:
    """Every page within the limit of pixels, the first one really decoded."""
    for number in range(pages):
        if pages > 1:
            picture.seek(number)  # type: ignore[attr-defined]
        width, height = picture.size  # type: ignore[attr-defined]
        if width * height > MOST_PIXELS:
            raise Refusal("too_many_pixels")
        if number == 0:
            picture.load()  # type: ignore[attr-defined]


def main(arguments: list[str]) -> int:
    limit_this_process()
    warnings.simplefilter("ignore")
    path, promised = Path(arguments[0]), arguments[1]
    try:
        answer = inspect(path, promised)
    except Refusal as refusal:
        answer = {"refused": refusal.code, "type": refusal.true_type}
    except MemoryError:
        answer = {"refused": "unsafe_structure", "type": ""}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
