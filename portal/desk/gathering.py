"""
What stands around one loan: people, tasks, items, requests, papers, what was said and asked for, messages. A loan has
a handful of each but the last, so they come as JSON lists in one question to the database: with one query each, the
page would cost twice the eight it may cost.
"""

from typing import Any

from django.db import models
from django.db.models import Case, Manager, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce, Lower, NullIf

from conversations.models import Message
from documents.models import LegalHold, RetentionRule
from loans.models import Application, Consent, Loan, Party
from notifications import letters
from notifications.models import InboundText, Suppression
from notifications.offers import NOT_LEFT
from portal.desk import around
from portal.desk.around import Around
from portal.desk.mails import mails_of
from portal.desk.subqueries import Rows

MESSAGES_SHOWN = 25
SAID_SHOWN = 6
WISHES_SHOWN = 12
# First what has not left and letters, however many messages came after them.
ON_TOP = Case(When(Q(state__in=NOT_LEFT) | Q(kind__in=letters.KINDS), then=1), default=0)


def gather(loan: Loan) -> Around:
    """All that stands around `loan`, in two queries: lists of a handful, and its newest messages."""
    rows = Loan.objects.filter(pk=loan.pk).values_list(
        _rows(
            loan.parties, "id", "public_id", "user", "name", "email", "phone", "language", "role", "open_requests",
            contact_email="user__contact_email", user_email="user__email", user_phone="user__phone",
        ),
        _rows(_switched_off(loan), "id", "address", "channel", "reason", "detail", "at"),
        _rows(_consents(loan), "id", "party", "number", "given", "at", user="party__user"),
        _rows(loan.tasks.filter(done_at__isnull=True), "id", "public_id", "kind", "why", "due_on"),
        _rows(loan.received_items, "item", "at"),
        _rows(
            loan.requests, "id", "public_id", "title", "period", "due_on", "state", "reason", "note", "source",
            "repeat_reason", "stuck", "stuck_note", party="party__name",
        ),
        _rows(
            loan.documents.papers().filter(house_paper__isnull=True), "id", "public_id", "request_id", "name", "title",
            "size", "pages", "hints", "hints_kept_at", "scanner", "received_at", "review", "reason", "note", "version",
            asked="request__title", asked_of="request__party__name", sent_by="party__name",
        ),
        _rows(
            loan.service_requests.order_by("-id")[:WISHES_SHOWN], "id", "public_id", "words", "channel", "due_on",
            "done_at", "answer", by="party__name", owner="owner__name",
        ),
        _rows(
            Message.objects.filter(conversation__loan=loan).order_by("-at", "-id")[:SAID_SHOWN], "id", "body",
            "channel", "at", theirs="party__name", ours="by__name",
        ),
        _rows(_unclear(loan), "id", "public_id", "body", "sender", "at"),
        _rows(Application.objects.filter(loan=loan), reach="answers__reach"),
        _rows(LegalHold.objects.filter(loan=loan, ended_at__isnull=True), "id"),
        _rows(RetentionRule.objects, "retention_class", "months"),
    )  # fmt: skip
    listed = [around.by_id(rows_of_one_kind) for rows_of_one_kind in rows.get()]
    people, off, consents, tasks, received, requests, papers, wishes, talk, unclear, answers, holds, rules = (
        listed
    )
    newest = loan.notifications.defer("text_body", "html_body", "wording", "secret")
    found = list(newest.order_by(ON_TOP.desc(), "-id")[:MESSAGES_SHOWN])
    for message in found:
        message.loan = loan  # what may be done with it hangs on the stage
    return Around(
        people=around.people_of(people, off, consents),
        wishes=around.wishes_of(answers),
        tasks=sorted(map(around.to_do, tasks), key=lambda task: task.due_on),
        received=around.six_items(received),
        requests=list(map(around.asked, requests)),
        papers=list(map(around.paper, papers)),
        asked_for=sorted(map(around.wish, wishes), key=lambda wish: (bool(wish.done_at), wish.due_on)),
        talk=sorted(map(around.said, talk), key=lambda said: said.at),
        unclear=list(map(around.unclear, unclear)),
        is_held=bool(holds),
        house_rules={rule["retention_class"]: rule["months"] for rule in rules},
        mails=mails_of(found),
    )


def _rows(rows: QuerySet[Any] | Manager[Any], *names: str, **paths: str) -> Rows:
    return Rows(rows.all(), *names, **paths)


def _switched_off(loan: Loan) -> QuerySet[Suppression]:
    """The addresses and numbers of its people that nothing goes to."""
    people = Party.objects.filter(loan=loan)
    words = models.CharField()
    contact = Coalesce(NullIf("user__contact_email", Value("")), "user__email", "email", output_field=words)
    number = Coalesce(NullIf("user__phone", Value("")), "phone", output_field=words)
    theirs = Q(address__in=people.annotate(whither=Lower(contact)).values("whither")) | Q(
        address__in=people.annotate(whither=number).values("whither")
    )
    return Suppression.objects.filter(theirs, scope=Suppression.Scope.EVERYTHING)


def _consents(loan: Loan) -> QuerySet[Consent]:
    """All its people said about texts, on whichever loan of theirs."""
    people = Party.objects.filter(loan=loan)
    theirs = Q(party__in=people) | Q(party__user__in=people.exclude(user=None).values("user"))
    return Consent.objects.filter(theirs, kind=Consent.Kind.TEXTING)


def _unclear(loan: Loan) -> QuerySet[InboundText]:
    return InboundText.objects.filter(loan=loan, reading=InboundText.Reading.UNCLEAR, decision="")
