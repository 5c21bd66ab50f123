""" "Page 2 of 4": which pages a paper says it has, and which of them are not here."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from documents.preflight.papers import Page

MOST_PAGES = 200  # a paper that claims more is not believed
LABEL = re.compile(
    r"(?P<before>[a-z]{0,9})\s{0,2}\b(?:page|pg|sheet|página|pagina)\b[.:]?\s{0,3}(\d{1,3})\s{0,3}(?:of|/|de)\s{0,3}(\d{1,3})\b",
    re.IGNORECASE,
)
BARE = re.compile(r"(?:^|\s{2})(\d{1,3})\s{1,2}of\s{1,2}(\d{1,3})$", re.IGNORECASE)
IN_A_SENTENCE = {"on", "see", "to", "from", "and", "through", "refer", "the", "or", "also", "in", "until"}


@dataclass
class Run:
    """One paper within the file: `seen` numbers by page of the file, and pages without a number after the last."""

    of: int
    seen: dict[int, int] = field(default_factory=dict)
    excused: int = 0
    missing: list[int] = field(default_factory=list)
    open: int = 0

    @property
    def last(self) -> int:
        return max(self.seen.values(), default=0)

    def goes_on_with(self, number: int, of: int) -> bool:
        return of == self.of and number > self.last

    def take(self, page: int, number: int) -> None:
        self._settle(number)
        self.seen[page] = number

    def end(self) -> None:
        self._settle(self.of + 1)

    def _settle(self, upto: int) -> None:
        """Pages without a number in between may well be those that seem to be missing."""
        lacking = list(range(self.last + 1, upto))
        if len(lacking) > self.open:
            self.missing += lacking if not self.open else lacking[self.open :]
        self.open = 0


def missing_pages(pages: Iterable[Page], total: int) -> list[Run]:
    """Every paper within the file that lacks pages. Pages of the file that nobody read excuse as many."""
    runs: list[Run] = []
    pages = list(pages)
    for page in pages:
        number = number_on(page)
        if number is None:
            if runs:
                runs[-1].open += 1
            continue
        if not runs or not runs[-1].goes_on_with(*number):
            runs.append(Run(number[1]))
        runs[-1].take(page.number, number[0])
    if runs:
        runs[-1].open += total - len(pages)
    for run in runs:
        run.end()
    return [run for run in runs if run.missing]


def number_on(page: Page) -> tuple[int, int] | None:
    """Which page of how many it says it is; None when it says nothing, or several things."""
    lines = page.lines
    said = {number for line in lines[:200] for number in _labels(line)}
    if not said:
        said = {number for line in lines[:3] + lines[-3:] for number in _bare(line)}
    good = {(number, of) for number, of in said if 1 <= number <= of <= MOST_PAGES}
    return good.pop() if len(good) == 1 else None


def _labels(line: str) -> list[tuple[int, int]]:
    return [
        (int(match[2]), int(match[3]))
        for match in LABEL.finditer(line[:400])
        if match["before"].lower() not in IN_A_SENTENCE
    ]


def _bare(line: str) -> list[tuple[int, int]]:
    match = BARE.search(line[-40:])
    return [(int(match[1]), int(match[2]))] if match else []
