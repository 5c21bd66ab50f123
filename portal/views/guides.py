"""The guides that anybody may read, print, have as a PDF, and have sent by mail."""

import hashlib

from allauth.core.ratelimit import consume, respond_429
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from accounts.errors import Refused
from documents.serving import own_pdf
from leads.by_mail import ask_for_guide
from leads.guides import GUIDES, Guide
from notifications.letters import guide as paper
from portal.forms.guides import GuideForm
from portal.views.public import public_page

CAME_BACK = 422


@public_page
def guide_list(request: HttpRequest) -> HttpResponse:
    return render(request, "public/guides.html", {"guides": GUIDES.values()})


@public_page
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    found = guide_called(slug)
    others = [other for other in GUIDES.values() if other is not found]
    return render(request, "public/guide.html", {"guide": found, "others": others, "form": _form(request)})


@public_page
def guide_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """About nobody, and so kept by caches like the page."""
    found = guide_called(slug)
    response = own_pdf(paper.guide_pdf(found), f"{found.slug}.pdf")
    del response["Cache-Control"]
    return response


# Without a token of the session: caches keep the page with the form, and nothing of whoever is signed in is read or
# changed. What machines send is kept out by the form itself and by the limits.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def guide_mail(request: HttpRequest, slug: str) -> HttpResponse:
    """Send it. The answer is the same whoever the address belongs to, and for machines too."""
    found = guide_called(slug)
    if request.method != "POST":
        return _mail_page(request, found, _form(request))
    form = GuideForm(request.POST)
    if form.is_noise:
        return redirect("public:guide_sent", found.slug)
    if not form.is_valid():
        return _mail_page(request, found, form, CAME_BACK)
    if not consume(request, action="guide_mail", key=_digest(form.cleaned_data["email"])):
        return respond_429(request)
    try:
        ask_for_guide(guide=found.slug, **form.said())
    except Refused as refused:
        form.add_error(None, refused.message)
        return _mail_page(request, found, form, CAME_BACK)
    return redirect("public:guide_sent", found.slug)


@public_page
def guide_sent(request: HttpRequest, slug: str) -> HttpResponse:
    return render(request, "public/guide_sent.html", {"guide": guide_called(slug)})


def guide_called(slug: str) -> Guide:
    found = GUIDES.get(slug)
    if found is None:
        raise Http404
    return found


def _form(request: HttpRequest) -> GuideForm:
    """`?officer=<slug>`: from whose page they come."""
    return GuideForm(initial={"officer": request.GET.get("officer", "")})


def _mail_page(request: HttpRequest, found: Guide, form: GuideForm, status: int = 200) -> HttpResponse:
    return render(request, "public/guide_mail.html", {"guide": found, "form": form}, status=status)


def _digest(address: str) -> str:
    return hashlib.sha256(address.strip().lower().encode()).hexdigest()
