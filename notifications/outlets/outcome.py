"""What an outlet answers."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

from notifications.models import Notification

# NO_LINE: nobody could be asked at all, which says nothing about the message. READY: a letter waits to be printed.
SENT, READY, RETRY, REFUSED, UNCERTAIN, NO_LINE = "sent", "ready", "retry", "refused", "uncertain", "no_line"


@dataclass(frozen=True)
class Outcome:
    what: str
    detail: str = ""
    for_good: bool = False  # refused because of its address, which is wrong or closed
    of_server: bool = False  # more likely the server's trouble than this message's
    provider_id: str = ""

    @property
    def may_have_left(self) -> bool:
        return self.what in (SENT, UNCERTAIN)


class Outlet(ABC):
    """Carries what `write` made of rows of one channel, one after the other."""

    name = ""

    def open(self) -> Outcome | None:
        """Called before anything is written for it: NO_LINE when that would be in vain."""
        return None

    @abstractmethod
    def send(self, row: Notification, parcel: Any) -> Outcome:
        """Hand it over and answer what became of it; never raises for a message that could not be sent."""

    def close(self) -> None:  # noqa: B027 - most have nothing to close
        """The batch is over."""
