"""Pictures that staff upload: what the field says of one that we cannot make ours from."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError

from accounts.errors import Refused


def readable(upload: Any, make: Callable[[Any], object]) -> Any:
    """The uploaded picture, when we can make ours from it; else the field says why not."""
    if upload:
        try:
            make(upload)
        except Refused as refused:
            raise ValidationError(refused.message) from None
        upload.seek(0)
    return upload
