"""Where the lines of a loan's timeline come from: one entry a table and moment, with the columns it reads."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit.models import Entry
from conversations.models import Message
from documents.models import Document
from documents.openings import ACTIONS
from loans.models import Loan
from notifications.models import InboundText, Notification
from portal import timeline_lines as lines
from portal.timeline_lines import Row, Words

KINDS: dict[str, Promise] = {
    "stage": _("Stages and dates"),
    "message": _("Messages"),
    "note": _("Notes"),
    "call": _("Calls"),
    "mail": _("Mails and texts sent"),
    "letter": _("Letters"),
    "upload": _("Papers"),
    "review": _("Reviews"),
    "task": _("Tasks and requests"),
    "look": _("Who looked"),
}
LOOKS = (
    *ACTIONS, "archive.downloaded", "letter.viewed", "loan.seen_as_borrower", "partner.opened", "upload_link.opened",
)  # fmt: skip
# Texts that the portal reads by itself; what else came by text stands on the thread.
READ_HERE = (
    InboundText.Reading.STOP, InboundText.Reading.START, InboundText.Reading.HELP, InboundText.Reading.MENU,
)  # fmt: skip


@dataclass(frozen=True)
class Source:
    """`when` is what the line stands at: a row without it gives none."""

    kind: str
    rows: Callable[[Loan], QuerySet[Any]]
    when: Combinable
    words: Callable[[Row], Words]
    names: tuple[str, ...] = ()
    paths: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def _talk(loan: Loan) -> QuerySet[Message]:
    return Message.objects.filter(conversation__loan=loan)


def _messages(loan: Loan) -> QuerySet[Message]:
    """What was said, and mails of unknown senders until somebody says whose they are: then they stand as theirs."""
    unknown = ~Q(sender="") & Q(needs_no_reply=False)
    return _talk(loan).filter(Q(is_internal=False) | unknown).exclude(channel=Message.Channel.CALL)


def _notes(loan: Loan) -> QuerySet[Message]:
    return _talk(loan).filter(is_internal=True, sender="").exclude(channel=Message.Channel.CALL)


def _calls(loan: Loan) -> QuerySet[Message]:
    return _talk(loan).filter(channel=Message.Channel.CALL)


def _texts(loan: Loan) -> QuerySet[InboundText]:
    return InboundText.objects.filter(loan=loan, reading__in=READ_HERE)


def _mails(loan: Loan) -> QuerySet[Notification]:
    return loan.notifications.exclude(channel=Notification.Channel.LETTER)


def _letters(loan: Loan) -> QuerySet[Notification]:
    return loan.notifications.filter(channel=Notification.Channel.LETTER)


def _papers(loan: Loan) -> QuerySet[Document]:
    return loan.documents.papers().filter(house_paper__isnull=True)


def _given(loan: Loan) -> QuerySet[Document]:
    return loan.documents.papers().filter(house_paper__isnull=False)


def _looks(loan: Loan) -> QuerySet[Entry]:
    return Entry.objects.filter(loan_id=str(loan.public_id), action__in=LOOKS)


_SAID = {"theirs": "party__name", "ours": "by__name"}
_OUTBOX = ("kind", "channel", "state", "due_at", "recipient_name", "address", "subject")
_LEFT = Coalesce("sent_at", "created_at")
_PAPER = ("public_id", "name", "title")

# The place of an entry is part of the marks of pages; a page that is open over an update begins anew at worst.
SOURCES = (
    Source(
        "stage", lambda loan: loan.stage_events.all(), Coalesce("undone_at", "at"), lines.stage,
        ("from_stage", "to_stage", "note", "internal_note", "reason", "words", "silent_why", "undone_at"),
        {"mover": "by__name", "undoer": "undone_by__name"},
    ),
    Source(
        "stage", lambda loan: loan.key_dates.all(), F("set_at"), lines.key_date, ("kind", "on", "note"),
        {"setter": "set_by__name"},
    ),
    Source("message", _messages, F("at"), lines.message, ("channel", "sender", "subject", "body"), _SAID),
    Source(
        "message", _texts, F("at"), lines.text_received, ("reading", "sender", "body"), {"theirs": "party__name"}
    ),
    Source("note", _notes, F("at"), lines.note, ("body",), _SAID),
    Source("call", _calls, F("at"), lines.call, ("body", "minutes"), _SAID),
    Source("mail", _mails, _LEFT, lines.sent, _OUTBOX),
    Source("letter", _letters, _LEFT, lines.sent, _OUTBOX),
    Source(
        "upload", _papers, F("received_at"), lines.upload, _PAPER,
        {
            "asked": "request__title", "link_name": "link__name", "uploader_name": "uploader__name",
            "owner": "request__party__name", "party_name": "party__name",
        },
    ),
    Source("upload", _given, F("received_at"), lines.given, (), {"paper_title": "house_paper__title"}),
    Source(
        "review", _papers, F("reviewed_at"), lines.review, (*_PAPER, "review", "reason", "note"),
        {"asked": "request__title", "reviewer": "reviewed_by__name"},
    ),
    Source(
        "task", lambda loan: loan.tasks.all(), F("created_at"), lines.task, ("kind", "why", "due_on"),
        {"whose": "for_user__name"},
    ),
    Source(
        "task", lambda loan: loan.tasks.all(), F("done_at"), lines.task_done, ("kind", "why", "waived_why"),
        {"doer": "done_by__name"},
    ),
    Source(
        "task", lambda loan: loan.complaints.all(), F("opened_at"), lines.complaint, ("words",),
        {"theirs": "party__name"},
    ),
    Source(
        "task", lambda loan: loan.complaints.all(), F("resolved_at"), lines.complaint_resolved, ("resolution",),
        {"ours": "owner__name"},
    ),
    Source(
        "task", lambda loan: loan.service_requests.all(), F("created_at"), lines.wish, ("words",),
        {"theirs": "party__name"},
    ),
    Source(
        "task", lambda loan: loan.service_requests.all(), F("done_at"), lines.wish_done, ("answer",),
        {"ours": "done_by__name"},
    ),
    Source("look", _looks, F("at"), lines.look, ("actor", "actor_name", "action", "object_kind", "object_id")),
)  # fmt: skip
