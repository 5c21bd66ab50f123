"""What the uploader in the browser asks, and the plain form that works without it."""

import json
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

from documents import progress, services
from documents.access import own_request_for, session_for
from documents.models import UploadSession
from documents.refusals import UploadRefused, refusal
from documents.services.uploading import resumable_id
from loans.errors import Refused

LONGEST_QUESTION = 10_000
PLAIN_FILES = 4  # as much as four of the largest files, in one press of the plain form's button


@require_POST
def create(request: HttpRequest) -> HttpResponse:
    asked = _asked(request)
    wanted = own_request_for(request.user, _uuid(asked.get("request")))
    try:
        session = services.open_session(
            request=wanted,
            user=request.user,
            name=str(asked.get("name") or ""),
            size=_number(asked.get("size")),
            content_type=str(asked.get("type") or ""),
            last_modified=_number(asked.get("lastModified")),
        )
    except UploadRefused as error:
        return _refused(error)
    return JsonResponse(_addresses(session), status=201)


def _addresses(session: UploadSession) -> dict[str, Any]:
    """Where the browser goes on, and the multipart upload it can take up again."""
    at = {
        name: reverse(f"uploads:{name}", args=[session.public_id])
        for name in ("sign", "complete", "abort", "state")
    }
    return {
        "id": str(session.public_id),
        "key": session.key,
        "uploadId": resumable_id(session),
        "partSize": settings.UPLOAD_PART_BYTES,
        **at,
    }


@require_POST
def sign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    session = session_for(request.user, public_id)
    asked = _asked(request)
    part = asked.get("partNumber")
    try:
        signed = services.sign(
            session=session,
            method=str(asked.get("method")),
            part=None if part is None else _number(part),
            upload_id=str(asked.get("uploadId") or ""),
        )
    except Refused as error:
        return JsonResponse({"message": error.message}, status=409)
    return JsonResponse({"url": signed.url, "key": signed.key})


@require_POST
def complete(request: HttpRequest, public_id: UUID) -> HttpResponse:
    session = session_for(request.user, public_id)
    try:
        session = services.complete(session=session)
    except UploadRefused as error:
        return _refused(error)
    return JsonResponse(progress.upload_state(session))


@require_POST
def abort(request: HttpRequest, public_id: UUID) -> HttpResponse:
    session = session_for(request.user, public_id)
    return JsonResponse(progress.upload_state(services.abort(session=session)))


@require_GET
def state(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return JsonResponse(progress.upload_state(session_for(request.user, public_id)))


# --- The plain form ------------------------------------------------------------------------------------------


@csrf_exempt
def plain(request: HttpRequest) -> HttpResponse:
    """Looks at the length before anything reads the body; the form token is checked right after."""
    if request.method != "POST":
        return HttpResponse(status=405, headers={"Allow": "POST"})
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > settings.MAX_UPLOAD_BYTES * PLAIN_FILES:
        return render(request, "documents/too_large.html", {"refusal": refusal("too_large")}, status=413)
    return _take_plain(request)


@csrf_protect
def _take_plain(request: HttpRequest) -> HttpResponse:
    wanted = own_request_for(request.user, _uuid(request.POST.get("request")))
    files, taken = request.FILES.getlist("file"), 0
    if not files:
        messages.error(request, _("Choose a file first, then send it."))
    for file in files:
        try:
            services.take_plain_upload(request=wanted, user=request.user, file=file)
            taken += 1
        except UploadRefused as error:
            messages.error(request, f"{file.name}: {error.message}")
    if taken:
        sentence = ngettext(
            "%(count)d file received. It is being checked now; the result is shown here in a moment.",
            "%(count)d files received. They are being checked now; the result is shown here in a moment.",
            taken,
        )
        messages.success(request, sentence % {"count": taken})
    return redirect(reverse("loans:documents", args=[wanted.loan.public_id]) + f"#request-{wanted.public_id}")


# --- Reading what the browser says ---------------------------------------------------------------------------


def _asked(request: HttpRequest) -> dict[str, Any]:
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


def _uuid(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError:
        raise Http404 from None


def _number(value: object) -> int:
    """A whole number from 0 to 2^53; anything else counts as 0, which no rule accepts as a size."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= 2**53 else 0


def _refused(error: UploadRefused) -> HttpResponse:
    return JsonResponse({"refused": error.refusal.as_json()}, status=422)
