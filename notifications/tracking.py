"""
What a provider says became of a message, afterwards: kept once, and only ever moving a row forward.

sent, then delivered, then bounced or complained; a late `delivered` never undoes a bounce, and what may have left
without an answer is settled by the first word of it. A bounce or a complaint switches the address off
(`notifications/unreached.py`); what is only delayed, or failed this once, does not.
"""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import DateTimeField, F, Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_noop as noop

from notifications import unreached
from notifications.models import DeliveryEvent, Notification
from notifications.unreached import Reason
from notifications.words import one_line

Kind = DeliveryEvent.Kind
State = Notification.State
# Nobody knows whether these left: a second try waits, or somebody was asked to look.
UNSURE = (State.QUEUED, State.HELD, State.UNKNOWN)
BEFORE: dict[str, tuple[str, ...]] = {
    Kind.ACCEPTED: UNSURE,
    Kind.DELIVERED: (*UNSURE, State.SENT),
    Kind.FAILED: (State.UNKNOWN, State.SENT),
    Kind.REJECTED: (State.UNKNOWN, State.SENT),
    Kind.BOUNCED: (*UNSURE, State.SENT, State.DELIVERED, State.FAILED),
    Kind.COMPLAINED: (*UNSURE, State.SENT, State.DELIVERED, State.FAILED),
}
AFTER: dict[str, str] = {
    Kind.ACCEPTED: State.SENT,
    Kind.DELIVERED: State.DELIVERED,
    Kind.FAILED: State.FAILED,
    Kind.REJECTED: State.FAILED,
    Kind.BOUNCED: State.BOUNCED,
    Kind.COMPLAINED: State.COMPLAINED,
}
SWITCHED_OFF: dict[str, str] = {Kind.BOUNCED: Reason.BOUNCED, Kind.COMPLAINED: Reason.COMPLAINED}
SAID: dict[str, str] = {
    Kind.FAILED: noop("The provider could not deliver it."),
    Kind.REJECTED: noop("The provider refused it."),
    Kind.BOUNCED: noop("It came back."),
    Kind.COMPLAINED: noop("It was marked as unwanted."),
}


def find(provider: str, provider_id: str) -> Notification | None:
    """The message that this provider calls so; some call it by its Message-ID."""
    if not provider_id:
        return None
    theirs = Q(provider=provider, provider_id=provider_id)
    return Notification.objects.filter(theirs | Q(message_id=provider_id)).order_by("-id").first()


@transaction.atomic
def record_event(
    *,
    provider: str,
    kind: str,
    at: datetime,
    event_id: str = "",
    provider_id: str = "",
    notification: Notification | None = None,
    address: str = "",
    detail: str = "",
) -> bool:
    """
    Keep the event and let it have its effect. False, and nothing happens, when it was heard before or tells of a
    message that is not ours. BOUNCED says that the address is dead; what failed this once is FAILED or DEFERRED.
    """
    found = notification or find(provider, provider_id)
    if found is None:
        return False
    row = (
        Notification.objects.select_for_update(of=("self",)).select_related("loan__officer").get(pk=found.pk)
    )
    told = {"notification": row, "kind": kind, "address": address[:254], "detail": one_line(detail)}
    if event_id:
        _event, is_new = DeliveryEvent.objects.get_or_create(
            provider=provider, event_id=event_id[:200], defaults={**told, "at": at}
        )
    else:
        _event, is_new = DeliveryEvent.objects.get_or_create(
            notification=row, kind=kind, at=at, event_id="", defaults={**told, "provider": provider}
        )
    if is_new:
        _move(row, kind, at, detail)
        if reason := SWITCHED_OFF.get(kind):
            unreached.switch_off(row, reason)
    return is_new


def catch_up(row: Notification) -> None:
    """Providers are sometimes quicker than our own commit: what they said meanwhile has its effect now."""
    for event in row.delivery_events.order_by("id"):
        with transaction.atomic():
            _move(row, event.kind, event.at, event.detail)


def _move(row: Notification, kind: str, at: datetime, detail: str) -> None:
    if kind not in AFTER:
        return
    never_tried = Q(state__in=(State.QUEUED, State.HELD), attempts=0)
    values: dict[str, object] = {
        "state": AFTER[kind],
        "error": (one_line(detail) or SAID[kind]) if kind in SAID else "",
        "version": F("version") + 1,
    }
    if AFTER[kind] != State.FAILED:
        values["sent_at"] = Coalesce("sent_at", Value(at), output_field=DateTimeField())
    if kind == Kind.DELIVERED:
        values["delivered_at"] = at
    if not settings.DEMO:
        values["secret"] = None
    before = Notification.objects.filter(pk=row.pk, state__in=BEFORE[kind]).exclude(never_tried)
    if before.update(**values) and AFTER[kind] == State.FAILED:
        unreached.tell(row)
