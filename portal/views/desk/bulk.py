"""
Several loans moved in one go: the stages they may all go to, the message each borrower would get, then one answer a
loan (`loans/services/several.py`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Company
from loans import services
from loans.access import own_words_at, wording_of
from loans.errors import Changed, Refused
from loans.models import Loan, StageEvent, Task
from loans.services import several
from loans.services.several import change_stages, moves_with_others, must_go_with_others, undo_stage_changes
from loans.stages import Stage, StageEntry, entry_for
from notifications.once import a_batch
from notifications.services import Preview, preview_stage_messages, stage_words_with_fields
from portal.forms.stages import BulkMoveForm
from portal.views.desk.answering import REFUSED

MOST_LOANS = 50
LAST = "stages_moved"  # in the session: what the last move of several loans came to
MOVED, KEPT, CHANGED, UNDONE = "moved", "kept", "changed", "undone"


@dataclass(frozen=True)
class Picked:
    """One of the loans, with the message its borrower would read; `why_not` when it cannot go there."""

    loan: Loan
    preview: Preview | None = None
    why_not: str = ""


@dataclass
class Outcome:
    """What became of one loan; `loan` and `event` are public ids, as the session keeps them."""

    loan: str
    state: str
    why: str = ""
    what: list[str] = field(default_factory=list)
    event: str = ""
    version: int = 0


@require_http_methods(["GET", "HEAD", "POST"])
def bulk(request: HttpRequest) -> HttpResponse:
    typed = request.POST if request.method == "POST" else request.GET
    to = typed.get("to", "")
    loans = picked_loans(request, typed.getlist("loan"), to)
    with a_batch():
        return _answer(request, loans, to, typed)


def _answer(request: HttpRequest, loans: list[Loan], to: str, typed: QueryDict) -> HttpResponse:
    if not loans or to not in Stage.values:
        return _choose_page(request, loans, len(set(typed.getlist("loan"))))
    told = entry_for(to).message is not None
    if request.method != "POST":
        words = stage_words_with_fields(to)
        form = BulkMoveForm(to=to, tells_borrower=told, initial={"words": words})
        return _preview_page(request, loans, form, to)
    form = BulkMoveForm(typed, to=to, tells_borrower=told)
    if not form.is_valid():
        return _preview_page(request, loans, form, to, REFUSED)
    if typed.get("do") != "move" or not form.was_shown():
        return _preview_page(request, loans, form, to)
    outcomes = _move(request, loans, form, typed)
    request.session[LAST] = {"to": to, "outcomes": [vars(outcome) for outcome in outcomes]}
    return redirect("desk:bulk_done")


def picked_loans(request: HttpRequest, picked: Iterable[str], to: str = "") -> list[Loan]:
    """
    Those of the picked loans that this person may move, in the order in which they were picked; with the house's own
    words for the stage they are to go to.
    """
    if not getattr(request.user, "works_here", False):
        raise Http404
    ids = list(dict.fromkeys(filter(None, map(_id, picked))))[:MOST_LOANS]
    loans = Loan.objects.visible_to(request.user).filter(public_id__in=ids)
    loans = loans.select_related("officer__officer_profile").annotate(**own_words_at(to))
    found = {loan.public_id: loan for loan in loans}
    return [found[public_id] for public_id in ids if public_id in found]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


# --- Where to, and what it would say -------------------------------------------------------------------------


def moves_in_common(request: HttpRequest, loans: Sequence[Loan]) -> list[StageEntry]:
    """The stages all of them may go to, in the order of the table."""
    sets = [set(moves_with_others(loan, request.user)) for loan in loans]
    return [entry_for(stage) for stage in Stage if sets and all(stage in moves for moves in sets)]


def _choose_page(request: HttpRequest, loans: list[Loan], asked: int) -> HttpResponse:
    entries = moves_in_common(request, loans)
    context = {
        "loans": loans,
        "left_out": max(0, asked - len(loans)),
        "onward": [entry for entry in entries if not entry.is_quiet],
        "aside": [entry for entry in entries if entry.is_quiet],
    }
    return render(request, "desk/bulk_choose.html", context)


def _preview_page(
    request: HttpRequest, loans: list[Loan], form: BulkMoveForm, to: str, status: int = 200
) -> HttpResponse:
    words, note = (_said(form, name) for name in ("words", "note"))
    is_silent = bool(_said(form, "tell_nobody"))
    rows = _rows(request, loans, to, note, _own_words(words, to))
    context = {
        "rows": rows,
        "may_go": [row for row in rows if not row.why_not],
        "form": form,
        "entry": entry_for(to),
        "tells": entry_for(to).message is not None,
        "is_silent": is_silent,
        "shown_words": words,
        "shown_note": note,
        "problems": list(dict.fromkeys(one for row in rows if row.preview for one in row.preview.problems)),
        "wait": Company.load().message_wait_minutes,
    }
    return render(request, "desk/bulk.html", context, status=status)


def _said(form: BulkMoveForm, name: str) -> str:
    return str((form.data if form.is_bound else form.initial).get(name) or "").strip()


def _own_words(typed: str, to: str) -> str:
    return "" if typed.split() == stage_words_with_fields(to).split() else typed


def _rows(request: HttpRequest, loans: list[Loan], to: str, note: str, words: str) -> list[Picked]:
    without_call = set(
        Task.objects.filter(loan__in=loans, kind=Task.Kind.NUMBERS_CALL, done_at__isnull=True).values_list(
            "loan_id", flat=True
        )
        if to == Stage.CLOSING
        else ()
    )
    previews = preview_stage_messages(
        loans=loans, to=to, note=note, by=request.user, words=words, own=wording_of(loans[0], to)
    )
    return [
        Picked(loan, previews[loan.pk], _why_not(request, loan, to, loan.pk in without_call))
        for loan in loans
    ]


def _why_not(request: HttpRequest, loan: Loan, to: str, lacks_call: bool) -> str:
    try:
        must_go_with_others(loan, to, request.user)
    except Refused as refused:
        return refused.message
    return _("The numbers call is still open.") if lacks_call else ""


# --- Moving --------------------------------------------------------------------------------------------------


def _move(request: HttpRequest, loans: list[Loan], form: BulkMoveForm, typed: QueryDict) -> list[Outcome]:
    said = form.cleaned_data
    results = change_stages(
        seen=[(loan, _seen(typed, loan)) for loan in loans],
        to=said["to"],
        by=request.user,
        note=said.get("note", ""),
        internal_note=said["internal_note"],
        words=_own_words(said.get("words", ""), said["to"]),
        silent_why=said.get("silent_why", ""),
    )
    return [_outcome(result) for result in results]


def _seen(typed: QueryDict, loan: Loan) -> int:
    version = typed.get(f"version-{loan.public_id}", "")
    return int(version) if version.isdecimal() else -1


def _outcome(result: several.Outcome) -> Outcome:
    loan = str(result.loan.public_id)
    if result.event:
        return Outcome(loan, MOVED, event=str(result.event.public_id), version=result.loan.version)
    state = CHANGED if isinstance(result.refused, Changed) else KEPT
    return Outcome(loan, state, *_reasons(result.refused))


def _reasons(refused: Refused | None) -> tuple[str, list[str]]:
    """Why nothing became of it, and what others did meanwhile."""
    return refused.message if refused else "", list(getattr(refused, "what", []))


# --- What became of each ---------------------------------------------------------------------------------------


@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """One line a loan, and Undo for all of it while the messages wait."""
    loans, last = _last_loans(request)
    if not last:
        return redirect("desk:pipeline")
    outcomes = [Outcome(**kept) for kept in last["outcomes"]]
    lines = [(loans[one.loan], one) for one in outcomes if one.loan in loans]
    events = _standing_events(one for _loan, one in lines)
    count = {state: sum(one.state == state for _loan, one in lines) for state in (MOVED, UNDONE)}
    context = {
        "lines": lines,
        "entry": entry_for(last["to"]),
        "moved": count[MOVED],
        "undone": count[UNDONE],
        "undo_until": _undo_until(events),
    }
    return render(request, "desk/bulk_done.html", context)


def _last_loans(request: HttpRequest) -> tuple[dict[str, Loan], dict[str, Any]]:
    if not getattr(request.user, "works_here", False):
        raise Http404
    last: dict[str, Any] = request.session.get(LAST) or {}
    loans = picked_loans(request, [kept["loan"] for kept in last.get("outcomes", [])])
    return {str(loan.public_id): loan for loan in loans}, last


def _standing_events(outcomes: Iterable[Outcome]) -> list[StageEvent]:
    ids = [one.event for one in outcomes if one.state == MOVED]
    return list(StageEvent.objects.filter(public_id__in=ids, undone_at__isnull=True))


def _undo_until(events: list[StageEvent]) -> datetime | None:
    """Until when something of it can be taken back; None when that is over."""
    company = Company.load()
    until = [
        event.at + timedelta(minutes=company.message_wait_minutes)
        for event in events
        if services.can_undo(event, company)
    ]
    return min(until, default=None)


def undo_last(request: HttpRequest) -> None:
    """Take back what can be taken back of the last move of several loans, each for itself."""
    loans, last = _last_loans(request)
    outcomes = [Outcome(**kept) for kept in last.get("outcomes", [])]
    events = {str(event.public_id): event for event in _standing_events(outcomes)}
    standing = [one for one in outcomes if one.loan in loans and one.event in events]
    moved = [(events[one.event], one.version) for one in standing]
    for outcome, result in zip(standing, undo_stage_changes(moved=moved, by=request.user), strict=True):
        outcome.why, outcome.what = _reasons(result.refused)
        if result.event:
            outcome.state = UNDONE
    if last:
        request.session[LAST] = {**last, "outcomes": [vars(outcome) for outcome in outcomes]}
    taken = sum(outcome.state == UNDONE for outcome in outcomes)
    messages.info(
        request,
        ngettext("%(count)d move is taken back.", "%(count)d moves are taken back.", taken)
        % {"count": taken},
    )
