"""What the worker does for documents. Each may run twice without harm: the rows decide (services/checking.py)."""

from celery import shared_task

from documents import services


@shared_task(name="documents.check")
def check(public_id: str) -> None:
    """Check one upload that is complete."""
    services.check_upload(public_id)


@shared_task(name="documents.sweep")
def sweep() -> dict[str, int]:
    """Every 15 seconds: what no wake-up reached, what died on the way, what is too old."""
    return services.sweep()
