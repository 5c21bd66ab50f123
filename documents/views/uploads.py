"""
What the uploader in the browser asks, and the plain form that works without it.

The `answer_…` functions do not ask who is there: here it is somebody with an account (`access.session_for`), at a
helper's link its token (`views/links.py`).
"""

import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from accounts.models import User
from documents import progress, services
from documents.access import house_paper_for, own_request_for, session_for
from documents.models import UploadGroup, UploadSession
from documents.refusals import UploadRefused, refusal
from documents.services import Target
from documents.services.uploading import resumable_id
from documents.storage.base import StorageFailed
from loans.access import own_party_for
from loans.errors import Refused

LONGEST_QUESTION = 10_000
LAST_POSITION = 9_999
PLAIN_FILES = 4  # as much as four of the largest files, in one press of the plain form's button


Addresses = Callable[[UploadSession], dict[str, str]]


@require_POST
def create(request: HttpRequest) -> HttpResponse:
    asked = read_asked(request)
    return answer_create(target_named(request.user, asked), request.user, asked)


@require_POST
def sign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return answer_sign(session_for(request.user, public_id), read_asked(request))


@require_POST
def complete(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return answer_complete(session_for(request.user, public_id))


@require_POST
def abort(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return answer_abort(session_for(request.user, public_id))


@require_GET
def state(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return answer_state(session_for(request.user, public_id))


def target_named(user: Any, asked: Mapping[str, Any]) -> Target:
    """What the question names: a request of one's own, a loan of one's own (unasked), or a paper of one's desk."""
    if "request" in asked:
        return services.target_of_request(own_request_for(user, read_uuid(asked["request"])))
    if "housePaper" in asked:
        return services.target_of_house_paper(house_paper_for(user, read_uuid(asked["housePaper"])))
    party, _others = own_party_for(user, read_uuid(asked.get("loan")))
    return services.target_unasked(party.loan, party, str(asked.get("title") or ""))


# --- The answers, whoever may ask ----------------------------------------------------------------------------


def own_addresses(session: UploadSession) -> dict[str, str]:
    """Where somebody with an account goes on."""
    steps = ("sign", "complete", "abort", "state")
    return {step: reverse(f"uploads:{step}", args=[session.public_id]) for step in steps}


def answer_create(
    target: Target, user: User | None, asked: dict[str, Any], addresses: Addresses = own_addresses
) -> HttpResponse:
    """Where the browser goes on with this file, and the multipart upload it can take up again."""
    try:
        session = services.open_session(
            target=target,
            user=user,
            name=str(asked.get("name") or ""),
            size=read_number(asked.get("size")),
            content_type=str(asked.get("type") or ""),
            last_modified=read_number(asked.get("lastModified")),
            group=_group(target, user, asked),
            position=min(read_number(asked.get("position")), LAST_POSITION),
        )
    except UploadRefused as error:
        return refused_answer(error)
    except Refused as error:
        return over_answer(error)
    answer = {
        "id": str(session.public_id),
        "key": session.key,
        "uploadId": resumable_id(session),
        "partSize": settings.UPLOAD_PART_BYTES,
        **addresses(session),
    }
    return JsonResponse(answer, status=201)


def _group(target: Target, user: User | None, asked: dict[str, Any]) -> UploadGroup | None:
    """The photos it belongs to: opened by the same person, or by the same link, for the same target."""
    if not asked.get("group"):
        return None
    found = UploadGroup.objects.filter(
        public_id=read_uuid(asked["group"]),
        uploader=user,
        loan=target.loan,
        request=target.request,
        link=target.link,
    ).first()
    if found is None:
        raise Http404
    return found


def answer_sign(session: UploadSession, asked: dict[str, Any]) -> HttpResponse:
    part = asked.get("partNumber")
    try:
        signed = services.sign(
            session=session,
            method=str(asked.get("method")),
            part=None if part is None else read_number(part),
            upload_id=str(asked.get("uploadId") or ""),
        )
    except Refused as error:
        return over_answer(error)
    return JsonResponse({"url": signed.url, "key": signed.key, "headers": signed.headers})


def answer_complete(session: UploadSession) -> HttpResponse:
    try:
        session = services.complete(session=session)
    except UploadRefused as error:
        return refused_answer(error)
    except StorageFailed:
        return JsonResponse({"message": _("Please try again in a moment.")}, status=503)
    return answer_state(session)


def answer_abort(session: UploadSession) -> HttpResponse:
    return answer_state(services.abort(session=session))


def answer_state(session: UploadSession) -> HttpResponse:
    return JsonResponse(progress.upload_state(session))


# --- The plain form ------------------------------------------------------------------------------------------


@csrf_exempt
def plain(request: HttpRequest) -> HttpResponse:
    """Looks at the length before anything reads the body; the form token is checked right after."""
    return refused_unread(request) or _take_plain(request)


def refused_unread(request: HttpRequest) -> HttpResponse | None:
    """The answer to what is no form or too long a one, without a byte of it read; None when it may be read."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > settings.MAX_UPLOAD_BYTES * PLAIN_FILES:
        return render(request, "documents/too_large.html", {"refusal": refusal("too_large")}, status=413)
    return None


@csrf_protect
def _take_plain(request: HttpRequest) -> HttpResponse:
    target = target_named(request.user, request.POST)
    take_plain(request, target, request.user)
    return redirect(_back(target))


def _back(target: Target) -> str:
    if target.house_paper is not None:
        return reverse("desk:house_paper", args=[target.house_paper.public_id])
    place = f"request-{target.request.public_id}" if target.request else "unasked"
    return f"{reverse('loans:documents', args=[target.loan.public_id])}#{place}"


def take_plain(request: HttpRequest, target: Target, user: User | None) -> int:
    """Take the files of a plain form and say what came of each; how many were taken."""
    files = request.FILES.getlist("file")
    if not files:
        messages.error(request, _("Choose a file first, then send it."))
    together = request.POST.get("together") == "on"
    taken = services.take_plain_files(target=target, user=user, files=files, together=together)
    for name, words in taken.refused:
        messages.error(request, f"{name}: {words}")
    if taken.sessions:
        sentence = ngettext(
            "%(count)d file received. It is being checked now; the result is shown here in a moment.",
            "%(count)d files received. They are being checked now; the result is shown here in a moment.",
            len(taken.sessions),
        )
        messages.success(request, sentence % {"count": len(taken.sessions)})
    return len(taken.sessions)


# --- Reading what the browser says ---------------------------------------------------------------------------


def read_asked(request: HttpRequest) -> dict[str, Any]:
    """The JSON object in the body; Http404 when it is none, as for any address that means nothing."""
    if int(request.META.get("CONTENT_LENGTH") or 0) > LONGEST_QUESTION:
        raise Http404
    try:
        asked = json.loads(request.body)
    except ValueError:
        raise Http404 from None
    if not isinstance(asked, dict):
        raise Http404
    return asked


def read_uuid(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise Http404 from None


def read_number(value: object) -> int:
    """A whole number from 0 to 2^53; anything else counts as 0, which no rule accepts as a size."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 2**53 else 0


def over_answer(error: Refused) -> HttpResponse:
    return JsonResponse({"message": error.message}, status=409)


def refused_answer(error: UploadRefused) -> HttpResponse:
    return JsonResponse({"refused": error.refusal.as_json()}, status=422)
