"""Consent to texting is given or taken back: one text says that it was heard."""

from datetime import timedelta
from typing import Any

from django.dispatch import receiver

from loans import clocks
from loans import events as loan_events
from loans.models import Consent
from notifications import services
from notifications.models import Notification, Suppression
from notifications.texting.opting import CONFIRMED, FAREWELL_WITHIN, STOPPED


@receiver(loan_events.texting_agreed)
def texting_agreed(sender: object, consent: Consent, **kwargs: Any) -> None:
    """Their own click ends what their own click began. What the telephone itself stopped, only it can start again."""
    services.allow_texts(number=consent.number, reasons=[Suppression.Reason.UNSUBSCRIBED])
    _say(CONFIRMED, consent)


@receiver(loan_events.texting_withdrawn)
def texting_withdrawn(sender: object, consent: Consent, **kwargs: Any) -> None:
    services.stop_texts(number=consent.number, reason=Suppression.Reason.UNSUBSCRIBED)
    _say(STOPPED, consent, FAREWELL_WITHIN)


def _say(kind: str, consent: Consent, expires_after: timedelta | None = None) -> None:
    """Once a day and number: a shared telephone hears it once, and nobody can make it ring by clicking to and fro."""
    services.queue(
        kind=kind,
        event_key=f"texting:{clocks.today()}",
        recipient=consent.party,
        address=consent.number,
        loan=consent.party.loan,
        expires_after=expires_after,
        channel=Notification.Channel.TEXT,
    )
