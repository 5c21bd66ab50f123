"""
Draws assets/images/card.png, the picture beside a link to this house where somebody shares one: `python
assets/draw_card.py` from the root, with `node_modules` there for the fonts. It names no company, so one serves every
house; who it is stands in the words beside it.
"""

from itertools import pairwise
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "node_modules"
TITLE = FONTS / "@fontsource" / "source-serif-4" / "files" / "source-serif-4-latin-600-normal.woff2"
TEXT = FONTS / "@fontsource-variable" / "figtree" / "files" / "figtree-latin-wght-normal.woff2"
# The light colours of css/tokens.css.
PAPER, INK, MUTED, PINE, PINE_SOFT, TERRACOTTA = (
    "#FBF8F3",
    "#1E2B32",
    "#55616A",
    "#0B5B5A",
    "#E0EFEC",
    "#A94822",
)
SIZE = (1200, 630)
SMOOTH = 2  # drawn twice as large and scaled down, for clean edges
STEPS, NOW = 7, 3


def font(path: Path, size: int, weight: int | None = None) -> ImageFont.FreeTypeFont:
    """`weight` where the file has them all."""
    face = ImageFont.truetype(str(path), size * SMOOTH)
    if weight:
        face.set_variation_by_axes([weight])
    return face


def scaled(*values: float) -> list[float]:
    return [value * SMOOTH for value in values]


def draw_house(pen: ImageDraw.ImageDraw) -> None:
    pen.rounded_rectangle(scaled(812, 96, 1112, 486), 28 * SMOOTH, fill=PINE_SOFT)
    pen.polygon([tuple(scaled(*point)) for point in ((842, 268), (962, 164), (1082, 268))], fill=PINE)
    pen.rectangle(scaled(872, 262, 1052, 436), fill=PINE)
    pen.rounded_rectangle(scaled(924, 306, 1000, 440), 8 * SMOOTH, fill=PAPER)
    pen.ellipse(scaled(978, 370, 990, 382), fill=TERRACOTTA)
    pen.rounded_rectangle(scaled(852, 434, 1072, 448), 7 * SMOOTH, fill=TERRACOTTA)


def draw_steps(pen: ImageDraw.ImageDraw) -> None:
    """Seven steps, of which the third is under way."""
    places = [98 + 104 * number for number in range(STEPS)]
    for left, right in pairwise(places):
        pen.line(
            scaled(left, 548, right, 548),
            fill=PINE if right <= places[NOW - 1] else "#C9BFB1",
            width=6 * SMOOTH,
        )
    for number, place in enumerate(places, start=1):
        done, radius = number < NOW, 17 if number == NOW else 14
        colour = TERRACOTTA if number == NOW else PINE if done else PAPER
        pen.ellipse(
            scaled(place - radius, 548 - radius, place + radius, 548 + radius),
            fill=colour,
            outline=colour if number <= NOW else "#857A6C",
            width=4 * SMOOTH,
        )


def draw_card() -> Image.Image:
    card = Image.new("RGB", (SIZE[0] * SMOOTH, SIZE[1] * SMOOTH), PAPER)
    pen = ImageDraw.Draw(card)
    pen.rectangle(scaled(0, 0, SIZE[0], 14), fill=PINE)
    draw_house(pen)
    for line, text in enumerate(("A home loan", "you can follow,", "step by step")):
        pen.text(scaled(80, 96 + 92 * line), text, font=font(TITLE, 80), fill=INK)
    pen.text(scaled(82, 404), "Papers, people and dates in one place.", font=font(TEXT, 33, 450), fill=MUTED)
    draw_steps(pen)
    return card.resize(SIZE, Image.Resampling.LANCZOS)


if __name__ == "__main__":
    few = draw_card().quantize(
        64, dither=Image.Dither.NONE
    )  # a drawing of few colours: a third of the weight
    few.save(ROOT / "assets" / "images" / "card.png", optimize=True)
