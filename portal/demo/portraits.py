"""Portraits and signatures of the demo's officers, drawn with a few shapes each: nobody's photograph is needed."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from PIL import Image, ImageDraw

SIZE = 640
Ellipse = Callable[[float, float, float, float, str], None]
SMOOTH = 3  # drawn three times as large and scaled down, for clean edges


@dataclass(frozen=True)
class Look:
    background: str
    skin: str
    shade: str
    hair: str
    jacket: str
    shirt: str
    long_hair: bool = False
    bun: bool = False
    glasses: bool = False
    beard: bool = False


LOOKS = {
    "olga": Look("#DCEAE6", "#E8B994", "#D49F78", "#5A3825", "#0B5B5A", "#FBF8F3", long_hair=True),
    "otto": Look("#F3E3D6", "#F0C9A8", "#DBAE8A", "#3A3A3E", "#2F4858", "#E7EEF2", glasses=True),
    "ines": Look("#E6E3F1", "#B57B52", "#9C6642", "#1F1713", "#8A3F24", "#FBF3EA", bun=True),
    "wei": Look("#E3ECF4", "#EBC29B", "#D6A97F", "#17181C", "#33434A", "#F7F5F0", beard=True, glasses=True),
}


def draw_portrait(look: Look) -> bytes:
    """A square portrait as PNG bytes."""
    image = Image.new("RGB", (SIZE * SMOOTH, SIZE * SMOOTH), look.background)
    pen = ImageDraw.Draw(image)

    def ellipse(left: float, top: float, right: float, bottom: float, fill: str) -> None:
        pen.ellipse([value * SMOOTH for value in (left, top, right, bottom)], fill=fill)

    def polygon(points: list[tuple[float, float]], fill: str) -> None:
        pen.polygon([(x * SMOOTH, y * SMOOTH) for x, y in points], fill=fill)

    _draw_hair_behind(look, ellipse, pen)
    ellipse(60, 470, 580, 900, look.jacket)
    polygon([(250, 480), (390, 480), (320, 640)], look.shirt)
    polygon([(250, 470), (200, 520), (300, 640), (316, 640)], look.jacket)
    polygon([(390, 470), (440, 520), (340, 640), (324, 640)], look.jacket)
    pen.rounded_rectangle(
        [270 * SMOOTH, 380 * SMOOTH, 370 * SMOOTH, 520 * SMOOTH], 46 * SMOOTH, fill=look.shade
    )
    ellipse(172, 262, 212, 326, look.skin)
    ellipse(428, 262, 468, 326, look.skin)
    ellipse(192, 130, 448, 456, look.skin)
    _draw_hair_in_front(look, ellipse, pen)
    _draw_face(look, ellipse, pen)

    picture = io.BytesIO()
    image.resize((SIZE, SIZE), Image.Resampling.LANCZOS).save(picture, "PNG", optimize=True)
    return picture.getvalue()


def _draw_hair_behind(look: Look, ellipse: Ellipse, pen: ImageDraw.ImageDraw) -> None:
    if look.long_hair:
        ellipse(150, 90, 490, 420, look.hair)
        pen.rounded_rectangle(
            [150 * SMOOTH, 240 * SMOOTH, 490 * SMOOTH, 560 * SMOOTH], 90 * SMOOTH, fill=look.hair
        )
    if look.bun:
        ellipse(250, 42, 390, 170, look.hair)


def _draw_hair_in_front(look: Look, ellipse: Ellipse, pen: ImageDraw.ImageDraw) -> None:
    pen.chord([value * SMOOTH for value in (184, 104, 456, 420)], 176, 364, fill=look.hair)
    ellipse(198, 196, 442, 452, look.skin)
    if look.long_hair:
        pen.chord([value * SMOOTH for value in (176, 112, 420, 372)], 160, 292, fill=look.hair)
    elif not look.bun:
        pen.chord([value * SMOOTH for value in (196, 120, 470, 300)], 186, 330, fill=look.hair)
    if look.beard:
        pen.chord([value * SMOOTH for value in (204, 250, 436, 468)], 18, 162, fill=look.hair)
        ellipse(262, 340, 378, 420, look.skin)


def _draw_face(look: Look, ellipse: Ellipse, pen: ImageDraw.ImageDraw) -> None:
    ink = "#2B2320"
    for centre in (268, 372):
        ellipse(centre - 10, 276, centre + 10, 298, ink)
        pen.arc(
            [(centre - 30) * SMOOTH, 240 * SMOOTH, (centre + 30) * SMOOTH, 276 * SMOOTH], 200, 340, fill=look.hair,
            width=7 * SMOOTH,
        )  # fmt: skip
    pen.arc(
        [300 * SMOOTH, 300 * SMOOTH, 340 * SMOOTH, 346 * SMOOTH], 30, 150, fill=look.shade, width=6 * SMOOTH
    )
    pen.arc(
        [272 * SMOOTH, 326 * SMOOTH, 368 * SMOOTH, 396 * SMOOTH], 25, 155, fill="#9B4A3C", width=8 * SMOOTH
    )
    if look.glasses:
        for centre in (266, 374):
            frame = [(centre - 42) * SMOOTH, 252 * SMOOTH, (centre + 42) * SMOOTH, 322 * SMOOTH]
            pen.rounded_rectangle(frame, 26 * SMOOTH, outline=ink, width=6 * SMOOTH)
        pen.line([308 * SMOOTH, 282 * SMOOTH, 332 * SMOOTH, 282 * SMOOTH], fill=ink, width=6 * SMOOTH)


# --- Signatures ----------------------------------------------------------------------------------------------

Stroke = list[tuple[float, float]]
PAPER_SIZE = (900, 300)
INK, PAPER = "#1B2A44", "#FFFFFF"
PIECES = 40  # of a stroke between two of its points

# Points a pen goes through, on a sheet of 900 by 300.
SIGNATURES: dict[str, list[Stroke]] = {
    "olga": [
        [(128, 92), (86, 120), (74, 176), (104, 214), (152, 204), (178, 154), (164, 104), (128, 90), (120, 116),
         (166, 150), (206, 138), (230, 84), (226, 54), (208, 92), (208, 170), (224, 198), (252, 176), (280, 156),
         (262, 158), (254, 184), (270, 196), (290, 168), (292, 160), (288, 226), (264, 262), (248, 240), (288, 196),
         (322, 168), (312, 160), (300, 184), (314, 198), (332, 174), (336, 196), (362, 188)],
        [(428, 84), (420, 140), (410, 206)],
        [(398, 110), (438, 76), (482, 92), (470, 128), (430, 142), (482, 150), (494, 188), (450, 212), (412, 204),
         (470, 210), (512, 178), (522, 166), (522, 194), (530, 172), (552, 168), (566, 170), (548, 172), (544, 192),
         (562, 196), (578, 172), (582, 196), (590, 194), (602, 170), (616, 176), (618, 196), (634, 192), (660, 172),
         (644, 170), (636, 188), (652, 198), (676, 160), (694, 66), (680, 120), (680, 188), (700, 196), (726, 140),
         (736, 88), (722, 150), (724, 194), (752, 192), (820, 168)],
        [(706, 126), (770, 112)],
    ],
}  # fmt: skip


def draw_signature(strokes: list[Stroke]) -> bytes:
    """Dark ink on white paper as PNG bytes, thicker where the pen goes down."""
    size = (PAPER_SIZE[0] * SMOOTH, PAPER_SIZE[1] * SMOOTH)
    image = Image.new("RGB", size, PAPER)
    pen = ImageDraw.Draw(image)
    for stroke in strokes:
        line = _smooth(stroke)
        for (x, y), (_next_x, next_y) in pairwise(line):
            radius = (2.4 + 1.8 * (next_y > y)) * SMOOTH
            pen.ellipse(
                [x * SMOOTH - radius, y * SMOOTH - radius, x * SMOOTH + radius, y * SMOOTH + radius], INK
            )
    picture = io.BytesIO()
    image.resize(PAPER_SIZE, Image.Resampling.LANCZOS).save(picture, "PNG", optimize=True)
    return picture.getvalue()


def _smooth(stroke: Stroke) -> Stroke:
    """A curve through all points (Catmull-Rom)."""
    ends = [stroke[0], *stroke, stroke[-1]]
    curve = []
    for before, start, end, after in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for piece in range(PIECES):
            part = piece / PIECES
            x, y = (
                0.5
                * (
                    2 * start[axis]
                    + (end[axis] - before[axis]) * part
                    + (2 * before[axis] - 5 * start[axis] + 4 * end[axis] - after[axis]) * part**2
                    + (3 * start[axis] - before[axis] - 3 * end[axis] + after[axis]) * part**3
                )
                for axis in (0, 1)
            )
            curve.append((x, y))
    return curve
