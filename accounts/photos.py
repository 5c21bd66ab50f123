"""Portraits, logo, signatures: decoded under limits and drawn anew, so that nothing of a file but its pixels stays."""

import warnings
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from accounts.errors import Refused

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
SIDE = 480  # three points to each that the largest portrait is shown at
SMALL_SIDE = 144
LOGO_SIZE = (800, 400)
SIGNATURE_SIZE = (900, 300)
MAX_SIGNATURE_BYTES = 5 * 1024 * 1024
PAPER = 190  # lighter than this, of 255, is paper once the contrast was stretched
MOST_INK = 0.4  # of the picture; more than that is no writing on paper


def square_portrait(upload: UploadedFile) -> ContentFile:
    """A square JPEG of 480 pixels without any metadata; Refused when it is too large or no picture."""
    square = ImageOps.fit(_pixels(upload, "RGB"), (SIDE, SIDE), centering=(0.5, 0.35))
    return _drawn_anew(square, "JPEG", quality=85, optimize=True, progressive=True)


def small_portrait(portrait: bytes) -> ContentFile:
    """The same at 144 pixels, for lists and cards; `portrait` is one that `square_portrait` made."""
    with Image.open(BytesIO(portrait), formats=["JPEG"]) as square:
        small = square.convert("RGB").resize((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
    return _drawn_anew(small, "JPEG", quality=82, optimize=True)


def clean_logo(upload: UploadedFile) -> ContentFile:
    """A PNG of at most 800 by 400 pixels, see-through where the original is; Refused like a portrait."""
    logo = _pixels(upload, "RGBA")
    logo.thumbnail(LOGO_SIZE)
    return _drawn_anew(logo, "PNG", optimize=True)


def clean_signature(upload: UploadedFile) -> bytes:
    """
    A small grey PNG: the paper of a photo or scan turned white and cut away around the ink. Refused like a portrait,
    when nothing is written on it, and when it is no dark writing on light paper.
    """
    written = _pixels(upload, "RGBA", MAX_SIGNATURE_BYTES)
    white = Image.new("RGBA", written.size, "white")
    grey = Image.alpha_composite(white, written).convert("L")
    grey.thumbnail((SIGNATURE_SIZE[0] * 2, SIGNATURE_SIZE[1] * 2))
    ink = ImageOps.autocontrast(grey, cutoff=(0, 10)).point(lambda shade: 255 if shade > PAPER else shade)
    around = ImageOps.invert(ink).getbbox()
    if around is None:
        raise Refused(_("Nothing is written on this picture. Please sign with a dark pen on white paper."))
    if sum(ink.histogram()[:PAPER]) > MOST_INK * ink.width * ink.height:
        raise Refused(_("This does not look like a signature. Please sign with a dark pen on white paper."))
    signature = ink.crop(around)
    signature.thumbnail(SIGNATURE_SIZE)
    return bytes(_drawn_anew(signature, "PNG", optimize=True).read())


def _pixels(upload: UploadedFile, mode: str, most_bytes: int = MAX_BYTES) -> Image.Image:
    if (upload.size or 0) > most_bytes:
        raise Refused(
            _("This picture is larger than %(most)d MB. Please choose a smaller one.")
            % {"most": most_bytes // 1024**2}
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(upload, formats=["JPEG", "PNG", "WEBP"]) as picture:
                if picture.width * picture.height > MAX_PIXELS:
                    raise Refused(_("This picture has too many pixels. Please choose a smaller one."))
                return ImageOps.exif_transpose(picture).convert(mode)
    except (
        UnidentifiedImageError,
        OSError,
        ValueError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
    ):
        raise Refused(
            _("This is not a picture we can read. Please choose a JPEG, PNG or WebP file.")
        ) from None


def _drawn_anew(picture: Image.Image, kind: str, **options: object) -> ContentFile:
    clean = Image.new(picture.mode, picture.size)
    clean.paste(picture)
    buffer = BytesIO()
    clean.save(buffer, kind, **options)
    return ContentFile(buffer.getvalue())


def replace_picture(field: FieldFile, name: str, content: ContentFile) -> None:
    """The new file first; the old one goes once the row points to the new. The caller saves the row."""
    storage, old = field.storage, field.name
    field.save(name, content, save=False)
    if old:
        transaction.on_commit(lambda: storage.delete(old))


def drop_picture(field: FieldFile) -> None:
    """The file goes once the row no longer points to it. The caller saves the row."""
    storage, old = field.storage, field.name
    field.name = ""
    if old:
        transaction.on_commit(lambda: storage.delete(old))
