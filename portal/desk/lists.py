"""Pages of 25 by keyset: the next page starts after the last row seen, so a page costs the same at any depth."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

PAGE = 25
Mark = tuple[datetime, int]


@dataclass(frozen=True)
class Page:
    rows: list[Any]
    next_url: str = ""
    first_url: str = ""


def read_mark(text: str) -> Mark | None:
    """`1763755200000000_42`: microseconds since 1970 and the row's id; anything else is the first page."""
    moment, _, row = text.partition("_")
    try:
        return datetime.fromtimestamp(int(moment) / 1_000_000, UTC).replace(
            microsecond=int(moment) % 1_000_000
        ), int(row)
    except (ValueError, OverflowError, OSError):
        return None


def write_mark(moment: datetime, row: int) -> str:
    whole = int(moment.replace(microsecond=0).timestamp())
    return f"{whole * 1_000_000 + moment.microsecond}_{row}"


def older_than(rows: QuerySet[Any], field: str, mark: Mark | None) -> QuerySet[Any]:
    """Newest first, after `mark`. Written as `a <= x AND (a < x OR id < y)`, which the index answers in one walk."""
    if mark:
        moment, row = mark
        rows = rows.filter(Q(**{f"{field}__lte": moment}) & (Q(**{f"{field}__lt": moment}) | Q(pk__lt=row)))
    return rows.order_by(f"-{field}", "-pk")


def newer_than(rows: QuerySet[Any], field: str, mark: Mark | None) -> QuerySet[Any]:
    """Oldest first, after `mark`."""
    if mark:
        moment, row = mark
        rows = rows.filter(Q(**{f"{field}__gte": moment}) & (Q(**{f"{field}__gt": moment}) | Q(pk__gt=row)))
    return rows.order_by(field, "pk")


def ids_after(keys: Iterable[tuple[Any, int]], mark: Any, *, newest_first: bool) -> list[int]:
    """Of rows named by what they are sorted by and their id, in any order: the ids of a page after `mark` and a row."""
    order = sorted(keys, reverse=newest_first)
    if mark:
        order = [key for key in order if (key < mark if newest_first else key > mark)]
    return [pk for _key, pk in order[: PAGE + 1]]


def page_of(
    rows: Iterable[Any], mark_of: Callable[[Any], Mark], *, address: str, asked: dict[str, str], after: bool
) -> Page:
    """`rows` holds up to one more than a page; `asked` are the filters that the links keep; `after`: not the first."""
    found = list(rows)
    shown = found[:PAGE]
    more = {**asked, "after": write_mark(*mark_of(shown[-1]))} if len(found) > PAGE else None
    return Page(
        rows=shown,
        next_url=f"{address}?{urlencode(more)}" if more else "",
        first_url=(f"{address}?{urlencode(asked)}" if asked else address) if after else "",
    )
