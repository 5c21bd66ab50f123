"""
What a batch of messages asks for again and again and what is the same for all of them (words of the staff, rules):
looked up once while the batch lasts. Nothing about a loan or a person belongs here: that is looked at row by row.
"""

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")
_kept: ContextVar[dict[Hashable, Any] | None] = ContextVar("kept_for_a_batch", default=None)


@contextmanager
def a_batch() -> Iterator[None]:
    """Within it `once` remembers; a batch within another one is part of it."""
    if _kept.get() is not None:
        yield
        return
    before = _kept.set({})
    try:
        yield
    finally:
        _kept.reset(before)


def once(key: Hashable, read: Callable[[], T]) -> T:
    """What `read` answers: within a batch what it answered first, elsewhere asked for each time."""
    kept = _kept.get()
    if kept is None:
        return read()
    if key not in kept:
        kept[key] = read()
    found: T = kept[key]
    return found
