"""
The page behind a helper's link: what is asked, a box to send files, and the names of what came through this very link.

Nobody signs in here. The token in the address is the authority, and no cookie is asked for: a stranger's page cannot
know the address. A link that has ended says so and nothing else.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from allauth.core.internal.ratelimit import consume
from allauth.core.ratelimit import respond_429
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access import token_digest
from documents import services
from documents.access import link_for, link_group_for, link_session_for
from documents.models import Request, UploadLink, UploadSession
from documents.progress import refusal_of
from documents.refusals import Refusal
from documents.services import target_of_link
from documents.services.links import note_opened, takes_files
from documents.upload_box import UploadBox
from documents.views.groups import CloseAddress, answer_close, answer_open
from documents.views.uploads import (
    Addresses,
    answer_abort,
    answer_complete,
    answer_create,
    answer_sign,
    read_asked,
    refused_unread,
)

CAME_BACK = 422
GONE = 410
MONEY = re.compile(r"\$\s?\d[\d,.]*")
# A file that was never sent to its end is nobody's news.
SHOWN = (
    UploadSession.State.RECEIVED, UploadSession.State.SCANNING, UploadSession.State.CLEAN,
    UploadSession.State.INFECTED, UploadSession.State.REJECTED,
)  # fmt: skip


# --- The page ------------------------------------------------------------------------------------------------


@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, token: str) -> HttpResponse:
    """What is asked for and the box for it; without JavaScript its form is sent here."""
    if not _may_ask(request, token):
        return respond_429(request)
    link = link_for(token)
    if not takes_files(link):
        return _kept_by_nobody(render(request, "send/ended.html", status=GONE))
    if request.method == "POST":
        return _kept_by_nobody(refused_unread(request) or _take_plain(request, link, token))
    if request.method == "GET":
        note_opened(link)
    return _page(request, link, token, taken=request.GET.get("taken") == "1")


def _may_ask(request: HttpRequest, token: str) -> bool:
    """Looking counts as well, so that nobody tries out tokens."""
    usage = consume(
        request, app="allauth.account", action="send", key=token_digest(token), limit_get=True
    )  # fmt: skip
    return usage is not None


def _take_plain(request: HttpRequest, link: UploadLink, token: str) -> HttpResponse:
    files = request.FILES.getlist("file")
    together = request.POST.get("together") == "on"
    taken = services.take_plain_files(target=target_of_link(link), user=None, files=files, together=together)
    if taken.refused or not files:
        return _page(request, link, token, refused=taken.refused, nothing=not files, status=CAME_BACK)
    return redirect(reverse("send:page", args=[token]) + "?taken=1")


def _page(
    request: HttpRequest, link: UploadLink, token: str, *, status: int = 200, **said: Any
) -> HttpResponse:
    context = {
        "asker": link.request.party.first_name,
        "title": without_private(link.request, link.request.title),
        "what_counts": without_private(link.request, link.request.what_counts),
        "until": link.expires_at,
        "here": reverse("send:page", args=[token]),
        "box": _box(link, token),
        "files": files_of(link),
        **said,
    }
    return _kept_by_nobody(render(request, "send/page.html", context, status=status))


def _kept_by_nobody(response: HttpResponse) -> HttpResponse:
    """The address bar holds a key: it is not passed on, not kept and not found by a search."""
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "no-store, private"
    response["X-Robots-Tag"] = "noindex, nofollow"
    return response


def without_private(request: Request, text: str) -> str:
    """Words of a request without what is nobody else's business: amounts, the loan's number, where the home is."""
    for private in filter(None, (request.loan.number, request.loan.street)):
        text = re.sub(re.escape(private), "…", text, flags=re.IGNORECASE)
    return MONEY.sub("…", text)


def _box(link: UploadLink, token: str) -> UploadBox:
    return UploadBox(
        public_id=link.public_id,
        title=without_private(link.request, link.request.title),
        create_address=reverse("send:create", args=[token]),
        plain_address=reverse("send:page", args=[token]),
        groups_address=reverse("send:group", args=[token]),
    )


@dataclass(frozen=True)
class SentFile:
    """One file that came through the link: its name and how the check of it stands."""

    session: UploadSession
    refusal: Refusal | None

    @property
    def is_checking(self) -> bool:
        return not self.session.is_final


def files_of(link: UploadLink) -> list[SentFile]:
    sent = UploadSession.objects.filter(link=link, state__in=SHOWN).order_by("id")
    return [SentFile(session, refusal_of(session)) for session in sent]


# --- What the uploader in the browser asks -------------------------------------------------------------------


def _open_link(token: str) -> UploadLink:
    """Http404 for one that has ended as for one that never was: a script has nothing to read."""
    link = link_for(token)
    if not takes_files(link):
        raise Http404
    return link


@csrf_exempt
@login_not_required
@require_POST
def create(request: HttpRequest, token: str) -> HttpResponse:
    if not _may_ask(request, token):
        return JsonResponse({}, status=429)
    link = _open_link(token)
    return answer_create(target_of_link(link), None, read_asked(request), _addresses(token))


def _addresses(token: str) -> Addresses:
    steps = ("sign", "complete", "abort", "state")
    return lambda session: {
        step: reverse(f"send:{step}", args=[token, session.public_id]) for step in steps
    }  # fmt: skip


@csrf_exempt
@login_not_required
@require_POST
def sign(request: HttpRequest, token: str, public_id: UUID) -> HttpResponse:
    return answer_sign(link_session_for(_open_link(token), public_id), read_asked(request))


@csrf_exempt
@login_not_required
@require_POST
def complete(request: HttpRequest, token: str, public_id: UUID) -> HttpResponse:
    session = link_session_for(_open_link(token), public_id)
    answer = answer_complete(session)
    return _state_of(session) if answer.status_code == 200 else answer


@csrf_exempt
@login_not_required
@require_POST
def abort(request: HttpRequest, token: str, public_id: UUID) -> HttpResponse:
    session = link_session_for(_open_link(token), public_id)
    answer_abort(session)
    return _state_of(session)


@csrf_exempt
@login_not_required
@require_POST
def group(request: HttpRequest, token: str) -> HttpResponse:
    """Photos that are pages of one paper."""
    if not _may_ask(request, token):
        return JsonResponse({}, status=429)
    target = target_of_link(_open_link(token))
    return answer_open(target, None, read_asked(request), _close_address(token))


def _close_address(token: str) -> CloseAddress:
    return lambda group: reverse("send:close_group", args=[token, group.public_id])


@csrf_exempt
@login_not_required
@require_POST
def close_group(request: HttpRequest, token: str, public_id: UUID) -> HttpResponse:
    return answer_close(link_group_for(_open_link(token), public_id), read_asked(request))


@login_not_required
@require_GET
def state(request: HttpRequest, token: str, public_id: UUID) -> HttpResponse:
    return _state_of(link_session_for(_open_link(token), public_id))


def _state_of(session: UploadSession) -> HttpResponse:
    """Less than a borrower is told: neither where the document is nor what was noticed about it."""
    session.refresh_from_db()
    answer: Mapping[str, Any] = {
        "id": str(session.public_id),
        "state": session.state,
        "name": session.name,
        "label": session.get_state_display(),
        "receipt": filesizeformat(session.size),
    }
    found = refusal_of(session)
    return JsonResponse({**answer, **({"refused": found.as_json()} if found else {})})
