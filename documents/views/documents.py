"""The page of one document, its page images and its bytes, and a line of the needs list by itself."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from accounts.models import User
from documents import openings, progress, serving
from documents.access import document_for, request_for
from documents.models import Document, Look


@require_GET
def document(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The paper with its viewer: to look at it is to open it, which is written down once."""
    found = paper_for(request.user, public_id)
    if request.GET.get("download") == "1":
        return serving.serve(found, request.user)
    openings.opened(found, request.user, how="opened")
    context = {
        "document": found,
        "loan": found.loan,
        "row": progress.document_row(found, request.user),
        "originals": found.originals.filter(disposed_at__isnull=True).order_by("id"),
        **_viewed(found),
    }
    return render(request, "documents/document.html", context)


@require_GET
def viewer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The viewer as it stands now: one that waits for pages asks for it."""
    found = paper_for(request.user, public_id)
    return render(request, "documents/parts/_viewer_pages.html", _viewed(found))


@require_GET
def page(request: HttpRequest, public_id: UUID, page: int) -> HttpResponseBase:
    return serving.serve_preview(paper_for(request.user, public_id), request.user, page)


@require_GET
def original(request: HttpRequest, public_id: UUID, original_id: UUID) -> HttpResponseBase:
    """A photo as it came, for whoever may open the paper that was made of it."""
    paper = paper_for(request.user, public_id)
    photo = get_object_or_404(paper.originals.filter(disposed_at__isnull=True), public_id=original_id)
    return serving.serve(photo, request.user, original=True)


@require_GET
def row(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One line of the needs list as it stands now: the uploader puts it in place of the old one."""
    wanted = request_for(request.user, public_id)
    return render(request, "documents/_needs_row.html", {"row": progress.need_row(wanted, request.user)})


def paper_for(user: User, public_id: UUID) -> Document:
    """What people work with: the photos that a PDF was made of are found through that PDF alone."""
    found = document_for(user, public_id)
    if found.is_original:
        raise Http404
    return found


def _viewed(document: Document) -> dict[str, object]:
    """What the viewer needs."""
    return {"document": document, "look": Look.objects.filter(document=document).first()}
