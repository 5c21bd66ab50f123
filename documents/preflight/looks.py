"""What can be told of a page without reading it: blank, a picture of a screen, hard to read."""

import re

from documents.kinds import Kind
from documents.preflight.papers import Page, Picture

EMPTY_ON_PURPOSE = re.compile(
    r"(?:intentionally|purposely|deliberately)\s{1,3}(?:left\s{1,3})?blank|left\s{1,3}blank\s{1,3}(?:intentionally|on\s{1,3}purpose)"
    r"|p[aá]gina\s{1,3}en\s{1,3}blanco",
    re.IGNORECASE,
)
LITTLE_INK = 0.0009  # share of the page; one short line of type is about 0.002
FAINT_AT_ALL = 0.07  # contrast of a blank sheet with its grain and folds stays below
FEWEST_LETTERS = 3

# Widths of telephone screens, and whole sizes of screens of desks, in pixels.
PHONE_WIDTHS = frozenset(
    {640, 720, 750, 828, 1008, 1080, 1125, 1170, 1179, 1206, 1220, 1242, 1260, 1284, 1290, 1320, 1344, 1440}
)
PHONE_SHAPE = (1.7, 2.4)  # height by width; paper is 1.3 to 1.65
SCREENS = frozenset(
    {
        (1280, 720), (1280, 800), (1366, 768), (1440, 900), (1470, 956), (1512, 982), (1536, 864), (1600, 900),
        (1680, 1050), (1728, 1117), (1920, 1080), (1920, 1200), (2048, 1536), (2160, 1620), (2360, 1640), (2388, 1668),
        (2560, 1440), (2560, 1600), (2732, 2048), (2880, 1800), (3024, 1964), (3440, 1440), (3456, 2234), (3840, 2160),
    }
)  # fmt: skip
FLAT_AS_A_SCREEN = 0.6
CLOCK = re.compile(r"^\W{0,3}(?:[01]?\d|2[0-3])[:.][0-5]\d\b")

CARDS = frozenset({Kind.PHOTO_ID, Kind.SOCIAL_SECURITY_CARD, Kind.RESIDENCY})
FEWEST_PIXELS = 800  # of the shorter side of a page; letters of 10 point are then 13 pixels high
FEWEST_CARD_PIXELS = 380
FAINT = 0.24  # contrast; a good photo has 0.5
VERY_FAINT = 0.18
BLURRED = 0.11  # the steepest edges; a good photo has 0.4
UNSURE, SURE = 0.55, 0.82  # of Tesseract about its words
FEW_WORDS = 60  # letters; it is never sure of so few


def is_empty_on_purpose(page: Page) -> bool:
    return EMPTY_ON_PURPOSE.search(page.text) is not None


def is_blank(page: Page) -> bool:
    """Nothing, or next to nothing, is on it; what says that it is empty on purpose is as it should be."""
    if page.ink is None or page.letters > FEWEST_LETTERS or is_empty_on_purpose(page):
        return False
    return page.ink <= LITTLE_INK and not FAINT_AT_ALL < (page.contrast or 0.0) < FAINT


def is_screenshot(page: Page) -> bool:
    """The shape and the evenness of a screen. A camera's picture is never even, a scan never has that shape."""
    picture = page.picture
    if picture is None or picture.flat < FLAT_AS_A_SCREEN:
        return False
    if {(picture.width, picture.height), (picture.height, picture.width)} & SCREENS:
        return True
    return _is_as_tall_as_a_phone(picture) and (
        picture.width in PHONE_WIDTHS or picture.lossless or any(CLOCK.match(line) for line in page.lines[:2])
    )


def _is_as_tall_as_a_phone(picture: Picture) -> bool:
    return PHONE_SHAPE[0] <= picture.height / max(1, picture.width) <= PHONE_SHAPE[1]


def is_hard_to_read(page: Page, kind: str) -> bool:
    """Too few pixels, too faint or too blurred; where Tesseract read it well all the same, only what is very faint."""
    picture, contrast = page.picture, page.contrast
    if picture is None or contrast is None or is_blank(page) or is_empty_on_purpose(page):
        return False
    if page.ocr and page.sure >= SURE and page.letters >= FEW_WORDS:
        return contrast < VERY_FAINT
    least = FEWEST_CARD_PIXELS if kind in CARDS else FEWEST_PIXELS
    if min(picture.width, picture.height) < least or contrast < FAINT or picture.sharp < BLURRED:
        return True
    return page.ocr and page.sure < UNSURE and kind not in CARDS and page.letters >= FEW_WORDS
