"""
A text comes in: it is kept, then acted upon in one transaction; what could not be acted upon is tried again.

The provider may bring the same text twice: the second time nothing happens. Answers are rows of the outbox like every
other message, with the number as recipient, so that one telephone hears a thing once.
"""

import logging
from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from documents import wake
from notifications.models import InboundText
from notifications.texting import acting, keywords, senders
from notifications.texting.providers import Incoming, Media
from notifications.words import storable

logger = logging.getLogger(__name__)
AT_ONCE = 200
MOST_CHARACTERS = 4000  # carriers bring 1,600 at most


def receive(incoming: Incoming, *, provider: str) -> InboundText:
    """Keep it and act upon it. What fails is kept all the same, and read again by the sweep."""
    text = keep(incoming, provider=provider)
    try:
        act(text)
    except Exception:
        logger.exception("Text %s was kept and not acted upon; it is tried again.", text.public_id)
    return text


def keep(incoming: Incoming, *, provider: str) -> InboundText:
    """The row of this text; the one there is when it came before."""
    body = storable(incoming.body)[:MOST_CHARACTERS]
    number = senders.e164(incoming.sender)
    said = keywords.read(body) if number else keywords.Read(InboundText.Reading.SILENT)
    if said.reading == InboundText.Reading.SILENT and number and incoming.media:
        said = keywords.Read(InboundText.Reading.MESSAGE)  # pictures alone
    text, _is_new = InboundText.objects.get_or_create(
        provider=provider,
        provider_id=incoming.provider_id,
        defaults={
            "sender": number or incoming.sender[:20],
            "sent_to": incoming.sent_to[:20],
            "body": body,
            "media": _media(incoming.media),
            "at": incoming.at,
            "reading": said.reading,
            "keyword": said.keyword,
        },
    )
    return text


@transaction.atomic
def act(text: InboundText) -> bool:
    """Do what it asks for, once; False when somebody else has."""
    if not InboundText.objects.filter(pk=text.pk, acted_at__isnull=True).update(acted_at=timezone.now()):
        return False
    sender = senders.sender_of(text.sender)
    text.loan, text.party = sender.loan, sender.party
    acting.act(text, sender)
    if sender.loan and sender.is_of_one_loan and any(item["address"] for item in text.media):
        text.media_not_before = timezone.now()
        wake.soon("notifications.take_pictures")
    text.save(update_fields=["loan", "party", "reading", "keyword", "reply", "decide_by", "media_not_before"])
    return True


def act_on_unread() -> int:
    """What was kept and not acted upon, oldest first; one that fails must not stop the others."""
    done = 0
    for text in InboundText.objects.filter(acted_at__isnull=True).order_by("id")[:AT_ONCE]:
        try:
            done += act(text)
        except Exception:
            logger.exception("Text %s cannot be acted upon.", text.public_id)
    return done


def _media(media: Iterable[Media]) -> list[dict[str, str]]:
    return [{"address": item.address[:500], "type": item.content_type[:100]} for item in media]
