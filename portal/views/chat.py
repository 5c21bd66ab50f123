"""
The chat: a page that works without a script, and the same room as a part that `assets/js/chat.js` opens on any page.
Nothing of it is kept by a cache. People who work here answer at the desk.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core.ratelimit import consume
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from conversations import services
from conversations.clock import is_open
from leads.chat import ask_in_chat, tell_who_asks
from loans.errors import Refused
from portal import chat
from portal.chat import Seat
from portal.forms.chat import ChatForm, LoanChatForm
from portal.views.messages import unless_known

MOVED_ON, CAME_BACK, TOO_MANY = 409, 422, 429
Form = ChatForm | LoanChatForm
View = Callable[..., HttpResponseBase]


def for_one_browser(view: View) -> View:
    """Open to all but people who work here, and kept by no cache."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        if request.user.is_authenticated and request.user.works_here:
            if request.method != "POST":
                return redirect("desk:messages")
            raise Http404
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store, private"
        patch_vary_headers(response, ["Cookie"])
        return response

    return login_not_required(answer)


@require_safe
@for_one_browser
def room(request: HttpRequest) -> HttpResponse:
    """`?officer=<slug>`: from whose page they ask."""
    seat = chat.seat_of(request)
    response = _room(request, seat, _form(seat, officer=request.GET.get("officer", "")))
    if not seat.key and seat.me is None:
        chat.give_key(response)
    return response


@require_safe
@for_one_browser
def new(request: HttpRequest) -> HttpResponseBase:
    """The lines for a room that is open; 304 while there is nothing new, 409 when it is another's by now."""
    seat = chat.seat_of(request)
    if _has_moved_on(request, seat):
        return HttpResponse(status=MOVED_ON)
    return unless_known(request, chat.mark_of(seat), lambda: _lines(request, seat))


@require_POST
@for_one_browser
def say(request: HttpRequest) -> HttpResponse:
    seat = chat.seat_of(request)
    if _has_moved_on(request, seat):
        return _room(request, seat, _form(seat, body=request.POST.get("body", "")), MOVED_ON)
    form = _form(seat, request.POST)
    if isinstance(form, ChatForm) and form.is_noise:
        return _said(request, seat)  # the answer is the same, and nothing is kept
    if not form.is_valid():
        return _room(request, seat, form, CAME_BACK)
    if not seat.key and seat.me is None:
        return _with_key(request, seat, form)
    if not _may_write(request, seat):
        form.add_error(None, _("That is a lot in a short time. Please wait a while, or call us."))
        return _room(request, seat, form, TOO_MANY)
    try:
        _keep(request, seat, form)
    except Refused as refused:
        form.add_error(None, refused.message)
        return _room(request, seat, form, CAME_BACK)
    response = _said(request, chat.seat_of(request))
    chat.renew_key(request, response)
    return response


@require_POST
@for_one_browser
def read(request: HttpRequest) -> HttpResponse:
    """Everything up to the message `upto` was on the page."""
    seat, upto = chat.seat_of(request), request.POST.get("upto", "")
    if upto.isdecimal() and len(upto) < 19 and not _has_moved_on(request, seat):
        if seat.me is not None and hasattr(seat.me.loan, "conversation"):
            services.mark_read(conversation=seat.me.loan.conversation, user=request.user, upto=int(upto))
        elif seat.thread is not None:
            services.visitor_has_read(conversation=seat.thread, upto=int(upto))
    return HttpResponse(status=204)


@require_POST
@for_one_browser
def leave(request: HttpRequest) -> HttpResponse:
    """For a machine that others use too: this browser forgets the thread. What was asked is answered all the same."""
    response = redirect("chat:room")
    chat.take_key(response)
    return response


# --- Steps -----------------------------------------------------------------------------------------------------


def _has_moved_on(request: HttpRequest, seat: Seat) -> bool:
    """The page was drawn for another thread: they signed in or out since, or have a newer loan."""
    return request.GET.get("as", seat.place) != seat.place


def _with_key(request: HttpRequest, seat: Seat, form: Form) -> HttpResponse:
    """Their browser has forgotten the thread, or never kept one; pressed again it begins one."""
    words = _(
        "This page had been left for too long. Please press once more. If you read this again, allow cookies."
    )
    form.add_error(None, words)
    response = _room(request, seat, form, CAME_BACK)
    chat.give_key(response)
    return response


def _form(seat: Seat, typed: Any = None, **initial: str) -> Form:
    if seat.me is not None:
        return LoanChatForm(typed, initial=initial)
    return ChatForm(typed, initial=initial, thread=seat.thread, is_open=is_open(timezone.now()))


def _may_write(request: HttpRequest, seat: Seat) -> bool:
    if seat.me is not None:
        return bool(consume(request, action="thread"))
    if seat.thread is None and not consume(request, action="chat_begin"):
        return False
    return bool(consume(request, action="chat", key=seat.key))


def _keep(request: HttpRequest, seat: Seat, form: Form) -> None:
    if isinstance(form, LoanChatForm):
        assert seat.me is not None
        loan, body = seat.me.loan, form.cleaned_data["body"]
        source = services.source_of("portal", seat.place, form.cleaned_data["token"], body)
        services.write(loan=loan, by=request.user, body=body, source=source)
        return
    body = form.cleaned_data["body"]
    if not body.strip() and seat.thread is not None:
        tell_who_asks(conversation=seat.thread, **form.told())
        return
    source = services.source_of("chat", seat.key, form.cleaned_data["token"], body)
    ask_in_chat(key=seat.key, body=body, source=source, chosen=form.chosen(), **form.told())


def _said(request: HttpRequest, seat: Seat) -> HttpResponse:
    if _is_script(request):
        return _lines(request, seat)
    return redirect(reverse("chat:room") + _asked_as(request))


def _asked_as(request: HttpRequest) -> str:
    """Somebody signed in who reads what they asked before stays there."""
    if request.user.is_authenticated and request.GET.get("as") == chat.VISITOR:
        return f"?as={chat.VISITOR}"
    return ""


def _slug(form: Form) -> str:
    return form["officer"].value() or "" if isinstance(form, ChatForm) else ""


def _is_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Requested-With") == "fetch"


def _lines(request: HttpRequest, seat: Seat) -> HttpResponse:
    lines = chat.lines_of(seat, request.user)
    context = {"lines": lines, "meanwhile": chat.meanwhile(lines), "seat": seat}
    return render(request, "chat/_lines.html", context)


def _room(request: HttpRequest, seat: Seat, form: Form, status: int = 200) -> HttpResponse:
    lines = chat.lines_of(seat, request.user)
    officer = seat.officer or (None if seat.thread else chat.officer_called(_slug(form)))
    context = {
        "seat": seat,
        "form": form,
        "lines": lines,
        "meanwhile": chat.meanwhile(lines),
        "hours": chat.hours_of(officer),
        "officer": officer,
        "has_loan_too": bool(_asked_as(request)),
        "has_moved_on": _has_moved_on(request, seat),
        "earlier": seat.me is not None and chat.has_asked_as_visitor(seat.key),
    }
    page = "chat/_room.html" if _is_script(request) else "chat/room.html"
    return render(request, page, context, status=status)
