"""A paper is given to a borrower; a link for a helper is made, or ends."""

from typing import Any

from django.conf import settings
from django.dispatch import receiver
from django.urls import reverse
from django.utils.translation import gettext_noop as noop

from documents import events as document_events
from documents.models import Share, UploadLink
from loans.models import Loan
from notifications import services
from notifications.models import Notification

LINK = "upload_link"


@receiver(document_events.paper_given)
def paper_given(sender: object, loan: Loan, share: Share, **kwargs: Any) -> None:
    services.queue(
        kind="document_shared",
        event_key=f"share:{share.public_id}",
        recipient=share.party,
        loan=loan,
        context={"share": str(share.public_id)},
    )


@receiver(document_events.upload_link_made)
def upload_link_made(sender: object, loan: Loan, link: UploadLink, token: str, **kwargs: Any) -> None:
    """To the helper alone, and of no loan: its number and its people are none of their business."""
    if link.email:
        services.queue(
            kind=LINK,
            event_key=f"{LINK}:{link.public_id}",
            recipient=services.Recipient(f"{LINK}:{link.public_id}", link.name, link.email),
            context={"link": str(link.public_id)},
            secret=settings.PUBLIC_URL + reverse("send:page", args=[token]),
        )


@receiver(document_events.upload_link_revoked)
def upload_link_revoked(sender: object, link: UploadLink, **kwargs: Any) -> None:
    waiting = Notification.objects.filter(kind=LINK, recipient=f"{LINK}:{link.public_id}").waiting()
    services.stop(waiting, because=noop("The link was ended."))
