"""How long a loan's papers are kept, legal holds, all its papers as one file; the report of what is destroyed."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from documents import disposal, keeping, services
from documents.models import DisposalRun, LegalHold
from documents.views import exports
from loans.access import desk_loan_for
from loans.models import Loan
from portal.forms.base import DeskForm
from portal.forms.keeping import EndHoldForm, HoldForm
from portal.views.desk.answering import attempt

RUNS_SHOWN = 30
TOMBSTONES_SHOWN = 200


@require_safe
def loan(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return keeping_page(request, desk_loan_for(request.user, public_id))


def keeping_page(
    request: HttpRequest, loan: Loan, failed: DeskForm | None = None, status: int = 200
) -> HttpResponse:
    holds = list(LegalHold.objects.filter(loan=loan).select_related("set_by", "ended_by"))
    forms = {"hold": HoldForm(), "end_hold": EndHoldForm()}
    if failed is not None:
        forms[failed.slug.replace("-", "_")] = failed
    export = exports.latest(loan, request.user)
    context = {
        "loan": loan,
        "record": keeping.record_of(loan),
        "classes": keeping.by_class(loan),
        "standing_hold": next((hold for hold in holds if hold.ended_at is None), None),
        "ended_holds": [hold for hold in holds if hold.ended_at],
        "may_hold": services.may_hold(request.user),
        "forms": forms,
        **exports.archive_state(export, loan),
        "ask_address": reverse("desk:archive_ask", args=[loan.public_id]),
    }
    return render(request, "desk/keeping.html", context, status=status)


@require_POST
def hold(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = _of_one_who_decides(request, public_id)
    form = HoldForm(request.POST)
    status = attempt(form, lambda why: services.set_hold(loan=loan, why=why, by=request.user))
    return _answer(request, loan, form, status, _("Nothing of this loan is destroyed from now on."))


@require_POST
def end_hold(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = _of_one_who_decides(request, public_id)
    standing = LegalHold.objects.filter(loan=loan, ended_at__isnull=True).first()
    if standing is None:
        messages.info(request, _("No legal hold stands any more."))
        return redirect("desk:keeping", loan.public_id)
    form = EndHoldForm(request.POST)
    status = attempt(form, lambda why: services.end_hold(hold=standing, why=why, by=request.user))
    return _answer(request, loan, form, status, _("The legal hold has ended."))


@require_POST
def archive_ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    return exports.asked(request, loan, lambda: services.request_export(loan=loan, by=request.user))


@require_safe
def report(request: HttpRequest) -> HttpResponse:
    """What the last nights destroyed, what waits for a person; with `?dry=1` what the next one would do."""
    if not (request.user.works_here and services.may_hold(request.user)):
        raise Http404
    runs = list(DisposalRun.objects.filter(finished_at__isnull=False)[:RUNS_SHOWN])
    is_dry = request.GET.get("dry") == "1"
    chosen = next((run for run in runs if str(run.public_id) == request.GET.get("run")), None)
    shown = chosen or (runs[0] if runs else None)
    figures = disposal.survey().as_figures() if is_dry else (shown.figures if shown else None)
    context = {
        "runs": runs,
        "shown": shown,
        "is_dry": is_dry,
        "figures": disposal.in_words(figures) if figures else None,
        "tombstones": disposal.tombstones(shown.started_at, shown.finished_at)[:TOMBSTONES_SHOWN]
        if shown and not is_dry
        else [],
    }
    return render(request, "desk/disposal.html", context)


def _of_one_who_decides(request: HttpRequest, public_id: UUID) -> Loan:
    loan = desk_loan_for(request.user, public_id)
    if not services.may_hold(request.user):
        raise Http404
    return loan


def _answer(request: HttpRequest, loan: Loan, form: DeskForm, status: int | None, done: str) -> HttpResponse:
    if status is not None:
        return keeping_page(request, loan, failed=form, status=status)
    messages.success(request, done)
    return redirect(f"{reverse('desk:keeping', args=[loan.public_id])}#holds")
