"""What the facts of many kinds have in common: links, lists of papers, what must never be named."""

import re
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from accounts.absences import deputies_of
from accounts.models import User
from conversations.private_numbers import without_private_numbers
from documents.kinds import SENSITIVE
from documents.models import Request
from loans.models import Loan, Party
from loans.services.locking import works_on
from notifications import words
from notifications.models import Notification

Facts = dict[str, Any]
OTHER_OFFICER = noop("The loan is with another officer by now.")
# Own words of an officer may name what the kind does not.
SENSITIVE_WORDS = re.compile(
    r"divorc|separation agree|alimony|child support|spousal|maintenance|bankrupt|disab|custody", re.IGNORECASE
)


class NotWanted(Exception):
    """What this message was to tell has been dealt with; it is not sent, and says why."""


def absolute(name: str, *args: object) -> str:
    return settings.PUBLIC_URL + reverse(name, args=args)


def loan_of(row: Notification) -> Loan:
    if row.loan is None:
        raise NotWanted(noop("The loan of this message is gone."))
    return row.loan


def officers_loan(row: Notification) -> Loan:
    """The loan, while it is still with the officer who is written to, or who the one written to stands in for."""
    loan = loan_of(row)
    if not is_for(row, loan.officer):
        raise NotWanted(OTHER_OFFICER)
    return loan


def desk_loan(row: Notification) -> Loan:
    """The loan, while whoever is written to works on it: the team, who stands in for one of them, a manager."""
    loan = loan_of(row)
    reader = User.objects.filter(public_id=row.recipient.removeprefix("user:"), is_active=True).first()
    if reader is None or not works_on(loan, reader):
        raise NotWanted(OTHER_OFFICER)
    return loan


def is_for(row: Notification, person: User) -> bool:
    """Whether it is written to this person, or to who stands in for them today."""
    if row.recipient == f"user:{person.public_id}":
        return True
    deputy = deputies_of([person]).get(person.pk)
    return deputy is not None and row.recipient == f"user:{deputy.public_id}"


def is_sensitive(request: Request) -> bool:
    said = f"{request.title} {request.need} {request.why} {request.period} {request.repeat_reason}"
    return request.kind in SENSITIVE or bool(SENSITIVE_WORDS.search(said))


def paper_name(request: Request) -> str:
    return f"{request.title}, {request.period}" if request.period else request.title


def paper_lines(requests: list[Request], *, with_dates: bool) -> list[dict[str, str]]:
    """One line a paper with why we ask; those of a sensitive kind are only counted."""
    named = [request for request in requests if not is_sensitive(request)]
    lines = [{"title": _titled(request, with_dates), "detail": _why(request)} for request in named]
    return lines + counted_only(len(requests) - len(named))


def _why(request: Request) -> str:
    """Why it is asked for; of what was sent before, why once more."""
    if not request.repeat_reason:
        return request.why
    return _("We ask once more: %(reason)s") % {"reason": without_private_numbers(request.repeat_reason)}


def counted_only(count: int) -> list[dict[str, str]]:
    """The line for papers that are not named."""
    more = ngettext("One more paper, see your portal", "%(count)d more papers, see your portal", count)
    return [{"title": more % {"count": count}, "detail": ""}] if count else []


def _titled(request: Request, with_dates: bool) -> str:
    if not (with_dates and request.due_on):
        return paper_name(request)
    return _("%(paper)s (by %(date)s)") % {
        "paper": paper_name(request),
        "date": words.long_date(request.due_on),
    }


def open_requests(party: Party | None) -> list[Request]:
    """What this party owes. A batch that brought it along (`waiting_requests`) asks nobody."""
    if party is None:
        return []
    brought: list[Request] | None = getattr(party, "waiting_requests", None)
    return list(party.requests.waiting_for_borrower().order_by("id")) if brought is None else brought


def borrowers_of(loan: Loan) -> list[Party]:
    """The main one first. A batch that brought its parties along asks nobody."""
    roles = (Party.Role.BORROWER, Party.Role.CO_BORROWER)
    return sorted((party for party in loan.parties.all() if party.role in roles), key=lambda party: party.pk)


def borrowers(loan: Loan) -> str:
    return words.and_list([party.name for party in loan.parties.borrowers()])


def desk_facts(loan: Loan) -> Facts:
    return {
        "number": loan.number,
        "borrowers": borrowers(loan),
        "link": absolute("desk:loan", loan.public_id),
    }
