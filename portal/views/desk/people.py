"""Who is on a loan, and what it is about."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from loans import services
from loans.access import desk_loan_for
from portal.forms.base import DeskForm
from portal.forms.desk import CoBorrowerForm, CorrectForm, FactsForm
from portal.views.desk.answering import attempt
from portal.views.desk.loan import answer, slug_of


@require_POST
def co_borrower(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    form = CoBorrowerForm(request.POST)
    status = attempt(form, lambda **said: services.add_co_borrower(loan=loan, by=request.user, **said))
    return answer(request, loan, form, status, _("Added. The invitation is on its way."))


@require_POST
def reinvite(request: HttpRequest, public_id: UUID, party_id: UUID) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    party = get_object_or_404(loan.parties, public_id=party_id)
    form = DeskForm(request.POST, slug="people")
    status = attempt(form, lambda: services.reinvite_party(party=party, by=request.user))
    return answer(request, loan, form, status, _("A new invitation is on its way; older links have ended."))


@require_POST
def correct(request: HttpRequest, public_id: UUID, party_id: UUID) -> HttpResponse:
    """A mistyped name or address of somebody who has not joined yet."""
    loan = desk_loan_for(request.user, public_id)
    party = get_object_or_404(loan.parties, public_id=party_id)
    form = CorrectForm(request.POST, slug=slug_of(party))
    status = attempt(form, lambda **said: services.correct_invited(party=party, by=request.user, **said))
    return answer(request, loan, form, status, _("Saved. Send a new invitation if the old one went astray."))


@require_http_methods(["GET", "HEAD", "POST"])
def facts(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    if request.method != "POST":
        initial = {name: getattr(loan, name) for name in FactsForm.base_fields if name != "version"}
        return render(
            request,
            "desk/facts.html",
            {"loan": loan, "form": FactsForm(version=loan.version, initial=initial)},
        )
    form = FactsForm(request.POST)
    status = attempt(form, lambda **said: services.change_facts(loan=loan, by=request.user, **said))
    if status is None:
        messages.success(request, _("Saved. What we ask for follows the new facts."))
        return redirect("desk:loan", loan.public_id)
    loan = desk_loan_for(request.user, public_id)
    form.renew(loan.version)
    return render(request, "desk/facts.html", {"loan": loan, "form": form}, status=status)
