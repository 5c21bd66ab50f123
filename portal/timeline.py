"""
All that happened on one loan, in one order, newest first: stages and dates, what was said and sent in every channel,
papers and their reviews, what was to be done, and who looked. For the loan team alone: notes and calls stand in it.

Each source is asked for no more than a page after the mark, all in one query; the page is the newest of them all. The
mark names the last line shown by its time, its source and its row, so that lines of the same moment are neither lost
nor repeated. Where the row's own words change (a queued message that was sent since), so does its place.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import nlargest
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from documents.models import Document
from loans.models import Loan
from portal.desk.around import at, by_id
from portal.desk.subqueries import Rows
from portal.timeline_lines import Line
from portal.timeline_sources import SOURCES, Source


@dataclass(frozen=True)
class Mark:
    """The last line of a page."""

    at: datetime
    source: int  # its place in `SOURCES`
    row: int


def lines_of(loan: Loan, *, kind: str = "", after: Mark | None = None, most: int) -> list[Line]:
    """Up to `most` lines after the mark, of one kind or of all, in two queries."""
    asked = [(place, one) for place, one in enumerate(SOURCES) if kind in ("", one.kind)]
    lists = [
        Rows(_after(one, place, loan, after)[:most], "id", "happened", *one.names, **one.paths)
        for place, one in asked
    ]
    found = Loan.objects.filter(pk=loan.pk).values_list(*lists).get()
    lines = (
        _line(one, place, row)
        for (place, one), listed in zip(asked, found, strict=True)
        for row in by_id(listed)
    )
    return _with_names(nlargest(most, lines, key=lambda line: (line.at, line.source, line.row)), loan)


def mark_of(line: Line) -> Mark:
    return Mark(line.at, line.source, line.row)


def _after(source: Source, place: int, loan: Loan, mark: Mark | None) -> QuerySet[Any]:
    rows = source.rows(loan).annotate(happened=source.when).filter(happened__isnull=False)
    if mark:
        rows = rows.filter(happened__lte=mark.at).filter(_beyond(place, mark))
    return rows.order_by("-happened", "-pk")


def _beyond(place: int, mark: Mark) -> Q:
    """Among rows of the mark's own moment, those that come after it."""
    earlier = Q(happened__lt=mark.at)
    if place == mark.source:
        return earlier | Q(pk__lt=mark.row)
    return Q() if place < mark.source else earlier


def _line(source: Source, place: int, row: dict[str, Any]) -> Line:
    return Line(
        at=at(row["happened"]), source=place, row=row["id"], kind=source.kind, **source.words(row)
    )  # fmt: skip


def _with_names(lines: list[Line], loan: Loan) -> list[Line]:
    """Those who looked are shown with the name of the paper, where it is still one of this loan."""
    wanted = {UUID(line.paper) for line in lines if line.paper and not line.about}
    names = _names(loan, wanted) if wanted else {}
    return [
        replace(line, about=names.get(line.paper, "")) if line.paper and not line.about else line
        for line in lines
    ]


def _names(loan: Loan, papers: Iterable[UUID]) -> dict[str, str]:
    named = Document.objects.filter(loan=loan, public_id__in=papers, disposed_at__isnull=True)
    return {str(public_id): name for public_id, name in named.values_list("public_id", "name")}
