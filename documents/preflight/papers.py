"""What judging works on: the pages as the child read them, and what the house knows about the paper."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

FEW_LETTERS = 16  # a page with fewer has no words worth judging


@dataclass(frozen=True)
class Picture:
    """The one picture that a page is, as scanners and cameras make it; sizes in pixels."""

    width: int
    height: int
    lossless: bool = False
    flat: float = 0.0
    sharp: float = 1.0


@dataclass(frozen=True)
class Page:
    """`ink` and `contrast` are None where nobody looked, because the page has words of its own."""

    number: int
    text: str = ""
    width: float = 612
    height: float = 792
    ink: float | None = None
    contrast: float | None = None
    picture: Picture | None = None
    ocr: bool = False
    sure: float = 1.0

    @property
    def letters(self) -> int:
        return sum(char.isalnum() for char in self.text)

    @property
    def has_words(self) -> bool:
        return self.letters >= FEW_LETTERS

    @property
    def lines(self) -> list[str]:
        return [line.strip() for line in self.text.splitlines() if line.strip()]


@dataclass(frozen=True)
class Reading:
    """The answer of the child's job "read"; `ocr` is "", "read", "partly" or "missing"."""

    pages: tuple[Page, ...] = ()
    total: int = 0
    ocr: str = ""

    @property
    def text(self) -> str:
        return "\n".join(page.text for page in self.pages)

    @property
    def has_words(self) -> bool:
        return any(page.has_words for page in self.pages)


def reading_of(said: Mapping[str, Any]) -> Reading:
    """The child's answer, with what it left out filled in."""
    pages = tuple(_page(page) for page in said.get("pages", ()))
    return Reading(pages, int(said.get("total", len(pages))), str(said.get("ocr", "")))


def _page(said: Mapping[str, Any]) -> Page:
    known = {name: said[name] for name in Page.__dataclass_fields__ if name in said}
    if picture := said.get("picture"):
        known["picture"] = Picture(
            **{name: picture[name] for name in Picture.__dataclass_fields__ if name in picture}
        )
    return Page(**known)


@dataclass(frozen=True)
class Covered:
    """
    The days that a statement covers, both included, and which account it is of (a digest; empty: unknown). `page` of
    this file says so; 0 in another.
    """

    start: date
    end: date
    account: str = ""
    page: int = field(default=0, compare=False)


@dataclass(frozen=True)
class About:
    """
    What was asked for and of whom. `names` are those of every borrower of the loan, none when another name is as good
    (a donor's statement, a contract); `good_for_days` 0 means that it never grows old; `years` are those that the
    request names; `others` is what other papers of the same request cover; `salt` keeps digests of accounts apart.
    """

    kind: str
    today: date
    names: tuple[str, ...] = ()
    good_for_days: int = 0
    years: tuple[int, ...] = ()
    others: tuple[Covered, ...] = ()
    any_kind: bool = False
    salt: str = ""
