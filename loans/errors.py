"""A refusal is a sentence a person can act on; nothing was written. (One class for the house, from accounts.)"""

from accounts.errors import Refused


class Changed(Refused):
    """Somebody else was quicker: `what` lists, in sentences, what they changed since the page was made."""

    def __init__(self, message: str, what: list[str]) -> None:
        super().__init__(message)
        self.what = what


__all__ = ["Changed", "Refused"]
