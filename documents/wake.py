"""
Wake-ups for the workers: hints after the commit, never the truth. The sweeps find what no hint reached.

A thread of this process hands them to the broker, so that no page waits for one that is down or slow (a Redis that
does not answer takes seconds to say so). The same hint waits once; when the broker fails, what waits is dropped.
"""

import logging
from threading import Lock, Thread

from celery import current_app
from django.db import transaction

logger = logging.getLogger(__name__)
MOST_WAITING = 200
Hint = tuple[str, tuple[str, ...], int | None]

_lock = Lock()
_waiting: dict[Hint, None] = {}  # in order, each once
_is_sending = False


def soon(task: str, *arguments: str, expires: int | None = None) -> None:
    """Have a worker run this task once the transaction is committed; the hint is worth nothing after `expires` s."""
    transaction.on_commit(lambda: _put((task, arguments, expires)), robust=True)


def _put(hint: Hint) -> None:
    global _is_sending
    with _lock:
        if len(_waiting) < MOST_WAITING:
            _waiting[hint] = None
        if not _is_sending:
            Thread(target=_send_all, name="wake-ups").start()
            _is_sending = True


def _send_all() -> None:
    """Until nothing waits."""
    global _is_sending
    while True:
        with _lock:
            if not _waiting:
                _is_sending = False
                return
            hint = next(iter(_waiting))
            del _waiting[hint]
        _send(*hint)


def _send(task: str, arguments: tuple[str, ...], expires: int | None) -> None:
    try:
        current_app.send_task(task, args=list(arguments), expires=expires, retry=False)
    except Exception as error:
        logger.warning("no wake-up for %s, the sweep will find it: %s", task, error)
        with _lock:
            _waiting.clear()
