"""A borrower agrees to receive disclosures electronically: what the law wants read, the proof, and taking it back."""

from pathlib import Path
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.models import Company, User
from documents.serving import own_pdf
from loans import e_delivery as disclosures
from loans.access import own_party_for
from loans.consents import e_delivery_consent
from loans.errors import Refused
from loans.models import Party
from loans.services import give_e_delivery_consent, withdraw_e_delivery_consent
from notifications.letters.paper import set_page

CAME_BACK = 422
SHEET = Path(__file__).resolve().parent.parent / "proof.typ"


@require_http_methods(["GET", "HEAD", "POST"])
def e_delivery(request: HttpRequest, public_id: UUID) -> HttpResponse:
    me, _others = own_party_for(request.user, public_id)
    by = cast(User, request.user)
    if request.method != "POST":
        return _page(request, me)
    if request.POST.get("action") == "withdraw":
        withdraw_e_delivery_consent(party=me, by=by)
        messages.success(request, _("Taken back. From now on disclosures come on paper."))
        return redirect("loans:e_delivery", me.loan.public_id)
    if not request.POST.get("agree"):
        return _page(request, me, _("Tick the box if you agree. If you do not, you need not do anything."))
    typed, text_hash = request.POST.get("word", ""), request.POST.get("text", "")
    try:
        give_e_delivery_consent(party=me, by=by, typed=typed, text_hash=text_hash)
    except Refused as refused:
        return _page(request, me, refused.message)
    messages.success(request, _("Thank you. Disclosures can reach you here from now on."))
    return redirect("loans:e_delivery", me.loan.public_id)


def _page(request: HttpRequest, me: Party, refused: str = "") -> HttpResponse:
    company = Company.load()
    context: dict[str, Any] = {
        "loan": me.loan,
        "passages": disclosures.passages(company),
        "text_hash": disclosures.text_hash(disclosures.full_text(company)),
        "consent": e_delivery_consent(me),
        "refused": refused,
        "typed": request.POST.get("word", ""),
        "agreed": bool(request.POST.get("agree")),
    }
    return render(request, "loans/e_delivery.html", context, status=CAME_BACK if refused else 200)


@require_safe
def test_pdf(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A page with one word on it; whoever can type that word can open such papers."""
    me, _others = own_party_for(request.user, public_id)
    data = {
        "language": "en",
        "title": _("Test page"),
        "company": Company.load().name,
        "says": _("You can open this PDF. The word to type is:"),
        "word": disclosures.proof_word(me),
    }
    return own_pdf(set_page(SHEET, data), "test.pdf")
