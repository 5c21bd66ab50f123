"""
What stands around one loan, as its page shows it, and how the JSON lists of `gathering.py` become it.

The database writes ids as text, and SQLite moments in UTC without saying so.
"""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from conversations.models import Message
from documents.models import Document, Request
from documents.returns import ReturnReason
from loans.answers import BestTime, read
from loans.forms import LANGUAGE_WISHES, TIME_ZONES
from loans.models import Party, ReceivedItem, Task
from notifications.models import Notification, Suppression
from portal.desk.mails import Mails

Row = dict[str, Any]
REASONS = dict(ReturnReason.choices)
STUCK: dict[str, Any] = dict(Request.Stuck.choices)


@dataclass(frozen=True)
class SwitchedOff:
    """An address that is not written to, and why. `pk` is how staff find it in the admin."""

    pk: int
    address: str
    channel: str
    reason: str
    reason_text: str
    detail: str
    at: datetime

    @property
    def is_paused(self) -> bool:
        """Nobody said stop for certain: somebody must look."""
        return self.reason == Suppression.Reason.UNCLEAR

    @property
    def comes_back(self) -> bool:
        return self.reason in (Suppression.Reason.BOUNCED, Suppression.Reason.REFUSED)


@dataclass(frozen=True)
class Person:
    pk: int
    public_id: UUID
    user_pk: int | None
    name: str
    email: str  # where mail goes
    phone: str
    language: str
    role: str
    role_text: str
    open_requests: int
    mail_off: SwitchedOff | None = None
    texts_off: SwitchedOff | None = None
    texts_agreed: datetime | None = None

    @property
    def has_joined(self) -> bool:
        return self.user_pk is not None


@dataclass(frozen=True)
class ToDo:
    public_id: UUID
    kind: str
    title: str
    why: str
    due_on: date


@dataclass(frozen=True)
class Received:
    item: str
    title: str
    at: datetime | None


@dataclass(frozen=True)
class Asked:
    pk: int
    public_id: UUID
    title: str
    period: str
    due_on: date | None
    state: str
    state_text: str
    reason_text: str
    note: str
    source: str
    party: str
    repeat_reason: str
    stuck: str
    stuck_text: str
    stuck_note: str


@dataclass(frozen=True)
class Paper:
    public_id: UUID
    request_pk: int | None
    name: str
    size: int
    pages: int
    hints: list[dict[str, Any]]
    hints_kept_at: datetime | None
    scanner: str  # empty: nothing scanned it for viruses
    received_at: datetime
    review: str
    review_text: str
    reason_text: str
    note: str
    version: int
    party: str  # whose it is when nobody asked for it
    asked: str = ""  # the title of the request it came for
    title: str = ""  # what its sender called it, unasked


@dataclass(frozen=True)
class Wish:
    """Something a borrower asked us to do."""

    public_id: UUID
    words: str
    by: str
    channel: str
    channel_text: str
    owner: str
    due_on: date
    done_at: datetime | None
    answer: str


@dataclass(frozen=True)
class Said:
    """One message of the conversation; `is_ours` when one of us said it."""

    body: str
    by: str
    channel: str
    channel_text: str
    at: datetime
    is_ours: bool


@dataclass(frozen=True)
class Unclear:
    """A text that perhaps says stop: its number is paused until somebody decides."""

    public_id: UUID
    body: str
    sender: str
    at: datetime


@dataclass(frozen=True)
class Around:
    people: list[Person]
    wishes: list[str]  # how the main borrower would like to be reached
    tasks: list[ToDo]
    received: list[Received]
    requests: list[Asked]
    papers: list[Paper]
    asked_for: list[Wish]
    talk: list[Said]
    unclear: list[Unclear]
    is_held: bool  # by a legal hold
    house_rules: dict[str, int]  # the house's own months, by class of `documents/retention.py`
    mails: Mails

    @property
    def items_in(self) -> int:
        return sum(item.at is not None for item in self.received)

    @property
    def to_review(self) -> list[Paper]:
        return [paper for paper in self.papers if paper.review == Document.Review.PENDING]

    @property
    def stuck(self) -> list[Asked]:
        """What a borrower cannot find or cannot get, and waits for our help with."""
        return [one for one in self.requests if one.stuck]

    @property
    def repeats(self) -> list[Asked]:
        """What was asked for once more after it had been sent or answered."""
        return [one for one in self.requests if one.repeat_reason]

    @property
    def unasked(self) -> list[Paper]:
        """What came without being asked for, such as a picture by text."""
        return [paper for paper in self.papers if paper.request_pk is None]

    @property
    def unreachable(self) -> list[Person]:
        """Whose mail goes nowhere."""
        return [person for person in self.people if person.mail_off]


# --- From JSON -----------------------------------------------------------------------------------------------


def by_id(listed: Any) -> list[Row]:
    rows = json.loads(listed) if isinstance(listed, str) else listed
    return sorted(rows, key=lambda row: row.get("id", 0))


def moment(text: str | None) -> datetime | None:
    if not text:
        return None
    read_at = datetime.fromisoformat(text)
    return read_at if read_at.tzinfo else read_at.replace(tzinfo=UTC)


def at(text: str) -> datetime:
    return moment(text) or datetime.now(UTC)


def day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def people_of(rows: list[Row], switched_off: list[Row], consents: list[Row]) -> list[Person]:
    off = {(one.channel, one.address): one for one in map(_switched_off, switched_off)}
    return [_person(row, off, consents) for row in rows]


def _person(row: Row, off: dict[tuple[str, str], SwitchedOff], consents: list[Row]) -> Person:
    email = row["contact_email"] or row["user_email"] or row["email"]
    phone = row["user_phone"] or row["phone"] or ""
    return Person(
        pk=row["id"], public_id=UUID(row["public_id"]), user_pk=row["user"], name=row["name"], email=email,
        phone=phone, language=row["language"], role=row["role"], role_text=str(Party.Role(row["role"]).label),
        open_requests=row["open_requests"],
        mail_off=off.get((Notification.Channel.EMAIL, email.lower())),
        texts_off=off.get((Notification.Channel.TEXT, phone)),
        texts_agreed=_agreed(row, phone, consents),
    )  # fmt: skip


def _agreed(person: Row, phone: str, consents: list[Row]) -> datetime | None:
    """When this person last agreed to texts at this number, unless they took it back since."""
    theirs = [
        consent
        for consent in consents
        if consent["number"] == phone
        and (consent["party"] == person["id"] or (person["user"] and consent["user"] == person["user"]))
    ]
    return at(theirs[-1]["at"]) if phone and theirs and theirs[-1]["given"] else None


def _switched_off(row: Row) -> SwitchedOff:
    return SwitchedOff(
        pk=row["id"], address=row["address"], channel=row["channel"], reason=row["reason"],
        reason_text=str(dict(Suppression.Reason.choices).get(row["reason"], row["reason"])),
        detail=row["detail"], at=at(row["at"]),
    )  # fmt: skip


def wishes_of(answers: list[Row]) -> list[str]:
    reach = answers[0]["reach"] if answers else None
    said = read({"reach": json.loads(reach) if isinstance(reach, str) else reach or {}})
    asked = [
        (BestTime.choices, said.best_time),
        (LANGUAGE_WISHES, said.language),
        (TIME_ZONES, said.time_zone),
    ]
    return [str(dict(choices).get(wish, wish)) for choices, wish in asked if wish]


def to_do(row: Row) -> ToDo:
    title = str(Task.Kind(row["kind"]).label)
    return ToDo(UUID(row["public_id"]), row["kind"], title, row["why"], date.fromisoformat(row["due_on"]))


def six_items(rows: list[Row]) -> list[Received]:
    arrived = {row["item"]: moment(row["at"]) for row in rows}
    return [Received(item, str(title), arrived.get(item)) for item, title in ReceivedItem.Item.choices]


def asked(row: Row) -> Asked:
    return Asked(
        pk=row["id"], public_id=UUID(row["public_id"]), title=row["title"], period=row["period"],
        due_on=day(row["due_on"]), state=row["state"], state_text=str(Request.State(row["state"]).label),
        reason_text=str(REASONS.get(row["reason"], "")), note=row["note"], source=row["source"], party=row["party"],
        repeat_reason=row["repeat_reason"], stuck=row["stuck"], stuck_text=str(STUCK.get(row["stuck"], "")),
        stuck_note=row["stuck_note"],
    )  # fmt: skip


def paper(row: Row) -> Paper:
    hints = json.loads(row["hints"]) if isinstance(row["hints"], str) else row["hints"]
    return Paper(
        public_id=UUID(row["public_id"]), request_pk=row["request_id"], name=row["name"], size=row["size"],
        pages=row["pages"], hints=hints or [], hints_kept_at=moment(row["hints_kept_at"]), scanner=row["scanner"],
        received_at=at(row["received_at"]), review=row["review"],
        review_text=str(Document.Review(row["review"]).label), reason_text=str(REASONS.get(row["reason"], "")),
        note=row["note"], version=row["version"], party=row["asked_of"] or row["sent_by"] or "",
        asked=row["asked"] or "", title=row["title"],
    )  # fmt: skip


def wish(row: Row) -> Wish:
    return Wish(
        public_id=UUID(row["public_id"]), words=row["words"], by=row["by"] or "", channel=row["channel"],
        channel_text=str(Message.Channel(row["channel"]).label), owner=row["owner"],
        due_on=date.fromisoformat(row["due_on"]), done_at=moment(row["done_at"]), answer=row["answer"],
    )  # fmt: skip


def said(row: Row) -> Said:
    return Said(
        body=row["body"], by=row["ours"] or row["theirs"] or "", channel=row["channel"],
        channel_text=str(Message.Channel(row["channel"]).label), at=at(row["at"]), is_ours=bool(row["ours"]),
    )  # fmt: skip


def unclear(row: Row) -> Unclear:
    return Unclear(UUID(row["public_id"]), row["body"], row["sender"], at(row["at"]))
