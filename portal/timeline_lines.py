"""What one line of a loan's timeline says, read from a row of its source."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.models import Entry
from conversations.models import Message
from documents.models import Document
from documents.returns import ReturnReason
from loans.models import KeyDate, Task
from loans.services.numbers_call import why_waived
from loans.stages import Stage
from notifications.models import InboundText, Notification
from portal.audit_words import audit_actor, audit_words
from portal.desk.around import at, day
from portal.formats import date_text

Row = dict[str, Any]
Words = dict[str, Any]

FOR_US = gettext_lazy("For us alone")
DOCUMENT = Document._meta.label_lower


@dataclass(frozen=True)
class Part:
    words: str
    label: str | Promise = ""
    is_internal: bool = False


@dataclass(frozen=True)
class Line:
    at: datetime
    source: int
    row: int
    kind: str
    title: str
    who: str = ""
    parts: list[Part] = field(default_factory=list)
    is_internal: bool = False  # no borrower sees it
    state: str = ""  # a key of portal/badges.py, with its word
    state_text: str = ""
    paper: str = ""  # public id of the document it is about
    about: str = ""  # and what that one is called


def stage(row: Row) -> Words:
    to, came_from = _stage(row["to_stage"]), _stage(row["from_stage"])
    parts = [
        Part(row["words"], _("The message said:")),
        Part(row["note"], _("To the borrower:")),
        Part(row["reason"], _("Reason:")),
        Part(row["silent_why"], _("Nobody was told:"), is_internal=True),
        Part(row["internal_note"], FOR_US, is_internal=True),
    ]
    if row["undone_at"]:
        title = _("Correction: moved to “%(to)s” and back to “%(from)s”") % {"to": to, "from": came_from}
        return {"title": title, "who": row["undoer"] or "", "parts": _said(parts)}
    return {"title": to, "who": row["mover"] or "", "parts": _said(parts)}


def key_date(row: Row) -> Words:
    on = day(row["on"])
    title = _("%(date)s: %(day)s") % {
        "date": KeyDate.Kind(row["kind"]).label,
        "day": date_text(on) if on else "",
    }
    return {"title": title, "who": row["setter"] or "", "parts": _said([Part(row["note"])])}


def message(row: Row) -> Words:
    channel = Message.Channel(row["channel"]).label
    title = _("Message (%(channel)s)") % {"channel": channel}
    if row["sender"]:
        title = _("A mail to the thread came from an unknown address")
    who = row["ours"] or row["sender"] or row["theirs"] or ""
    subject = Part(row["subject"], _("Subject:"))
    return {
        "title": title, "who": who, "parts": _said([subject, Part(row["body"])]), "is_internal": bool(row["sender"]),
    }  # fmt: skip


def note(row: Row) -> Words:
    return {
        "title": _("Note"), "who": row["ours"] or "", "parts": _said([Part(row["body"])]), "is_internal": True,
    }  # fmt: skip


def call(row: Row) -> Words:
    minutes = row["minutes"]
    title = _("Call")
    if minutes:
        title = _("Call of %(minutes)s min.") % {"minutes": minutes}
    elif minutes == 0:
        title = _("Call that nobody answered")
    whom = Part(row["theirs"] or "", _("With:"))
    return {
        "title": title, "who": row["ours"] or "", "parts": _said([whom, Part(row["body"])]), "is_internal": True,
    }  # fmt: skip


def text_received(row: Row) -> Words:
    reading = InboundText.Reading(row["reading"]).label
    title = _("Text received: %(reading)s") % {"reading": reading}
    return {"title": title, "who": row["theirs"] or row["sender"], "parts": _said([Part(row["body"])])}


def sent(row: Row) -> Words:
    """A message of the outbox with where it stands; `Notification` itself knows the words."""
    due_at, state = at(row["due_at"]), row["state"]
    message = Notification(kind=row["kind"], state=state, due_at=due_at)
    channel = Notification.Channel(row["channel"]).label
    return {
        "title": _("%(channel)s: %(kind)s") % {"channel": channel, "kind": message.title},
        "state": message.badge,
        "state_text": message.state_text,
        "parts": _said([
            Part(row["recipient_name"] or row["address"], _("To:")), Part(row["subject"], _("Subject:")),
        ]),
    }  # fmt: skip


def upload(row: Row) -> Words:
    who = row["link_name"] or row["uploader_name"] or row["owner"] or row["party_name"] or ""
    return {
        "title": _("Paper received"), "who": who, "parts": _said([Part(row["name"])]), "paper": _uuid(row["public_id"]),
        "about": row["asked"] or row["title"] or row["name"],
    }  # fmt: skip


def given(row: Row) -> Words:
    return {
        "title": _("Paper given to borrowers"), "parts": _said([Part(row["paper_title"])]),
    }  # fmt: skip


def review(row: Row) -> Words:
    parts = []
    if row["review"] == Document.Review.RETURNED and row["reason"] in ReturnReason.values:
        parts = [
            Part(str(ReturnReason(row["reason"]).label), _("Reason:")),
            Part(row["note"], _("To the borrower:")),
        ]
    return {
        "title": _("Paper reviewed"), "who": row["reviewer"] or "", "parts": _said(parts), "state": row["review"],
        "state_text": str(Document.Review(row["review"]).label), "paper": _uuid(row["public_id"]),
        "about": row["asked"] or row["title"] or row["name"],
    }  # fmt: skip


def task(row: Row) -> Words:
    due = day(row["due_on"])
    parts = [Part(row["why"]), Part(date_text(due) if due else "", _("Due:")), Part(row["whose"], _("For:"))]
    title = _("To do: %(task)s") % {"task": _task(row["kind"])}
    return {"title": title, "parts": _said(parts), "is_internal": True}


def task_done(row: Row) -> Words:
    words = _("Waived: %(task)s") if row["waived_why"] else _("Done: %(task)s")
    parts = [Part(row["why"]), Part(why_waived(row["waived_why"]), _("Reason:"))]
    return {
        "title": words % {"task": _task(row["kind"])}, "who": row["doer"] or "", "parts": _said(parts),
        "is_internal": True,
    }  # fmt: skip


def complaint(row: Row) -> Words:
    return {"title": _("Complaint"), "who": row["theirs"] or "", "parts": _said([Part(row["words"])])}


def complaint_resolved(row: Row) -> Words:
    return {"title": _("Complaint resolved"), "who": row["ours"], "parts": _said([Part(row["resolution"])])}


def wish(row: Row) -> Words:
    return {"title": _("Service request"), "who": row["theirs"] or "", "parts": _said([Part(row["words"])])}


def wish_done(row: Row) -> Words:
    return {
        "title": _("Service request answered"),
        "who": row["ours"] or "",
        "parts": _said([Part(row["answer"])]),
    }


def look(row: Row) -> Words:
    """An opening from the audit log, under the name its reader had then."""
    entry = Entry(actor=row["actor"], actor_name=row["actor_name"])
    paper = _uuid(row["object_id"]) if row["object_kind"] == DOCUMENT else ""
    return {"title": audit_words(row["action"]), "who": audit_actor(entry), "paper": paper}


def _said(parts: list[Part]) -> list[Part]:
    return [part for part in parts if part.words]


def _stage(value: str) -> str:
    return str(Stage(value).label) if value else ""


def _task(kind: str) -> str:
    return str(Task.Kind(kind).label)


def _uuid(said: str) -> str:
    """As addresses write it; databases differ."""
    return str(UUID(said))
