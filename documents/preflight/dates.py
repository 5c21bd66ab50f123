"""
Days, spans of days and tax years in the text of a paper.

Every pattern is bounded, so that no text can keep it busy: repeats have a most, and no two of them share characters.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MOST_DATES = 400  # of a page
EARLIEST = 1990

_MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?"
    r"|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
DATE = re.compile(
    rf"\b(?P<m1>{_MONTH})\.?\s{{1,3}}(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s{{0,3}}(?P<y1>\d{{4}})\b)?"
    rf"|\b(?P<d2>\d{{1,2}})\s{{1,3}}(?P<m2>{_MONTH})\b\.?,?\s{{1,3}}(?P<y2>\d{{4}})\b"
    r"|(?<![\d/-])(?P<y3>\d{4})-(?P<m3>\d{2})-(?P<d3>\d{2})(?![\d/-])"
    r"|(?<![\d/-])(?P<m4>\d{1,2})[/-](?P<d4>\d{1,2})(?:[/-](?P<y4>\d{4}|\d{2}))?(?![\d/-])",
    re.IGNORECASE,
)
BETWEEN = re.compile(r"\s{0,3}(?:-|–|—|to|through|thru|until)\s{0,3}", re.IGNORECASE)
_FORM = r"form\s{0,2}(?:w-?2|1040|1099|1120|1065)"
TAX_YEAR = re.compile(
    rf"\b{_FORM}\b[^\d]{{0,60}}(20\d\d)\b"
    r"|\b(20\d\d)\s{1,3}(?:form|w-?2|1040|1099|1120|1065|wage\s{1,2}and)"
    r"|\b(?:tax|calendar)\s{1,2}year[^\n\d]{0,30}(20\d\d)\b"
    r"|\b(?:wage\s{1,2}and\s{1,2}tax\s{1,2}statement|income\s{1,2}tax\s{1,2}return)[^\n\d]{0,30}\s{1,3}(20\d\d)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Found:
    """A day in a text, and where it stands there; no year when the paper leaves it to the next one."""

    start: int
    end: int
    year: int | None
    month: int
    day: int

    def on(self, year: int | None = None) -> date | None:
        try:
            return date(self.year or year or 0, self.month, self.day)
        except ValueError:
            return None


def found_in(text: str) -> Iterator[Found]:
    for count, match in enumerate(DATE.finditer(text)):
        if count == MOST_DATES:
            return
        month = _month(match["m1"] or match["m2"] or match["m3"] or match["m4"])
        day = int(match["d1"] or match["d2"] or match["d3"] or match["d4"])
        year = match["y1"] or match["y2"] or match["y3"] or match["y4"]
        yield Found(match.start(), match.end(), _year(year), month, day)


def _month(said: str) -> int:
    return int(said) if said[0].isdigit() else MONTHS.index(said[:3].lower()) + 1


def _year(said: str | None) -> int | None:
    if said is None:
        return None
    return int(said) + 2000 if len(said) == 2 else int(said)


def spans_in(text: str) -> Iterator[tuple[date, date]]:
    """Each "from … to …" with both days; the first one may leave out its year, also before a turn of the year."""
    days = list(found_in(text))
    for first, last in pairwise(days):
        if last.year is None or not BETWEEN.fullmatch(text, first.end, last.start):
            continue
        end, start = last.on(), first.on(last.year)
        if start and end and first.year is None and start > end:
            start = first.on(last.year - 1)
        if start and end and start.year > EARLIEST and start <= end:
            yield start, end


def days_after(text: str, label: "re.Pattern[str]", most: int = 30) -> Iterator[date]:
    """Full dates that stand within `most` characters after a label (an em dash, a line break may be between)."""
    ends = [match.end() for match in label.finditer(text)]
    for found in found_in(text):
        day = found.on()
        if day and day.year > EARLIEST and any(0 <= found.start - end <= most for end in ends):
            yield day


def day_at_the_top(lines: Iterable[str], most: int = 14) -> date | None:
    """The first date that is a line of its own, as letters have it."""
    for line in list(lines)[:most]:
        for found in found_in(line):
            day = found.on()
            if day and day.year > EARLIEST and found.end - found.start >= len(line) - 16:
                return day
    return None


def tax_years(text: str) -> set[int]:
    return {int(year) for match in TAX_YEAR.finditer(text) for year in match.groups() if year}


def months_between(end: date, start: date) -> list[str]:
    """The months, as 2026-02, of which at least half lies between these days."""
    counted: dict[str, int] = {}
    day = end + timedelta(days=1)
    while day < start:
        counted[f"{day:%Y-%m}"] = counted.get(f"{day:%Y-%m}", 0) + 1
        day += timedelta(days=1)
    return [month for month, days in counted.items() if days >= 14]
