"""A message that has not left yet, held, released or sent from the page of its loan."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from loans.access import desk_loan_for
from notifications import services
from notifications.models import Notification
from portal.forms.papers import ButtonForm
from portal.views.desk.answering import attempt
from portal.views.desk.loan import answer


@require_POST
def message_hold(request: HttpRequest, public_id: UUID, message_id: UUID) -> HttpResponse:
    done = _("On hold: it goes out when somebody releases it.")
    return _press(request, public_id, message_id, services.hold, done)


@require_POST
def message_release(request: HttpRequest, public_id: UUID, message_id: UUID) -> HttpResponse:
    return _press(request, public_id, message_id, services.release, _("Released: it goes out at its time."))


@require_POST
def message_send(request: HttpRequest, public_id: UUID, message_id: UUID) -> HttpResponse:
    return _press(request, public_id, message_id, services.send_now, _("It goes out now."))


def _press(
    request: HttpRequest, public_id: UUID, message_id: UUID, service: Callable[..., Notification], done: str
) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    row = get_object_or_404(loan.notifications, public_id=message_id)
    form = ButtonForm(request.POST, slug="messages")
    status = attempt(form, lambda **said: service(notification=row, by=request.user, **said))
    return answer(request, loan, form, status, done)
