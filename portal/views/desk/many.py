"""One decision on several papers of the inbox: each is a write of its own, and each says what became of it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.models import User
from documents import services
from documents.models import Document, Request
from loans.errors import Changed, Refused
from portal.forms.moving import ManyForm, Ticked
from portal.views.desk.inbox import narrowed_by


@dataclass(frozen=True)
class Outcome:
    """What became of one paper; `document` is None when it is no longer there for this person."""

    document: Document | None
    is_done: bool
    said: str


@require_POST
def many(request: HttpRequest) -> HttpResponse:
    if not request.user.works_here:
        raise Http404
    asked = urlencode(narrowed_by(request.user, request.POST).asked)
    back = reverse("desk:documents") + (f"?{asked}" if asked else "")
    form = ManyForm(request.POST)
    if not form.is_valid():
        messages.error(request, form.first_error)
        return redirect(back)
    said = form.said()
    to = _request_for(request.user, said["to"]) if said["do"] == "move" else None
    outcomes = [
        _decide(document, version, request.user, said, to)
        for document, version in _papers(request.user, form.ticked)
    ]
    context = {"outcomes": outcomes, "done": sum(one.is_done for one in outcomes), "back": back}
    return render(request, "desk/documents_done.html", context)


def _request_for(user: User, request_id: Any) -> Request:
    asked = (
        Request.objects.visible_to(user).select_related("loan", "party").filter(public_id=request_id).first()
    )
    if asked is None:
        raise Http404
    return asked


def _papers(user: User, ticked: Ticked) -> list[tuple[Document | None, int]]:
    """In the order of the list; None for what a borrower took back meanwhile, and for what was never this person's."""
    rows = Document.objects.papers().visible_to(user).select_related("loan", "request__party", "party")
    found = {
        str(document.public_id): document
        for document in rows.filter(public_id__in=[public_id for public_id, _version in ticked])
    }
    return [(found.get(public_id), version) for public_id, version in ticked]


def _decide(
    document: Document | None, version: int, by: User, said: dict[str, Any], to: Request | None
) -> Outcome:
    if document is None:
        return Outcome(None, False, _("A paper is no longer there: its sender took it back."))
    try:
        return Outcome(document, True, _carry_out(document, version, by, said, to))
    except Changed as changed:
        return Outcome(document, False, " ".join([changed.message, *changed.what]))
    except Refused as refused:
        return Outcome(document, False, refused.message)


def _carry_out(document: Document, version: int, by: User, said: dict[str, Any], to: Request | None) -> str:
    """Does it, and says what was done."""
    if to is not None:
        place = services.Place(to.loan, to.party, to)
        services.move_document(document=document, to=place, by=by, expected_version=version)
        return _("Filed under: %(title)s") % {"title": to.title}
    if said["do"] == "accept":
        services.accept_document(document=document, by=by, expected_version=version)
        return _("Accepted")
    services.return_document(
        document=document, by=by, reason=said["reason"], note=said["note"], expected_version=version
    )
    return _("Sent back: %(reason)s") % {"reason": document.get_reason_display()}
