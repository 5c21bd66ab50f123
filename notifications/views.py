"""The outbox at the desk: every message with its words and state, and what may be done with it."""

import logging
from collections.abc import Callable
from functools import partial
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

from loans.errors import Changed, Refused
from notifications import letters, services, words
from notifications.access import message_for
from notifications.catalog import KINDS
from notifications.facts import NotWanted
from notifications.forms import FilterForm, SettleForm, VersionForm
from notifications.listing import house, loan_asked_for, page_of, sees_the_house
from notifications.models import Notification
from notifications.offers import offers, why
from notifications.rendering import NotReady, Rendered, RenderError, reveal
from notifications.rendering import render as render_message
from notifications.timeline import carrier, timeline

logger = logging.getLogger(__name__)
REFUSED, CHANGED = 422, 409
# The mail's own page: nothing runs, nothing is fetched, only the outbox may frame it (DESIGN, house rule 11).
BODY_POLICY = (
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"
)


@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    if not request.user.works_here:
        raise Http404
    form = FilterForm(request.GET)
    asked = form.asked()
    before = asked.pop("before", None)
    page = page_of(request.user, asked, before)
    context = {
        "form": form,
        "asked": asked,
        "rows": page.rows,
        "first_url": page.first_url,
        "next_url": page.next_url,
        "loan_asked": loan_asked_for(request.user, asked),
        "house": house() if sees_the_house(request.user) else None,
    }
    return render(request, "outbox/list.html", context)


@require_GET
@csp_update({"frame-src": [SELF]})
def message(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return message_page(request, message_for(request.user, public_id))


def message_page(
    request: HttpRequest, row: Notification, refused: Refused | None = None, status: int = 200
) -> HttpResponse:
    """The page of a message; `refused` is why a button pressed on it did nothing."""
    rendered, problem = as_it_stands(row)
    context = {
        "row": row,
        "kind": KINDS.get(row.kind),
        "rendered": rendered,
        "problem": problem,
        "moments": timeline(row),
        "carrier": carrier(row.provider),
        "copies": row.resent_as.order_by("pk"),
        "offers": offers(row),
        "why": why(row),
        "is_letter": letters.is_letter(row),
        "refused": refused,
    }
    return render(request, "outbox/message.html", context, status=status)


def as_it_stands(row: Notification) -> tuple[Rendered | None, str]:
    """What was sent, or would be sent now, else the reason why not. Codes and links are shown on the demo alone."""
    if row.words_cleared_at:
        return None, cleared(row)
    if row.text_body:
        return reveal(row, Rendered(row.subject, row.text_body, row.html_body)), ""
    try:
        return reveal(row, render_message(row)), ""
    except (NotWanted, NotReady, RenderError) as error:
        return None, gettext(str(error))
    except Exception:  # as the worker does: a row that cannot be written fails alone, its page is still there
        logger.exception("Message %s (%s) cannot be written.", row.public_id, row.kind)
        return None, _("This message cannot be written. The log says why.")


def cleared(row: Notification) -> str:
    """Why there is nothing to read any more; words made from today's facts would not be what was said."""
    return _(
        "The words were cleared away on %(day)s. What it was, for whom, when and how it ended stays."
    ) % {"day": words.long_date(row.words_cleared_at)}


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
    return act_on(request, row, services.resend, _("A new copy goes out now."), page=message_page)


@require_POST
def hold(request: HttpRequest, public_id: UUID) -> HttpResponse:
    row = message_for(request.user, public_id)
    return act_on(
        request, row, services.hold, _("The message is on hold until you release it."), page=message_page
    )


@require_POST
def release(request: HttpRequest, public_id: UUID) -> HttpResponse:
    row = message_for(request.user, public_id)
    return act_on(request, row, services.release, _("The message is released."), page=message_page)


@require_POST
def send(request: HttpRequest, public_id: UUID) -> HttpResponse:
    row = message_for(request.user, public_id)
    return act_on(request, row, services.send_now, _("The message goes out now."), page=message_page)


@require_POST
def cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    row = message_for(request.user, public_id)
    return act_on(
        request, row, services.cancel, _("The message is cancelled; it is not sent."), page=message_page
    )


@require_POST
def settle(request: HttpRequest, public_id: UUID) -> HttpResponse:
    row = message_for(request.user, public_id)
    form = SettleForm(request.POST)
    was_sent = form.is_valid() and form.cleaned_data["was_sent"] == "yes"
    settle_it = partial(services.settle_unknown, was_sent=was_sent)
    done = _("Marked as sent.") if was_sent else _("It goes out again now.")
    return act_on(request, row, settle_it, done, form=form, page=message_page)


def act_on(
    request: HttpRequest,
    row: Notification,
    service: Callable[..., Notification],
    done: str,
    *,
    page: Callable[..., HttpResponse] | None = None,
    form: VersionForm | None = None,
) -> HttpResponse:
    """
    One button: done and told, or refused with the reason. `page(request, row, refused, status)` draws the page it
    stood on again; without one the reason is told on the page of the message.
    """
    form = form or VersionForm(request.POST)
    try:
        if not form.is_valid():
            raise Refused(_("Please open the page again and press the button there."))
        service(notification=row, by=request.user, expected_version=form.cleaned_data["version"])
        messages.success(request, done)
    except Refused as refused:
        if page is not None:
            status = CHANGED if isinstance(refused, Changed) else REFUSED
            return page(request, message_for(request.user, row.public_id), refused, status)
        messages.error(request, refused.message)
    return redirect(page_of_message(row))


def page_of_message(row: Notification) -> str:
    return reverse("letters:letter" if letters.is_letter(row) else "outbox:message", args=[row.public_id])
