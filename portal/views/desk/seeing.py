"""
What the borrower sees, for those who work on the loan: their pages, drawn for looking only.

Nobody becomes somebody else here. A page of the borrower's is drawn under this address, with links that stay under it,
in a transaction that is always rolled back: nothing is noted as read or opened by them. Whatever is no page to look
at, and every method that could change something, is refused; each page looked at is one entry of the audit log.
"""

from copy import copy
from dataclasses import dataclass
from importlib import import_module
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import Resolver404, ResolverMatch, get_script_prefix, resolve, reverse, set_script_prefix

from accounts.models import User
from audit import log
from loans.access import desk_loan_for
from loans.models import Loan, Party

# Pages to look at; those about a loan only of the very loan.
PAGES = frozenset(
    {"home:home", "loans:detail", "loans:documents", "loans:people", "loans:messages", "loans:e_delivery"}
)
REFUSED = 403


@dataclass(frozen=True)
class Seeing:
    """What a page drawn for looking only says above itself: whose it is, and the way back."""

    name: str
    back: str


def seeing(request: HttpRequest, public_id: UUID, party_id: UUID, path: str = "") -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    party, borrower = _party_of(loan, party_id)
    if request.method not in ("GET", "HEAD"):
        return _refused(request, loan, party)
    match = _asked(loan, path)
    if match.view_name not in PAGES or not _may_see_all_of(match, request.user, borrower):
        return _refused(request, loan, party)
    log.record(
        action="loan.seen_as_borrower",
        about=party,
        by=request.user,
        loan=loan,
        detail={"page": match.view_name},
    )
    with transaction.atomic():
        answer = _drawn_for(borrower, request, loan, party, match)
        transaction.set_rollback(True)
    return answer


def _party_of(loan: Loan, party_id: UUID) -> tuple[Party, User]:
    """A borrower of the loan and how they sign in; there is nothing to see for somebody who never came."""
    party = get_object_or_404(loan.parties.borrowers().select_related("user"), public_id=party_id)
    if party.user is None or party.user.works_here:
        raise Http404
    return party, party.user


def _asked(loan: Loan, path: str) -> ResolverMatch:
    try:
        match = resolve(f"/{path}" if path else reverse("loans:detail", args=[loan.public_id]))
    except Resolver404:
        raise Http404 from None
    if match.view_name in PAGES and match.kwargs.get("public_id", loan.public_id) != loan.public_id:
        raise Http404
    return match


def _may_see_all_of(match: ResolverMatch, user: User, borrower: User) -> bool:
    """A page of no one loan shows all of the borrower's, also those that are with another officer."""
    if "public_id" in match.kwargs:
        return True
    theirs = Loan.objects.visible_to(borrower)
    return not theirs.exclude(pk__in=Loan.objects.visible_to(user).values("pk")).exists()


def _drawn_for(
    borrower: User, request: HttpRequest, loan: Loan, party: Party, match: ResolverMatch
) -> HttpResponse:
    """The borrower's own view answers, as if they asked; addresses on the page stay under ours."""
    theirs = copy(request)
    theirs.user = borrower
    theirs.session = import_module(settings.SESSION_ENGINE).SessionStore()  # empty, and never saved
    theirs.resolver_match = match
    theirs.seeing = Seeing(party.name, reverse("desk:loan", args=[loan.public_id]))  # type: ignore[attr-defined]
    prefix = get_script_prefix()
    set_script_prefix(reverse("desk:seeing", args=[loan.public_id, party.public_id]))
    try:
        return match.func(theirs, *match.args, **match.kwargs)
    finally:
        set_script_prefix(prefix)


def _refused(request: HttpRequest, loan: Loan, party: Party) -> HttpResponse:
    context = {"loan": loan, "party": party}
    return render(request, "desk/seeing_refused.html", context, status=REFUSED)
