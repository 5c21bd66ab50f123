"""
What one person gets, topic by topic: what always comes, what they may switch, and why an address is switched off.

Read from the catalog, so that a new kind of message appears on the page by itself. Writes are verbs in
`notifications/services/preferences.py` and `loans/services/consents.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Company, User
from loans import consents
from loans.models import Consent
from notifications import words
from notifications.catalog import KINDS, Kind
from notifications.catalog.shape import BORROWER, DESK, PERSON, TOPICS, Text
from notifications.models import Notification, Preference, Suppression

Channel = Notification.Channel
Reason = Suppression.Reason
Chosen = tuple[str, str]  # topic, channel
ABOUT: dict[str, dict[str, Text]] = {
    BORROWER: {
        "account": gettext_lazy("Codes and links to sign in, and notices when something in your account changed."),
        "application": gettext_lazy("Your application arrived, and what comes next."),
        "stages": gettext_lazy("Your loan moves to a new step."),
        "papers": gettext_lazy("We ask for papers, or one must be sent again."),
        "reminders": gettext_lazy("What is still open on your list."),
        "letters": gettext_lazy("Our letter after closing, and your closing papers when taxes are due."),
        "news": gettext_lazy("A letter on the day your loan closed, and a look back once a year."),
        "feedback": gettext_lazy("One question now and then: how it went with us."),
    },
    DESK: {
        "account": gettext_lazy("Codes and links to sign in, and notices when something in your account changed."),
        "application": gettext_lazy("A new application is yours, or one is complete under TRID."),
        "papers": gettext_lazy("Papers arrived that wait for your review."),
        "desk": gettext_lazy("What waits for you, and what came in from borrowers."),
    },
}  # fmt: skip
ALWAYS: dict[str, Text] = {
    "account": gettext_lazy(
        "E-mail always comes: you need it to sign in, and to notice when somebody else tries."
    ),
    BORROWER: gettext_lazy("E-mail always comes: your loan could not go on without it."),
    DESK: gettext_lazy("E-mail always comes: borrowers and deadlines hang on it."),
}


@dataclass(frozen=True)
class Switch:
    """One box of the page."""

    topic: str
    channel: str
    label: str
    is_on: bool

    @property
    def name(self) -> str:
        return f"{self.topic}-{self.channel}"


@dataclass(frozen=True)
class Line:
    """One topic: what it is about, why its mail always comes (empty when none does), what may be switched."""

    title: Text
    about: Text
    always: Text
    switches: list[Switch]


@dataclass(frozen=True)
class Texting:
    """Where somebody stands with texts. `may_agree`: the box is shown, never ticked."""

    number: str
    number_text: str
    consent: Consent | None
    off: Suppression | None
    off_text: str
    asks: str

    @property
    def is_on(self) -> bool:
        return self.consent is not None and self.off is None

    @property
    def may_agree(self) -> bool:
        stopped = self.off is not None and self.off.reason != Reason.UNSUBSCRIBED
        return bool(self.number) and self.consent is None and not stopped


# --- Topics ----------------------------------------------------------------------------------------------------


def lines_for(user: User, *, with_texts: bool) -> list[Line]:
    """Every topic this person can hear of, in the order of the catalog; boxes for texts only where texts may go."""
    chosen, side = chosen_by(user), DESK if user.works_here else BORROWER
    lines = []
    for topic, title in TOPICS.items():
        kinds = [kind for kind in _kinds_for(user) if kind.topic == topic]
        if not kinds:
            continue
        fixed = [kind for kind in kinds if kind.must_send]
        lines.append(
            Line(
                title=title,
                about=ABOUT[side].get(topic) or words.and_list([str(kind.name) for kind in kinds]),
                always=ALWAYS.get(topic, ALWAYS[side]) if fixed else "",
                switches=[
                    Switch(topic, channel, _label(kinds, channel), chosen.get((topic, channel), True))
                    for channel in (Channel.EMAIL, Channel.TEXT)
                    if (topic, channel) in _free(kinds) and (with_texts or channel != Channel.TEXT)
                ],
            )
        )
    return lines


def chosen_by(user: User) -> dict[Chosen, bool]:
    """What this person ever chose; what is not in it is wanted."""
    rows = Preference.objects.filter(user=user).values_list("topic", "channel", "wanted")
    return {(topic, channel): wanted for topic, channel, wanted in rows}


def free_for(user: User) -> set[Chosen]:
    """Every topic and channel this person may switch."""
    return _free(_kinds_for(user))


def _kinds_for(user: User) -> list[Kind]:
    """What can reach them by itself; answers to their own texts, and what only visitors get, are no choice."""
    if user.works_here:
        return [kind for kind in KINDS.values() if kind.audience == DESK or kind.topic == "account"]
    return [
        kind
        for kind in KINDS.values()
        if kind.audience in (BORROWER, PERSON) and kind.topic not in ("texting", "steps")
    ]


def _free(kinds: list[Kind]) -> set[Chosen]:
    mails = {(kind.topic, str(Channel.EMAIL)) for kind in kinds if not kind.must_send}
    return mails | {(kind.topic, str(Channel.TEXT)) for kind in kinds if kind.short}


def _label(kinds: list[Kind], channel: str) -> str:
    if channel == Channel.TEXT:
        return _("Text message")
    free = [kind for kind in kinds if not kind.must_send]
    if len(free) == len(kinds):
        return _("E-mail")
    return _("E-mail: %(kinds)s") % {"kinds": words.and_list([str(kind.name) for kind in free])}


# --- Addresses -------------------------------------------------------------------------------------------------


def texting_of(user: User) -> Texting | None:
    """Where this person stands with texts; None for somebody who is on no loan."""
    party = user.parties.borrowers().select_related("user").order_by("id").last()
    if party is None:
        return None
    number = party.text_number
    off = _off(number, Channel.TEXT).first() if number else None
    return Texting(
        number=number,
        number_text=words.phone(number),
        consent=consents.texting_consent(party, number),
        off=off,
        off_text=_why_number_is_off(off) if off else "",
        asks=consents.wording(Consent.Kind.TEXTING, Company.load(), number=number).text,
    )


def mail_that_is_off(user: User) -> Iterator[tuple[Suppression, str]]:
    """What is switched off for the person's mailbox, and why, as a sentence."""
    for off in _off(user.mail_address, Channel.EMAIL):
        yield off, _why_mail_is_off(off)


def _off(address: str, channel: str) -> QuerySet[Suppression]:
    return Suppression.objects.filter(address=address.lower(), channel=channel).order_by("scope", "id")


def _why_mail_is_off(off: Suppression) -> str:
    said = {"address": off.address, "date": words.long_date(off.at)}
    if off.scope == Suppression.Scope.MARKETING:
        return _("%(address)s gets no news after closing since %(date)s. All else still comes.") % said
    if off.reason in (Reason.REFUSED, Reason.BOUNCED):
        return (
            _(
                "What we sent to %(address)s came back on %(date)s, so nothing goes there now. Put in another address "
                "under “About you”, or call us and we switch this one on again."
            )
            % said
        )
    if off.reason == Reason.COMPLAINED:
        return (
            _(
                "A message to %(address)s was marked as unwanted on %(date)s, so nothing goes there now. Call us if "
                "you want to hear from us again."
            )
            % said
        )
    return _("Nothing goes to %(address)s since %(date)s. Call us if that should change.") % said


def _why_number_is_off(off: Suppression) -> str:
    said = {"number": words.phone(off.address), "date": words.long_date(off.at)}
    if off.reason == Reason.STOP:
        return (
            _(
                "%(number)s said stop on %(date)s, so no texts go there. Only that telephone can start them again: "
                "answer START to one of our texts."
            )
            % said
        )
    if off.reason == Reason.UNCLEAR:
        return (
            _(
                "A text from %(number)s may have meant stop (%(date)s). Somebody here reads it; until then no texts "
                "go there."
            )
            % said
        )
    if off.reason == Reason.UNSUBSCRIBED:
        return _("Texts to %(number)s were ended on this page on %(date)s.") % said
    if off.reason in (Reason.REFUSED, Reason.BOUNCED):
        return _("Texts to %(number)s came back on %(date)s, so none go there. Is it a mobile number?") % said
    return _("No texts go to %(number)s since %(date)s. Call us if that should change.") % said
