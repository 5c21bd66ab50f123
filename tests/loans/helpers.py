"""What tests of this app share."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.dispatch import Signal

from loans import services
from loans.models import Loan
from loans.stages import Stage


@contextmanager
def hearing(signal: Signal) -> Iterator[list[dict[str, Any]]]:
    """Everything the signal said meanwhile."""
    heard: list[dict[str, Any]] = []

    def listen(**said: Any) -> None:
        said.pop("signal")
        heard.append(said)

    signal.connect(listen)
    try:
        yield heard
    finally:
        signal.disconnect(listen)


@contextmanager
def failing(signal: Signal) -> Iterator[None]:
    """Somebody above fails while handling it."""

    def fail(**_said: Any) -> None:
        raise RuntimeError("a handler failed")

    signal.connect(fail)
    try:
        yield
    finally:
        signal.disconnect(fail)


def move(loan: Loan, *stages: str, by: Any, **options: Any) -> Any:
    """Lead the loan through these stages; the last event."""
    event = None
    for to in stages:
        fresh = Loan.objects.get(pk=loan.pk)
        if to == Stage.CLOSING and (call := services.open_call(fresh)):
            services.complete_task(task=call, by=by)
        event = services.change_stage(loan=fresh, to=to, by=by, expected_version=fresh.version, **options)
    loan.refresh_from_db()
    return event


def at_version(loan: Loan, service: Callable[..., Any], **arguments: Any) -> Any:
    """Call a desk service with the version the loan has now."""
    loan.refresh_from_db()
    return service(loan=loan, expected_version=loan.version, **arguments)
