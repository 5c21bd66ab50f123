"""A paper that came to the wrong place: to another request of its loan, or to another loan of the same officer."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.models import User
from documents import services
from documents.models import Document
from loans.models import Loan
from loans.search import found
from portal.forms.moving import MoveForm
from portal.views.desk.answering import attempt
from portal.views.desk.review import came_from, desk_document_for, review_address

LOANS_SHOWN = 8


@require_http_methods(["GET", "HEAD", "POST"])
def move(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """The loan it goes to stands in the address (`?loan=`, its own without); `?q=` looks for another one."""
    document = desk_document_for(request.user, document_id)
    loan = _loan_to(request, document)
    if request.method != "POST":
        return _page(request, document, loan, _form(document, loan))
    form = _form(document, loan, request.POST)
    status = attempt(form, lambda **said: services.move_document(document=document, by=request.user, **said))
    if status is not None:
        document = desk_document_for(request.user, document.public_id)
        form.renew(document.version)
        return _page(request, document, loan, form, status)
    messages.success(request, _("Moved: %(name)s. It waits for review there.") % {"name": document.name})
    return redirect(review_address(document, came_from(request, document)))


def _loan_to(request: HttpRequest, document: Document) -> Loan:
    asked = request.POST.get("to_loan") or request.GET.get("to_loan")
    if not asked or asked == str(document.loan.public_id):
        return document.loan
    try:
        public_id = UUID(asked)
    except ValueError:
        raise Http404 from None
    return get_object_or_404(services.loans_to_move_to(document, request.user), public_id=public_id)


def _form(document: Document, loan: Loan, typed: Any = None) -> MoveForm:
    places = [place for place in services.places_in(loan) if not _is_here(document, place)]
    needs_yes = any(services.belongs_elsewhere(document, place) for place in places)
    return MoveForm(typed, version=document.version, places=places, needs_yes=needs_yes)


def _is_here(document: Document, place: services.Place) -> bool:
    """Where it is already, and, of its own loan, what is no place to move to."""
    if place.request is None:
        return place.loan.pk == document.loan_id
    return place.request.pk == document.request_id


def _page(
    request: HttpRequest, document: Document, loan: Loan, form: MoveForm, status: int = 200
) -> HttpResponse:
    typed = request.GET.get("q", "").replace("\0", "").strip()[:100]
    way_back = came_from(request, document)
    context = {
        "document": document,
        "loan": document.loan,
        "to_loan": loan,
        "form": form,
        "typed": typed,
        "loans": _loans(request.user, document, typed),
        "way_back": way_back,
        "way_back_query": urlencode(way_back),
    }
    return render(request, "desk/move.html", context, status=status)


def _loans(user: User, document: Document, typed: str) -> list[Loan]:
    """What was looked for, in words as on the pipeline; without that the other loans of whoever sent it."""
    others: QuerySet[Loan] = services.loans_to_move_to(document, user)
    if typed:
        others = found(others, typed)
    elif document.owner and document.owner.user_id:
        others = others.filter(parties__user=document.owner.user_id).distinct()
    else:
        return []
    return list(others.order_by("-last_activity_at", "-id")[:LOANS_SHOWN])
