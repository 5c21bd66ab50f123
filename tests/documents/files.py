"""Real files, made here: what people send, and what they should not."""

import io
import struct
import zlib
from pathlib import Path
from typing import BinaryIO

import pikepdf
import pypdfium2
from PIL import Image, ImageDraw


def pdf(pages: int = 1, marker: str = "statement") -> bytes:
    """A PDF that says `marker` on each page."""
    made = pikepdf.new()
    for number in range(pages):
        page = made.add_blank_page(page_size=(612, 792))
        words = f"BT /F1 18 Tf 72 700 Td ({marker} page {number + 1}) Tj ET".encode()
        page.Contents = made.make_stream(words)
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    out = io.BytesIO()
    made.save(out, deterministic_id=True)
    return out.getvalue()


def locked_pdf(password: str = "1234") -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as plain:
        plain.save(out, encryption=pikepdf.Encryption(user=password, owner=password))
    return out.getvalue()


def owner_locked_pdf() -> bytes:
    """Printing is forbidden, reading is not: banks send such files."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf())) as plain:
        plain.save(out, encryption=pikepdf.Encryption(user="", owner="bank"))
    return out.getvalue()


def broken_pdf() -> bytes:
    return b"%PDF-1.7\n" + b"this was a statement once\n" * 40


def html_polyglot() -> bytes:
    """A page of a website that is a PDF as well: readers open it, so does a browser."""
    return b"<!DOCTYPE html><html><script>alert(1)</script><!--\n" + pdf() + b"\n--></html>"


def late_pdf() -> bytes:
    return b"\x01\x02 junk before \x03" * 12 + pdf()


def program() -> bytes:
    return b"MZ" + bytes(58) + b"\x40\x00\x00\x00" + b"PE\0\0" + b"\x4c\x01" + bytes(600)


def flate_bomb(gigabytes: float = 1.0, before: int = 0) -> bytes:
    """A page whose drawing unpacks to more than the child may hold, after so many harmless ones."""
    packer, packed = zlib.compressobj(9), []
    block = b"0 0 m 1 1 l S\n" * 65536
    for _ in range(int(gigabytes * 1024**3 / len(block))):
        packed.append(packer.compress(block))
    packed.append(packer.flush())
    made = pikepdf.new()
    for _ in range(before):
        made.add_blank_page(page_size=(612, 792))
    page = made.add_blank_page(page_size=(612, 792))
    stream = pikepdf.Stream(made, b"")
    stream.write(b"".join(packed), filter=pikepdf.Name.FlateDecode)
    page.Contents = stream
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def nested_forms_bomb(depth: int = 11) -> bytes:
    """Each form draws the next one ten times: 10 to the power of `depth` drawings in three kilobytes."""
    made = pikepdf.new()
    inner = made.make_stream(b"0 0 m 1 1 l S")
    inner.stream_dict.update(_form())
    for _ in range(depth):
        outer = made.make_stream(b"/X Do " * 10)
        outer.stream_dict.update(_form())
        outer.stream_dict.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=inner))
        inner = outer
    page = made.add_blank_page(page_size=(612, 792))
    page.Contents = made.make_stream(b"/X Do")
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=inner))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _form() -> pikepdf.Dictionary:
    name = pikepdf.Name
    return pikepdf.Dictionary(Type=name.XObject, Subtype=name.Form, BBox=pikepdf.Array([0, 0, 9, 9]))


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), text: str = "ID") -> bytes:
    made = Image.new("RGB", size, "#e8e2d6")
    ImageDraw.Draw(made).text((40, 40), text, fill="#1e2b32")
    out = io.BytesIO()
    made.save(out, kind)
    return out.getvalue()


def coloured(colour: str, kind: str = "JPEG", **how: object) -> bytes:
    """A picture of one colour, by which its page is known again."""
    out = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(out, kind, **how)
    return out.getvalue()


def colours_of(data: bytes) -> list[str]:
    """Of each page of a PDF of such pictures: red, green, blue, white, or how bright it is."""
    known = {(255, 0, 0): "red", (0, 128, 0): "green", (0, 0, 255): "blue", (255, 255, 255): "white"}
    found = []
    for page in pypdfium2.PdfDocument(data):
        width, height = (round(side) for side in page.get_size())
        seen = page.render().to_pil().convert("RGB").getpixel((width // 2, height // 2))
        near = (
            name
            for point, name in known.items()
            if all(abs(a - b) < 12 for a, b in zip(point, seen, strict=True))
        )
        found.append(next(near, str(seen)))
    return found


def huge_png(side: int = 13_000) -> bytes:
    """169 megapixels of one colour in a few kilobytes."""
    out = io.BytesIO()
    Image.new("1", (side, side)).save(out, "PNG")
    return out.getvalue()


def tiff_bomb(pages: int = 15, width: int = 7000, height: int = 7100, strips: int = 100) -> bytes:
    """Pages of 50 megapixels, 150 megabytes unpacked, that all consist of the one strip of a kilobyte."""
    rows = height // strips
    strip = zlib.compress(bytes(width * rows * 3))
    depths, lengths = 8 + len(strip), 8 + len(strip) + 6
    places = lengths + 4 * strips
    first = places + 4 * strips
    entries = [
        (256, 4, 1, width), (257, 4, 1, height), (258, 3, 3, depths), (259, 3, 1, 8), (262, 3, 1, 2),
        (273, 4, strips, places), (277, 3, 1, 3), (278, 4, 1, rows), (279, 4, strips, lengths),
    ]  # fmt: skip
    length = 2 + 12 * len(entries) + 4
    page = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
    nexts = [first + number * length for number in range(1, pages)] + [0]
    return b"".join([
        b"II*\0", struct.pack("<I", first), strip, struct.pack("<3H", 8, 8, 8),
        struct.pack("<I", len(strip)) * strips, struct.pack("<I", 8) * strips,
        *(page + struct.pack("<I", following) for following in nexts),
    ])  # fmt: skip


def write_large_pdf(file: BinaryIO, size: int) -> None:
    """A PDF of this many bytes: one page, and an attachment of nothing, which is left out of the disk."""
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]>>",
    }
    file.write(b"%PDF-1.7\n")
    places = []
    for number, body in objects.items():
        places.append(file.tell())
        file.write(b"%d 0 obj%s endobj\n" % (number, body))
    places.append(file.tell())
    file.write(b"4 0 obj<</Length %d>>stream\n" % size)
    file.seek(size, io.SEEK_CUR)
    file.write(b"\nendstream endobj\n")
    table = file.tell()
    file.write(
        b"xref\n0 5\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    )
    file.write(b"trailer<</Size 5/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % table)
    file.flush()


def heic() -> bytes:
    """A real one that tells of phone, person and place; nothing we install writes such a file (real/README.md)."""
    return (Path(__file__).with_name("real") / "photo.heic").read_bytes()


def many_page_tiff(pages: int) -> bytes:
    frames = [Image.new("1", (32, 32), number % 2) for number in range(pages)]
    out = io.BytesIO()
    frames[0].save(out, "TIFF", save_all=True, append_images=frames[1:])
    return out.getvalue()


def page_count(data: bytes) -> int:
    return len(pypdfium2.PdfDocument(data))


def page_image(number: int = 1, size: tuple[int, int] = (1200, 1553)) -> bytes:
    """What the child that draws pages sends of a page: its size in front of a WebP."""
    made = Image.new("L", size, "white")
    ImageDraw.Draw(made).text((40, 40), str(number), fill="black")
    out = io.BytesIO()
    made.save(out, "WEBP", quality=1, method=0)
    return size[0].to_bytes(2, "big") + size[1].to_bytes(2, "big") + out.getvalue()
