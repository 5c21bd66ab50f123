"""What a borrower answers to the hints on a paper of theirs."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from documents.access import own_document_for
from documents.services import hinting


@require_POST
def keep(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """ "Done": the paper stays as it is; who said so and when is kept."""
    found = own_document_for(request.user, public_id)
    if hinting.keep_as_it_is(document=found, by=request.user):
        messages.success(request, _("Done. Your loan team looks at it as it is."))
    if found.request is None:
        return redirect("documents:document", found.public_id)
    return redirect(
        reverse("loans:documents", args=[found.loan.public_id]) + f"#request-{found.request.public_id}"
    )
