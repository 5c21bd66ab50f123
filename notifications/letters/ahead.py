"""
The pages of a batch, one ahead: while a thread of its own sets a letter (typst works without the interpreter's lock),
the worker reads the facts of the next one and commits the one before. Only the setting is done elsewhere; all that
asks the database stays where it was. What goes wrong with a letter is raised when its turn comes.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from notifications.facts import closing
from notifications.letters.kinds import is_letter
from notifications.letters.paper import letter_data, render_letter
from notifications.models import Notification

Page = tuple[dict[str, Any], bytes]  # what stands on it, and the PDF


class _Batch:
    def __init__(self, rows: Iterable[Notification], pool: ThreadPoolExecutor) -> None:
        self.coming, self.pool = deque(rows), pool
        self.begun: dict[int, Future[Page]] = {}

    def page(self, row: Notification) -> Page:
        closing.must_stand(row)  # it was read ahead, and that was a while ago
        while self.coming and row.pk not in self.begun:  # those before it were stopped and never asked for
            if (first := self.coming.popleft()).pk == row.pk:
                self._begin(first)
        if self.coming:
            self._begin(self.coming.popleft())
        return self.begun.pop(row.pk).result()

    def _begin(self, row: Notification) -> None:
        self.begun[row.pk] = page = Future[Page]()
        try:
            data = letter_data(row)
        except Exception as error:  # raised again at the row's own turn
            page.set_exception(error)
        else:
            self.begun[row.pk] = self.pool.submit(_set, data)


def _set(data: dict[str, Any]) -> Page:
    return data, render_letter(data)


_batch: ContextVar[_Batch | None] = ContextVar("letters_ahead", default=None)


@contextmanager
def one_ahead(rows: Iterable[Notification]) -> Iterator[None]:
    """Within it the letters of `rows`, which are asked for in this order, are set one ahead."""
    written = [row for row in rows if is_letter(row)]
    if len(written) < 2:
        yield
        return
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="letters") as pool:
        before = _batch.set(_Batch(written, pool))
        try:
            yield
        finally:
            _batch.reset(before)


def page_of(row: Notification) -> Page:
    """The letter as it stands now. NeedsALook, facts.NotWanted, rendering.NotReady."""
    batch = _batch.get()
    return batch.page(row) if batch and is_letter(row) else _set(letter_data(row))
