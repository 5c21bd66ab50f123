"""
Texting ends and begins again by text (47 CFR 64.1200(a)(10) and (12)).

A number that says stop is switched off at once, for everything, and hears so once, within minutes; then nothing more.
Only START from that number switches it on again. What perhaps says stop pauses the number; the pause ends with a
decision (`deciding.py`), or with a plain word of theirs.
"""

from contextlib import suppress
from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_noop as noop

from audit.log import Origin
from loans.consents import Wording, texting_consent, texting_words
from loans.errors import Refused
from loans.models import Party
from loans.services import give_texting_consent, withdraw_texting_consent
from notifications import services
from notifications.models import InboundText, Notification, Suppression
from notifications.services.queueing import Recipient
from notifications.texting import keywords, todo
from notifications.texting.providers import provider
from notifications.texting.senders import Sender

Channel = Notification.Channel
Decision = InboundText.Decision
Reason = Suppression.Reason
CONFIRMED, STOPPED = "texting_confirmed", "texting_stopped"
FAREWELL_WITHIN = timedelta(minutes=5)  # later it is one more text after they said stop
# What the person's own START takes back; a number that writes is not dead. What staff switched off stays off.
THEIRS = (Reason.STOP, Reason.UNCLEAR, Reason.UNSUBSCRIBED, Reason.REFUSED, Reason.BOUNCED)
SAID_BY_PROVIDER = noop("Whoever carries our texts has said so already.")
ONCE = noop("One telephone hears it once.")


def switched_off(number: str) -> Suppression | None:
    """Why nothing goes to this number at present, a pause included; None when it is open."""
    return Suppression.objects.filter(
        address=number, channel=Channel.TEXT, scope=Suppression.Scope.EVERYTHING
    ).first()


def stop(text: InboundText, sender: Sender) -> None:
    """They said stop. Said again it changes nothing and is not answered."""
    was = switched_off(text.sender)
    if was and was.reason == Reason.STOP:
        return
    _switch_off(text.sender, sender, source=text)
    _settle_open_ones(text.sender, Decision.STOP)
    confirmations = _waiting(STOPPED, text.sender)
    if not confirmations.exists():
        _say(STOPPED, text, sender)
    _leave(0 if provider().answers(text.body) else 1, confirmations)


def start(text: InboundText, sender: Sender) -> bool:
    """
    They said start: the number is switched on, and whoever had agreed to texts there agrees again. False when nothing
    changed: it was on already, is switched off for another reason, or we cannot tell who would agree. A YES begins
    texts only where a plain STOP ended them; elsewhere nobody knows what it answers.
    """
    off = switched_off(text.sender)
    if text.keyword == keywords.YES and not (off and off.reason == Reason.STOP):
        return False
    if off and off.reason not in THEIRS:
        return False
    services.allow_texts(number=text.sender, reasons=THEIRS)
    _settle_open_ones(text.sender, Decision.GO_ON)
    for party in _who_may_agree(sender):
        _agree(party, text)
    confirmations = _waiting(CONFIRMED, text.sender)
    if off and sender.agrees and not confirmations.exists():
        _say(CONFIRMED, text, sender)
    has_changed = confirmations.exists()
    _leave(0 if provider().answers(text.body) else 1, confirmations)
    return has_changed


def pause(number: str) -> None:
    """Nothing goes there until a person has looked."""
    services.stop_texts(number=number, reason=Reason.UNCLEAR)


def go_on(number: str) -> bool:
    """Nothing open is left to decide about the number: the pause ends. False while something is."""
    if InboundText.objects.undecided().filter(sender=number).exists():
        return False
    return services.allow_texts(number=number, reasons=[Reason.UNCLEAR])


def stop_after_all(text: InboundText, sender: Sender) -> None:
    """
    It was decided, by a person or by the clock, that a text meant stop. A text that confirms may only follow within
    minutes, so that they hear of it by mail.
    """
    _switch_off(text.sender, sender, source=text)
    _leave(0, _waiting(STOPPED, text.sender))
    for party in sender.everybody:
        services.queue(
            kind=STOPPED,
            event_key=f"text:{text.public_id}",
            recipient=party,
            loan=party.loan,
            channel=Channel.EMAIL,
        )


# --- Parts -----------------------------------------------------------------------------------------------------


def _switch_off(number: str, sender: Sender, *, source: InboundText) -> None:
    services.stop_texts(number=number, reason=Reason.STOP, detail=f"text:{source.public_id}")
    for party in sender.everywhere:
        if texting_consent(party, number):
            withdraw_texting_consent(
                person=party,
                by=party.user if sender.party else None,
                wording=_said("STOP", source),
                origin=_origin(source),
            )


def _who_may_agree(sender: Sender) -> list[Party]:
    """
    Whoever had agreed to texts at this number before; of a shared telephone nobody else, as we do not know who wrote.
    Somebody who has the number to themselves agrees by writing START.
    """
    agreed = [
        party
        for party in sender.everywhere
        if texting_words(party).filter(number=sender.number, given=True).exists()
    ]
    return agreed or list(sender.everybody[:1] if len(sender.everybody) == 1 else ())


def _agree(party: Party, text: InboundText) -> None:
    """Unless their newest loan gives another number, which is the one to agree to."""
    with suppress(Refused):
        give_texting_consent(
            person=party,
            by=party.user,
            number=text.sender,
            wording=_said("START", text),
            origin=_origin(text),
        )


def _said(word: str, text: InboundText) -> Wording:
    """The consent, or its end, in the words that brought it."""
    return Wording("text", f"{word}: “{text.body.strip()[:300]}” ({text.provider}, {text.provider_id})")


def _origin(text: InboundText) -> Origin:
    return Origin(address=None, agent=f"text message from {text.sender}")


def _settle_open_ones(number: str, decision: str) -> None:
    """What was to be decided about earlier texts, they have said themselves."""
    open_ones = InboundText.objects.undecided().filter(sender=number).select_related("loan")
    for one in list(open_ones):
        InboundText.objects.filter(pk=one.pk, decision="").update(
            decision=decision, decided_at=timezone.now()
        )
        todo.settled(one, by=None)


def _waiting(kind: str, number: str) -> QuerySet[Notification]:
    return Notification.objects.filter(
        kind=kind, channel=Channel.TEXT, address=number, state=Notification.State.QUEUED
    ).order_by("id")


def _say(kind: str, text: InboundText, sender: Sender) -> None:
    services.queue(
        kind=kind,
        event_key=f"text:{text.public_id}",
        recipient=recipient_of(sender),
        address=text.sender,
        loan=sender.loan,
        channel=Channel.TEXT,
        expires_after=FAREWELL_WITHIN if kind == STOPPED else None,
    )


def recipient_of(sender: Sender) -> Party | Recipient:
    """Whom a text to this number is for: a person of its loan, else the number itself."""
    if sender.parties and sender.is_of_one_loan:
        return sender.parties[0]
    return Recipient(f"phone:{sender.number}", "", sender.number)


def _leave(count: int, rows: QuerySet[Notification]) -> None:
    """Of several that say the same, as many as are wanted."""
    spare = list(rows.values_list("pk", flat=True))[count:]
    services.stop(Notification.objects.filter(pk__in=spare), because=ONCE if count else SAID_BY_PROVIDER)
