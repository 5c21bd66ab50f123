"""
Makes one PDF of pictures: a page each, in the order given, every frame of a TIFF a page of its own.

Each picture is drawn anew and written by us: turned as the camera was held, in the colours of the screen, and without
anything the camera noted beside it (place, time, device, previews). Photos become JPEG, fine enough for small print;
line art and scans in few colours stay lossless where that costs no more. The same pictures make the same bytes, so
that what came twice is found.
"""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

MOST_PAGES = 500
MOST_PIXELS = 60_000_000  # of one picture, looked at before it is decoded
MOST_MADE_BYTES = 300_000_000  # of all pictures that we make
LONGEST_SIDE = 3600  # pixels: 300 dpi and more on a letter page
QUALITY = 88
FEW_COLOURS = 256
MOST_FOR_EXACTNESS = 2  # times the bytes of a JPEG
SHEET_POINTS = (612, 792)  # US Letter
PIECE_BYTES = 1024 * 1024

FORMATS = ["JPEG", "PNG", "TIFF", "HEIF"]  # of those that Pillow opens: no other is tried
# What Pillow raises when the bytes are at fault.
BROKEN = (OSError, ValueError, SyntaxError, EOFError, IndexError, TypeError)


class Refusal(Exception):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def work(files: list[Path], options: dict[str, Any], send: Callable[[bytes], None]) -> dict[str, Any]:
    """
    Sends the PDF in pieces and answers {"pages": how many each file gave, "refused": ""}. A file that gave none does
    not open; when none of them does, or together they are too much, the code stands in "refused".
    """
    import pi_heif
    from PIL import Image

    pi_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None  # our own limit is checked before anything is decoded
    try:
        pictures, pages = made_of(files)
        if not pictures:
            raise Refusal("broken")
    except Refusal as refusal:
        return {"pages": [], "refused": refusal.code}
    write_pdf(pictures, send)
    return {"pages": pages, "refused": ""}


def made_of(files: list[Path]) -> tuple[list[bytes], list[int]]:
    pictures: list[bytes] = []
    pages = []
    for path in files:
        made = frames_of(path)
        pictures += made
        pages.append(len(made))
        if len(pictures) > MOST_PAGES:
            raise Refusal("too_many_pages")
        if sum(map(len, pictures)) > MOST_MADE_BYTES:
            raise Refusal("unpacks_too_large")
    return pictures, pages


def frames_of(path: Path) -> list[bytes]:
    """The pictures of one file, made anew; none when it is broken anywhere: half a paper is no paper."""
    from PIL import Image

    try:
        with Image.open(path, formats=FORMATS) as picture:
            return [encoded(frame, is_photo) for frame, is_photo in frames(picture)]
    except BROKEN:
        return []


def frames(picture: Any) -> Iterator[tuple[Any, bool]]:
    """Each frame upright, with whether it comes from a camera. Only a TIFF has more pages than one."""
    is_photo = picture.format in ("JPEG", "MPO", "HEIF")
    count = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
    if count > MOST_PAGES:
        raise Refusal("too_many_pages")
    for number in range(count):
        if count > 1:
            picture.seek(number)
        if picture.width * picture.height > MOST_PIXELS:
            raise Refusal("too_many_pixels")
        yield upright(picture), is_photo


def upright(picture: Any) -> Any:
    from PIL import ImageOps

    if picture.format in ("JPEG", "MPO"):
        picture.draft(None, (LONGEST_SIDE, LONGEST_SIDE))  # decodes a very large one at half its size
    picture.load()
    return ImageOps.exif_transpose(picture)


def encoded(picture: Any, is_photo: bool) -> bytes:
    """A PNG for black and white, and for few colours where it costs little; a JPEG otherwise."""
    plain = in_plain_colours(picture)
    if plain.mode == "1":
        return saved(plain, "PNG")
    is_line_art = not is_photo and plain.getcolors(FEW_COLOURS) is not None
    plain = not_too_long(plain)
    photo = saved(plain, "JPEG", quality=QUALITY)
    if not is_line_art:
        return photo
    exact = saved(plain, "PNG")
    return exact if len(exact) <= MOST_FOR_EXACTNESS * len(photo) else photo


def in_plain_colours(picture: Any) -> Any:
    """Black and white, grey or sRGB, nothing transparent: what every PDF reader shows the same."""
    from PIL import Image

    if picture.mode == "1":
        return picture
    if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        paper = Image.new("RGB", picture.size, "white")
        paper.paste(picture, mask=picture.getchannel("A"))
        return paper
    if picture.mode.startswith(("I", "F")):
        return grey_of_deep(picture)
    if picture.mode in ("RGB", "CMYK") and picture.info.get("icc_profile"):
        picture = in_screen_colours(picture)
    return picture if picture.mode == "L" else picture.convert("RGB")


def grey_of_deep(picture: Any) -> Any:
    """Sixteen bits a point: to convert them at once would cut them off, not scale them."""
    deep = picture.convert("I")
    scale = 255 / max(deep.getextrema()[1], 255)
    return deep.point(lambda value: value * scale).convert("L")


def in_screen_colours(picture: Any) -> Any:
    """sRGB of what the camera's own profile says; a profile that does not fit the picture is left out."""
    from PIL import ImageCms

    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(picture.info["icc_profile"]))
        return ImageCms.profileToProfile(picture, profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, *BROKEN):
        return picture


def not_too_long(picture: Any) -> Any:
    from PIL import Image

    if max(picture.size) <= LONGEST_SIDE:
        return picture
    smaller = picture.copy()
    smaller.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
    return smaller


def saved(picture: Any, kind: str, **how: Any) -> bytes:
    """Only the points: a fresh picture knows nothing of what stood beside the old one."""
    from PIL import Image

    fresh = Image.new(picture.mode, picture.size)
    fresh.paste(picture)
    out = io.BytesIO()
    fresh.save(out, kind, **how)
    return out.getvalue()


def write_pdf(pictures: list[bytes], send: Callable[[bytes], None]) -> None:
    import img2pdf

    out = Pieces(send)
    layout = img2pdf.get_layout_fun(pagesize=SHEET_POINTS, fit=img2pdf.FitMode.into, auto_orient=True)
    made = img2pdf.convert_to_docobject(
        *pictures, layout_fun=layout, nodate=True, engine=img2pdf.Engine.pikepdf
    )
    # Written by pikepdf itself: img2pdf takes version 10 for older than 6 and leaves a number by the clock in it.
    made.writer.save(out, min_version=made.output_version, deterministic_id=True)
    out.flush()


class Pieces(io.RawIOBase):
    """Hands on what is written, some of it at a time: the PDF is nowhere whole."""

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.send = send
        self.waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.waiting += data
        while len(self.waiting) >= PIECE_BYTES:
            self.send(bytes(self.waiting[:PIECE_BYTES]))
            del self.waiting[:PIECE_BYTES]
        return len(data)

    def flush(self) -> None:
        if self.waiting:
            self.send(bytes(self.waiting))
            self.waiting.clear()
