"""
What people want to hear: choices by topic and channel, and the link that stops marketing mail without a sign-in.

No row means the default, which is to hear of it. Kinds that must be sent ask nobody (`notifications/permission.py`).
Unsubscribing is about an address, so it holds for all who share the mailbox, until one of them takes it back.
"""

from collections.abc import Collection, Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from loans.errors import Refused
from notifications import choices
from notifications.models import Notification, Preference, Suppression

Channel = Notification.Channel
Reason = Suppression.Reason
Scope = Suppression.Scope


# --- Topics ----------------------------------------------------------------------------------------------------


@transaction.atomic
def choose(*, user: User, wanted: Mapping[tuple[str, str], bool], by: User) -> int:
    """Several choices at once: (topic, channel) to yes or no; returns how many are new."""
    before = choices.chosen_by(user)
    return sum(
        set_preference(user=user, topic=topic, channel=channel, wanted=yes, by=by)
        for (topic, channel), yes in wanted.items()
        if before.get((topic, channel), True) != yes
    )


@transaction.atomic
def set_preference(*, user: User, topic: str, channel: str, wanted: bool, by: User) -> bool:
    """Whether they want to hear of the topic by this channel; False when it was so. Refused for what is no choice."""
    if (topic, channel) not in choices.free_for(user):
        raise Refused(_("These messages cannot be switched on or off."))
    if choices.chosen_by(user).get((topic, channel), True) == wanted:
        return False
    Preference.objects.update_or_create(
        user=user, topic=topic, channel=channel, defaults={"wanted": wanted, "at": timezone.now()}
    )
    said = {"topic": topic, "channel": channel, "wanted": wanted}
    log.record(action="preference.changed", about=user, by=by, detail=said)
    return True


# --- Addresses and numbers -------------------------------------------------------------------------------------


@transaction.atomic
def unsubscribe(*, address: str, by: User | None = None) -> Suppression:
    """No more marketing mail to this address. Twice is once."""
    off, is_new = Suppression.objects.get_or_create(
        address=address.strip().lower(),
        channel=Channel.EMAIL,
        scope=Scope.MARKETING,
        defaults={"reason": Reason.UNSUBSCRIBED},
    )
    if is_new:
        log.record(action="message.unsubscribed", about=off, by=by, detail={"address": off.address})
    return off


@transaction.atomic
def resubscribe(*, address: str, by: User | None = None) -> bool:
    """Take it back; False when there was nothing to take back. What staff switched off stays off."""
    mine = Suppression.objects.select_for_update().filter(
        address=address.strip().lower(),
        channel=Channel.EMAIL,
        scope=Scope.MARKETING,
        reason=Reason.UNSUBSCRIBED,
    )
    off = mine.first()
    if off is None:
        return False
    log.record(action="message.subscribed_again", about=off, by=by, detail={"address": off.address})
    mine.delete()
    return True


@transaction.atomic
def stop_texts(*, number: str, reason: str, by: User | None = None, detail: str = "") -> Suppression:
    """No more texts to this number (E.164). A stronger reason takes the place of a weaker one, never the other way."""
    off, is_new = Suppression.objects.select_for_update().get_or_create(
        address=number,
        channel=Channel.TEXT,
        scope=Scope.EVERYTHING,
        defaults={"reason": reason, "detail": detail[:300]},
    )
    if not is_new:
        if _weight(reason) <= _weight(off.reason):
            return off
        off.reason, off.detail, off.at = reason, detail[:300], timezone.now()
        off.save(update_fields=["reason", "detail", "at"])
    log.record(action="message.texts_stopped", about=off, by=by, detail={"number": number, "reason": reason})
    return off


def _weight(reason: str) -> int:
    """A pause gives way to what they ended on their page, and that to all other reasons."""
    return {Reason.UNCLEAR: 0, Reason.UNSUBSCRIBED: 1}.get(Reason(reason), 2)


@transaction.atomic
def allow_texts(*, number: str, reasons: Collection[str], by: User | None = None) -> bool:
    """Switch the number on again where it was switched off for one of these reasons; False when it was not."""
    mine = Suppression.objects.select_for_update().filter(
        address=number, channel=Channel.TEXT, reason__in=reasons
    )
    for off in mine:
        log.record(action="message.texts_allowed", about=off, by=by, detail={"number": number})
    return bool(mine.delete()[0])
