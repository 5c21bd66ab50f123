"""
Says what a file is: its type, its pages and hints, or why it is refused, as {"refused", "type"}.

Three witnesses must agree: the ending of the name (the caller says which type that promises), the magic number, and
the parser that really opens it.
"""

import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

MOST_PAGES = 500
MOST_PIXELS = 60_000_000  # of one picture
MOST_PICTURE_BYTES = 2 * 1024**3  # of all pages of a TIFF, unpacked
MOST_DRAWING_BYTES = 256 * 1024**2  # of what draws the pages of a PDF, unpacked
UNPACK_BYTES = 1024**2
LOOK_AT = 8192
PREVIEW_SIDE = 200  # pixels; drawing the first page small shows that a reader can show it

HEIC_NAMES = {"image/heic", "image/heif", "image/heic-sequence", "image/heif-sequence"}
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/tiff": "TIFF", "image/heic": "HEIF"}


class Refusal(Exception):
    def __init__(self, code: str, true_type: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.true_type = true_type


def work(files: list[Path], options: dict[str, Any], send: Callable[[bytes], None]) -> dict[str, Any]:
    """One file; the option `promised` is the content type that its name promises."""
    try:
        return inspect(files[0], options["promised"])
    except Refusal as refusal:
        return {"refused": refusal.code, "type": refusal.true_type}


def inspect(path: Path, promised: str) -> dict[str, Any]:
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


def inspect_pdf(path: Path) -> dict[str, Any]:
    """Both readers must open it: one of them alone repairs or swallows too much."""
    import pikepdf

    hints = []
    try:
        # Read piece by piece: a file mapped whole would have to fit into the memory of this process.
        with pikepdf.open(path, access_mode=pikepdf.AccessMode.stream) as pdf:
            pages = len(pdf.pages)
            if pages > MOST_PAGES:
                raise Refusal("too_many_pages")
            if unpacked_size(pdf) > MOST_DRAWING_BYTES:
                raise Refusal("unpacks_too_large")
            if pdf.get_warnings():
                hints.append({"code": "may_be_damaged"})
    except pikepdf.PasswordError:
        raise Refusal("locked") from None
    except (pikepdf.PdfError, ValueError, RuntimeError):
        raise Refusal("broken") from None
    if pages == 0:
        raise Refusal("broken")
    draw_first_page(path)
    return {"type": "application/pdf", "pages": pages, "hints": hints}


def unpacked_size(pdf: Any) -> int:
    """Bytes of the drawings of all pages, counted no further than the limit; none is ever unpacked as a whole."""
    total = 0
    for stream in drawings(pdf):
        unpacker, rest = zlib.decompressobj(), stream.read_raw_bytes()
        if not is_flate(stream):
            total += len(rest)
            continue
        try:
            while rest and total <= MOST_DRAWING_BYTES:
                total += len(unpacker.decompress(rest, UNPACK_BYTES))
                rest = unpacker.unconsumed_tail
        except zlib.error:
            continue  # the readers say what that means
    return total


def is_flate(stream: Any) -> bool:
    """Packed by the one method that we unpack here; the others are slow, or for pictures."""
    import pikepdf

    how = stream.get("/Filter")
    return how == "/FlateDecode" or (isinstance(how, pikepdf.Array) and list(how) == ["/FlateDecode"])


def drawings(pdf: Any) -> Iterator[Any]:
    """The streams that draw pages, each once: pages may share them."""
    import pikepdf

    seen = set()
    for page in pdf.pages:
        contents = page.obj.get("/Contents")
        for stream in contents if isinstance(contents, pikepdf.Array) else [contents]:
            if isinstance(stream, pikepdf.Stream) and stream.objgen not in seen:
                seen.add(stream.objgen)
                yield stream


def draw_first_page(path: Path) -> None:
    import pypdfium2

    try:
        with path.open("rb") as file:
            page = pypdfium2.PdfDocument(file)[0]
            longest = max(page.get_size()) or 1.0
            page.render(scale=min(1.0, PREVIEW_SIDE / longest))
    except pypdfium2.PdfiumError as error:
        raise Refusal("locked" if "assword" in str(error) else "broken") from None


def inspect_picture(path: Path, promised: str) -> dict[str, Any]:
    from PIL import Image, UnidentifiedImageError

    if promised == "image/heic":
        import pi_heif

        pi_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None  # our own limit is checked before anything is decoded
    try:
        with Image.open(path, formats=[FORMATS[promised]]) as picture:
            pages = getattr(picture, "n_frames", 1) if promised == "image/tiff" else 1
            if pages > MOST_PAGES:
                raise Refusal("too_many_pages")
            decode(picture, pages)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError):
        raise Refusal("broken") from None
    return {"type": promised, "pages": pages, "hints": []}


def decode(picture: Any, pages: int) -> None:
    """Every page within the limit of pixels, all of them within that of memory, the first one really decoded."""
    unpacked = 0.0
    for number in range(pages):
        if pages > 1:
            picture.seek(number)
        width, height = picture.size
        if width * height > MOST_PIXELS:
            raise Refusal("too_many_pixels")
        unpacked += width * height * (1 / 8 if picture.mode == "1" else len(picture.getbands()))
        if unpacked > MOST_PICTURE_BYTES:
            raise Refusal("unpacks_too_large")
        if number == 0:
            picture.load()
