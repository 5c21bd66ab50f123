"""An archive is ready: whoever asked for it may have left the page."""

from typing import Any

from django.dispatch import receiver

from documents import events as document_events
from documents.models import Export
from loans.models import Loan
from notifications import services


@receiver(document_events.archive_ready)
def archive_ready(sender: object, loan: Loan, export: Export, **kwargs: Any) -> None:
    services.queue(
        kind="export_ready",
        event_key=f"archive:{export.public_id}",
        recipient=export.asked_by,
        loan=loan,
        context={"export": str(export.public_id)},
    )
