"""
The figures of experience once more, by plain loops over plain columns: nothing here is shared with what the product
counts by, so that the two agree only when both are right.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from math import ceil
from statistics import median
from zoneinfo import ZoneInfo

from accounts.models import User
from conversations.models import Message
from documents.models import Document, Request
from feedback.models import SurveyResponse
from loans.models import Application, Loan, StageEvent, UpdatePromise
from notifications.models import Notification

Key = tuple[
    str, int | str | None, str, str
]  # month, whose (a person, a branch's name, None: the house), figure, part
Kept = tuple[int, int, int | None, int | None]  # numerator, denominator, median, ninetieth
WEEK = timedelta(days=7)
WITH_VALUES = ("first_answer", "answer", "stage", "reminder")


def recounted(now: datetime, zone: ZoneInfo) -> dict[Key, Kept]:
    rows: dict[Key, list[tuple[int, int | None]]] = defaultdict(list)
    teams = {pk: {None, officer, processor} for pk, officer, processor in
             Loan.objects.values_list("pk", "officer_id", "processor_id")}  # fmt: skip

    branches = dict(User.objects.exclude(branch=None).values_list("pk", "branch__name"))

    def put(figure, at, loan, hit=1, value=None, part="", owner=None):
        month = (at.astimezone(zone) if isinstance(at, datetime) else at).strftime("%Y-%m")
        team = teams[loan] if loan else {None, owner}
        for whose in team | {branches[person] for person in team if person in branches}:
            for place in {"", part}:
                rows[month, whose, figure, place].append((hit, value))

    _messages(put, now)
    _surveys(put)
    _loans(put, now, zone)
    _papers(put)
    return {key: _kept(key[2], found) for key, found in rows.items()}


def _kept(figure: str, found: list[tuple[int, int | None]]) -> Kept:
    values = sorted(value for _hit, value in found if value is not None)
    total = sum(values) if figure in WITH_VALUES else sum(hit for hit, _value in found)
    if not values:
        return total, len(found), None, None
    return total, len(found), ceil(median(values)), values[ceil(0.9 * len(values)) - 1]


def _messages(put, now) -> None:
    threads = defaultdict(list)
    columns = (
        "pk", "conversation_id", "at", "channel", "by_id", "is_internal", "answered_at", "answer_minutes",
        "needs_no_reply", "conversation__loan_id", "conversation__owner_id",
        "conversation__set_aside_at",
    )  # fmt: skip
    for row in Message.objects.order_by("at", "pk").values(*columns):
        threads[row["conversation_id"]].append(row)
    for said in threads.values():
        timed = [row for row in said if row["answer_minutes"] is not None]
        for row in said:
            whose = {"loan": row["conversation__loan_id"], "owner": row["conversation__owner_id"]}
            is_theirs = not row["is_internal"] and (row["by_id"] is None or row["channel"] == "call")
            if is_theirs and not row["conversation__set_aside_at"]:
                put("volume", row["at"], part=row["channel"], **whose)
            if row not in timed:
                continue
            answered, minutes = row["answered_at"], row["answer_minutes"]
            put("answer", answered, value=minutes, **whose)
            if row is timed[0]:
                put("first_answer", answered, value=minutes, **whose)
            if answered + WEEK <= now:
                again = any(
                    later["by_id"] is None and not later["is_internal"] and not later["needs_no_reply"]
                    and answered < later["at"] <= answered + WEEK
                    for later in said
                )  # fmt: skip
                put("first_contact", answered, hit=int(not again), **whose)


def _surveys(put) -> None:
    answers = SurveyResponse.objects.exclude(answered_at=None).values_list(
        "kind", "score", "answered_at", "loan_id"
    )
    for kind, score, at, loan in answers:
        if kind == "conversation":
            put("csat", at, loan, hit=int(score in (4, 5)))
        elif kind == "nps":
            put("nps", at, loan, hit=1 if score > 8 else 0 if score > 6 else -1)


def _loans(put, now, zone) -> None:
    moves = StageEvent.objects.filter(undone_at=None).order_by("loan_id", "at", "pk")
    before: tuple = (None,)
    for loan, came_from, _to, at, source in moves.values_list(
        "loan_id", "from_stage", "to_stage", "at", "source"
    ):
        known = before[0] == loan and "import" not in (source, before[2])
        if known and came_from not in ("started", "funded", ""):
            put("stage", at, loan, value=ceil((at - before[1]).total_seconds() / 3600), part=came_from)
        before = (loan, at, source)
    for loan, on, kept, replaced, lapsed in UpdatePromise.objects.values_list(
        "loan_id", "on", "kept_at", "replaced_at", "lapsed_at"
    ):
        if lapsed is None and (kept or replaced or on < now.astimezone(zone).date()):
            put("promise", on, loan, hit=int(kept is not None))
    for loan, step, proved, saved, sent in Application.objects.exclude(loan=None).values_list(
        "loan_id", "step", "proved_at", "saved_at", "submitted_at"
    ):
        if sent or saved + WEEK <= now:
            put("abandoned", proved, loan, hit=int(not sent), part="" if sent else step)


def _papers(put) -> None:
    asked = {}
    for pk, loan, party, made, again, reason in Request.objects.values_list(
        "pk", "loan_id", "party_id", "created_at", "asked_again_at", "repeat_reason"
    ):
        asked[pk] = party, made
        put("repeat", again or made, loan, hit=int(reason != ""))
    told = list(
        Notification.objects.filter(kind="needs_reminder", channel="email")
        .exclude(state__in=["cancelled", "expired"])
        .values_list("party_id", "due_at")
    )
    seen = set()
    for loan, request, received, review, reviewed, reason in Document.objects.order_by("pk").values_list(
        "loan_id", "request_id", "received_at", "review", "reviewed_at", "reason"
    ):
        if request not in seen:
            seen.add(request)
            party, made = asked[request]
            reminders = sum(whose == party and made <= due < received for whose, due in told)
            put("reminder", received, loan, value=reminders)
        if reviewed:
            put("return", reviewed, loan, hit=int(review == "returned"), part=reason)
