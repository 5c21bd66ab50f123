"""A loan, or all loans of an officer, comes into other hands."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.absences import deputies_of
from accounts.models import User
from accounts.states import STATE_NAMES
from loans import services
from loans.access import desk_loan_for
from loans.models import Loan
from loans.services.assigning import MOST_AT_ONCE, loans_to_hand_over
from portal.forms.reassign import ReassignAllForm, ReassignForm
from portal.views.desk.answering import attempt, carry_out

LOANS_SHOWN = 60


@require_http_methods(["GET", "HEAD", "POST"])
def reassign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    if not services.may_reassign(loan, request.user):
        raise Http404
    officers = [officer for officer in services.officers_for(loan.state) if officer.pk != loan.officer_id]
    form = ReassignForm(
        request.POST if request.method == "POST" else None,
        version=loan.version,
        officers=officers,
        away=deputies_of(officers),
    )
    status = 200
    if request.method == "POST":
        before = loan.officer
        failed = attempt(form, lambda **said: services.assign_officer(loan=loan, by=request.user, **said))
        if failed is None:
            return _handed(request, loan, before)
        loan, status = desk_loan_for(request.user, public_id), failed
        form.renew(loan.version)
    context = {
        "loan": loan,
        "form": form,
        "officers": officers,
        "state": STATE_NAMES.get(loan.state, loan.state),
    }
    return render(request, "desk/reassign.html", context, status=status)


def _handed(request: HttpRequest, loan: Loan, before: User) -> HttpResponse:
    words = {"number": loan.number, "name": loan.officer.name}
    messages.success(
        request, _("%(number)s is with %(name)s now. We introduce them to the borrowers.") % words
    )
    still_there = Loan.objects.visible_to(request.user).filter(pk=loan.pk).exists()
    return redirect("desk:loan", loan.public_id) if still_there else redirect("desk:pipeline")


@require_http_methods(["GET", "HEAD", "POST"])
def reassign_all(request: HttpRequest, user_id: UUID) -> HttpResponse:
    officer = _officer_for(request.user, user_id)
    others = list(
        User.objects.filter(is_active=True, role=User.Role.OFFICER)
        .exclude(pk=officer.pk)
        .order_by("name", "pk")
    )
    form = ReassignAllForm(
        request.POST if request.method == "POST" else None, officers=others, away=deputies_of(others)
    )
    status, handed = 200, []
    if request.method == "POST":
        if form.is_valid():
            status = (
                carry_out(
                    form,
                    lambda: handed.extend(
                        services.reassign_all(officer=officer, by=request.user, **form.said())
                    ),
                )
                or status
            )
        else:
            status = 422
    loans = list(loans_to_hand_over(officer)[: LOANS_SHOWN + 1])
    context = {
        "officer": officer,
        "form": form,
        "loans": loans[:LOANS_SHOWN],
        "more": len(loans) > LOANS_SHOWN,
        "handed": [one for one in handed if one.to],
        "stayed": [one for one in handed if not one.to],
        "asked": bool(handed),
        "at_once": MOST_AT_ONCE,
    }
    return render(request, "desk/reassign_all.html", context, status=status)


def _officer_for(user: User, public_id: UUID) -> User:
    """An officer, for managers alone; also one who was switched off, whose loans have to go somewhere."""
    if not (user.works_here and user.sees_every_loan):
        raise Http404
    return get_object_or_404(User, public_id=public_id, role=User.Role.OFFICER)
