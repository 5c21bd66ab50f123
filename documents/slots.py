"""
One at a time on a machine: a kind of work that takes long holds one slot of the workers and no more, whatever waits.

A lock of the kernel, because workers may be threads of one process or processes of their own; it is free again when
its holder dies. A wake-up that finds it taken leaves a note, and its holder looks once more before it ends.
"""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

MOST_SECONDS = 150  # where the work says nothing else: then others get their turn at the worker


class Slot:
    def __init__(self, name: str, seconds: float = MOST_SECONDS) -> None:
        self.name, self.seconds = name, seconds

    def run(self, work: Callable[[str, float], object]) -> bool:
        """
        Call `work(name, stop_at)` unless somebody is at it, and again while wake-ups came in, for at most `seconds` in
        all. Answers whether it was our turn.
        """
        stop_at = time.monotonic() + self.seconds
        note, had_turn = self._file("again"), False
        note.touch(mode=0o600)
        while note.exists() and time.monotonic() < stop_at:
            with self._taken() as is_mine:
                if not is_mine:
                    return had_turn
                had_turn = True
                note.unlink(missing_ok=True)
                work(self.name, stop_at)
        return had_turn

    @contextmanager
    def _taken(self) -> Iterator[bool]:
        with self._file("lock").open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
            else:
                yield True

    def _file(self, ending: str) -> Path:
        folder = Path(settings.DATA_DIR) / "slots"
        folder.mkdir(exist_ok=True, mode=0o700)
        return folder / f"{self.name}.{ending}"
