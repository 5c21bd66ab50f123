"""The application arrived: number, officer, what happens next, and the list of papers that help."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from documents.models import Request
from loans.models import Application, Party
from loans.views.apply import ARRIVED_KEY


@login_not_required
@require_safe
def arrived(request: HttpRequest) -> HttpResponse:
    """Only for the session that sent it."""
    application = _sent_by(request)
    if application is None:
        return redirect("apply:start")
    loan = application.loan
    party = loan.parties.get(role=Party.Role.BORROWER)
    page = {
        "loan": loan,
        "party": party,
        "officer": loan.officer,
        "email": application.email,
        "needs": list(Request.objects.filter(party=party).waiting_for_borrower()),
        "can_open": party.user_id is not None and party.user_id == request.user.pk,
    }
    return render(request, "apply/arrived.html", page)


def _sent_by(request: HttpRequest) -> Application | None:
    public_id = request.session.get(ARRIVED_KEY)
    if not public_id:
        return None
    sent = Application.objects.filter(public_id=public_id, submitted_at__isnull=False)
    return sent.select_related("loan__officer__officer_profile").first()
