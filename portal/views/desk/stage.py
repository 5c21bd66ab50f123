"""
Moving a loan: choose where to, see the very message the borrower will get, then confirm.

Without JavaScript it is two steps: the message with the typed line is shown, and only what was shown can be sent. With
it the message follows the typing. Refusals come from the services, also for a move that no page offered.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from csp.constants import NONE, SELF
from csp.decorators import csp, csp_update
from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from documents import services as papers
from loans import services
from loans.access import desk_loan_for
from loans.models import Loan
from loans.stages import Stage, entry_for, is_reopening
from notifications.services import Preview, borrowers_of, own_words, preview_stage_message
from portal.forms.stages import EMPTY_CONDITIONS, MOST_CONDITIONS, ConditionFormSet, MoveForm
from portal.views.desk.answering import REFUSED, carry_out
from portal.views.desk.papers import people_asked, what_was_sent

SALT = "desk.stage-message"
LINK_SECONDS = 12 * 3600
LONGEST_LINK = 4000
# The HTML of a message has styles of its own; it is shown alone, in a sandbox (DESIGN, house rule 11).
MAIL_POLICY = {
    "sandbox": True,
    "default-src": [NONE],
    "style-src": ["'unsafe-inline'"],
    "img-src": [SELF, "data:"],
    "frame-ancestors": [SELF],
}


@dataclass
class Move:
    """A move as it stands on the page: its form, its conditions, and what the borrower would read."""

    loan: Loan
    to: str
    form: MoveForm
    conditions: Any = None

    @property
    def is_valid(self) -> bool:
        conditions_fit = self.conditions is None or self.conditions.is_valid()
        return self.form.is_valid() and conditions_fit

    @property
    def tells_borrower(self) -> bool:
        return entry_for(self.to).message is not None

    def typed(self, name: str) -> str:
        """What stands in this field of the form so far."""
        return str((self.form.data if self.form.is_bound else self.form.initial).get(name) or "").strip()


def move_from(loan: Loan, to: str, typed: QueryDict | None = None) -> Move:
    tells_borrower = entry_for(to).message is not None
    borrowers_of(loan, to)  # read first, with what the message needs
    move = Move(loan, to, MoveForm(typed, loan=loan, to=to, tells_borrower=tells_borrower))
    if to == Stage.CONDITIONAL_APPROVAL:
        people = {"people": people_asked(loan)}
        move.conditions = ConditionFormSet(typed, prefix="conditions", form_kwargs=people)
    return move


@require_http_methods(["GET", "HEAD", "POST"])
@csp_update({"frame-src": [SELF]})
def stage(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    if request.method == "POST":
        return _posted(request, loan, request.POST.get("to", ""))
    to = request.GET.get("to", "")
    if to in services.allowed_moves(loan, request.user):
        return _move_page(request, move_from(loan, to))
    return _choose_page(request, loan, _not_offered(loan, to) if to else "")


def _posted(request: HttpRequest, loan: Loan, to: str) -> HttpResponse:
    if to not in Stage.values:
        return _choose_page(request, loan, _("Choose where the loan goes."), REFUSED)
    if request.POST.get("do") != "move":
        return _move_page(request, move_from(loan, to, _with_more_rows(request.POST)), checked=False)
    move = move_from(loan, to, request.POST)
    if not move.is_valid:
        return _move_page(request, move, REFUSED)
    if move.tells_borrower and not move.form.was_shown():
        messages.info(
            request, _("Below is the message with your words. Move the loan when it reads as you want it.")
        )
        return _move_page(request, move)
    status = carry_out(move.form, lambda: _carry_out(request, move))
    if status is None:
        messages.success(request, _("Moved to “%(stage)s”.") % {"stage": entry_for(to).label})
        return redirect("desk:loan", loan.public_id)
    loan = desk_loan_for(request.user, loan.public_id)
    if to not in services.allowed_moves(loan, request.user):
        return _choose_page(request, loan, status=status, form=move.form)
    move.loan = loan
    move.form.renew(loan.version)
    return _move_page(request, move, status)


def _carry_out(request: HttpRequest, move: Move) -> None:
    said = move.form.said()
    told = {
        "loan": move.loan,
        "by": request.user,
        "note": said.get("note", ""),
        "words": _own_words(request, move),
        "silent_why": said.get("silent_why", ""),
        "internal_note": said["internal_note"],
        "expected_version": said["expected_version"],
    }
    if move.to == Stage.CONDITIONAL_APPROVAL and not is_reopening(move.loan.stage, move.to):
        people = {str(party.public_id): party for party in move.loan.parties.borrowers()}
        conditions = [{**row, "party": people[row["party"]]} for row in move.conditions.rows()]
        with_none = said["none_for_borrower"]
        try:
            papers.move_to_conditional_approval(conditions=conditions, none_for_borrower=with_none, **told)
        except papers.AskedBefore as error:
            move.conditions.ask_why(error.place, what_was_sent(error.before))
            raise
    else:
        services.change_stage(to=move.to, reason=said.get("reason", ""), **told)


def _own_words(request: HttpRequest, move: Move) -> str:
    """What was typed instead of the message's own text; nothing when it was left as it is."""
    preview = _preview(request, move.loan, _asked(move)) if move.tells_borrower else None
    return own_words(move.typed("words"), preview.own_part) if preview else ""


def _with_more_rows(typed: QueryDict) -> QueryDict:
    """“Another condition” without JavaScript: the same page with more empty rows."""
    if typed.get("do") != "more":
        return typed
    typed, field = typed.copy(), "conditions-TOTAL_FORMS"
    count = int(typed[field]) if typed.get(field, "").isdecimal() else 0
    typed[field] = str(min(count + EMPTY_CONDITIONS, MOST_CONDITIONS))
    return typed


def _not_offered(loan: Loan, to: str) -> str:
    if to not in Stage.values:
        return _("There is no such stage.")
    labels = {"from": entry_for(loan.stage).label, "to": entry_for(to).label}
    return _("This loan cannot go from “%(from)s” to “%(to)s” now.") % labels


def _choose_page(
    request: HttpRequest, loan: Loan, reason: str = "", status: int = 200, form: MoveForm | None = None
) -> HttpResponse:
    moves = [entry_for(to) for to in services.allowed_moves(loan, request.user)]
    context = {
        "loan": loan,
        "onward": [entry for entry in moves if not entry.is_quiet],
        "aside": [entry for entry in moves if entry.is_quiet],
        "reason": reason,
        "form": form,
    }
    return render(request, "desk/stage_choose.html", context, status=status)


def _move_page(request: HttpRequest, move: Move, status: int = 200, checked: bool = True) -> HttpResponse:
    """`checked` false: the person asked for the message only; nothing is marked as missing yet."""
    if not checked and move.form.is_bound:
        typed = {name: move.form.data.get(name, "") for name in move.form.fields}
        move.form = MoveForm(
            None,
            loan=move.loan,
            to=move.to,
            tells_borrower=move.tells_borrower,
            initial={**typed, "to": move.to},
        )
        move.form.initial["version"] = typed["version"]
    message = message_of(request, move)
    if not move.form.is_bound and not move.typed("words") and message["preview"]:
        move.form.initial["words"] = message["shown_words"] = message["preview"].own_part
    context = {
        "loan": move.loan,
        "move": move,
        "form": move.form,
        "entry": entry_for(move.to),
        "call": services.open_call(move.loan) if move.to == Stage.CLOSING else None,
    }
    return render(request, "desk/stage.html", {**context, **message}, status=status)


def message_of(request: HttpRequest, move: Move, live: bool = False) -> dict[str, Any]:
    """The message as it would go out now, for page and fragment."""
    asked = _asked(move)
    link = signing.dumps(asked, salt=SALT, compress=True)
    return {
        "preview": _preview(request, move.loan, asked),
        "is_silent": move.typed("tell_nobody"),
        "shown_words": asked["words"],
        "shown_note": asked["note"],
        "shown_live": live,
        "message_link": link if len(link) <= LONGEST_LINK else "",
    }


def _asked(move: Move) -> dict[str, Any]:
    """What makes the message what it is."""
    return {
        "to": move.to,
        "words": move.typed("words"),
        "note": move.typed("note"),
        "conditions": move.conditions.typed() if move.conditions else [],
    }


def _preview(request: HttpRequest, loan: Loan, asked: dict[str, Any]) -> Preview | None:
    people = {str(party.public_id): party for party in borrowers_of(loan)} if asked["conditions"] else {}
    conditions = [{**row, "party": people.get(row["party"])} for row in asked["conditions"]]
    return preview_stage_message(
        loan=loan,
        to=asked["to"],
        note=asked["note"],
        words=asked.get("words", ""),
        by=request.user,
        conditions=conditions,
    )


@require_POST
@csp_update({"frame-src": [SELF]})
def stage_preview(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The message while the line is being typed, for htmx."""
    loan = desk_loan_for(request.user, public_id)
    to = request.POST.get("to", "")
    if to not in services.allowed_moves(loan, request.user):
        return HttpResponse(status=204)  # the loan moved while somebody typed: what is shown may stay
    move = move_from(loan, to, request.POST)
    return render(
        request, "desk/parts/preview.html", {"loan": loan, "move": move, **message_of(request, move, True)}
    )


@require_safe
@xframe_options_sameorigin
@csp(MAIL_POLICY)
def stage_message(request: HttpRequest, public_id: UUID, token: str) -> HttpResponse:
    """The HTML of the message, alone and under its own policy, as a mailbox would show it."""
    loan = desk_loan_for(request.user, public_id)
    try:
        asked = signing.loads(token, salt=SALT, max_age=LINK_SECONDS)
    except signing.BadSignature:
        raise Http404 from None
    preview = _preview(request, loan, asked)
    if preview is None:
        raise Http404
    return HttpResponse(preview.html)
