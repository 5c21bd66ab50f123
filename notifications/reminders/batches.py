"""Long lists, a piece at a time; one row's trouble stops no other."""

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from django.db.models import QuerySet

logger = logging.getLogger(__name__)
T = TypeVar("T")


def batches(rows: "QuerySet[Any]", key: str, size: int) -> Iterator[list[int]]:
    """The different values of `key` (whole numbers) in order, `size` at a time; asked for once."""
    values = list(rows.order_by(key).values_list(key, flat=True).distinct())
    for begin in range(0, len(values), size):
        yield values[begin : begin + size]


def each(things: Iterable[T], act: Callable[[T], bool]) -> int:
    """Do this with each; returns for how many it was done."""
    done = 0
    for thing in things:
        try:
            done += act(thing)
        except Exception:
            logger.exception("Nothing could be planned for %s.", thing)
    return done
