"""The numbers call before a closing: made and ticked off, or waived with a reason."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from loans import services
from loans.access import desk_loan_for
from loans.models import Loan, Task
from loans.stages import Stage
from portal.forms.stages import WaiveForm
from portal.views.desk.answering import attempt, carry_out


@require_http_methods(["GET", "HEAD", "POST"])
def numbers_call(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    task = services.open_call(loan)
    if task is None:
        messages.info(request, _("There is no numbers call to make on this loan."))
        return redirect("desk:loan", loan.public_id)
    if request.method != "POST":
        return _page(request, loan, task, WaiveForm())
    waives = request.POST.get("do") == "waive"
    form = WaiveForm(request.POST if waives else {"why": "-"})
    if waives:
        status = attempt(form, lambda why: services.waive_task(task=task, by=request.user, why=why))
    else:
        form.is_valid()
        status = carry_out(form, lambda: services.complete_task(task=task, by=request.user))
    if status is not None:
        return _page(request, loan, task, form, status)
    done = _("The numbers call is waived.") if waives else _("The numbers call is ticked off.")
    messages.success(request, done)
    if request.POST.get("then") == Stage.CLOSING:
        return redirect(f"{reverse('desk:stage', args=[loan.public_id])}?to={Stage.CLOSING}")
    return redirect("desk:loan", loan.public_id)


def _page(request: HttpRequest, loan: Loan, task: Task, form: WaiveForm, status: int = 200) -> HttpResponse:
    then = request.POST.get("then") or request.GET.get("then", "")
    context = {"loan": loan, "task": task, "form": form, "then": then if then == Stage.CLOSING else ""}
    return render(request, "desk/numbers_call.html", context, status=status)
