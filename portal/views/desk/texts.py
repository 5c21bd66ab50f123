"""
What came in by text: texts that perhaps say stop, requests that wait for an answer, messages, and the thread of a loan.
"""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from conversations import services
from conversations.access import service_request_for
from conversations.models import Conversation, ServiceRequest
from loans.access import desk_loan_for
from loans.models import Loan
from notifications.access import text_for
from notifications.models import InboundText
from notifications.models.texts import InboundTextQuerySet
from notifications.services import borrowers_of
from notifications.texting import deciding
from notifications.texting.opting import switched_off
from notifications.texting.threads import texts_of
from notifications.texting.trying import answer_as_borrower, may_be_tried
from portal.desk.lists import PAGE, Page
from portal.formats import today
from portal.forms.base import DeskForm
from portal.forms.texts import DecideForm, FinishForm, SaidForm, TryForm, finish_form
from portal.views.desk.answering import attempt

SHOWN = 50


@require_safe
def texts(request: HttpRequest) -> HttpResponse:
    if not request.user.works_here:
        raise Http404
    return _texts_page(request)


@require_safe
def loan_texts(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return _loan_page(request, desk_loan_for(request.user, public_id))


@require_POST
def decide(request: HttpRequest, text_id: UUID) -> HttpResponse:
    text = text_for(request.user, text_id)
    form = DecideForm(request.POST)
    status = attempt(form, lambda **said: deciding.decide(text=text, by=request.user, **said))
    if status is not None:
        return _back_with(request, text.loan, form, status)
    if text.decision == InboundText.Decision.STOP:
        messages.success(request, _("Texts to that number have ended. Only they can start again."))
    else:
        messages.success(request, _("It did not mean stop. What they wrote waits for your answer."))
    return _back(request, text.loan)


@require_POST
def service_request_done(request: HttpRequest, request_id: UUID) -> HttpResponse:
    asked = service_request_for(request.user, request_id)
    form = finish_form(asked, request.POST)
    status = attempt(
        form, lambda **said: services.finish_service_request(request=asked, by=request.user, **said)
    )
    if status is not None:
        return _back_with(request, asked.loan, form, status)
    if asked.party:
        messages.success(request, _("Done. %(name)s is told by mail.") % {"name": asked.party.name})
    else:
        messages.success(request, _("Done. We do not know who of them asked: please call."))
    return _back(request, asked.loan)


@require_POST
def said(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    form = SaidForm(request.POST)
    status = attempt(
        form, lambda **what: services.say(loan=loan, by=request.user, source=f"desk:{uuid4()}", **what)
    )
    if status is not None:
        return _loan_page(request, loan, form, status)
    messages.success(request, _("Noted. Nothing waits for an answer now."))
    return redirect("desk:loan_texts", loan.public_id)


@require_POST
def try_it(request: HttpRequest, public_id: UUID) -> HttpResponse:
    loan = desk_loan_for(request.user, public_id)
    if not may_be_tried():
        raise Http404
    form = TryForm(request.POST, request.FILES, people=_with_telephone(loan))

    def answer(party: str, **what: Any) -> None:
        person = get_object_or_404(loan.parties.select_related("user"), public_id=party)
        answer_as_borrower(party=person, by=request.user, **what)

    status = attempt(form, answer)
    if status is not None:
        return _loan_page(request, loan, form, status)
    return redirect(f"{reverse('desk:loan_texts', args=[loan.public_id])}#newest")


# --- Answering -------------------------------------------------------------------------------------------------


def _back(request: HttpRequest, loan: Loan | None) -> HttpResponse:
    """To the page it was done on."""
    if loan is not None and request.POST.get("back") == "loan":
        return redirect("desk:loan_texts", loan.public_id)
    return redirect("desk:texts")


def _back_with(request: HttpRequest, loan: Loan | None, failed: DeskForm, status: int) -> HttpResponse:
    if loan is not None and request.POST.get("back") == "loan":
        return _loan_page(request, loan, failed, status)
    return _texts_page(request, failed, status)


def _texts_page(request: HttpRequest, failed: DeskForm | None = None, status: int = 200) -> HttpResponse:
    user = request.user
    open_requests = ServiceRequest.objects.visible_to(user).open().select_related("loan", "party", "owner")
    context = {
        "page": _recent(user, request.GET.get("before", "")),
        "undecided": _undecided(InboundText.objects.visible_to(user)),
        "requests": _with_forms(open_requests.order_by("due_on", "id")[:SHOWN], failed),
        "waiting": _waiting(user),
        "failed": failed if isinstance(failed, DecideForm) else None,
        "today": today(),
        "back": "",
    }
    return render(request, "desk/texts.html", context, status=status)


def _loan_page(
    request: HttpRequest, loan: Loan, failed: DeskForm | None = None, status: int = 200
) -> HttpResponse:
    people = _with_telephone(loan)
    context = {
        "loan": loan,
        "lines": texts_of(loan),
        "undecided": _undecided(InboundText.objects.filter(loan=loan)),
        "requests": _with_forms(services.open_service_requests(loan), failed),
        "is_waiting": Conversation.objects.filter(loan=loan, status=Conversation.Status.OPEN).exists(),
        "numbers": _numbers(loan),
        "said_form": failed if isinstance(failed, SaidForm) else SaidForm(),
        "try_form": _try_form(people, failed),
        "failed": failed if isinstance(failed, DecideForm) else None,
        "today": today(),
        "back": "loan",
    }
    return render(request, "desk/loan_texts.html", context, status=status)


def _undecided(rows: InboundTextQuerySet) -> list[InboundText]:
    return list(rows.undecided().select_related("loan", "party").order_by("decide_by", "id")[:SHOWN])


def _recent(user: User, before: str) -> Page:
    """Newest first, after the row `before`."""
    rows = InboundText.objects.visible_to(user).select_related("loan", "party", "reply").order_by("-pk")
    if before.isdecimal():
        rows = rows.filter(pk__lt=int(before))
    found, address = list(rows[: PAGE + 1]), reverse("desk:texts")
    return Page(
        rows=found[:PAGE],
        next_url=f"{address}?before={found[PAGE - 1].pk}" if len(found) > PAGE else "",
        first_url=address if before else "",
    )


def _waiting(user: User) -> list[Conversation]:
    """Threads on which a borrower spoke last, the longest wait first."""
    mine = Conversation.objects.filter(
        status=Conversation.Status.OPEN, loan__in=Loan.objects.visible_to(user)
    )
    return list(mine.select_related("loan").order_by("last_message_at")[:SHOWN])


def _with_forms(requests: Any, failed: DeskForm | None) -> list[tuple[ServiceRequest, FinishForm]]:
    """Each request with the form that answers it."""
    own = {failed.slug: failed} if isinstance(failed, FinishForm) else {}
    forms = [(asked, finish_form(asked)) for asked in requests]
    return [(asked, own.get(form.slug, form)) for asked, form in forms]


def _numbers(loan: Loan) -> list[tuple[str, str, str]]:
    """Each borrower with their number and why no text goes there, if so."""
    found = []
    for party in borrowers_of(loan):
        number = party.text_number
        off = switched_off(number) if number else None
        found.append((party.name, number, off.get_reason_display() if off else ""))
    return found


def _with_telephone(loan: Loan) -> list[tuple[str, str]]:
    return [(str(party.public_id), party.name) for party in borrowers_of(loan) if party.text_number]


def _try_form(people: list[tuple[str, str]], failed: DeskForm | None) -> TryForm | None:
    if isinstance(failed, TryForm):
        return failed
    return TryForm(people=people) if people and may_be_tried() else None
