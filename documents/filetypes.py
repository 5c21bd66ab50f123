"""The kinds of file we take: one entry a kind. Endings, what libmagic calls it, what the parser calls it."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class FileType:
    content_type: str
    name: str | Promise
    endings: tuple[str, ...]


TYPES = (
    FileType("application/pdf", _("a PDF"), ("pdf",)),
    FileType("image/jpeg", _("a JPEG picture"), ("jpg", "jpeg")),
    FileType("image/png", _("a PNG picture"), ("png",)),
    FileType("image/heic", _("a HEIC picture"), ("heic", "heif")),
    FileType("image/tiff", _("a TIFF picture"), ("tif", "tiff")),
)
ENDINGS = {ending: entry for entry in TYPES for ending in entry.endings}
# What the browser offers to pick; image/* makes a phone offer its camera.
ACCEPT = ",".join([f".{ending}" for ending in ENDINGS] + ["image/*"])


def ending_of(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def type_for_name(name: str) -> FileType | None:
    """The kind that the ending promises; None when we do not take it."""
    return ENDINGS.get(ending_of(name))


def type_called(content_type: str) -> FileType | None:
    """The kind with this content type; None when we do not take it."""
    return next((entry for entry in TYPES if entry.content_type == content_type), None)
