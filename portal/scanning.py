"""A code that a telephone's camera opens an address by."""

import qrcode
from django.utils.safestring import SafeString, mark_safe
from qrcode.image.svg import SvgPathImage


def code_to_scan(address: str, label: str) -> SafeString:
    """A drawing (SVG) for the page, with `label` for those who cannot see it; its colours come from the style sheet."""
    code = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, image_factory=SvgPathImage)
    code.add_data(address)
    code.make()
    drawing = code.make_image(attrib={"class": "scan-code", "role": "img", "aria-label": label})
    return mark_safe(drawing.to_string(encoding="unicode"))  # noqa: S308 - drawn and escaped by the library
