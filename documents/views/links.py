"""Links for helpers, as the borrower who is asked and the loan team see them: made, listed, ended."""

from typing import cast
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import User
from documents.access import request_for
from documents.forms import LinkForm
from documents.models import Request, UploadLink
from documents.services.links import make_link, revoke_link
from loans.errors import Refused

CAME_BACK = 422


@require_http_methods(["GET", "HEAD", "POST"])
def links(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The links of one request, and the form for another. A new one is shown in the answer, and never again."""
    wanted = request_for(request.user, public_id)
    form = LinkForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            link, token = make_link(request=wanted, by=cast(User, request.user), **form.cleaned_data)
        except Refused as refused:
            form.add_error(None, refused.message)
        else:
            return _shown_once(request, wanted, link, token)
    context = {"wanted": wanted, "loan": wanted.loan, "form": form, "back": back_of(request, wanted)}
    return render(request, "documents/links.html", context, status=CAME_BACK if form.errors else 200)


def _shown_once(request: HttpRequest, wanted: Request, link: UploadLink, token: str) -> HttpResponse:
    context = {
        "wanted": wanted,
        "loan": wanted.loan,
        "link": link,
        "address": settings.PUBLIC_URL + reverse("send:page", args=[token]),
        "back": back_of(request, wanted),
    }
    return render(request, "documents/link_made.html", context)


@require_POST
def revoke(request: HttpRequest, public_id: UUID) -> HttpResponse:
    wanted = Request.objects.visible_to(request.user)
    link = get_object_or_404(
        UploadLink.objects.select_related("request__loan", "request__party"),
        public_id=public_id,
        request__in=wanted,
    )
    try:
        revoke_link(link=link, by=cast(User, request.user))
        messages.success(request, _("The link for %(name)s has ended.") % {"name": link.name})
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect(back_of(request, link.request))


def back_of(request: HttpRequest, wanted: Request) -> str:
    """Where this person reads about the request."""
    if cast(User, request.user).works_here:
        return reverse("desk:request_edit", args=[wanted.public_id])
    return f"{reverse('loans:documents', args=[wanted.loan.public_id])}#request-{wanted.public_id}"
