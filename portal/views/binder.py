"""The papers of a closing in one place: for the evening with the tax papers, and for any other later one."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from documents.models import Document
from documents.sharing_rows import shared_with_me
from feedback.models import Referral
from loans.access import loan_for, own_party_for
from loans.clocks import local_date
from loans.stages import Stage
from notifications.facts.closing import FOR_TAXES
from portal.found import absolute


@require_safe
def binder(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Before a loan is funded there is no closing; then the papers are where they always are."""
    if request.user.works_here:
        return redirect("desk:loan", loan_for(request.user, public_id).public_id)
    me, _others = own_party_for(request.user, public_id)
    if me.loan.stage != Stage.FUNDED:
        return redirect("loans:documents", public_id)
    sent = Document.objects.papers().visible_to(request.user).filter(
        loan=me.loan, review=Document.Review.ACCEPTED, request__kind__in=FOR_TAXES
    )  # fmt: skip
    referral = Referral.objects.filter(party=me).first()
    context = {
        "loan": me.loan,
        "closed_on": local_date(me.loan.stage_since),
        "given": shared_with_me(me.loan, request.user).from_house,
        "sent": sent.select_related("request").order_by("received_at"),
        "link_for_friends": absolute(f"/from/{referral.token}/") if referral else "",
    }
    return render(request, "loans/binder.html", context)
