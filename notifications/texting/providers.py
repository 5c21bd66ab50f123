"""
Who carries texts: nobody (`local`, the default: the row is the record and the desk shows it), or Twilio.

A provider sends one text and answers with its own id for it; it proves that a call from outside is really its own, and
reads what such a call says. Nothing else in the house knows who it is.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

LOCAL = "local"


class Refused(Exception):
    """It will never go: `number_is_dead` when no text to that number ever will."""

    def __init__(self, detail: str, *, number_is_dead: bool = False) -> None:
        super().__init__(detail)
        self.number_is_dead = number_is_dead


class Busy(Exception):
    """It did not go; later it may."""


class MediaRefused(Exception):
    """A picture that will never be fetched; the detail says why."""


@dataclass(frozen=True)
class Media:
    address: str
    content_type: str


@dataclass(frozen=True)
class Incoming:
    """A text from outside, as the provider tells it."""

    provider_id: str
    sender: str
    sent_to: str
    body: str
    media: tuple[Media, ...] = ()
    at: datetime = field(default_factory=timezone.now)


@dataclass(frozen=True)
class Status:
    """What became of a text we sent; `reference` is the public id of its row. `kind`: a `DeliveryEvent.Kind`."""

    provider_id: str
    reference: str
    kind: str
    event_id: str
    detail: str = ""


class TextProvider(Protocol):
    name: str

    def answers(self, body: str) -> bool:
        """Whether it answers this STOP, START or HELP itself: then we stay silent, so that nobody reads it twice."""
        ...

    def send(self, *, to: str, body: str, reference: str) -> str:
        """
        Hand it over; answers its id there. Raises Refused, Busy, or `smtp.Uncertain` when it may have gone out and
        no answer came.
        """
        ...

    def verify(self, request: HttpRequest) -> bool: ...

    def parse_inbound(self, request: HttpRequest) -> Incoming: ...

    def parse_status(self, request: HttpRequest) -> Status | None:
        """None for a step on the way that says nothing new."""
        ...

    def fetch(self, media: Media) -> AbstractContextManager[Iterator[bytes]]:
        """The bytes of a picture, piece by piece. Raises MediaRefused, or Busy when it is worth another try."""
        ...


class LocalProvider:
    """Nothing leaves the machine, and nothing from outside is believed; the desk answers as the borrower."""

    name = LOCAL

    def answers(self, body: str) -> bool:
        return False

    def send(self, *, to: str, body: str, reference: str) -> str:
        return reference

    def verify(self, request: HttpRequest) -> bool:
        return False

    def parse_inbound(self, request: HttpRequest) -> Incoming:
        raise NotImplementedError("Nobody calls the local provider from outside.")

    def parse_status(self, request: HttpRequest) -> Status | None:
        return None

    def fetch(self, media: Media) -> AbstractContextManager[Iterator[bytes]]:
        raise MediaRefused("The local provider keeps no pictures.")


def provider() -> TextProvider:
    if settings.TEXTS_LEAVE_THE_HOUSE:
        from notifications.texting.twilio import TwilioProvider

        return TwilioProvider()
    return LocalProvider()
