"""What happened to one message, from its first minute to the last word of the provider, as one list."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _

from audit.models import Entry
from notifications.catalog.shape import Text
from notifications.models import Attempt, Notification

State = Notification.State
# How a try ended, where its state alone would read as if nothing had been tried.
OUTCOMES: dict[str, Text] = {
    "queued": gettext_lazy("Tried; it goes out again later"),
    "worker died": gettext_lazy("Cut off while it was being sent"),
}
# What people did to it (the actions of the audit log).
DONE: dict[str, Text] = {
    "message.held": gettext_lazy("Put on hold"),
    "message.released": gettext_lazy("Released"),
    "message.sent_now": gettext_lazy("Sent now instead of later"),
    "message.cancelled": gettext_lazy("Cancelled"),
    "message.settled": gettext_lazy("Looked at: whether it left is settled"),
    "message.resent": gettext_lazy("Made as a new copy"),
    "message.letter_edited": gettext_lazy("Words changed"),
    "letter.viewed": gettext_lazy("Letter opened"),
}


# Who carried it, where it was no provider of mail or texts.
CARRIERS: dict[str, Text] = {
    "local": gettext_lazy("this house"),
    "paper": gettext_lazy("a printer here"),
    "smtp": gettext_lazy("the mail server"),
}


def carrier(provider: str) -> str:
    """What the pages call it."""
    return str(CARRIERS.get(provider, provider.replace("_", " ").title()))


@dataclass(frozen=True)
class Moment:
    """`look` is a key of the table of badges."""

    at: datetime
    what: str
    look: str
    detail: str = ""
    by: str = ""


def timeline(row: Notification) -> list[Moment]:
    """The newest first; what still lies ahead of it stands on top."""
    past = [Moment(row.created_at, _("Written down"), "created"), *_tries(row), *_told(row), *_done(row)]
    past.sort(key=lambda moment: moment.at)  # of the same moment, what was written down comes first
    ahead = [Moment(row.due_at, _("Goes out"), "scheduled")] if row.is_scheduled else []
    return ahead + past[::-1]


def _tries(row: Notification) -> Iterator[Moment]:
    for tried in row.tries.all():
        yield Moment(tried.at, outcome(tried), tried.outcome, gettext(tried.detail) if tried.detail else "")


def outcome(tried: Attempt) -> str:
    """How a try ended, in words."""
    label = OUTCOMES.get(tried.outcome) or dict(State.choices).get(tried.outcome, tried.outcome)
    return str(label)


def _told(row: Notification) -> Iterator[Moment]:
    for event in row.delivery_events.all():
        yield Moment(event.at, event.get_kind_display(), event.kind, event.detail, by=carrier(event.provider))


def _done(row: Notification) -> Iterator[Moment]:
    entries = Entry.objects.about(row._meta.label_lower, row.public_id)
    for entry in entries.filter(action__in=DONE).order_by("pk"):
        yield Moment(entry.at, str(DONE[entry.action]), "info", by=entry.actor_name)
