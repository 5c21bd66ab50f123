"""
What `portal/day.py` shows of a day, read in two questions: whose loans they are, and every list. Each list is read
through an index and one longer than it is shown, so that the page costs the same whatever else the house has on its
table.
"""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Substr

from accounts.absences import works_for
from accounts.models import User
from conversations.models import Complaint, Conversation, ServiceRequest
from documents.models import Document
from leads.models import Lead
from loans.models import KeyDate, Loan, Task
from loans.models.loan import WAITS_FOR_US
from loans.stages import Stage
from notifications import letters
from notifications.models import Notification
from portal.desk.around import Row, by_id
from portal.desk.subqueries import Rows
from portal.formats import today

SHOWN = 6
SOON = timedelta(days=2)
Kind = Task.Kind
# Tasks that stand in a section of their own, or are about something that does.
ELSEWHERE = (Kind.QUIET_FILE, Kind.BOUNCED, Kind.COMPLAINT, Kind.SERVICE_REQUEST, Kind.REPLY, Kind.LETTER)
DAYS_AHEAD = (KeyDate.Kind.RATE_LOCK_ENDS, KeyDate.Kind.SIGNING)
LETTER_STATES = (Notification.State.HELD, Notification.State.READY_TO_PRINT)
WORDS_SHOWN = 140
LOAN = {"loan": "public_id", "names": "borrower_names", "number": "number"}
OF_OTHERS = "_of_others"
OF_LOAN = {name: f"loan__{path}" for name, path in LOAN.items()}


def read(person: User) -> dict[str, list[Row]]:
    """The rows of each list by its name, in no order."""
    people = works_for(person)
    ids = _ids_of_loans(people)
    lists = {**_of_loans(people, ids), **_tasks(people), **_of_people(people)}
    if person.sees_every_loan:
        lists["escalated"] = _escalated(people)
    (found,) = User.objects.filter(pk=person.pk).values_list(*lists.values())
    rows: dict[str, list[Row]] = defaultdict(list)
    for name, listed in zip(lists, found, strict=True):
        rows[name.removesuffix(OF_OTHERS)] += by_id(listed)
    return rows


def _mine(loans: QuerySet[Loan], people: tuple[int, ...]) -> QuerySet[Loan]:
    return loans.filter(Q(officer__in=people) | Q(processor__in=people))


def _ids_of_loans(people: tuple[int, ...]) -> list[int]:
    """
    What they work on, as officers or processors: what is open, and what has ended and waits for us all the same. Each
    part from an index of its own; as one condition the database would look through what waits in the whole house.
    """
    parts = [
        loans.filter(**{f"{role}__in": people}).order_by().values("pk")
        for loans in (Loan.objects.open(), Loan.objects.filter(WAITS_FOR_US))
        for role in ("officer", "processor")
    ]
    return [row["pk"] for row in parts[0].union(*parts[1:])]


def _of_loans(people: tuple[int, ...], ids: list[int]) -> dict[str, Rows]:
    loans = Loan.objects.filter(pk__in=ids)
    replies = loans.filter(unanswered_since__isnull=False).order_by("unanswered_since")
    first = Document.objects.filter(
        loan=OuterRef("pk"), review=Document.Review.PENDING, disposed_at__isnull=True
    ).order_by("received_at", "pk")
    papers = (
        loans.filter(to_review__gt=0)
        .annotate(
            first=Subquery(first.values("public_id")[:1]), came=Subquery(first.values("received_at")[:1])
        )
        .order_by("came")
    )
    day = today()
    dates = KeyDate.objects.filter(
        loan__in=Loan.objects.open().filter(pk__in=ids).exclude(stage__in=Stage.quiet()),
        kind__in=DAYS_AHEAD, on__range=(day, day + SOON),
    ).order_by("on")  # fmt: skip
    return {
        "replies": _rows(replies, since="unanswered_since", **LOAN),
        "papers": _rows(papers, "first", count="to_review", since="came", **LOAN),
        "dates": _rows(dates, "kind", "on", **OF_LOAN),
        "letters": _rows(
            Notification.objects.filter(
                Exists(_mine(Loan.objects.filter(pk=OuterRef("loan_id")), people)),
                state__in=LETTER_STATES, kind__in=letters.KINDS,
            ).order_by("due_at"),
            "public_id", "kind", "state", to="recipient_name", since="due_at", **OF_LOAN,
        ),
    }  # fmt: skip


def _tasks(people: tuple[int, ...]) -> dict[str, Rows]:
    """
    Those given to these people, and apart what is to be done on the loans they are the processor of: as one question
    with an "or", no index would answer it.
    """
    given = Q(for_user__in=people)
    processed = Q(loan__in=Loan.objects.open().filter(processor__in=people))
    others = {f"{name}{OF_OTHERS}": rows for name, rows in _lists_of_tasks(processed & ~given).items()}
    return {**_lists_of_tasks(given), **others}


def _lists_of_tasks(whose: Q) -> dict[str, Rows]:
    tasks = Task.objects.filter(whose, done_at__isnull=True).order_by("due_on")
    due = tasks.filter(due_on__lte=today() + SOON).exclude(kind__in=ELSEWHERE)
    fields = ("public_id", "kind", "why", "due_on")
    return {
        "tasks": _rows(due, *fields, **OF_LOAN),
        "quiet": _rows(tasks.filter(kind=Kind.QUIET_FILE), *fields, heard="loan__last_word_at", **OF_LOAN),
        "bounced": _rows(tasks.filter(kind=Kind.BOUNCED), *fields, **OF_LOAN),
        "letter_tasks": _rows(tasks.filter(kind=Kind.LETTER), *fields, **OF_LOAN),
    }


def _of_people(people: tuple[int, ...]) -> dict[str, Rows]:
    """What has an owner of its own."""
    visitors = Conversation.objects.filter(
        loan__isnull=True, owner__in=people, unanswered_since__isnull=False
    ).order_by("unanswered_since")
    settle = Task.objects.filter(loan=OuterRef("loan"), kind=Kind.COMPLAINT, done_at__isnull=True)
    complaints = (
        Complaint.objects.filter(owner__in=people, resolved_at__isnull=True)
        .annotate(settle_on=Subquery(settle.order_by("due_on").values("due_on")[:1]))
        .order_by(F("acknowledged_at").asc(nulls_first=True), "acknowledge_by")
    )
    wishes = ServiceRequest.objects.open().filter(owner__in=people).order_by("due_on")
    # Who waits in the chat stands among the replies.
    chats = Conversation.objects.filter(leads=OuterRef("pk"), unanswered_since__isnull=False)
    leads = Lead.objects.open().filter(~Exists(chats), officer__in=people).waiting()
    return {
        "visitors": _rows(visitors, "public_id", "name", "email", "phone", since="unanswered_since"),
        "complaints": _rows(
            complaints,
            "public_id",
            "settle_on",
            due_on="acknowledge_by",
            acknowledged="acknowledged_at",
            **OF_LOAN,
        ),
        "wishes": _rows(
            wishes.annotate(short=Substr("words", 1, WORDS_SHOWN)), "due_on", words="short", **OF_LOAN
        ),
        "leads": _rows(leads, "public_id", "name", "email", "phone", since="waiting_since"),
    }


def _escalated(people: tuple[int, ...]) -> Rows:
    """Of others: who has waited for more than an hour, and their officer has not answered."""
    late = Lead.objects.open().filter(escalated_at__isnull=False).exclude(officer__in=people).waiting()
    return _rows(late, "public_id", "name", "email", "phone", since="waiting_since", officer="officer__name")


def _rows(rows: QuerySet[Any], *names: str, **paths: str) -> Rows:
    return Rows(rows[: SHOWN + 1], *names, **paths)
