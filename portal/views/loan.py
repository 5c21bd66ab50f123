"""A borrower's pages about one loan: where it stands, and the papers."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from documents import progress as papers
from documents import services as paper_services
from documents.access import own_request_for
from documents.models import Request
from documents.renewals import Renewal, renewals_among
from loans import progress
from loans.access import loan_for, own_party_for, wording_of
from loans.errors import Refused
from loans.models import Loan, Party
from loans.stages import Stage, entry_for
from portal.standing import is_promised, money_moves, next_step, steps_of

DONE = (Request.State.ACCEPTED, Request.State.NOT_APPLICABLE)


@require_safe
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    if request.user.works_here:
        return redirect("desk:loan", loan_for(request.user, public_id).public_id)
    me, others = own_party_for(request.user, public_id)
    loan = me.loan
    steps = steps_of(loan)  # gathers the dates that the list then has for nothing
    rows = papers.needs_list(loan, request.user)
    step = next_step(loan=loan, requests=[row.request for row in rows])
    context = {
        **_papers(loan, rows),
        "words": progress.stage_words(loan, wording_of(me, loan.stage)),
        "steps": steps,
        "step": step,
        "open_upload": step.request.public_id if step.request else None,
        "fold_done": True,
        "closing": progress.closing_text(loan),
        "closing_is_set": progress.signing(loan) is not None,
        "next_update": progress.next_update_text(loan),
        "side_dates": progress.key_dates(loan, for_borrower=True),
        "history": progress.history(loan, for_borrower=True),
        "others": [(other.first_name, other.open_requests) for other in others],
        "may_invite": me.role == Party.Role.BORROWER and loan.stage not in Stage.closed(),
        "not_promised": not is_promised(loan),
        "money_warning": money_moves(loan),
    }
    return render(request, "loans/detail.html", context)


@require_safe
def documents(request: HttpRequest, public_id: UUID) -> HttpResponse:
    if request.user.works_here:
        return redirect("desk:loan", loan_for(request.user, public_id).public_id)
    me, _others = own_party_for(request.user, public_id)
    rows = papers.needs_list(me.loan, request.user)
    unasked, on_their_way = papers.unasked_rows(me.loan, request.user)
    context = {
        **_papers(me.loan, rows),
        "open_upload": request.GET.get("send", ""),
        "unasked": unasked,
        "unasked_uploads": on_their_way,
        "something_else": papers.SomethingElse(),
    }
    return render(request, "loans/documents.html", context)


@require_POST
def does_not_apply(request: HttpRequest, public_id: UUID, request_id: UUID) -> HttpResponse:
    """A borrower says that a paper we ask for does not fit them, and why."""
    wanted = own_request_for(request.user, request_id)
    if wanted.loan.public_id != public_id:
        raise Http404
    try:
        paper_services.decline_request(request=wanted, by=request.user, reason=request.POST.get("reason", ""))
        messages.success(request, _("Noted: “%(title)s” does not apply to you.") % {"title": wanted.title})
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect(f"{reverse('loans:documents', args=[public_id])}#request-{wanted.public_id}")


@require_POST
def stuck(request: HttpRequest, public_id: UUID, request_id: UUID) -> HttpResponse:
    """A borrower cannot find a paper, or cannot get it: the officer is asked to help."""
    wanted = own_request_for(request.user, request_id)
    if wanted.loan.public_id != public_id:
        raise Http404
    said = {name: request.POST.get(name, "") for name in ("how", "note")}
    try:
        paper_services.say_stuck(request=wanted, by=request.user, **said)
        words = {"name": wanted.loan.officer.first_name, "title": wanted.title}
        messages.success(request, _("%(name)s knows now that you need help with “%(title)s”.") % words)
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect(f"{reverse('loans:documents', args=[public_id])}#request-{wanted.public_id}")


def _papers(loan: Loan, rows: list[papers.NeedRow]) -> dict[str, object]:
    """What the list of papers shows, on either page."""
    rows = [row for row in rows if row.request.state != Request.State.WITHDRAWN]
    uploads_open = entry_for(loan.stage).uploads_open
    return {
        "loan": loan,
        "rows": rows,
        "open_rows": [row for row in rows if row.request.state not in DONE],
        "done_rows": [row for row in rows if row.request.state in DONE],
        "received": papers.received_count(rows),
        "optional_for_now": any(row.optional_for_now for row in rows),
        "uploads_open": uploads_open,
        "renewals": _renewals(loan, rows) if uploads_open else [],
        "closing_on": progress.closing_date(loan),
        "closing_is_set": progress.signing(loan) is not None,
    }


def _renewals(loan: Loan, rows: list[papers.NeedRow]) -> list[Renewal]:
    """Papers that will be too old at the closing, once a day for it is known."""
    closing_on = progress.closing_date(loan)
    return renewals_among([row.request for row in rows], closing_on) if closing_on else []
