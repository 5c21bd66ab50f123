"""Who outside follows a loan: asked for at the desk, agreed to by a borrower."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from loans.access import desk_loan_for
from loans.services import partners
from loans.stages import Stage
from portal.forms.partners import PartnerForm
from portal.views.desk.answering import attempt


@require_http_methods(["GET", "HEAD", "POST"])
def partner_list(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    form, status = PartnerForm(request.POST if request.method == "POST" else None), 200
    if request.method == "POST":
        failed = attempt(form, lambda **said: partners.invite_partner(loan=loan, by=request.user, **said))
        if failed is None:
            messages.success(
                request, _("The borrowers are asked. Nothing goes out before one of them agrees.")
            )
            return redirect("desk:partners", loan.public_id)
        status = failed
    following = list(loan.partners.select_related("agreed_by", "revoked_by").order_by("-id"))
    opened = partners.last_openings(following)
    context = {
        "loan": loan,
        "form": form,
        "partners": [(partner, opened.get(str(partner.public_id))) for partner in following],
        "is_closed": loan.stage in Stage.closed(),
    }
    return render(request, "desk/partners.html", context, status=status)


@require_POST
def partner_end(request: HttpRequest, public_id: UUID, partner_id: UUID) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    partner = get_object_or_404(loan.partners, public_id=partner_id)
    partners.end_partner(partner=partner, by=request.user)
    messages.success(request, _("%(name)s sees nothing of this loan any more.") % {"name": partner.name})
    return redirect("desk:partners", loan.public_id)
