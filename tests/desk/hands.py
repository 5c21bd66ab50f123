"""Somebody who works in a browser by keyboard alone: every press is counted, what is typed apart from the commands."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import User
from tests.cast import sign_in


def let_in(page: Page, user: User, address: str) -> Page:
    """This page of a browser, in which this person is signed in to the house at this address."""
    cookie = sign_in(Client(), user).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": address}])
    return page


@dataclass
class Part:
    """What one piece of work took; a key with Ctrl or Shift is one press."""

    name: str
    most: int
    presses: int = 0
    typed: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        return f"{self.name:<24} {self.presses:>4} of {self.most:>2} {self.typed:>6} {self.seconds:>7.1f} s"


class Hands:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.parts = [Part("", most=0)]

    @contextmanager
    def part(self, name: str, *, most: int) -> Iterator[None]:
        """A piece of work that may take this many presses at `most`."""
        part = Part(name, most)
        self.parts.append(part)
        began = time.monotonic()
        yield
        part.seconds = time.monotonic() - began
        assert part.presses <= part.most, f"{part}"

    def press(self, *keys: str) -> None:
        """One after the other, on a page that has come whole: its script hears keys from then on."""
        for key in keys:
            self.page.wait_for_load_state("domcontentloaded")
            self.page.keyboard.press(key)
            self.parts[-1].presses += 1

    def type(self, words: str) -> None:
        self.page.keyboard.type(words)
        self.parts[-1].typed += len(words)

    def sees(self, title: str) -> None:
        """The page of this heading, which must open by itself."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title)

    def table(self) -> list[str]:
        whole = Part("the whole day", most=sum(part.most for part in self.parts))
        for part in self.parts:
            whole.presses += part.presses
            whole.typed += part.typed
            whole.seconds += part.seconds
        heads = f"{'by keyboard alone':<24} {'presses':>10} {'typed':>6} {'time':>9}"
        return [heads, *(str(part) for part in [*self.parts[1:], whole])]
