"""Who is on the loan, and inviting the other one."""

from uuid import UUID

from allauth.core.ratelimit import consume, respond_429
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import Invitation
from loans import services
from loans.access import loan_for, party_for
from loans.errors import Refused
from loans.models import Loan, Party
from loans.services.partners import last_openings
from loans.stages import Stage
from portal.borrower_forms import CoBorrowerForm


@require_safe
def people(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = loan_for(request.user, public_id)
    if request.user.works_here:
        return redirect("desk:loan", loan.public_id)
    return _page(request, loan, party_for(request.user, loan), CoBorrowerForm())


@require_POST
def invite(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan, me = _main_borrower(request, public_id)
    if not consume(request, action="co_borrower"):
        return respond_429(request)
    form = CoBorrowerForm(request.POST)
    if form.is_valid():
        answers = {**form.cleaned_data, "phone": str(form.cleaned_data["phone"] or "")}
        try:
            services.add_co_borrower(loan=loan, by=request.user, **answers)
        except Refused as refusal:
            form.add_error(None, refusal.message)
    if form.errors:
        return _page(request, loan, me, form, status=422)
    messages.success(
        request, _("The invitation to %(name)s is on its way.") % {"name": form.cleaned_data["name"]}
    )
    return redirect("loans:people", loan.public_id)


@require_POST
def invite_again(request: HttpRequest, public_id: UUID, party_id: UUID) -> HttpResponse:
    loan, _me = _main_borrower(request, public_id)
    party = get_object_or_404(loan.parties.borrowers(), public_id=party_id)
    if not consume(request, action="co_borrower"):
        return respond_429(request)
    try:
        services.reinvite_party(party=party, by=request.user)
        messages.success(request, _("A new invitation is on its way. The older link no longer works."))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("loans:people", loan.public_id)


def _main_borrower(request: HttpRequest, public_id: UUID) -> tuple[Loan, Party]:
    """Only the main borrower invites; for anybody else there is nothing here."""
    loan = loan_for(request.user, public_id)
    party = party_for(request.user, loan)
    if party.role != Party.Role.BORROWER:
        raise Http404
    return loan, party


def _page(
    request: HttpRequest, loan: Loan, me: Party, form: CoBorrowerForm, status: int = 200
) -> HttpResponse:
    parties = list(loan.parties.borrowers().select_related("user"))
    waiting = [party.public_id for party in parties if not party.user_id]
    invitations = Invitation.objects.filter(subject_id__in=waiting).order_by("created_at") if waiting else []
    latest = {invitation.subject_id: invitation for invitation in invitations}
    following = [one for one in loan.partners.order_by("id") if one.waits or one.is_open]
    opened = last_openings(following) if following else {}
    context = {
        "loan": loan,
        "me": me,
        "people": [{"party": party, "invitation": latest.get(party.public_id)} for party in parties],
        "may_invite": me.role == Party.Role.BORROWER and loan.stage not in Stage.closed(),
        "form": form,
        "partners": [(partner, opened.get(str(partner.public_id))) for partner in following],
    }
    return render(request, "loans/people.html", context, status=status)
