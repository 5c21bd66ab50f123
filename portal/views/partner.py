"""The page of a partner who follows a loan, and what borrowers decide about it."""

from uuid import UUID

from allauth.core.internal.ratelimit import consume
from allauth.core.ratelimit import respond_429
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import token_digest
from loans import progress
from loans.access import loan_for, partner_for, party_for
from loans.errors import Refused
from loans.models import Partner, Party
from loans.services import partners
from loans.stages import Stage
from portal.standing import steps_of


@login_not_required
@require_safe
def page(request: HttpRequest, token: str) -> HttpResponse:
    """
    Milestones and their days; the token is the authority. A loan that is paused or has ended tells a stranger nothing
    about why.
    """
    if not _may_ask(request, token):
        return respond_429(request)
    partner = partner_for(token)
    loan = partner.loan
    if request.method == "GET":
        partners.note_opening(partner=partner)
    is_quiet = loan.stage in Stage.quiet()
    context = {
        "partner": partner,
        "borrower": partner.agreed_by.first_name if partner.agreed_by else "",
        "officer": loan.officer,
        "place": ", ".join(filter(None, [loan.city if loan.home_found else "", loan.get_state_display()])),
        "is_quiet": is_quiet,
        "steps": [] if is_quiet else steps_of(loan),
        "closing": "" if is_quiet else progress.closing_text(loan),
        "is_funded": loan.stage == Stage.FUNDED,
    }
    response = render(request, "partner/page.html", context)
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "no-referrer"
    return response


def _may_ask(request: HttpRequest, token: str) -> bool:
    """Looking counts: nobody tries out tokens, and no machine that follows links fills the log."""
    usage = consume(request, app="allauth.account", action="partner", key=token_digest(token), limit_get=True)
    return usage is not None


# --- What a borrower decides ---------------------------------------------------------------------------------


@require_POST
def agree(request: HttpRequest, public_id: UUID, partner_id: UUID) -> HttpResponse:
    party, partner = _asked(request, public_id, partner_id)
    try:
        partners.agree_to_partner(partner=partner, party=party)
        messages.success(
            request,
            _("%(name)s may follow your loan now. You can end it here at any time.") % {"name": partner.name},
        )
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("loans:people", public_id)


@require_POST
def end(request: HttpRequest, public_id: UUID, partner_id: UUID) -> HttpResponse:
    party, partner = _asked(request, public_id, partner_id)
    partners.end_partner(partner=partner, by=request.user, party=party)
    messages.success(request, _("%(name)s sees nothing of your loan.") % {"name": partner.name})
    return redirect("loans:people", public_id)


def _asked(request: HttpRequest, public_id: UUID, partner_id: UUID) -> tuple[Party, Partner]:
    loan = loan_for(request.user, public_id)
    return party_for(request.user, loan), get_object_or_404(loan.partners, public_id=partner_id)
