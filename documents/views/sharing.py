"""Who may see a document: opened to a co-borrower, closed again; and opened for a compliance review."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from documents import openings
from documents.access import document_for, own_document_for
from documents.forms import ReviewForm
from documents.models import Document
from documents.services.sharing import close_document, share_document
from loans.errors import Refused
from loans.models import Party

CAME_BACK = 422


@require_POST
def share(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Open the paper to another borrower of the loan, or (`close`) shut it again."""
    found = own_document_for(request.user, public_id)
    by = cast(User, request.user)
    party = _named(found, request.POST.get("party", ""))
    try:
        if party is None:
            raise Refused(_("Choose to whom."))
        if request.POST.get("action") == "close":
            close_document(document=found, party=party, by=by)
            messages.success(request, _("%(name)s can no longer open it.") % {"name": party.name})
        else:
            share_document(document=found, party=party, by=by)
            messages.success(request, _("%(name)s can open it now.") % {"name": party.name})
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("documents:document", found.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def compliance(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A manager or an administrator says why; the document itself is not shown here, so that this opens nothing."""
    found = document_for(request.user, public_id)
    if not openings.may_review(request.user):
        raise Http404
    form = ReviewForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        openings.begin_review(found, by=cast(User, request.user), why=form.cleaned_data["why"])
        return redirect("documents:document", found.public_id)
    status = CAME_BACK if form.is_bound else 200
    context = {"document": found, "loan": found.loan, "form": form}
    return render(request, "documents/compliance.html", context, status=status)


def _named(document: Document, party: str) -> Party | None:
    """The other borrower by the id that the form brings; None when there is nobody by it on the loan."""
    others = document.loan.parties.borrowers()
    return next((one for one in others if str(one.public_id) == party), None)
