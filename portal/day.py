"""
A day at the desk: what waits for somebody, why, and in which order to take it.

Each section is a short list, read by `portal/day_rows.py` in two questions to the database. For managers
`portal/day_figures.py` says how much waits for whom.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.models import User
from loans.models import KeyDate, Task
from notifications.catalog import KINDS
from notifications.models import Notification
from portal.day_rows import SHOWN, read
from portal.desk.around import Row, at, day, moment
from portal.formats import phone_text, today

Text = str | Promise


@dataclass(frozen=True)
class Item:
    """One thing to do: whose it is, what and why, where it is done, and since when or by when."""

    title: str
    address: str
    what: str = ""
    since: datetime | None = None
    due_on: date | None = None
    task: UUID | None = None  # a task that is ticked off here

    @property
    def is_late(self) -> bool:
        return self.due_on is not None and self.due_on < today()

    @property
    def is_due_today(self) -> bool:
        return self.due_on == today()


@dataclass(frozen=True)
class Sort:
    """A sort of work: what to do about it, and what it is for."""

    key: str
    title: Text
    do: Text
    why: Text
    icon: str
    everything: str = ""  # the address that has all of it


# Tasks whose reason says already what they are.
SAID_BY_THE_REASON = (Task.Kind.UNCLEAR_TEXT, Task.Kind.BOUNCED)
# In the order in which to take them.
SORTS = (
    Sort("replies", gettext_lazy("Replies waiting"), gettext_lazy("Answer"),
         gettext_lazy("They wrote, and nobody has answered. The longest wait is on top."),
         "chat-bubble-left-right", "desk:messages"),
    Sort("papers", gettext_lazy("Documents to review"), gettext_lazy("Review"),
         gettext_lazy("The ball is with us until somebody has read them."), "inbox-arrow-down", "desk:documents"),
    Sort("clocks", gettext_lazy("Falling due"), gettext_lazy("Look after"),
         gettext_lazy("Days that were promised or that the law sets, until the day after tomorrow."), "clock"),
    Sort("service", gettext_lazy("Complaints and requests"), gettext_lazy("Settle"),
         gettext_lazy("They asked for something or are not content; each has a day."), "lifebuoy"),
    Sort("quiet", gettext_lazy("Quiet files"), gettext_lazy("Give word to"),
         gettext_lazy("No word from us for days. A business day later the borrowers are told that nothing is new."),
         "speaker-x-mark"),
    Sort("bounced", gettext_lazy("Messages that came back"), gettext_lazy("Call"),
         gettext_lazy("They do not know what we wrote. Call them."), "arrow-uturn-left"),
    Sort("letters", gettext_lazy("Letters to look at, sign and post"), gettext_lazy("Finish"),
         gettext_lazy("They leave only when somebody has looked at them."), "envelope", "letters:list"),
    Sort("leads", gettext_lazy("Callers without an answer"), gettext_lazy("Call back"),
         gettext_lazy("Who is answered within the hour rarely asks elsewhere."), "phone", "desk:leads"),
    Sort("escalated", gettext_lazy("Waiting for more than an hour with others"), gettext_lazy("See to it"),
         gettext_lazy("Their officer has not answered. Ask the officer, or answer them yourself."),
         "exclamation-triangle", "desk:leads"),
)  # fmt: skip


@dataclass(frozen=True)
class Section:
    sort: Sort
    items: list[Item] = field(default_factory=list)

    @property
    def shown(self) -> list[Item]:
        return self.items[:SHOWN]

    @property
    def has_more(self) -> bool:
        return len(self.items) > SHOWN

    @property
    def everything(self) -> str:
        return reverse(self.sort.everything) if self.sort.everything else ""


def sections_for(person: User) -> list[Section]:
    """What waits for this person and for those they stand in for; sections with nothing in them are left out."""
    rows = read(person)
    items = {
        "replies": _longest_first([*map(_reply, rows["replies"]), *map(_visitor, rows["visitors"])]),
        "papers": _longest_first(map(_papers, rows["papers"])),
        "clocks": _soonest_first([*map(_task, rows["tasks"]), *map(_key_date, rows["dates"])]),
        "service": _soonest_first([*map(_complaint, rows["complaints"]), *map(_wish, rows["wishes"])]),
        "quiet": _soonest_first(map(_quiet, rows["quiet"])),
        "bounced": _soonest_first(map(_task, rows["bounced"])),
        "letters": _soonest_first([*map(_letter, rows["letters"]), *map(_task, rows["letter_tasks"])]),
        "leads": _longest_first(map(_lead, rows["leads"])),
        "escalated": _longest_first(map(_escalated, rows["escalated"])),
    }
    return [Section(sort, items[sort.key]) for sort in SORTS if items[sort.key]]


def _longest_first(items: Iterable[Item]) -> list[Item]:
    return sorted(items, key=lambda item: (item.since is None, item.since))


def _soonest_first(items: Iterable[Item]) -> list[Item]:
    return sorted(items, key=lambda item: item.due_on or date.max)


# --- From rows -----------------------------------------------------------------------------------------------


def _name(row: Row) -> str:
    return str(row["names"] or row["number"])


def _reply(row: Row) -> Item:
    return Item(_name(row), reverse("desk:thread", args=[UUID(row["loan"])]), since=at(row["since"]))


def _visitor(row: Row) -> Item:
    title = row["name"] or row["email"] or phone_text(row["phone"]) or _("Somebody in the chat")
    return Item(
        title,
        reverse("desk:visitor", args=[UUID(row["public_id"])]),
        _("Asked on our pages"),
        at(row["since"]),
    )


def _papers(row: Row) -> Item:
    count = row["count"]
    what = ngettext("%(count)d document", "%(count)d documents", count) % {"count": count}
    if row["first"] is None:  # the counter is ahead of what can be read
        return Item(_name(row), reverse("desk:loan", args=[UUID(row["loan"])]), what)
    return Item(_name(row), reverse("desk:review", args=[UUID(row["first"])]), what, moment(row["since"]))


def _task(row: Row) -> Item:
    kind = row["kind"]
    if kind == Task.Kind.NUMBERS_CALL:
        address, task = reverse("desk:numbers_call", args=[UUID(row["loan"])]), None
    elif kind == Task.Kind.RECOVERY:
        address, task = reverse("desk:feedback", args=[UUID(row["loan"])]), UUID(row["public_id"])
    else:
        address, task = f"{reverse('desk:loan', args=[UUID(row['loan'])])}#tasks", UUID(row["public_id"])
    what = row["why"] if kind in SAID_BY_THE_REASON else f"{Task.Kind(kind).label}: {row['why']}"
    return Item(_name(row), address, what, due_on=day(row["due_on"]), task=task)


def _quiet(row: Row) -> Item:
    """No button to tick it off: a word to the borrowers does that."""
    address = reverse("desk:thread", args=[UUID(row["loan"])])
    return Item(_name(row), address, row["why"], since=moment(row["heard"]), due_on=day(row["due_on"]))


def _key_date(row: Row) -> Item:
    address = f"{reverse('desk:loan', args=[UUID(row['loan'])])}#dates"
    return Item(_name(row), address, str(KeyDate.Kind(row["kind"]).label), due_on=day(row["on"]))


def _complaint(row: Row) -> Item:
    address = reverse("desk:complaint", args=[UUID(row["public_id"])])
    if row["acknowledged"]:
        settle_on = day(row["settle_on"]) if row["settle_on"] else None
        return Item(
            _name(row), address, _("Complaint, waits to be settled"),
            since=at(row["acknowledged"]), due_on=settle_on,
        )  # fmt: skip
    return Item(_name(row), address, _("Complaint, say that it arrived"), due_on=day(row["due_on"]))


def _wish(row: Row) -> Item:
    address = f"{reverse('desk:loan_texts', args=[UUID(row['loan'])])}#requests"
    return Item(
        _name(row), address, _("Request: %(words)s") % {"words": row["words"]}, due_on=day(row["due_on"])
    )


def _letter(row: Row) -> Item:
    kind, state = KINDS.get(row["kind"]), Notification.State(row["state"])
    what = f"{kind.name if kind else row['kind']}: {state.label}"
    return Item(
        row["names"] or row["to"],
        reverse("letters:letter", args=[UUID(row["public_id"])]),
        what,
        since=moment(row["since"]),
    )


def _lead(row: Row) -> Item:
    return Item(
        row["name"],
        reverse("desk:lead", args=[UUID(row["public_id"])]),
        phone_text(row["phone"]) or row["email"],
        at(row["since"]),
    )


def _escalated(row: Row) -> Item:
    address = reverse("desk:lead", args=[UUID(row["public_id"])])
    return Item(row["name"], address, row["officer"], at(row["since"]))
