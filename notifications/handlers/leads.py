"""Somebody who is no borrower yet asked to be sent something: on the telephone, or on the page of a guide."""

from typing import Any

from django.dispatch import receiver

from leads import events as lead_events
from leads.models import GuideRequest, Lead
from notifications import services
from notifications.catalog.next_steps import GUIDE


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


@receiver(lead_events.guide_asked)
def guide_asked(sender: object, lead: Lead, request: GuideRequest, **kwargs: Any) -> None:
    services.queue(
        kind=GUIDE,
        event_key=f"guide:{request.public_id}",
        recipient=services.Recipient(f"lead:{lead.public_id}", lead.name, lead.email),
        context={
            "lead": str(lead.public_id),
            "guide": request.guide,
            "from_officer": str(lead.officer.public_id),
        },
    )
