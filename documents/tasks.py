"""What the worker does for documents. Each may run twice without harm: the rows decide (services/checking.py)."""

from typing import Any

from celery import shared_task
from celery.signals import worker_ready

from documents import scanning, services


@shared_task(name="documents.check")
def check(public_id: str) -> None:
    """Check one upload that is complete."""
    services.check_upload(public_id)


@shared_task(name="documents.compose")
def compose(public_id: str) -> None:
    """Put the photos of one paper together."""
    services.compose_group(public_id)


@shared_task(name="documents.look")
def look(public_id: str = "") -> None:
    """Draw and read the papers that wait for it. A version before this one named one of them."""
    services.look_on()


# Longer than other tasks may take: gigabytes from storage into storage; both renew a lease as they go.
@shared_task(name="documents.export", time_limit=3600)
def export(public_id: str) -> None:
    """Make one archive of papers."""
    services.make_archive(public_id)


@shared_task(name="documents.dispose", time_limit=4 * 3600)
def dispose() -> None:
    """Asked every hour, done once a day: destroy what is kept no longer."""
    services.dispose()


@shared_task(name="documents.sweep")
def sweep() -> dict[str, int]:
    """Every 15 seconds: what no wake-up reached, what died on the way, what is too old."""
    return services.sweep()


@shared_task(name="documents.test_scanner")
def test_scanner() -> None:
    """Every ten minutes: does the virus scanner still find what it must?"""
    scanning.test_scanner()


@worker_ready.connect(dispatch_uid="documents.test_scanner_at_start")
def test_scanner_at_start(sender: Any, **_more: Any) -> None:
    """A worker that checks uploads asks before the first one."""
    if "documents" in sender.app.amqp.queues.consume_from:
        scanning.test_scanner()
