"""Portraits and the logo: decoded under limits and drawn anew, so that nothing of a file but its pixels stays."""

import warnings
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from accounts.errors import Refused

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
SIDE = 640
LOGO_SIZE = (800, 400)


def square_portrait(upload: UploadedFile) -> ContentFile:
    """A square JPEG of 640 pixels without any metadata; Refused when it is too large or no picture."""
    square = ImageOps.fit(_pixels(upload, "RGB"), (SIDE, SIDE), centering=(0.5, 0.35))
    return _drawn_anew(square, "JPEG", quality=88, optimize=True, progressive=True)


def clean_logo(upload: UploadedFile) -> ContentFile:
    """A PNG of at most 800 by 400 pixels, see-through where the original is; Refused like a portrait."""
    logo = _pixels(upload, "RGBA")
    logo.thumbnail(LOGO_SIZE)
    return _drawn_anew(logo, "PNG", optimize=True)


def _pixels(upload: UploadedFile, mode: str) -> Image.Image:
    if (upload.size or 0) > MAX_BYTES:
        raise Refused(_("This picture is larger than 10 MB. Please choose a smaller one."))
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
