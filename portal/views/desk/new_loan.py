"""A loan opened by hand, for somebody on the telephone or across the table."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from leads.models import Lead
from loans.models import Loan
from loans.services.by_hand import open_loan_by_hand
from portal.forms.new_loan import NewLoanForm
from portal.views.desk.answering import attempt


@require_http_methods(["GET", "HEAD", "POST"])
def new_loan(request: HttpRequest) -> HttpResponse:
    if not request.user.works_here:
        raise Http404
    user = cast(User, request.user)
    if request.method != "POST":
        form = NewLoanForm(user=user, initial=_of_lead(user, request.GET.get("lead", "")))
        return render(request, "desk/new_loan.html", {"form": form})
    form, opened = NewLoanForm(request.POST, user=user), []
    status = attempt(form, lambda **said: opened.append(open_loan_by_hand(by=user, **said)))
    if status is not None:
        return render(request, "desk/new_loan.html", {"form": form}, status=status)
    loan: Loan = opened[0]
    messages.success(request, _opened(loan, invited=form.cleaned_data["invite"]))
    if Loan.objects.visible_to(user).filter(pk=loan.pk).exists():
        return redirect("desk:loan", loan.public_id)
    return redirect("desk:new_loan")  # opened for an officer, who has it on their list now


def _of_lead(user: User, public_id: str) -> dict[str, Any]:
    """What we know from the call."""
    try:
        lead = Lead.objects.visible_to(user).filter(public_id=UUID(public_id)).first()
    except ValueError:
        return {}
    if lead is None:
        return {}
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
