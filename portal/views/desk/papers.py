"""Asking for papers, changing what was asked, taking it back. What came is looked at in `review.py`."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from documents import finding, services
from documents.models import Request
from loans.access import desk_loan_for
from loans.models import Loan
from loans.progress import loan_estimate_is_sent
from notifications.services import borrowers_of
from portal.desk.around import Asked, Paper
from portal.formats import date_text
from portal.forms.base import DeskForm
from portal.forms.papers import (
    REPEAT,
    AnswerForm,
    AskAgainForm,
    AskedFor,
    ButtonForm,
    EditRequestForm,
    People,
    RequestForm,
)
from portal.views.desk.answering import attempt

ASKED = ("kind", "title", "why", "what_counts", "period", "due_on", REPEAT)


def people_asked(loan: Loan) -> People:
    """Of whom papers can be asked, the main borrower first."""
    return [(str(party.public_id), party.name) for party in borrowers_of(loan)]


@require_http_methods(["GET", "HEAD", "POST"])
def request_add(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    choices = {"people": people_asked(loan), "may_have_due_date": loan_estimate_is_sent(loan)}
    if request.method != "POST":
        usual = {"due_on": services.usual_due_date(loan)}
        return _request_page(request, loan, RequestForm(**choices, initial=usual))
    form = RequestForm(request.POST, **choices)

    def add(party: str, **asked: Any) -> None:
        person = loan.parties.get(public_id=party)
        with asking_why(form):
            services.add_request(loan=loan, party=person, by=request.user, **asked)

    status = attempt(form, add)
    if status is None:
        messages.success(request, _("Asked for: %(title)s") % {"title": form.cleaned_data["title"]})
        return redirect(f"{reverse('desk:loan', args=[loan.public_id])}#requests")
    return _request_page(request, loan, form, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def request_edit(request: HttpRequest, request_id: UUID) -> HttpResponse:
    asked = desk_request_for(request.user, request_id)
    if request.method != "POST":
        return _request_page(request, asked.loan, _edit_form(asked), asked)
    form = _edit_form(asked, request.POST)

    def edit(**said: Any) -> None:
        with asking_why(form):
            services.edit_request(request=asked, by=request.user, **said)

    return _after_request(request, asked, form, attempt(form, edit), _("Saved what we ask for."))


@require_POST
def request_withdraw(request: HttpRequest, request_id: UUID) -> HttpResponse:
    asked = desk_request_for(request.user, request_id)
    form = ButtonForm(request.POST)
    status = attempt(form, lambda **said: services.withdraw_request(request=asked, by=request.user, **said))
    return _after_request(
        request, asked, form, status, _("Taken back: the borrower is no longer asked for it.")
    )


@require_POST
def request_again(request: HttpRequest, request_id: UUID) -> HttpResponse:
    asked = desk_request_for(request.user, request_id)
    form = AskAgainForm(request.POST)
    status = attempt(form, lambda **said: services.ask_again(request=asked, by=request.user, **said))
    return _after_request(request, asked, form, status, _("Asked for again."))


@require_POST
def request_answer(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """A line to a borrower who cannot find or get the paper."""
    asked = desk_request_for(request.user, request_id)
    form = AnswerForm(request.POST)
    status = attempt(form, lambda **said: services.answer_stuck(request=asked, by=request.user, **said))
    return _after_request(request, asked, form, status, _("Answered. The borrower is told."))


@contextmanager
def asking_why(form: AskedFor) -> Iterator[None]:
    """What was sent before is told at the form, which then asks for the reason."""
    try:
        yield
    except services.AskedBefore as error:
        form.ask_why(what_was_sent(error.before))
        raise


def what_was_sent(before: Request) -> str:
    """Files and days, or what the borrower said instead."""
    if before.state == Request.State.NOT_APPLICABLE:
        return _("They said: “%(note)s”") % {"note": before.note}
    words = _("“%(name)s” came on %(day)s.")
    papers = before.documents.papers().order_by("received_at", "id")
    return " ".join(words % {"name": one.name, "day": date_text(one.received_at)} for one in papers)


def desk_request_for(user: User, request_id: UUID) -> Request:
    """A request of a loan at this person's desk; Http404 for everybody else."""
    if not user.works_here:
        raise Http404
    return get_object_or_404(
        Request.objects.visible_to(user).select_related("loan", "party"), public_id=request_id
    )


def _after_request(
    request: HttpRequest, asked: Request, form: DeskForm, status: int | None, done: str
) -> HttpResponse:
    if status is None:
        messages.success(request, done)
        return redirect(f"{reverse('desk:loan', args=[asked.loan.public_id])}#requests")
    asked = desk_request_for(request.user, asked.public_id)
    form.renew(asked.version)
    return _request_page(request, asked.loan, _edit_form(asked), asked, failed=form, status=status)


def _edit_form(asked: Request, typed: QueryDict | None = None) -> EditRequestForm:
    initial = {name: getattr(asked, name) for name in ASKED}
    return EditRequestForm(
        typed, version=asked.version, initial=initial, may_have_due_date=loan_estimate_is_sent(asked.loan)
    )


def _request_page(
    request: HttpRequest,
    loan: Loan,
    form: DeskForm,
    asked: Request | None = None,
    failed: DeskForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The form of a request; `failed` is the one of its forms that came back."""
    context: dict[str, Any] = {"loan": loan, "form": form, "asked": asked}
    if asked is not None:
        context["again"] = AskAgainForm(version=asked.version)
        context["answer"] = AnswerForm(version=asked.version)
        context["places"] = finding.places_for(asked.kind)
    if failed is not None:
        places: dict[type, str] = {EditRequestForm: "form", AskAgainForm: "again", AnswerForm: "answer"}
        place = places.get(type(failed), "withdraw")
        context[place] = failed
    return render(request, "desk/request.html", context, status=status)


# --- The table on the page of a loan -------------------------------------------------------------------------


@dataclass
class RequestRow:
    """One request with the papers that came for it. `state` is "optional" while no Loan Estimate was sent."""

    asked: Asked
    state: str
    state_text: str
    papers: list[Paper] = field(default_factory=list)


def rows_of_requests(requests: list[Asked], papers: list[Paper], estimate_is_sent: bool) -> list[RequestRow]:
    """Open ones first, then in review, then what is done; withdrawn ones last."""
    order = list(dict.fromkeys([Request.State.RETURNED, Request.State.OWED, *Request.State.values]))
    rows = []
    for asked in sorted(requests, key=lambda one: (order.index(one.state), one.pk)):
        optional = asked.state == Request.State.OWED and not estimate_is_sent
        rows.append(
            RequestRow(
                asked=asked,
                state="optional" if optional else asked.state,
                state_text=_("Optional for now") if optional else asked.state_text,
                papers=[paper for paper in papers if paper.request_pk == asked.pk],
            )
        )
    return rows
