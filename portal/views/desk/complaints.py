"""Complaints and requests begun at the desk: the list, one complaint and its steps, beginning one from a message."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from conversations import services
from conversations.complaints import complaint_for, complaints_of
from conversations.models import Complaint, Message
from conversations.services import complaints
from loans.access import desk_loan_for
from loans.models import Loan, Party
from notifications.services import borrowers_of
from portal.desk.lists import PAGE, Mark, newer_than, older_than, page_of, read_mark
from portal.formats import today
from portal.forms.base import DeskForm
from portal.forms.messages import BeginForm, ResolveForm
from portal.views.desk.answering import attempt


@require_safe
def complaint_list(request: HttpRequest) -> HttpResponse:
    """What is open, the oldest first; or what was resolved, the latest first."""
    if not request.user.works_here:
        raise Http404
    is_open = request.GET.get("show") != "resolved"
    mark = read_mark(request.GET.get("after", ""))
    rows = complaints_of(request.user).filter(resolved_at__isnull=is_open).select_related("loan", "owner")
    rows = newer_than(rows, "opened_at", mark) if is_open else older_than(rows, "resolved_at", mark)

    def mark_of(one: Complaint) -> Mark:
        return one.resolved_at or one.opened_at, one.pk

    page = page_of(
        rows[: PAGE + 1],
        mark_of,
        address=reverse("desk:complaints"),
        asked={} if is_open else {"show": "resolved"},
        after=mark is not None,
    )
    return render(request, "desk/complaints.html", {"page": page, "is_open": is_open, "today": today()})


@require_safe
def complaint(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    return _page(request, complaint_for(request.user, complaint_id))


@require_POST
def acknowledge(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    found = complaint_for(request.user, complaint_id)
    form = DeskForm(request.POST, slug="acknowledge")
    status = attempt(form, lambda: complaints.acknowledge_complaint(complaint=found, by=request.user))
    if status is not None:
        return _page(request, found, form, status)
    messages.success(request, _("Acknowledged. They are told by mail that it arrived."))
    return redirect("desk:complaint", found.public_id)


@require_POST
def resolve(request: HttpRequest, complaint_id: UUID) -> HttpResponse:
    found = complaint_for(request.user, complaint_id)
    form = ResolveForm(request.POST)
    status = attempt(
        form, lambda **said: complaints.resolve_complaint(complaint=found, by=request.user, **said)
    )
    if status is not None:
        return _page(request, found, form, status)
    messages.success(request, _("Resolved. They read what was done, and are asked whether it is settled."))
    return redirect("desk:complaint", found.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
def complaint_new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """By hand, or from the message named in the address."""
    loan = desk_loan_for(request.user, public_id)
    message = _message_of(loan, request.GET.get("message", ""))

    def begin(token: str, words: str, party: str) -> None:
        begun = complaints.begin_complaint(
            loan=loan, by=request.user, words=words, source=f"desk:{token}", message=message,
            party=_party_of(loan, party),
        )  # fmt: skip
        messages.success(request, _("Begun. Tell them that it arrived."))
        done.append(reverse("desk:complaint", args=[begun.public_id]))

    done: list[str] = []
    return _begin(request, loan, message, begin, done, "desk/complaint_new.html")


@require_http_methods(["GET", "HEAD", "POST"])
def service_request_new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What a borrower asked for in a message or a call becomes a request with an owner and a day."""
    loan = desk_loan_for(request.user, public_id)
    message = _message_of(loan, request.GET.get("message", ""))

    def make(token: str, words: str, party: str) -> None:
        source = f"message:{message.public_id}" if message else f"desk:{token}"
        services.make_service_request(
            loan=loan, words=words, source=source,
            party=message.party if message else _party_of(loan, party),
            channel=message.channel if message else Message.Channel.CALL,
        )  # fmt: skip
        messages.success(request, _("It is on the list, with a day by which to answer."))
        done.append(f"{reverse('desk:loan_texts', args=[loan.public_id])}#requests")

    done: list[str] = []
    return _begin(request, loan, message, make, done, "desk/service_request_new.html")


# --- What they share -------------------------------------------------------------------------------------------


def _begin(
    request: HttpRequest,
    loan: Loan,
    message: Message | None,
    work: Callable[..., Any],
    done: list[str],
    template: str,
) -> HttpResponse:
    people = [(str(party.public_id), party.name) for party in borrowers_of(loan)]
    status: int | None = 200
    if request.method == "POST":
        form = BeginForm(request.POST, people=people)
        status = attempt(form, work)
        if status is None:
            return redirect(done[0])
    else:
        words = message.body if message else ""
        form = BeginForm(initial={"words": words, "token": uuid4().hex}, people=people)
    if message is not None:
        del form.fields["party"]
    return render(request, template, {"loan": loan, "message": message, "form": form}, status=status)


def _message_of(loan: Loan, typed: str) -> Message | None:
    """The message named in the address; Http404 when it is none that a borrower of this loan said."""
    if not typed:
        return None
    try:
        found = Message.objects.filter(public_id=UUID(typed), conversation__loan=loan).first()
    except ValueError:
        found = None
    if found is None or not found.is_inbound:
        raise Http404
    return found


def _party_of(loan: Loan, typed: str) -> Party | None:
    return loan.parties.filter(public_id=typed).first() if typed else None


def _page(
    request: HttpRequest, found: Complaint, failed: DeskForm | None = None, status: int = 200
) -> HttpResponse:
    if status != 200:  # somebody was quicker: the page shows what stands now
        found = complaint_for(request.user, found.public_id)
    may_be_resolved = bool(found.acknowledged_at) and not found.resolved_at
    context = {
        "complaint": found,
        "loan": found.loan,
        "form": failed if isinstance(failed, ResolveForm) else ResolveForm(),
        "failed": None if isinstance(failed, ResolveForm) and may_be_resolved else failed,
        "today": today(),
    }
    return render(request, "desk/complaint.html", context, status=status)
