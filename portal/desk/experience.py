"""The figures of experience as the page, its charts and its table for spreadsheets say them; nothing is counted."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import dateformat
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from accounts.models import Branch, Company, User
from conversations.figures import day_minutes, in_words
from feedback.figures.counting import Whose
from feedback.figures.shape import Figure, Measure, Words
from feedback.figures.table import FIGURES
from feedback.models import ExperienceFigure
from portal.charts import MonthChart, month_chart

MONTHS_SHOWN, MOST_COMPARED = 12, 240
NOTHING = "–"
HOURS_A_DAY = 24
GROUPS: tuple[tuple[Promise, tuple[str, ...]], ...] = (
    (gettext_lazy("Answers"), ("first_answer", "answer", "first_contact", "volume")),
    (gettext_lazy("What they say"), ("csat", "nps")),
    (gettext_lazy("Pace"), ("promise", "stage")),
    (gettext_lazy("Papers"), ("repeat", "return", "reminder")),
    (gettext_lazy("Applying"), ("abandoned",)),
)
COMPARED = tuple(key for _title, keys in GROUPS for key in keys if FIGURES[key].has_total)


@dataclass(frozen=True)
class Asked:
    """Which month, and whose: everybody's where it is nobody's and no branch's."""

    month: date
    whose: Whose

    @property
    def person(self) -> User | None:
        return self.whose if isinstance(self.whose, User) else None

    @property
    def branch(self) -> Branch | None:
        return self.whose if isinstance(self.whose, Branch) else None

    def query(self, *, month: date | None = None, whose: Whose = None, part: str = "") -> dict[str, str]:
        """As it stands in an address; what is not named is as asked for."""
        one = whose or self.whose
        said = {"month": f"{month or self.month:%Y-%m}"}
        if one is not None:
            said["whose"] = str(one.public_id)
        return said | ({"part": part} if part else {})

    def address(self, figure: str, *, month: date | None = None, whose: Whose = None, part: str = "") -> str:
        """Of the rows behind a figure."""
        query = urlencode(self.query(month=month, whose=whose, part=part))
        return f"{reverse('desk:experience_rows', args=[figure])}?{query}"


@dataclass(frozen=True)
class Reading:
    """One figure in words: `beside` is how many it was counted from, or nine in ten. `rows` lie behind `address`."""

    text: str
    beside: str
    rows: int
    address: str
    number: float | None


@dataclass(frozen=True)
class Line:
    """A figure of one month, of one part or of one person; `width` in percent of the longest."""

    name: Words
    reading: Reading
    width: float = 0


@dataclass(frozen=True)
class Card:
    figure: Figure
    now: Reading | None
    before: Reading | None
    chart: MonthChart | None
    months: list[Line]
    parts: list[Line]


# --- Reading ---------------------------------------------------------------------------------------------------


def kept_for(asked: Asked, months: Iterable[date]) -> QuerySet[ExperienceFigure]:
    rows = ExperienceFigure.objects.filter(person=asked.person, branch=asked.branch, month__in=list(months))
    return rows.order_by()


def kept_of_everybody(month: date) -> QuerySet[ExperienceFigure]:
    """The whole of each figure for every branch, then everybody, who has one in this month."""
    rows = ExperienceFigure.objects.filter(month=month, part="", figure__in=COMPARED)
    rows = rows.exclude(person=None, branch=None).select_related("person", "branch")
    order = (F("branch__name").asc(nulls_last=True), "person__name", "person_id")
    return rows.order_by(*order)[: MOST_COMPARED * len(COMPARED)]


# --- Saying ----------------------------------------------------------------------------------------------------


def value_of(figure: Figure, row: ExperienceFigure | None, whole: int | None = None) -> float | None:
    """In the unit of the figure (a share from 0 to 1); None where nothing was counted. `whole`: of how many."""
    if row is None or not row.denominator:
        return None
    of = whole or row.denominator
    match figure.measure:
        case Measure.MINUTES | Measure.HOURS:
            return row.median
        case Measure.COUNT:
            return row.numerator
        case Measure.SCORE:
            return round(100 * row.numerator / of)
        case _:
            return row.numerator / of


def said(figure: Figure, value: float | None, house: Company) -> str:
    if value is None:
        return NOTHING
    match figure.measure:
        case Measure.MINUTES:
            return in_words(int(value), house)
        case Measure.HOURS:
            return days_in_words(value)
        case Measure.SHARE:
            return f"{value:.0%}"
        case Measure.SCORE:
            return f"{value:+.0f}" if value else "0"
        case Measure.COUNT:
            return f"{value:.0f}"
        case _:
            return f"{value:.1f}"


def days_in_words(hours: float) -> str:
    days = round(hours / HOURS_A_DAY, 1)
    return ngettext("%(days)g day", "%(days)g days", 1 if days == 1 else 2) % {"days": days}


def short(figure: Figure, value: float, house: Company) -> str:
    """Beside a chart, where there is little room."""
    if figure.measure == Measure.HOURS:
        return pgettext("days, short", "%(days)g d") % {"days": round(value / HOURS_A_DAY, 1)}
    if figure.measure != Measure.MINUTES:
        return said(figure, value, house)
    if value < 60:
        return pgettext("minutes, short", "%(minutes)d min") % {"minutes": value}
    if value < day_minutes(house):
        return pgettext("hours, short", "%(hours)g h") % {"hours": round(value / 60, 1)}
    return pgettext("business days, short", "%(days)g d") % {"days": round(value / day_minutes(house), 1)}


def beside(figure: Figure, row: ExperienceFigure | None, house: Company, whole: int | None = None) -> str:
    if row is None or not row.denominator:
        return ""
    if row.ninetieth is not None and figure.measure != Measure.EACH:
        within = said(figure, row.ninetieth, house)
        return _("nine in ten within %(within)s") % {"within": within}
    if figure.measure == Measure.SHARE:
        return _("%(count)s of %(all)s") % {"count": row.numerator, "all": whole or row.denominator}
    if figure.measure == Measure.SCORE:
        return ngettext("from %(count)d answer", "from %(count)d answers", row.denominator) % {
            "count": row.denominator
        }
    if figure.measure == Measure.EACH:
        return ngettext("on %(count)d paper", "on %(count)d papers", row.denominator) % {
            "count": row.denominator
        }
    return ""


def reading(
    figure: Figure, row: ExperienceFigure | None, house: Company, address: str, whole: int | None = None
) -> Reading:
    value = value_of(figure, row, whole)
    rows = row.denominator if row else 0
    return Reading(said(figure, value, house), beside(figure, row, house, whole), rows, address, value)


def month_name(first: date) -> str:
    return dateformat.format(first, pgettext("date format: November 2026", "F Y"))


# --- The page --------------------------------------------------------------------------------------------------


def groups(asked: Asked, months: list[date], house: Company) -> list[tuple[Promise, list[Card]]]:
    """`months`: those shown, the latest first."""
    kept: dict[str, dict[tuple[date, str], ExperienceFigure]] = defaultdict(dict)
    for row in kept_for(asked, months):
        kept[row.figure][row.month, row.part] = row
    return [
        (title, [_card(FIGURES[key], kept[key], asked, months, house) for key in keys])
        for title, keys in GROUPS
    ]


def _card(
    figure: Figure,
    kept: dict[tuple[date, str], ExperienceFigure],
    asked: Asked,
    months: list[date],
    house: Company,
) -> Card:
    parts = list(_parts(figure, kept, asked, house))
    if not figure.has_total:
        return Card(figure, None, None, None, [], parts)
    lines = [
        Line(
            month_name(month),
            reading(figure, kept.get((month, "")), house, asked.address(figure.key, month=month)),
        )
        for month in months
    ]
    by_month = dict(zip(months, lines, strict=True))
    place = months.index(asked.month)
    before = lines[place + 1].reading if place + 1 < len(lines) else None
    return Card(
        figure, by_month[asked.month].reading, before, _chart(figure, lines, months, house), lines, parts
    )


def _chart(figure: Figure, lines: list[Line], months: list[date], house: Company) -> MonthChart | None:
    values = [line.reading.number for line in lines]
    if not any(value is not None for value in values):
        return None
    return month_chart(
        values[::-1],
        [dateformat.format(month, "M") for month in reversed(months)],
        most=1.0 if figure.measure == Measure.SHARE else None,
        written=lambda value: short(figure, value, house),
    )


def _parts(
    figure: Figure, kept: dict[tuple[date, str], ExperienceFigure], asked: Asked, house: Company
) -> Iterator[Line]:
    """Of the month that is asked for: stages in their order, all else the most first."""
    whole = kept.get((asked.month, ""))
    of = whole.denominator if whole and figure.measure == Measure.SHARE else None
    found = [(part, row) for (month, part), row in kept.items() if part and month == asked.month]
    order = {part: place for place, part in enumerate(figure.parts)}
    found.sort(key=lambda one: (figure.has_total and -one[1].denominator, order.get(one[0], len(order))))
    most = max((value_of(figure, row, of) or 0 for _part, row in found), default=0) or 1
    for part, row in found:
        read = reading(figure, row, house, asked.address(figure.key, part=part), of)
        yield Line(figure.part_name(part), read, round(100 * (read.number or 0) / most, 1))


@dataclass(frozen=True)
class Compared:
    """Every branch and everybody with figures in the month, each with its readings in the order of `COMPARED`."""

    branches: list[tuple[Branch, list[Reading]]]
    people: list[tuple[User, list[Reading]]]


def compared(asked: Asked, house: Company) -> Compared:
    """For who sees every loan."""
    kept: dict[User | Branch, dict[str, ExperienceFigure]] = defaultdict(dict)
    for row in kept_of_everybody(asked.month):
        whose = row.person or row.branch
        assert whose is not None
        kept[whose][row.figure] = row
    found = Compared([], [])
    for whose, rows in kept.items():
        said = [
            reading(FIGURES[key], rows.get(key), house, asked.address(key, whose=whose)) for key in COMPARED
        ]
        if isinstance(whose, Branch):
            found.branches.append((whose, said))
        else:
            found.people.append((whose, said))
    return found


# --- For spreadsheets ------------------------------------------------------------------------------------------


HEADINGS = (
    gettext_lazy("Month"), gettext_lazy("Who"), gettext_lazy("Figure"), gettext_lazy("Part"), gettext_lazy("Value"),
    gettext_lazy("Unit"), gettext_lazy("Counted"), gettext_lazy("Of"), gettext_lazy("Nine in ten within"),
)  # fmt: skip
UNITS: dict[Measure, Promise] = {
    Measure.SHARE: gettext_lazy("percent"),
    Measure.COUNT: gettext_lazy("contacts"),
    Measure.SCORE: gettext_lazy("points"),
    Measure.MINUTES: gettext_lazy("minutes of office hours"),
    Measure.HOURS: gettext_lazy("hours"),
    Measure.EACH: gettext_lazy("reminders for each paper"),
}


def table(rows: Iterable[ExperienceFigure]) -> Iterator[list[Any]]:
    """A line a figure; a part is seen against the whole, which comes before it."""
    wholes: dict[tuple[date, int | None, int | None, str], int] = {}
    for row in rows:
        figure = FIGURES.get(row.figure)
        if figure is None or not (row.part or figure.has_total):
            continue
        place = (row.month, row.person_id, row.branch_id, row.figure)
        if not row.part:
            wholes[place] = row.denominator
        of = wholes.get(place, row.denominator) if figure.measure == Measure.SHARE else row.denominator
        value = value_of(figure, row, of)
        percent = figure.measure == Measure.SHARE and value is not None
        yield [
            f"{row.month:%Y-%m}", _whose(row), figure.title,
            figure.part_name(row.part), "" if value is None else round(100 * value if percent else value, 2),
            UNITS[figure.measure], row.numerator, of, "" if row.ninetieth is None else row.ninetieth,
        ]  # fmt: skip


def _whose(row: ExperienceFigure) -> str:
    if row.branch:
        return _("Branch %(name)s") % {"name": row.branch.name}
    return row.person.name if row.person else _("Everybody")
