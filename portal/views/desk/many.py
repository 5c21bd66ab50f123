"""One decision on several papers of the inbox: each is a write of its own, and each says what became of it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.models import User
from documents.models import Document, Request
from documents.services import several
from loans.errors import Changed
from portal.forms.moving import ManyForm, Ticked
from portal.views.desk.inbox import narrowed_by


@dataclass(frozen=True)
class Outcome:
    """What became of one paper; `document` is None when it is no longer there for this person."""

    document: Document | None
    is_done: bool
    said: str | Promise


GONE = Outcome(None, False, gettext_lazy("A paper is no longer there: its sender took it back."))


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
    papers = _papers(request.user, form.ticked)
    gone = [GONE] * (len(form.ticked) - len(papers))
    outcomes = [*(_outcome(one, to) for one in _decide(papers, request.user, said, to)), *gone]
    context = {"outcomes": outcomes, "done": sum(one.is_done for one in outcomes), "back": back}
    return render(request, "desk/documents_done.html", context)


def _request_for(user: User, request_id: Any) -> Request:
    asked = (
        Request.objects.visible_to(user).select_related("loan", "party").filter(public_id=request_id).first()
    )
    if asked is None:
        raise Http404
    return asked


def _papers(user: User, ticked: Ticked) -> list[tuple[Document, int]]:
    """In the order of the list, without what a borrower took back meanwhile and what was never this person's."""
    rows = Document.objects.papers().visible_to(user).select_related("loan", "request__party", "party")
    found = {
        str(document.public_id): document
        for document in rows.filter(public_id__in=[public_id for public_id, _version in ticked])
    }
    return [(found[public_id], version) for public_id, version in ticked if public_id in found]


def _decide(
    papers: list[tuple[Document, int]], by: User, said: dict[str, Any], to: Request | None
) -> list[several.Outcome]:
    if to is not None:
        return several.move_documents(seen=papers, by=by, to=to)
    if said["do"] == "accept":
        return several.accept_documents(seen=papers, by=by)
    return several.return_documents(seen=papers, by=by, reason=said["reason"], note=said["note"])


def _outcome(result: several.Outcome, to: Request | None) -> Outcome:
    document, refused = result.document, result.refused
    if isinstance(refused, Changed):
        return Outcome(document, False, " ".join([refused.message, *refused.what]))
    if refused:
        return Outcome(document, False, refused.message)
    if to is not None:
        return Outcome(document, True, _("Filed under: %(title)s") % {"title": to.title})
    if document.review == Document.Review.ACCEPTED:
        return Outcome(document, True, _("Accepted"))
    return Outcome(document, True, _("Sent back: %(reason)s") % {"reason": document.get_reason_display()})
