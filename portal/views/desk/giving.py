"""Papers that the loan team gives to borrowers: what and to whom, then the file, then who has opened it."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from documents.access import house_paper_for
from documents.models import HousePaper, UploadSession
from documents.progress import refusal_of
from documents.services.house_papers import begin_house_paper, receivers_of, withdraw_house_paper
from documents.upload_box import UploadBox
from loans.access import desk_loan_for
from loans.consents import e_delivery_consent
from loans.errors import Refused
from loans.models import Loan
from notifications.services import borrowers_of
from portal.forms.giving import GiveForm
from portal.views.desk.answering import attempt

CHECKING = (UploadSession.State.RECEIVED, UploadSession.State.SCANNING)


@require_http_methods(["GET", "HEAD", "POST"])
def house_papers(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What was given on this loan, and the form for another paper."""
    loan = desk_loan_for(request.user, public_id)
    people = [(str(party.public_id), party.name) for party in borrowers_of(loan)]
    if request.method != "POST":
        return _list_page(
            request, loan, GiveForm(people=people, initial={"parties": [key for key, _name in people]})
        )
    form, begun = GiveForm(request.POST, people=people), []

    def begin(parties: list[str], **said: str) -> None:
        chosen = loan.parties.filter(public_id__in=parties)
        begun.append(begin_house_paper(loan=loan, by=cast(User, request.user), parties=chosen, **said))

    status = attempt(form, begin)
    if status is None:
        return redirect("desk:house_paper", begun[0].public_id)
    return _list_page(request, loan, form, status)


def _list_page(request: HttpRequest, loan: Loan, form: GiveForm, status: int = 200) -> HttpResponse:
    papers = [(paper, receivers_of(paper)) for paper in loan.house_papers.select_related("made_by")]
    consents = [(party, e_delivery_consent(party)) for party in borrowers_of(loan)]
    context = {"loan": loan, "form": form, "papers": papers, "consents": consents}
    return render(request, "desk/house_papers.html", context, status=status)


@require_safe
def house_paper(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    """One paper: its file on the way, or who has it since when and opened it when."""
    paper = house_paper_for(request.user, paper_id)
    documents = list(paper.documents.filter(is_original=False, disposed_at__isnull=True).order_by("id"))
    uploads = [
        (session, refusal_of(session))
        for session in paper.sessions.order_by("id")
        if session.state in CHECKING or refusal_of(session)
    ]
    receivers = receivers_of(paper)
    is_opened = any(one.first_opened_at for one in receivers)
    context = {
        "loan": paper.loan,
        "paper": paper,
        "documents": documents,
        "uploads": uploads,
        "receivers": receivers,
        "needs_consent": paper.kind in HousePaper.NEED_CONSENT,
        "may_withdraw": not paper.withdrawn_at and not is_opened,
        "box": None
        if documents or paper.withdrawn_at
        else UploadBox(paper.public_id, paper.title, "housePaper"),
    }
    return render(request, "desk/house_paper.html", context)


@require_POST
def withdraw(request: HttpRequest, paper_id: UUID) -> HttpResponse:
    paper = house_paper_for(request.user, paper_id)
    try:
        withdraw_house_paper(paper=paper, by=cast(User, request.user))
        messages.success(request, _("Withdrawn: nobody can open it any more."))
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("desk:house_paper", paper.public_id)
