"""The page of one document, its bytes, and a line of the needs list by itself."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from documents import progress, serving
from documents.access import document_for, request_for


@require_GET
def document(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    found = document_for(request.user, public_id)
    if request.GET.get("download") == "1":
        return serving.serve(found, request.user)
    context = {"row": progress.document_row(found, request.user), "document": found, "loan": found.loan}
    return render(request, "documents/document.html", context)


@require_GET
def row(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One line of the needs list as it stands now: the uploader puts it in place of the old one."""
    wanted = request_for(request.user, public_id)
    return render(request, "documents/_needs_row.html", {"row": progress.need_row(wanted, request.user)})
