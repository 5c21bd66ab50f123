"""A borrower's thread with the loan team; and what both sides' pages tell while they are open."""

from collections.abc import Callable
from uuid import UUID

from allauth.core.ratelimit import consume
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_POST, require_safe

from conversations import reading, services
from documents import services as papers
from documents.filetypes import ACCEPT
from documents.models import UploadSession
from documents.views.uploads import PLAIN_FILES, refused_unread
from loans.access import loan_for, own_party_for
from loans.errors import Refused
from loans.models import Party
from loans.stages import entry_for
from portal.forms.thread import BorrowerWriteForm

TOO_MANY = 429


@require_safe
def thread(request: HttpRequest, public_id: UUID) -> HttpResponse:
    if request.user.works_here:
        return redirect("desk:thread", loan_for(request.user, public_id).public_id)
    me, others = own_party_for(request.user, public_id)
    return _page(request, me, others)


@require_safe
def new(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The newest messages for a page that is open; 304 while there is nothing new."""
    me, _others = own_party_for(request.user, public_id)

    def draw() -> HttpResponse:
        shown = reading.for_borrower(me, request.user)
        return render(request, "conversations/_lines.html", {"thread": shown, "loan": me.loan})

    return unless_known(request, reading.mark_for_borrower(me.loan), draw)


@csrf_exempt
def write(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Looks at the length before anything reads the body; the form token is checked right after."""
    return refused_unread(request) or _write(request, public_id)


@require_POST
def read(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Everything up to the message `upto` was on the page."""
    loan = loan_for(request.user, public_id)
    upto = request.POST.get("upto", "")
    if upto.isdecimal() and len(upto) < 19 and hasattr(loan, "conversation"):
        services.mark_read(conversation=loan.conversation, user=request.user, upto=int(upto))
    return _done(request, loan.public_id)


@require_POST
def draft(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What is being typed, so that it is there on another device, and tomorrow."""
    loan = loan_for(request.user, public_id)
    if not consume(request, action="draft"):
        return HttpResponse(status=TOO_MANY)
    words = request.POST.get("body", "")
    services.save_draft(conversation=services.thread_of(loan), user=request.user, words=words)
    return HttpResponse(status=204)


@require_safe
def unread(request: HttpRequest) -> HttpResponse:
    """The loans on whose thread something waits to be read, for the mark in the navigation."""
    return JsonResponse({"loans": reading.unread_loans(request.user)})


def unless_known(request: HttpRequest, mark: str, draw: Callable[[], HttpResponse]) -> HttpResponseBase:
    """`draw()`, or 304 when the page that asks has what this mark stands for."""
    etag = quote_etag(mark)
    if known := get_conditional_response(request, etag=etag):
        return known
    answer = draw()
    answer.headers["ETag"] = etag
    return answer


def _done(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A script needs no page; whoever pressed the button without one comes back to the thread."""
    if request.headers.get("X-Requested-With") == "fetch":
        return HttpResponse(status=204)
    return redirect("loans:messages", public_id)


@csrf_protect
def _write(request: HttpRequest, public_id: UUID) -> HttpResponse:
    me, others = own_party_for(request.user, public_id)
    form = BorrowerWriteForm(request.POST)
    if not form.is_valid():
        return _page(request, me, others, form, status=422)
    if not consume(request, action="thread"):
        form.add_error(
            None, _("You have sent many messages in a short time. Please wait an hour, or call us.")
        )
        return _page(request, me, others, form, status=TOO_MANY)
    sessions = _files(request, me)
    try:
        services.write(loan=me.loan, by=request.user, attachments=sessions, **form.said())
    except Refused as refused:
        form.add_error(None, refused.message)
        return _page(request, me, others, form, status=422)
    messages.success(request, _("Sent. %(name)s is told.") % {"name": me.loan.officer.first_name})
    return redirect(f"{reverse('loans:messages', args=[me.loan.public_id])}#newest")


def _files(request: HttpRequest, me: Party) -> list[UploadSession]:
    """Those that could be taken; of each other it is said why not."""
    files = request.FILES.getlist("file")[:PLAIN_FILES]
    if not files:
        return []
    target = papers.target_unasked(me.loan, me, _("Sent with a message"))
    taken = papers.take_plain_files(target=target, user=request.user, files=files)
    for name, words in taken.refused:
        messages.error(request, f"{name}: {words}")
    return taken.sessions


def _page(
    request: HttpRequest,
    me: Party,
    others: list[Party],
    failed: BorrowerWriteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = reading.for_borrower(me, request.user, before=before(request))
    # What was typed and not sent is nobody else's, also not of who sees the page as the borrower does.
    draft = "" if getattr(request, "seeing", None) else shown.draft
    context = {
        "loan": me.loan,
        "thread": shown,
        "form": failed or BorrowerWriteForm(draft=draft, last=shown.last),
        "others": [other.first_name for other in others],
        "uploads_open": entry_for(me.loan.stage).uploads_open,
        "accept": ACCEPT,
        "most_files": PLAIN_FILES,
    }
    return render(request, "conversations/thread.html", context, status=status)


def before(request: HttpRequest) -> int:
    """The message whose predecessors are asked for; 0: the newest page."""
    asked = request.GET.get("before", "")
    return int(asked) if asked.isdecimal() and len(asked) < 19 else 0
