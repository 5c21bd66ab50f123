"""Papers that will be too old at the closing: by loan, the soonest first, each asked for anew with one press."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from documents import services
from documents.renewals import Renewal, renewals
from loans.models import Loan
from portal.formats import date_text
from portal.forms.papers import ButtonForm
from portal.views.desk.answering import attempt
from portal.views.desk.papers import desk_request_for

MOST_LOANS = 50


@dataclass
class LoanRow:
    loan: Loan
    closing_on: date | None
    renewals: list[Renewal]


@require_safe
def renewal_list(request: HttpRequest) -> HttpResponse:
    if not request.user.works_here:
        raise Http404
    rows = _by_loan(renewals(Loan.objects.visible_to(request.user)))
    context = {"rows": rows[:MOST_LOANS], "more": max(0, len(rows) - MOST_LOANS)}
    return render(request, "desk/renewals.html", context)


@require_POST
def ask_for_newer(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """Ask again, with the reason ready."""
    asked = desk_request_for(request.user, request_id)
    form = ButtonForm(request.POST)
    found = [one for one in renewals(Loan.objects.filter(pk=asked.loan_id)) if one.request.pk == asked.pk]
    if not found:
        messages.info(request, _("“%(title)s” need not be renewed any more.") % {"title": asked.title})
        return redirect("desk:renewals")
    why = _reason(found[0])
    status = attempt(form, lambda **said: services.ask_again(request=asked, by=request.user, why=why, **said))
    if status is None:
        words = {"name": asked.party.name, "title": asked.title}
        messages.success(request, _("%(name)s is asked for a newer one: %(title)s") % words)
    else:
        messages.error(
            request, " ".join(form.non_field_errors()) or _("Look at it again: something has changed.")
        )
    return redirect("desk:renewals")


def _reason(renewal: Renewal) -> str:
    """In the borrower's language."""
    with translation.override(renewal.request.party.language):
        words = _(
            "Thank you for what you sent. At the closing it may not be older than lenders allow: the one we have is "
            "good until %(day)s. Please send the newest one."
        )
        return words % {"day": date_text(renewal.use_by)}


def _by_loan(found: list[Renewal]) -> list[LoanRow]:
    rows: dict[int, LoanRow] = {}
    for renewal in found:
        loan = renewal.request.loan
        rows.setdefault(loan.pk, LoanRow(loan, renewal.closing_on, [])).renewals.append(renewal)
    return list(rows.values())
