from datetime import timedelta

from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from accounts.models import Invitation

KEEP_ENDED_DAYS = 90
BATCH = 500


@shared_task(name="accounts.tidy")
def tidy() -> None:
    """Delete sessions past their end and invitations that ended unused 90 days ago; used ones stay as evidence."""
    now = timezone.now()
    _delete(Session.objects.filter(expire_date__lt=now))
    _delete(Invitation.objects.filter(used_at=None, expires_at__lt=now - timedelta(days=KEEP_ENDED_DAYS)))


def _delete(rows) -> None:  # type: ignore[no-untyped-def]
    """In batches, each its own short transaction, so that nobody waits for the write lock."""
    while keys := list(rows.values_list("pk", flat=True)[:BATCH]):
        rows.model.objects.filter(pk__in=keys).delete()
