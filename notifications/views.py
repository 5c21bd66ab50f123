"""The outbox at the desk: every message with its words and state, and what may be done with it."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from csp.constants import SELF
from csp.decorators import csp_update
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from loans.errors import Refused
from notifications import services
from notifications.access import message_for
from notifications.catalog import KINDS
from notifications.facts import NotWanted
from notifications.forms import FilterForm, VersionForm
from notifications.letters import KIND as LETTER
from notifications.models import Notification, NotificationQuerySet
from notifications.rendering import NotReady, Rendered, RenderError, reveal
from notifications.rendering import render as render_message

PAGE = 25
# The mail's own page: nothing runs, nothing is fetched, only the outbox may frame it (DESIGN, house rule 11).
BODY_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"
)
State = Notification.State


@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    if not request.user.works_here:
        raise Http404
    rows = Notification.objects.visible_to(request.user)
    form = FilterForm(request.GET)
    asked = form.asked()
    before = asked.pop("before", None)
    rows = _matching(rows, asked)
    if before:
        rows = rows.filter(pk__lt=before)
    light = rows.select_related("loan").defer("text_body", "html_body", "wording", "secret")
    found = list(light.order_by("-pk")[: PAGE + 1])
    shown, more = found[:PAGE], len(found) > PAGE
    here = reverse("outbox:list")
    return render(
        request,
        "outbox/list.html",
        {
            "form": form,
            "asked": asked,
            "rows": shown,
            "first_url": f"{here}?{urlencode(asked)}" if before else "",
            "next_url": f"{here}?{urlencode({**asked, 'before': shown[-1].pk})}" if more else "",
        },
    )


def _matching(rows: NotificationQuerySet, asked: dict[str, Any]) -> NotificationQuerySet:
    """By state, kind, loan, or a search."""
    if asked.get("state"):
        rows = rows.filter(state=asked["state"])
    if asked.get("kind"):
        rows = rows.filter(kind=asked["kind"])
    if asked.get("loan"):
        rows = rows.filter(loan__public_id=asked["loan"])
    if text := asked.get("q", "").strip():
        rows = rows.about(text)
    return rows


@require_GET
@csp_update({"frame-src": [SELF]})
def message(request: HttpRequest, public_id: UUID) -> HttpResponse:
    row = message_for(request.user, public_id)
    return _message_page(request, row)


def _message_page(request: HttpRequest, row: Notification, status: int = 200) -> HttpResponse:
    rendered, problem = as_it_stands(row)
    return render(
        request,
        "outbox/message.html",
        {
            "row": row,
            "kind": KINDS.get(row.kind),
            "rendered": rendered,
            "problem": problem,
            "tries": row.tries.all(),
            "is_letter": row.kind == LETTER,
            "can_resend": row.state not in (State.QUEUED, State.HELD, State.SENDING),
        },
        status=status,
    )


def as_it_stands(row: Notification) -> tuple[Rendered | None, str]:
    """What was sent, or would be sent now, else the reason why not. Codes and links are shown on the demo alone."""
    if row.text_body:
        return reveal(row, Rendered(row.subject, row.text_body, row.html_body)), ""
    try:
        return reveal(row, render_message(row)), ""
    except (NotWanted, NotReady, RenderError) as error:
        return None, gettext(str(error))


@require_GET
@xframe_options_sameorigin
def body(request: HttpRequest, public_id: UUID) -> HttpResponse:
    row = message_for(request.user, public_id)
    rendered, _problem = as_it_stands(row)
    if rendered is None:
        raise Http404
    return HttpResponse(
        rendered.html, headers={"Content-Security-Policy": BODY_POLICY, "Cache-Control": "no-store"}
    )


# --- What may be done ----------------------------------------------------------------------------------------


@require_POST
def resend(request: HttpRequest, public_id: UUID) -> HttpResponse:
    row = message_for(request.user, public_id)
    return act_on(request, row, services.resend, _("A new copy goes out now."))


@require_POST
def hold(request: HttpRequest, public_id: UUID) -> HttpResponse:
    row = message_for(request.user, public_id)
    return act_on(request, row, services.hold, _("The message is on hold until you release it."))


@require_POST
def release(request: HttpRequest, public_id: UUID) -> HttpResponse:
    row = message_for(request.user, public_id)
    return act_on(request, row, services.release, _("The message is released."))


def act_on(
    request: HttpRequest, row: Notification, service: Callable[..., Notification], done: str
) -> HttpResponse:
    """One button: done and told, or refused with the reason; back to the page it stood on."""
    page = _page_of(request, row)
    form = VersionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Please open the page again and press the button there."))
        return redirect(page)
    try:
        row = service(notification=row, by=request.user, expected_version=form.cleaned_data["version"])
        messages.success(request, done)
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect(page)


def _page_of(request: HttpRequest, row: Notification) -> str:
    """The page of the loan when the button stood there, else the message's own."""
    if request.POST.get("back") == "loan" and row.loan is not None:
        return reverse("desk:loan", args=[row.loan.public_id]) + "#messages"
    return reverse("letters:letter" if row.kind == LETTER else "outbox:message", args=[row.public_id])
