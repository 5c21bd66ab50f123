"""
Who may be written to, and by which channel. Asked when a message is queued (`channels_for`), and again when a worker
has claimed it (`refusal`, `paused_until`): much may have changed in between.

An address that is switched off gets nothing; one switched off for marketing alone gets everything else. Mail of a
must-send kind asks nobody's wishes. A text is only ever a second copy: it needs consent in force for that very number,
and whoever does not want texts about a topic gets the mail alone. Answers to a text of theirs need no consent.
"""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop as noop

from loans.consents import texting_consent
from loans.models import Party
from notifications.catalog import KINDS, Kind
from notifications.models import Notification, Preference, Suppression

Channel = Notification.Channel
Reason = Suppression.Reason
FAREWELL = "texting_stopped"
# What still goes to a number that said stop, or perhaps did: that it was heard, and help for whoever asks for it.
STILL_GOES = (FAREWELL, "text_help")
LOOK_AGAIN = timedelta(minutes=10)
WHY_OFF: dict[str, str] = {
    Reason.REFUSED: noop("What is sent to this address comes back; staff can switch it on again."),
    Reason.BOUNCED: noop("What is sent to this address comes back; staff can switch it on again."),
    Reason.COMPLAINED: noop(
        "A message to this address was marked as unwanted; staff can switch it on again."
    ),
    Reason.STOP: noop("This number said stop."),
    Reason.UNSUBSCRIBED: noop("Messages of this kind were stopped for this address by whoever reads it."),
    Reason.STAFF: noop("Staff switched this address off."),
}
NOT_WANTED = noop("This person does not want messages of this kind.")
NO_CONSENT = noop("There is no consent to texts at this number.")
NUMBER_CHANGED = noop("The person has another telephone number by now.")


# --- When it is queued -----------------------------------------------------------------------------------------


def channels_for(kind: Kind, who: object) -> list[str]:
    """By which channels a message of this kind goes to `who`: its own first, and a text where there may be one."""
    channels: list[str] = [kind.channel]
    if kind.short and kind.channel == Channel.EMAIL and isinstance(who, Party) and _may_be_texted(kind, who):
        channels.append(Channel.TEXT)
    return channels


def _may_be_texted(kind: Kind, party: Party) -> bool:
    number = party.text_number
    return bool(
        number
        and texting_consent(party, number)
        and not switched_off(number, Channel.TEXT, kind)
        and not _is_declined(kind, Channel.TEXT, Preference.objects.filter(user__parties=party.pk))
    )


# --- When it is claimed ----------------------------------------------------------------------------------------


def refusal(row: Notification) -> tuple[str, str] | None:
    """The state and the reason with which this row ends unsent; None when it may go."""
    kind = KINDS.get(row.kind)
    if off := switched_off(address_of(row), row.channel, kind):
        return Notification.State.SUPPRESSED, WHY_OFF[off.reason]
    if kind is None or _is_answer(kind, row.channel):
        return None
    if row.channel == Channel.TEXT and (why := _no_consent(row)):
        return Notification.State.SUPPRESSED, why
    if _is_declined(kind, row.channel, _choices_of(row)):
        return Notification.State.SUPPRESSED, NOT_WANTED
    return None


def address_of(row: Notification) -> str:
    """Where it goes: mail follows the person to a new address, a text stays with the number it was agreed for."""
    if row.party and row.channel == Channel.EMAIL:
        return row.party.mail_address
    return row.address


def paused_until(row: Notification) -> datetime | None:
    """When to ask again about a text whose number has perhaps said stop; None when nothing is open about it."""
    if row.channel != Channel.TEXT or row.kind in STILL_GOES:
        return None
    open_questions = Suppression.objects.filter(
        address=row.address, channel=Channel.TEXT, reason=Reason.UNCLEAR
    )
    return timezone.now() + LOOK_AGAIN if open_questions.exists() else None


def switched_off(address: str, channel: str, kind: Kind | None) -> Suppression | None:
    """
    What stops messages of this kind to the address. A number somebody must look at is paused, not stopped; whoever
    wants no marketing by mail gets none on paper either.
    """
    by_this = Q(channel=channel)
    if channel == Channel.LETTER:
        by_this |= Q(channel=Channel.EMAIL, scope=Suppression.Scope.MARKETING)
    for off in Suppression.objects.filter(by_this, address=address.strip().lower()):
        if off.scope == Suppression.Scope.MARKETING and not (kind and kind.marketing):
            continue
        heard = (Reason.STOP, Reason.UNSUBSCRIBED) if kind and kind.key in STILL_GOES else ()
        if off.reason not in (Reason.UNCLEAR, *heard):
            return off
    return None


def _is_answer(kind: Kind, channel: str) -> bool:
    """What answers a text of theirs, or says that texting begins or ends."""
    return channel == Channel.TEXT and kind.topic == "texting" and not kind.quiet_hours


def _no_consent(row: Notification) -> str:
    if row.party is None:
        return NO_CONSENT
    if row.address != row.party.text_number:
        return NUMBER_CHANGED
    return "" if texting_consent(row.party, row.address) else NO_CONSENT


def _is_declined(kind: Kind, channel: str, choices: QuerySet[Preference]) -> bool:
    """Whether the person switched the topic off. A letter on paper follows what was said about mail."""
    if channel != Channel.TEXT and kind.must_send:
        return False
    chosen = Channel.TEXT if channel == Channel.TEXT else Channel.EMAIL
    return choices.filter(topic=kind.topic, channel=chosen, wanted=False).exists()


def _choices_of(row: Notification) -> QuerySet[Preference]:
    if row.party:  # without an account there is no page on which to choose
        return (
            Preference.objects.filter(user=row.party.user_id)
            if row.party.user_id
            else Preference.objects.none()
        )
    whose, _, public_id = row.recipient.partition(":")
    return (
        Preference.objects.filter(user__public_id=public_id) if whose == "user" else Preference.objects.none()
    )
