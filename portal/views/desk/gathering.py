"""
What stands around one loan: people, tasks, items, requests, papers, messages. A loan has a handful of each of the
first five, so they come as JSON lists in one question to the database: with one query each, the page would cost twelve
where it may cost eight.
"""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Case, JSONField, QuerySet, Subquery, When
from django.db.models.functions import JSONObject

from documents.models import Document, Request
from documents.returns import ReturnReason
from loans.answers import BestTime, read
from loans.forms import LANGUAGE_WISHES, TIME_ZONES
from loans.models import Application, Loan, Party, ReceivedItem, Task
from notifications.models import Notification

MESSAGES_SHOWN = 25
MESSAGES_ON_TOP = 6
LETTER = "thank_you"
IS_LETTER = Case(When(kind=LETTER, then=1), default=0)  # first, however many messages came after it
REASONS = dict(ReturnReason.choices)


class Rows(Subquery):
    """The rows of a query as one JSON list, each an object of the named fields."""

    output_field = JSONField()
    template = "(SELECT json_group_array(json(listed.listed_row)) FROM (%(subquery)s) AS listed)"

    def __init__(self, rows: QuerySet[Any], *names: str, **paths: str) -> None:
        fields = {**{name: name for name in names}, **paths}
        super().__init__(rows.annotate(listed_row=JSONObject(**fields)).values("listed_row"))

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        gathered = "(SELECT coalesce(jsonb_agg(listed.listed_row), '[]') FROM (%(subquery)s) AS listed)"
        return self.as_sql(compiler, connection, template=gathered, **extra)


@dataclass(frozen=True)
class Person:
    pk: int
    public_id: UUID
    name: str
    email: str
    phone: str
    role: str
    role_text: str
    open_requests: int
    has_joined: bool


@dataclass(frozen=True)
class ToDo:
    public_id: UUID
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


@dataclass(frozen=True)
class Paper:
    public_id: UUID
    request_pk: int | None
    name: str
    size: int
    pages: int
    hints: list[str]
    received_at: datetime
    review: str
    review_text: str
    reason_text: str
    note: str
    version: int


@dataclass(frozen=True)
class Around:
    people: list[Person]
    wishes: list[str]  # how the main borrower would like to be reached
    tasks: list[ToDo]
    received: list[Received]
    requests: list[Asked]
    papers: list[Paper]
    mails: list[Notification]

    @property
    def items_in(self) -> int:
        return sum(item.at is not None for item in self.received)

    @property
    def to_review(self) -> list[Paper]:
        return [paper for paper in self.papers if paper.review == Document.Review.PENDING]

    @property
    def letter(self) -> Notification | None:
        """The thank-you letter of the last closing: what waits before what is done or was called off."""
        letters = [mail for mail in self.mails if mail.kind == LETTER]
        over = (Notification.State.CANCELLED, Notification.State.EXPIRED)
        return next((mail for mail in letters if mail.state not in over), letters[0] if letters else None)

    @property
    def mails_on_top(self) -> list[Notification]:
        """What waits, and the newest of what is done."""
        newest = {mail.public_id for mail in self._others[:MESSAGES_ON_TOP]}
        return [mail for mail in self._others if mail.is_waiting or mail.public_id in newest]

    @property
    def older_mails(self) -> list[Notification]:
        on_top = {mail.public_id for mail in self.mails_on_top}
        return [mail for mail in self._others if mail.public_id not in on_top]

    @property
    def _others(self) -> list[Notification]:
        return [mail for mail in self.mails if mail.kind != LETTER]


def gather(loan: Loan) -> Around:
    """All that stands around `loan`, in two queries: lists of a handful, and its newest messages."""
    rows = Loan.objects.filter(pk=loan.pk).values_list(
        _rows(loan.parties, "id", "public_id", "name", "email", "phone", "role", "open_requests", user="user_id"),
        _rows(loan.tasks.filter(done_at__isnull=True), "id", "public_id", "kind", "why", "due_on"),
        _rows(loan.received_items, "item", "at"),
        _rows(
            loan.requests, "id", "public_id", "title", "period", "due_on", "state", "reason", "note", "source",
            party="party__name",
        ),
        _rows(
            loan.documents.filter(disposed_at__isnull=True), "id", "public_id", "request_id", "name", "size", "pages",
            "hints", "received_at", "review", "reason", "note", "version",
        ),
        _rows(Application.objects.filter(loan=loan), reach="answers__reach"),
    )  # fmt: skip
    newest = loan.notifications.defer("text_body", "html_body", "wording", "secret")
    people, tasks, received, requests, papers, answers = (_by_id(listed) for listed in rows.get())
    return Around(
        people=[_person(row) for row in people],
        wishes=_wishes(answers),
        tasks=sorted((_to_do(row) for row in tasks), key=lambda task: task.due_on),
        received=_six_items({row["item"]: moment(row["at"]) for row in received}),
        requests=[_asked(row) for row in requests],
        papers=[_paper(row) for row in papers],
        mails=list(newest.order_by(IS_LETTER.desc(), "-id")[:MESSAGES_SHOWN]),
    )


def _rows(rows: QuerySet[Any], *names: str, **paths: str) -> Rows:
    return Rows(rows.all(), *names, **paths)


def _by_id(listed: Any) -> list[dict[str, Any]]:
    rows = json.loads(listed) if isinstance(listed, str) else listed
    return sorted(rows, key=lambda row: row.get("id", 0))


def moment(text: str | None) -> datetime | None:
    """A moment from JSON; SQLite keeps them in UTC without saying so."""
    if not text:
        return None
    read = datetime.fromisoformat(text)
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _person(row: dict[str, Any]) -> Person:
    return Person(
        pk=row["id"], public_id=UUID(row["public_id"]), name=row["name"], email=row["email"], phone=row["phone"] or "",
        role=row["role"], role_text=str(Party.Role(row["role"]).label), open_requests=row["open_requests"],
        has_joined=row["user"] is not None,
    )  # fmt: skip


def _wishes(answers: list[dict[str, Any]]) -> list[str]:
    reach = answers[0]["reach"] if answers else None
    said = read({"reach": json.loads(reach) if isinstance(reach, str) else reach or {}})
    asked = [
        (BestTime.choices, said.best_time),
        (LANGUAGE_WISHES, said.language),
        (TIME_ZONES, said.time_zone),
    ]
    return [str(dict(choices).get(wish, wish)) for choices, wish in asked if wish]


def _to_do(row: dict[str, Any]) -> ToDo:
    title = str(Task.Kind(row["kind"]).label)
    return ToDo(UUID(row["public_id"]), title, row["why"], date.fromisoformat(row["due_on"]))


def _six_items(arrived: dict[str, datetime | None]) -> list[Received]:
    return [Received(item, str(title), arrived.get(item)) for item, title in ReceivedItem.Item.choices]


def _asked(row: dict[str, Any]) -> Asked:
    return Asked(
        pk=row["id"], public_id=UUID(row["public_id"]), title=row["title"], period=row["period"],
        due_on=date.fromisoformat(row["due_on"]) if row["due_on"] else None, state=row["state"],
        state_text=str(Request.State(row["state"]).label), reason_text=str(REASONS.get(row["reason"], "")),
        note=row["note"], source=row["source"], party=row["party"],
    )  # fmt: skip


def _paper(row: dict[str, Any]) -> Paper:
    hints = json.loads(row["hints"]) if isinstance(row["hints"], str) else row["hints"]
    return Paper(
        public_id=UUID(row["public_id"]), request_pk=row["request_id"], name=row["name"], size=row["size"],
        pages=row["pages"], hints=hints or [], received_at=moment(row["received_at"]) or datetime.now(UTC),
        review=row["review"], review_text=str(Document.Review(row["review"]).label),
        reason_text=str(REASONS.get(row["reason"], "")), note=row["note"], version=row["version"],
    )  # fmt: skip
