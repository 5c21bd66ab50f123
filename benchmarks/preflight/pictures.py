"""Pages as scanners, cameras and screens show them, seeded by the case, so that they are the same each time."""

import io
import random

import img2pdf
import pikepdf
import pypdfium2
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageFont


def drawn(pdf: bytes, dpi: int = 150, most: int = 12) -> list[Image.Image]:
    paper = pypdfium2.PdfDocument(pdf)
    return [paper[at].render(scale=dpi / 72).to_pil().convert("RGB") for at in range(min(len(paper), most))]


def grain(size: tuple[int, int], strength: float, rng: random.Random) -> Image.Image:
    """Grey noise around 128; made small and tiled, which no one sees and is quick."""
    side = 256
    tile = Image.frombytes(
        "L",
        (side, side),
        bytes(max(0, min(255, round(rng.gauss(128, strength)))) for _ in range(side * side)),
    )
    field = Image.new("L", size)
    for left in range(0, size[0], side):
        for top in range(0, size[1], side):
            field.paste(tile, (left, top))
    return field


def with_grain(page: Image.Image, strength: float, rng: random.Random) -> Image.Image:
    field = grain(page.size, strength, rng).convert("RGB")
    return ImageChops.add(page, field, scale=1.0, offset=-128)


def scanned(page: Image.Image, rng: random.Random, *, turn: float | None = None) -> Image.Image:
    """A flatbed: a little askew, a little grey, a little noise."""
    angle = rng.uniform(-0.8, 0.8) if turn is None else turn
    askew = page.rotate(angle, resample=Image.Resampling.BICUBIC, fillcolor=(250, 250, 248))
    tinted = ImageChops.multiply(askew, Image.new("RGB", page.size, (248, 247, 243)))
    return with_grain(tinted.filter(ImageFilter.GaussianBlur(0.5)), 4, rng)


def photographed(page: Image.Image, rng: random.Random, *, width: int = 1500) -> Image.Image:
    """On a table, from not quite above, in light that comes from one side."""
    height = width * 4 // 3
    table = Image.new("RGB", (width, height), rng.choice(((96, 74, 58), (58, 64, 70), (130, 118, 104))))
    inset = int(width * 0.06)
    paper = page.resize(
        (width - 2 * inset, min(height - 2 * inset, (width - 2 * inset) * page.height // page.width))
    )
    seen = Image.new("RGB", (width, height))
    seen.paste(table)
    seen.paste(paper, (inset, inset))
    slant = rng.uniform(0.01, 0.04) * width
    corners = (0, 0, -slant, height, width + slant, height, width, 0)
    tilted = seen.transform((width, height), Image.Transform.QUAD, corners, resample=Image.Resampling.BICUBIC)
    light = (
        Image.linear_gradient("L")
        .rotate(rng.choice((0, 90, 180)))
        .resize((width, height))
        .point(lambda level: 175 + level * 80 // 255)
    )
    lit = ImageChops.multiply(tilted, Image.merge("RGB", (light, light, light)))
    return with_grain(lit.filter(ImageFilter.GaussianBlur(0.6)), 5, rng)


def small(page: Image.Image, width: int) -> Image.Image:
    return page.resize((width, width * page.height // page.width), Image.Resampling.LANCZOS)


def faint(page: Image.Image, rng: random.Random, strength: float) -> Image.Image:
    """Printed with an empty cartridge: ink a little darker than paper (`strength` of full black)."""
    pale = ImageEnhance.Contrast(page).enhance(1.0).point(lambda level: round(238 - (255 - level) * strength))
    return with_grain(pale, 3, rng)


def blurred(page: Image.Image, radius: float) -> Image.Image:
    return page.filter(ImageFilter.GaussianBlur(radius))


def empty_sheet(rng: random.Random, *, specks: int = 12, size: tuple[int, int] = (1275, 1650)) -> Image.Image:
    """The wrong side through the scanner: grain, a fold, some dust, the shadow of the lid."""
    sheet = Image.new("RGB", size, (246, 245, 241))
    pen = ImageDraw.Draw(sheet)
    for _ in range(specks):
        left, top = rng.randrange(size[0]), rng.randrange(size[1])
        pen.ellipse((left, top, left + 2, top + 2), fill=(150, 150, 150))
    pen.line((0, size[1] // 2, size[0], size[1] // 2 + 6), fill=(236, 235, 231), width=3)
    pen.rectangle((0, 0, 14, size[1]), fill=(120, 120, 120))
    return with_grain(sheet, 4, rng)


# --- Screens -------------------------------------------------------------------------------------------------

PHONES = ((1170, 2532), (1080, 2340), (1290, 2796), (750, 1334), (1440, 3120), (1206, 2622))
DESKS = ((1920, 1080), (1440, 900), (2560, 1440), (1366, 768))


def phone_screen(
    said: list[tuple[str, str]], title: str, rng: random.Random, *, dark: bool = False
) -> Image.Image:
    """An app of a bank on a telephone: clock, title, rows, tabs."""
    width, height = rng.choice(PHONES)
    unit = width / 390
    paper, ink, soft = (
        ((18, 20, 24), (240, 240, 240), (44, 48, 54))
        if dark
        else ((255, 255, 255), (20, 24, 28), (240, 242, 245))
    )
    screen = Image.new("RGB", (width, height), paper)
    pen = ImageDraw.Draw(screen)
    pen.text(
        (28 * unit, 16 * unit), f"{rng.randint(7, 12)}:{rng.randint(10, 59)}", fill=ink, font=font(15 * unit)
    )
    pen.text((318 * unit, 16 * unit), "5G  82%", fill=ink, font=font(13 * unit))
    pen.rectangle((0, 46 * unit, width, 100 * unit), fill=soft)
    pen.text((20 * unit, 60 * unit), title, fill=ink, font=font(20 * unit))
    for at, (label, value) in enumerate(said[: int((height / unit - 190) // 48)]):
        top = (116 + 48 * at) * unit
        pen.text((20 * unit, top), label, fill=ink, font=font(14 * unit))
        pen.text((280 * unit, top), value, fill=ink, font=font(14 * unit))
        pen.line((20 * unit, top + 34 * unit, width - 20 * unit, top + 34 * unit), fill=soft, width=2)
    pen.rectangle((0, height - 64 * unit, width, height), fill=soft)
    pen.text(
        (24 * unit, height - 48 * unit), "Accounts     Pay     Cards     More", fill=ink, font=font(14 * unit)
    )
    return screen


def desk_screen(page: Image.Image, rng: random.Random) -> Image.Image:
    """A browser window with the upper part of a paper in it."""
    width, height = rng.choice(DESKS)
    screen = Image.new("RGB", (width, height), (222, 225, 230))
    pen = ImageDraw.Draw(screen)
    pen.rectangle((0, 0, width, 40), fill=(60, 64, 72))
    pen.rectangle((120, 48, width - 200, 78), fill=(255, 255, 255))
    pen.text((136, 54), "https://online.harborsavings.example/statements", fill=(20, 20, 20), font=font(16))
    part = page.resize((width * 2 // 3, width * 2 // 3 * page.height // page.width))
    screen.paste(part.crop((0, 0, part.width, height - 90)), (width // 6, 90))
    return screen


def font(size: float) -> "ImageFont.FreeTypeFont | ImageFont.ImageFont":
    return ImageFont.load_default(size)


# --- Files ---------------------------------------------------------------------------------------------------


def jpeg(picture: Image.Image, quality: int = 82) -> bytes:
    out = io.BytesIO()
    picture.convert("RGB").save(out, "JPEG", quality=quality)
    return out.getvalue()


def png(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "PNG")
    return out.getvalue()


def as_pdf(pictures: list[Image.Image]) -> bytes:
    """A scanner's PDF: a picture a page, at 150 dots an inch."""
    layout = img2pdf.get_fixed_dpi_layout_fun((150, 150))
    made = img2pdf.convert([jpeg(picture) for picture in pictures], layout_fun=layout, nodate=True)
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(made)) as paper:
        del paper.trailer["/ID"]  # drawn by lot; the new one is made of the content
        paper.save(out, deterministic_id=True)
    return out.getvalue()
