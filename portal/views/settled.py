"""Whether a complaint is settled, asked by mail: answered without sign-in, by a press and never by opening the page."""

import hashlib

from allauth.core.ratelimit import consume, respond_429
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from conversations.complaints import complaint_of
from conversations.models import Complaint
from conversations.services.complaints import say_whether_settled
from loans.errors import Refused
from portal.forms.messages import SettledForm

CAME_BACK = 422


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def settled(request: HttpRequest, token: str) -> HttpResponse:
    complaint = complaint_of(token)
    if request.method != "POST":
        return _page(request, complaint, SettledForm())
    if request.user.is_authenticated and request.user.works_here:
        raise Http404  # the answer is theirs whom we asked
    if not consume(request, action="settled", key=hashlib.sha256(token.encode()).hexdigest()):
        return respond_429(request)
    form = SettledForm(request.POST)
    if not form.is_valid():
        return _page(request, complaint, form, CAME_BACK)
    try:
        say_whether_settled(
            complaint=complaint,
            is_settled=form.cleaned_data["answer"] == "yes",
            words=form.cleaned_data["words"],
        )
    except Refused:
        return _page(request, complaint, form)  # answered before: the page says what they said
    return _page(request, complaint, form)


def _page(request: HttpRequest, complaint: Complaint, form: SettledForm, status: int = 200) -> HttpResponse:
    context = {"complaint": complaint, "loan_officer": complaint.owner, "form": form}
    response = render(request, "public/settled.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response
