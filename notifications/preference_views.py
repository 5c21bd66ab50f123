"""
What people choose to hear: one page for whoever is signed in, and one for the link in a marketing mail.

That link is followed by mail programs as well. Opening it changes nothing, since scanners open everything; pressing
its button, or the one of a mail program (RFC 8058), stops the mail at once without sign-in, cookie or second question.
"""

import hashlib

from allauth.core.ratelimit import consume, respond_429
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from loans.errors import Refused
from loans.services import give_texting_consent, withdraw_texting_consent
from notifications import choices, unsubscribing
from notifications.services import preferences

CAME_BACK = 422


# --- Signed in -------------------------------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponse:
    """Topic by topic, what comes; one button saves the boxes that were shown."""
    user = _person(request)
    if request.method != "POST":
        return _page(request, user)
    free, ticked = choices.free_for(user), request.POST.getlist("wanted")
    offered = [name for name in request.POST.getlist("offered") if tuple(name.split("-", 1)) in free]
    wanted = {(name.split("-", 1)[0], name.split("-", 1)[1]): name in ticked for name in offered}
    preferences.choose(user=user, wanted=wanted, by=user)
    messages.success(request, _("Saved."))
    return redirect("preferences:mine")


@require_POST
def texts(request: HttpRequest) -> HttpResponse:
    """Agree to texts, with the box ticked, or end them at once."""
    user = _person(request)
    if request.POST.get("action") == "stop":
        withdraw_texting_consent(person=user, by=user)
        messages.success(request, _("No more texts. We still write to you by e-mail."))
        return redirect("preferences:mine")
    if not consume(request, action="texting"):
        return respond_429(request)
    if not request.POST.get("agree"):
        return _page(request, user, refused=_("Please tick the box if you want text messages."))
    try:
        give_texting_consent(person=user, number=request.POST.get("number", ""), by=user)
    except Refused as refused:
        return _page(request, user, refused=refused.message)
    messages.success(request, _("Thank you. A text confirms it."))
    return redirect("preferences:mine")


@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Take back that the own mailbox was unsubscribed."""
    user = _person(request)
    if preferences.resubscribe(address=user.mail_address, by=user):
        messages.success(request, _("Done. You will hear from us again."))
    return redirect("preferences:mine")


def _person(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # nobody else gets past the sign-in
    return request.user


def _page(request: HttpRequest, user: User, refused: str = "") -> HttpResponse:
    texting = choices.texting_of(user)
    lines = choices.lines_for(user, with_texts=texting is not None and texting.is_on)
    page = {
        "lines": lines,
        "has_choice": any(line.switches for line in lines),
        "texting": texting,
        "mail_off": list(choices.mail_that_is_off(user)),
        "refused": refused,
    }
    return render(request, "preferences/mine.html", page, status=CAME_BACK if refused else 200)


# --- The link in a mail ----------------------------------------------------------------------------------------


@csrf_exempt  # a mail program brings no cookie; the token alone says what may be done
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """One button; a POST of anything but “take it back” stops the mail, as `List-Unsubscribe=One-Click` does."""
    address = unsubscribing.address_of(token)
    if address is None:
        raise Http404
    if request.method != "POST":
        return _answer(request, address)
    if not consume(request, action="unsubscribe", key=hashlib.sha256(token.encode()).hexdigest()):
        return respond_429(request)
    by = request.user if isinstance(request.user, User) else None
    if request.POST.get("action") == "again":
        preferences.resubscribe(address=address, by=by)
        return _answer(request, address, taken_back=True)
    preferences.unsubscribe(address=address, by=by)
    return _answer(request, address, done=True)


def _answer(request: HttpRequest, address: str, **said: bool) -> HttpResponse:
    """The address bar holds a key: it is not passed on, not kept and not found by a search."""
    response = render(request, "preferences/unsubscribe.html", {"address": address, **said})
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response
