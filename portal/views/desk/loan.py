"""One loan at the desk: everything about it on one page, each thing changed where it stands."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from documents.models import Request
from loans import progress, services
from loans.access import desk_loan_for
from loans.models import Loan, Party
from loans.stages import Stage
from portal.desk.around import Around, Person
from portal.desk.gathering import gather
from portal.formats import today
from portal.forms.base import DeskForm
from portal.forms.desk import (
    CoBorrowerForm,
    CorrectForm,
    ExpectedClosingForm,
    KeyDateForm,
    NextUpdateForm,
    UndoForm,
    WaitingOnForm,
)
from portal.views.desk.papers import rows_of_requests
from portal.views.desk.standing import undoable


@require_safe
def loan(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return loan_page(request, desk_loan_for(request.user, public_id))


def loan_page(
    request: HttpRequest, loan: Loan, failed: DeskForm | None = None, status: int = 200
) -> HttpResponse:
    """The page of a loan; `failed` is the form that came back, shown open with what was typed and why."""
    if failed is not None:
        loan = desk_loan_for(request.user, loan.public_id)
        failed.renew(loan.version)
    around, estimate_is_sent = gather(loan), progress.loan_estimate_is_sent(loan)
    request_rows = rows_of_requests(around.requests, around.papers, estimate_is_sent)
    context: dict[str, Any] = {
        "loan": loan,
        "around": around,
        "people": with_forms(around.people, failed),
        "history": progress.history(loan, for_borrower=False),
        "key_dates": progress.key_dates(loan, for_borrower=False),
        "undo": undoable(loan),
        "request_rows": [row for row in request_rows if row.state != Request.State.WITHDRAWN],
        "withdrawn": [row for row in request_rows if row.state == Request.State.WITHDRAWN],
        "moves": services.allowed_moves(loan, request.user),
        "is_closed": loan.stage in Stage.closed(),
        "today": today(),
        "forms": {**empty_forms(loan), **({failed.slug.replace("-", "_"): failed} if failed else {})},
        "failed": failed,
        "failed_elsewhere": failed if failed and not _has_a_place(failed.slug, loan, around) else None,
        "estimate_is_sent": estimate_is_sent,
    }
    return render(request, "desk/loan.html", context, status=status)


def _has_a_place(slug: str, loan: Loan, around: Around) -> bool:
    """
    Whether the page shows this form now; one that it does not offer any more, and a button of a message, are answered
    at the top.
    """
    if slug in ("undo", "people", "key-date", "clear-key-date", "received-item"):
        return True
    if slug == "messages":
        return False
    if slug.startswith(CorrectForm.slug):
        return any(slug == slug_of(person) for person in around.people if not person.has_joined)
    return loan.stage not in Stage.closed() and (slug != "expected-closing" or loan.home_found)


def with_forms(people: list[Person], failed: DeskForm | None) -> list[tuple[Person, DeskForm | None]]:
    """Each person with the form to correct what was typed; none for those who keep it themselves."""
    return [(person, None if person.has_joined else _correct_form(person, failed)) for person in people]


def _correct_form(person: Person, failed: DeskForm | None) -> DeskForm:
    if failed is not None and failed.slug == slug_of(person):
        return failed
    typed = {"name": person.name, "email": person.email, "phone": person.phone}
    return CorrectForm(slug=slug_of(person), initial=typed)


def slug_of(person: Person | Party) -> str:
    return f"{CorrectForm.slug}-{person.public_id}"


def empty_forms(loan: Loan) -> dict[str, DeskForm]:
    version = loan.version
    return {
        "next_update": NextUpdateForm(version=version, initial={"on": loan.next_update_on}),
        "waiting_on": WaitingOnForm(
            version=version, initial={"waiting_on": loan.waiting_on, "until": loan.waiting_until}
        ),
        "expected_closing": ExpectedClosingForm(version=version, initial={"on": loan.expected_closing}),
        "key_date": KeyDateForm(version=version, loan=loan),
        "co_borrower": CoBorrowerForm(),
        "undo": UndoForm(version=version),
    }


def answer(request: HttpRequest, loan: Loan, form: DeskForm, status: int | None, done: str) -> HttpResponse:
    """After a write: back to the place on the loan's page it was made at, or the page with the form that failed."""
    if status is not None:
        return loan_page(request, loan, failed=form, status=status)
    messages.success(request, done)
    return redirect(f"{reverse('desk:loan', args=[loan.public_id])}#{form.slug}")
