"""
One paper beside what is said to it: accepted, sent back, filed. Where it came from (`back`: the inbox as it was
narrowed, or the page of its loan) travels along, so that the next paper opens by itself.
"""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from documents import freshness, services
from documents.models import Document
from documents.openings import opened
from documents.progress import DocumentRow, document_row
from loans.clocks import local_date
from portal.forms.base import DeskForm
from portal.forms.papers import AcceptForm, FileForm, ReturnForm
from portal.views.desk.answering import attempt
from portal.views.desk.inbox import Narrowed, narrowed_by, next_to_review, queue_around


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
    return redirect(review_address(document, came_from(request, document)))


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


# --- Where the person came from, and what opens next ---------------------------------------------------------


def came_from(request: HttpRequest, document: Document) -> dict[str, str]:
    """The way back, as hidden fields and addresses carry it."""
    said: QueryDict = request.POST if request.method == "POST" else request.GET
    if said.get("back") == "loan":
        return {"back": "loan"}
    return {"back": "inbox", **_narrowed(request, document).asked}


def _narrowed(request: HttpRequest, document: Document) -> Narrowed:
    """What the queue holds: the waiting papers of the loan somebody came from, or of the inbox as it was narrowed."""
    said = request.POST if request.method == "POST" else request.GET
    if said.get("back") == "loan" or said.get("loan") == str(document.loan.public_id):
        return Narrowed(document.loan, "" if said.get("back") == "loan" else said.get("kind", ""))
    return narrowed_by(request.user, said)


def review_address(document: Document, way_back: dict[str, str]) -> str:
    return f"{reverse('desk:review', args=[document.public_id])}?{urlencode(way_back)}"


def next_page(request: HttpRequest, document: Document) -> HttpResponse:
    """After a decision in the viewer the next paper; after the last one, and from a list, back to where they were."""
    way_back = came_from(request, document)
    narrowed = _narrowed(request, document)
    following = next_to_review(request.user, narrowed, document) if request.POST.get("go_on") else None
    if following is not None:
        return redirect(review_address(following, way_back))
    if way_back["back"] == "loan":
        return redirect(f"{reverse('desk:loan', args=[document.loan.public_id])}#to-review")
    asked = urlencode(narrowed.asked)
    return redirect(f"{reverse('desk:documents')}?{asked}" if asked else reverse("desk:documents"))


def _after_review(
    request: HttpRequest, document: Document, form: DeskForm, status: int | None, done: str
) -> HttpResponse:
    if status is not None:
        return _review_page(request, desk_document_for(request.user, document.public_id), form, status)
    messages.success(request, done % {"name": document.name})
    return next_page(request, document)


# --- The page ------------------------------------------------------------------------------------------------


def _review_page(
    request: HttpRequest, document: Document, failed: DeskForm | None = None, status: int = 200
) -> HttpResponse:
    if failed is not None:
        failed.renew(document.version)
    return_form = ReturnForm(version=document.version, pages=document.pages)
    way_back = came_from(request, document)
    context = {
        "loan": document.loan,
        "document": document,
        "row": document_row(document, request.user),
        "failed": failed,
        "file_form": _file_form(document, failed),
        "return_form": failed if isinstance(failed, ReturnForm) else return_form,
        **_how_old(document, failed),
        "others": _other_parts(document, request.user),
        "queue": queue_around(request.user, _narrowed(request, document), document),
        "way_back": way_back,
        "way_back_query": urlencode(way_back),
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
