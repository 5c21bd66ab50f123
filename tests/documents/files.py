"""Real files, made here: what people send, and what they should not."""

import io
import zlib

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


def flate_bomb(gigabytes: float = 1.0) -> bytes:
    """A page whose drawing unpacks to more than the child may hold."""
    packer, packed = zlib.compressobj(9), []
    block = b"0 0 m 1 1 l S\n" * 65536
    for _ in range(int(gigabytes * 1024**3 / len(block))):
        packed.append(packer.compress(block))
    packed.append(packer.flush())
    made = pikepdf.new()
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


def huge_png(side: int = 13_000) -> bytes:
    """169 megapixels of one colour in a few kilobytes."""
    out = io.BytesIO()
    Image.new("1", (side, side)).save(out, "PNG")
    return out.getvalue()


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
