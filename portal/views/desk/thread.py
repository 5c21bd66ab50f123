"""The thread of a loan at the desk: read, answer, note, log a call, and say whose an unknown mail is."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from conversations import reading, services
from conversations.access import unknown_mail_for
from loans.access import desk_loan_for
from loans.models import Loan, Party
from portal.forms.base import DeskForm
from portal.forms.thread import AdoptForm, CallForm, NoteForm, WriteForm
from portal.views.desk.answering import attempt
from portal.views.messages import before, unless_known

People = list[Party]


@require_safe
def thread(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _page(request, desk_loan_for(request.user, public_id))


@require_safe
def new(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The newest messages for a page that is open; 304 while there is nothing new."""
    loan = desk_loan_for(request.user, public_id)

    def draw() -> HttpResponse:
        shown = reading.for_desk(loan, request.user)
        form = AdoptForm(people=_choices(_people(loan)))
        context = {"thread": shown, "loan": loan, "at_desk": True, "adopt_form": form}
        return render(request, "conversations/_lines.html", context)

    return unless_known(request, reading.mark_for_desk(loan, request.user), draw)


@require_POST
def write(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    form = WriteForm(request.POST)
    status = attempt(form, lambda **said: services.write(loan=loan, by=request.user, **said))
    if status is not None:
        return _page(request, loan, form, status)
    messages.success(request, _("Sent. Who does not read it here soon is told by mail."))
    return _back(loan)


@require_POST
def note(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    form = NoteForm(request.POST)
    status = attempt(form, lambda **said: services.note(loan=loan, by=request.user, **said))
    if status is not None:
        return _page(request, loan, form, status)
    messages.success(request, _("Noted, for the loan team alone."))
    return _back(loan)


@require_POST
def call(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    people = _people(loan)
    form = CallForm(request.POST, people=_choices(people))

    def keep(party: str, **said: Any) -> None:
        services.log_call(loan=loan, by=request.user, party=_named(people, party), **said)

    status = attempt(form, keep)
    if status is not None:
        return _page(request, loan, form, status)
    messages.success(request, _("The call is on the thread, for the loan team alone."))
    return _back(loan)


@require_POST
def adopt(request: HttpRequest, public_id: UUID, message_id: UUID) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    mail = unknown_mail_for(loan, message_id)
    people = _people(loan)
    form = AdoptForm(request.POST, people=_choices(people))
    status = attempt(
        form,
        lambda party: services.adopt_mail(message=mail, party=_named(people, party), by=request.user),
    )
    if status is not None:
        return _page(request, loan, form, status)
    messages.success(request, _("It is on the thread as theirs now."))
    return _back(loan)


def _back(loan: Loan) -> HttpResponse:
    return redirect(f"{reverse('desk:thread', args=[loan.public_id])}#newest")


def _people(loan: Loan) -> People:
    return list(loan.parties.borrowers().select_related("user").order_by("id"))


def _choices(people: People) -> list[tuple[str, str]]:
    return [(str(party.public_id), party.name) for party in people]


def _named(people: People, public_id: str) -> Party | None:
    return next((party for party in people if str(party.public_id) == public_id), None)


def _page(
    request: HttpRequest, loan: Loan, failed: DeskForm | None = None, status: int = 200
) -> HttpResponse:
    shown = reading.for_desk(loan, request.user, before=before(request))
    people = _people(loan)
    choices = _choices(people)
    if failed is not None:
        failed.renew(shown.last)
    context = {
        "loan": loan,
        "thread": shown,
        "conversation": shown.conversation,
        "at_desk": True,
        "people": people,
        "form": failed if isinstance(failed, WriteForm) else WriteForm(draft=shown.draft, last=shown.last),
        "note_form": failed if isinstance(failed, NoteForm) else NoteForm(),
        "call_form": failed if isinstance(failed, CallForm) else CallForm(people=choices),
        "adopt_form": failed if isinstance(failed, AdoptForm) else AdoptForm(people=choices),
    }
    return render(request, "desk/thread.html", context, status=status)
