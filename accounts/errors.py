"""A refusal is a sentence a person can act on; nothing was written."""


class Refused(Exception):
    """The house does not do this, and says why and what to do instead."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message
