"""Somebody who is no borrower yet asked on the telephone to be sent something."""

from typing import Any

from django.dispatch import receiver

from leads import events as lead_events
from leads.models import Lead
from notifications import services


@receiver(lead_events.sending_asked)
def sending_asked(sender: object, lead: Lead, key: str, guide: str, with_link: bool, **kwargs: Any) -> None:
    services.queue(
        kind="caller_answer",
        event_key=f"call:{key}",
        recipient=services.Recipient(f"lead:{lead.public_id}", lead.name, lead.email),
        context={
            "lead": str(lead.public_id),
            "guide": guide,
            "with_link": with_link,
            "from_officer": str(lead.officer.public_id),
        },
    )
