"""What an officer promises and notes on a loan: next update, who has the ball, closing, key dates, the six items."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from loans import services
from loans.access import desk_loan_for
from loans.models import StageEvent
from portal.forms.desk import (
    ClearKeyDateForm,
    ExpectedClosingForm,
    KeyDateForm,
    NextUpdateForm,
    ReceivedItemForm,
    WaitingOnForm,
)
from portal.views.desk.answering import attempt
from portal.views.desk.loan import answer


@require_POST
def next_update(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    form = NextUpdateForm(request.POST)
    status = attempt(form, lambda **said: services.set_next_update(loan=loan, by=request.user, **said))
    return answer(request, loan, form, status, _("The next update is promised for that day."))


@require_POST
def waiting_on(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    form = WaitingOnForm(request.POST)
    status = attempt(form, lambda **said: services.set_waiting_on(loan=loan, by=request.user, **said))
    return answer(request, loan, form, status, _("Saved who has the ball."))


@require_POST
def expected_closing(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    form = ExpectedClosingForm(request.POST)
    status = attempt(form, lambda **said: services.set_expected_closing(loan=loan, by=request.user, **said))
    return answer(request, loan, form, status, _("Saved the expected closing."))


@require_POST
def key_date(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    form = KeyDateForm(request.POST, loan=loan)
    status = attempt(form, lambda **said: services.set_key_date(loan=loan, by=request.user, **said))
    return answer(request, loan, form, status, _("Saved the date."))


@require_POST
def key_date_clear(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    form = ClearKeyDateForm(request.POST)
    status = attempt(form, lambda **said: services.clear_key_date(loan=loan, by=request.user, **said))
    return answer(request, loan, form, status, _("Removed the date."))


@require_POST
def received_item(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    form = ReceivedItemForm(request.POST)
    source = StageEvent.Source.DESK
    status = attempt(
        form, lambda item: services.record_received_item(loan=loan, item=item, by=request.user, source=source)
    )
    return answer(request, loan, form, status, _("Recorded as received."))
