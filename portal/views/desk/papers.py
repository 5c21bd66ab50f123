"""Asking for papers, changing what was asked, taking it back; accepting what came or sending it back."""

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
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from documents import finding, freshness, services
from documents.models import Document, Request
from documents.openings import opened
from documents.progress import DocumentRow, document_row
from loans.access import desk_loan_for
from loans.clocks import local_date
from loans.models import Loan
from loans.progress import loan_estimate_is_sent
from notifications.services import borrowers_of
from portal.formats import date_text
from portal.forms.base import DeskForm
from portal.forms.papers import (
    REPEAT,
    AcceptForm,
    AnswerForm,
    AskAgainForm,
    AskedFor,
    ButtonForm,
    EditRequestForm,
    FileForm,
    People,
    RequestForm,
    ReturnForm,
)
from portal.views.desk.answering import attempt
from portal.views.desk.around import Asked, Paper

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


# --- What came -----------------------------------------------------------------------------------------------


@require_safe
def review(request: HttpRequest, document_id: UUID) -> HttpResponse:
    document = desk_document_for(request.user, document_id)
    page = _review_page(request, document)
    opened(document, request.user, how="opened")
    return page


@require_POST
def accept(request: HttpRequest, document_id: UUID) -> HttpResponse:
    document = desk_document_for(request.user, document_id)
    form = AcceptForm(request.POST)
    status = attempt(
        form, lambda **said: services.accept_document(document=document, by=request.user, **said)
    )
    return _after_review(request, document, form, status, _("Accepted: %(name)s"))


@require_POST
def send_back(request: HttpRequest, document_id: UUID) -> HttpResponse:
    document = desk_document_for(request.user, document_id)
    form = ReturnForm(request.POST, pages=document.pages)
    status = attempt(
        form, lambda **said: services.return_document(document=document, by=request.user, **said)
    )
    return _after_review(request, document, form, status, _("Sent back: %(name)s. The borrower is told why."))


@require_POST
def file_it(request: HttpRequest, document_id: UUID) -> HttpResponse:
    document = desk_document_for(request.user, document_id)
    form = FileForm(request.POST, asked=_what_it_may_answer(document))

    def file(request_id: str, **said: Any) -> None:
        asked = document.loan.requests.get(public_id=request_id)
        services.file_document(document=document, request=asked, by=request.user, **said)

    status = attempt(form, lambda **said: file(said.pop("request"), **said))
    if status is not None:
        return _review_page(request, desk_document_for(request.user, document.public_id), form, status)
    messages.success(request, _("Filed under: %(title)s") % {"title": document.request})
    back = "loan" if request.POST.get("back") == "loan" else "inbox"
    return redirect(f"{reverse('desk:review', args=[document.public_id])}?back={back}")


def _what_it_may_answer(document: Document) -> list[tuple[str, str]]:
    asked = services.requests_to_file_under(document)
    return [(str(one.public_id), f"{one.title} ({one.party.name})") for one in asked]


def desk_document_for(user: User, document_id: UUID) -> Document:
    """A document of a loan at this person's desk; Http404 for everybody else."""
    if not user.works_here:
        raise Http404
    seen = (
        Document.objects.papers()
        .visible_to(user)
        .select_related("loan", "request__party", "party", "uploader", "reviewed_by", "look")
    )
    return get_object_or_404(seen, public_id=document_id)


def _after_review(
    request: HttpRequest, document: Document, form: DeskForm, status: int | None, done: str
) -> HttpResponse:
    if status is not None:
        return _review_page(request, desk_document_for(request.user, document.public_id), form, status)
    messages.success(request, done % {"name": document.name})
    if request.POST.get("back") == "inbox":
        return redirect("desk:documents")
    return redirect(f"{reverse('desk:loan', args=[document.loan.public_id])}#to-review")


def _review_page(
    request: HttpRequest, document: Document, failed: DeskForm | None = None, status: int = 200
) -> HttpResponse:
    if failed is not None:
        failed.renew(document.version)
    return_form = ReturnForm(version=document.version, pages=document.pages)
    context = {
        "loan": document.loan,
        "document": document,
        "row": document_row(document, request.user),
        "failed": failed,
        "file_form": _file_form(document, failed),
        "return_form": failed if isinstance(failed, ReturnForm) else return_form,
        **_how_old(document, failed),
        "others": _other_parts(document, request.user),
        "back": "loan" if "loan" in (request.GET.get("back"), request.POST.get("back")) else "inbox",
    }
    return render(request, "desk/review.html", context, status=status)


def _how_old(document: Document, failed: DeskForm | None) -> dict[str, Any]:
    """For a kind that grows old: the form to accept it with its date, until when it is good, what speaks against it."""
    days = freshness.good_for_days(document.request.kind) if document.request else 0
    if not days:
        return {}
    accept_form = AcceptForm(version=document.version, initial={"dated_on": document.dated_on})
    applied_on = local_date(document.loan.created_at)
    return {
        "accept_form": failed if isinstance(failed, AcceptForm) else accept_form,
        "good_until": freshness.use_by(document, days),
        "too_old_at_application": freshness.too_old_at_application(document, applied_on),
    }


def _other_parts(document: Document, user: User) -> list[DocumentRow]:
    """What else was sent for the same request: a page that was missing, the pages that are kept."""
    if document.request is None:
        return []
    others = document.request.documents.papers().exclude(pk=document.pk).select_related("request")
    return [document_row(one, user) for one in others.order_by("received_at", "id")]


def _file_form(document: Document, failed: DeskForm | None) -> FileForm | None:
    """For what came unasked, as long as something is asked for that it may answer."""
    if document.request is not None:
        return None
    if isinstance(failed, FileForm):
        return failed
    asked = _what_it_may_answer(document)
    return FileForm(version=document.version, asked=asked) if asked else None


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
