"""Taking a move back while its message still waits."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from loans import services
from loans.access import desk_loan_for
from portal.forms.desk import UndoForm
from portal.views.desk.answering import carry_out
from portal.views.desk.bulk import undo_last
from portal.views.desk.loan import answer


@require_POST
def undo(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    form = UndoForm(request.POST)
    if not form.is_valid():
        return redirect("desk:loan", loan.public_id)
    event = get_object_or_404(loan.stage_events, public_id=form.cleaned_data["event"])
    version = form.cleaned_data["version"]
    status = carry_out(
        form, lambda: services.undo_stage_change(event=event, by=request.user, expected_version=version)
    )
    done = _("Taken back. The message is not sent, and the history shows one correction.")
    return answer(request, loan, form, status, done)


@require_POST
def undo_bulk(request: HttpRequest) -> HttpResponse:
    """All of the last move of several loans, as far as each can still be taken back."""
    undo_last(request)
    return redirect("desk:bulk_done")
