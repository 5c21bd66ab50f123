"""A wrong file is taken back by whoever sent it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from documents import services
from documents.access import document_for
from loans.errors import Refused


@require_POST
def take_back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    found = document_for(request.user, public_id)
    try:
        services.take_back(document=found, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("documents:document", found.public_id)
    messages.success(request, _("Taken back and deleted: %(name)s") % {"name": found.name})
    return redirect("loans:documents", found.loan.public_id)
