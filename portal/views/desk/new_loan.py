"""A loan opened by hand, for somebody on the telephone or across the table."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from leads.models import Lead
from leads.services import convert
from loans.models import Loan
from loans.services.by_hand import open_loan_by_hand
from portal.forms.new_loan import NewLoanForm
from portal.views.desk.answering import attempt


@require_http_methods(["GET", "HEAD", "POST"])
def new_loan(request: HttpRequest) -> HttpResponse:
    if not request.user.works_here:
        raise Http404
    user = cast(User, request.user)
    lead = _lead(user, request.GET.get("lead", ""))
    if request.method != "POST":
        form = NewLoanForm(user=user, initial=_of_lead(lead) if lead else {})
        return render(request, "desk/new_loan.html", {"form": form, "lead": lead})
    form, opened = NewLoanForm(request.POST, user=user), []
    status = attempt(form, lambda **said: opened.append(_open(user, lead, said)))
    if status is not None:
        return render(request, "desk/new_loan.html", {"form": form, "lead": lead}, status=status)
    loan: Loan = opened[0]
    messages.success(request, _opened(loan, invited=form.cleaned_data["invite"]))
    if Loan.objects.visible_to(user).filter(pk=loan.pk).exists():
        return redirect("desk:loan", loan.public_id)
    return redirect("desk:new_loan")  # opened for an officer, who has it on their list now


@transaction.atomic
def _open(user: User, lead: Lead | None, said: dict[str, Any]) -> Loan:
    """The loan, and the lead it came from tied to it, whichever address was typed."""
    loan = open_loan_by_hand(by=user, **said)
    if lead is not None:
        convert(lead=lead, loan=loan, by=user)
    return loan


def _lead(user: User, public_id: str) -> Lead | None:
    try:
        return Lead.objects.visible_to(user).filter(public_id=UUID(public_id)).first()
    except ValueError:
        return None


def _of_lead(lead: Lead) -> dict[str, Any]:
    """What we know from the call or the chat."""
    return {
        "name": lead.name,
        "email": lead.email,
        "phone": lead.phone,
        "state": lead.home_state,
        "officer": lead.officer_id,
    }


def _opened(loan: Loan, *, invited: bool) -> str:
    words = {"number": loan.number}
    if invited:
        return _("%(number)s is open. The invitation is on its way.") % words
    return _("%(number)s is open. Nobody was written to.") % words
