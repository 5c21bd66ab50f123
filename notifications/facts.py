"""
What a message tells, read anew when it is claimed: a loan that changed meanwhile cannot send yesterday's text.

One function a kind (`gather` of its catalog entry). It answers exactly the fields the entry declares, or raises
`NotWanted` when what the message was to tell has been dealt with. Sensitive kinds of paper are never named here.
No amounts, no account or Social Security numbers, no papers.
"""

import re
from collections.abc import Callable
from copy import copy
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from accounts.models import Company, Invitation
from documents.kinds import SENSITIVE
from documents.models import Document, Request
from documents.returns import return_words
from loans import clocks
from loans.models import KeyDate, Loan, Party, StageEvent
from loans.progress import stage_words
from loans.services import loan_estimate_is_sent
from loans.stages import Stage
from notifications import words
from notifications.catalog.account import ACCOUNT_CHANGES
from notifications.models import Notification

Facts = dict[str, Any]
# Own words of an officer may name what the kind does not.
SENSITIVE_WORDS = re.compile(
    r"divorc|separation agree|alimony|child support|spousal|maintenance|bankrupt|disab|custody", re.IGNORECASE
)


class NotWanted(Exception):
    """What this message was to tell has been dealt with; it is not sent, and says why."""


def gather(row: Notification, name: str) -> Facts:
    """The own facts of this row; common ones are added by the renderer."""
    return GATHERERS[name](row)


# --- Shared --------------------------------------------------------------------------------------------------


def absolute(name: str, *args: object) -> str:
    return settings.PUBLIC_URL + reverse(name, args=args)


def loan_of(row: Notification) -> Loan:
    if row.loan is None:
        raise NotWanted(noop("The loan of this message is gone."))
    return row.loan


def is_sensitive(request: Request) -> bool:
    said = f"{request.title} {request.need} {request.why} {request.period}"
    return request.kind in SENSITIVE or bool(SENSITIVE_WORDS.search(said))


def paper_name(request: Request) -> str:
    return f"{request.title}, {request.period}" if request.period else request.title


def paper_lines(requests: list[Request], *, with_dates: bool) -> list[dict[str, str]]:
    """One line a paper with why we ask; those of a sensitive kind are only counted."""
    named = [request for request in requests if not is_sensitive(request)]
    lines = [{"title": _titled(request, with_dates), "detail": request.why} for request in named]
    if count := len(requests) - len(named):
        more = ngettext("One more paper, see your portal", "%(count)d more papers, see your portal", count)
        lines.append({"title": more % {"count": count}, "detail": ""})
    return lines


def _titled(request: Request, with_dates: bool) -> str:
    if not (with_dates and request.due_on):
        return paper_name(request)
    return _("%(paper)s (by %(date)s)") % {
        "paper": paper_name(request),
        "date": words.long_date(request.due_on),
    }


def open_requests(party: Party | None) -> list[Request]:
    return list(party.requests.waiting_for_borrower().order_by("id")) if party else []


def borrowers(loan: Loan) -> str:
    return words.and_list([party.name for party in loan.parties.borrowers()])


def desk_facts(loan: Loan) -> Facts:
    return {
        "number": loan.number,
        "borrowers": borrowers(loan),
        "link": absolute("desk:loan", loan.public_id),
    }


# --- Account -------------------------------------------------------------------------------------------------


def secret_only(row: Notification) -> Facts:
    return {}


def invitation(row: Notification) -> Facts:
    made = Invitation.objects.select_related("invited_by").filter(public_id=row.context["invitation"]).first()
    if made is None or not made.is_usable:
        raise NotWanted(noop("The invitation was used, withdrawn, or replaced by a newer one."))
    return {
        "inviter": made.invited_by.name if made.invited_by else Company.load().name,
        "until": words.long_date(made.expires_at),
        "of_a_loan": made.purpose == Invitation.Purpose.LOAN_PARTY,
    }


def account_notice(row: Notification) -> Facts:
    what = str(row.context["what"])
    return {
        "what": str(ACCOUNT_CHANGES.get(what, what)),
        "when": words.moment(row.created_at),
        "phone": words.phone(Company.load().phone),
    }


# --- Application ---------------------------------------------------------------------------------------------


def application_received(row: Notification) -> Facts:
    loan = loan_of(row)
    optional = not loan_estimate_is_sent(loan)
    return {
        "number": loan.number,
        "place": loan.place,
        "officer": loan.officer.name,
        "needs": paper_lines(open_requests(row.party), with_dates=not optional),
        "optional_for_now": optional,
        "sets_up": bool(row.context.get("sets_up")),
    }


def desk_application(row: Notification) -> Facts:
    loan = loan_of(row)
    return {**desk_facts(loan), "place": loan.place, "purpose": loan.get_purpose_display()}


def six_items(row: Notification) -> Facts:
    loan = loan_of(row)
    due = loan.key_dates.filter(kind=KeyDate.Kind.LOAN_ESTIMATE_DUE).first()
    due_on = due.on if due else clocks.date.fromisoformat(row.context["due_on"])
    return {**desk_facts(loan), "officer": loan.officer.name, "due_on": words.weekday(due_on)}


# --- Stages --------------------------------------------------------------------------------------------------


def stage(row: Notification) -> Facts:
    loan = loan_of(row)
    event = StageEvent.objects.filter(public_id=row.context["event"]).first()
    if event is None or event.undone_at:
        raise NotWanted(noop("The move was taken back before its message went out."))
    if is_behind(loan.stage, event.to_stage):
        raise NotWanted(noop("The loan has moved back since."))
    return stage_facts(loan, row.party, to=event.to_stage, note=event.note)


def is_behind(now: str, told: str) -> bool:
    """Whether the loan stands before the stage a message tells of; conditions may go to and fro."""
    line = Stage.line()
    if now not in line or told not in line:
        return False
    return line.index(_pair(now)) < line.index(_pair(told))


def _pair(stage: str) -> str:
    return Stage.CONDITIONAL_APPROVAL if stage == Stage.CONDITIONS_REVIEW else stage


def stage_facts(
    loan: Loan, party: Party | None, *, to: str, note: str, extra_requests: list[Request] | None = None
) -> Facts:
    """What the message of stage `to` tells this party; `extra_requests` are conditions not written down yet."""
    said = stage_words(_standing_at(loan, to))
    owed = [*open_requests(party), *(extra_requests or [])] if to != Stage.FUNDED else []
    optional = not loan_estimate_is_sent(loan)
    lines = paper_lines(owed, with_dates=not optional)
    next_text = str(said.next)
    if to == Stage.CONDITIONAL_APPROVAL and not lines:
        next_text = _("We settle the conditions, and the underwriter then looks at your file again.")
    promised = loan.next_update_on
    return {
        "number": loan.number,
        "place": loan.place,
        "title": str(said.title),
        "meaning": str(said.meaning),
        "next": next_text,
        "note": note.strip(),
        "officer": loan.officer.name,
        "todo": [] if optional else lines,
        "helpful": lines if optional else [],
        "next_update": words.weekday(promised) if promised and promised >= clocks.today() else "",
        "link": absolute("loans:detail", loan.public_id),
    }


def _standing_at(loan: Loan, to: str) -> Loan:
    """The same loan as it is, or will be, at stage `to`; never saved."""
    if loan.stage == to:
        return loan
    moved = copy(loan)
    moved.stage = to
    return moved


# --- Documents -----------------------------------------------------------------------------------------------


def requests_added(row: Notification) -> Facts:
    loan = loan_of(row)
    owed = open_requests(row.party)
    if not owed:
        raise NotWanted(noop("Everything that was asked for is here."))
    optional = not loan_estimate_is_sent(loan)
    return {
        "number": loan.number,
        "needs": paper_lines(owed, with_dates=not optional),
        "optional_for_now": optional,
        "link": absolute("loans:documents", loan.public_id),
    }


def document_returned(row: Notification) -> Facts:
    loan = loan_of(row)
    document = Document.objects.select_related("request").filter(public_id=row.context["document"]).first()
    if document is None or document.review != Document.Review.RETURNED:
        raise NotWanted(noop("The paper is no longer sent back."))
    request = document.request
    if request is not None and request.state != Request.State.RETURNED:
        raise NotWanted(noop("A new paper has arrived, or it is no longer needed."))
    named = request if request is not None and not is_sensitive(request) else None
    said = return_words(document.reason) if named else None
    return {
        "number": loan.number,
        "paper": paper_name(named) if named else "",
        "wrong": str(said.wrong) if said else "",
        "mend": str(said.mend) if said else "",
        "note": document.note.strip() if named and not SENSITIVE_WORDS.search(document.note) else "",
        "optional_for_now": not loan_estimate_is_sent(loan),
        "officer": loan.officer.name,
        "link": absolute("loans:documents", loan.public_id),
    }


def documents_received(row: Notification) -> Facts:
    loan = loan_of(row)
    count = loan.documents.filter(review=Document.Review.PENDING, disposed_at__isnull=True).count()
    if not count:
        raise NotWanted(noop("Everything that arrived has been reviewed."))
    return {**desk_facts(loan), "count": count}


def thank_you(row: Notification) -> Facts:
    loan = loan_of(row)
    if loan.stage != Stage.FUNDED or loan.closings != row.context["closing"]:
        raise NotWanted(noop("The loan is no longer funded by that closing."))
    return {
        "names": words.and_list([party.first_name for party in loan.parties.borrowers()]),
        "place": loan.place,
        "officer": loan.officer.name,
    }


GATHERERS: dict[str, Callable[[Notification], Facts]] = {
    function.__name__: function
    for function in (
        secret_only, invitation, account_notice, application_received, desk_application, six_items, stage,
        requests_added, document_returned, documents_received, thank_you,
    )
}  # fmt: skip
