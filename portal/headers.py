"""What a page may load and talk to, and what of the device it may use, as headers say it to the browser."""

from typing import Any

from csp.constants import NONE, SELF

PERMISSIONS_POLICY: dict[str, list[str]] = {
    "camera": ["self"],
    "publickey-credentials-get": ["self"],
    "publickey-credentials-create": ["self"],
    "geolocation": [],
    "microphone": [],
    "payment": [],
    "usb": [],
}


def content_security_policy(*, storage: str) -> dict[str, Any]:
    """The setting of django-csp. `storage` is where browsers send papers to and fetch them from; empty: this house."""
    elsewhere = [storage] if storage else []
    return {
        "DIRECTIVES": {
            "default-src": [NONE],
            "script-src": [SELF],
            "style-src": [SELF],
            "img-src": [SELF, "data:", "blob:", *elsewhere],
            "font-src": [SELF],
            "connect-src": [SELF, *elsewhere],
            "manifest-src": [SELF],
            "object-src": [NONE],
            "base-uri": [NONE],
            "frame-ancestors": [NONE],
            "form-action": [SELF],
        }
    }
