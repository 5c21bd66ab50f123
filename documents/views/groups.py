"""
Photos of one paper: a group is opened, each photo sent with it (`uploads:create`), then it is closed with their order.

As in `views/uploads.py`, the `answer_…` functions do not ask who is there: a helper's link has its token.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.models import User
from documents import services
from documents.access import group_for
from documents.models import UploadGroup
from documents.refusals import UploadRefused
from documents.services import Target
from documents.views.uploads import read_asked, read_number, read_uuid, refused_answer, target_named

CloseAddress = Callable[[UploadGroup], str]


@require_POST
def create(request: HttpRequest) -> HttpResponse:
    asked = read_asked(request)
    return answer_open(target_named(request.user, asked), request.user, asked)


@require_POST
def close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    return answer_close(group_for(request.user, public_id), read_asked(request))


# --- The answers, whoever may ask ----------------------------------------------------------------------------


def own_close_address(group: UploadGroup) -> str:
    return reverse("uploads:close_group", args=[group.public_id])


def answer_open(
    target: Target, user: User | None, asked: dict[str, Any], close_address: CloseAddress = own_close_address
) -> HttpResponse:
    """`asked`: {"name": of the first photo, "count": how many}. The answer names the group and where to close it."""
    try:
        group = services.open_group(
            target=target,
            user=user,
            name=str(asked.get("name") or ""),
            count=read_number(asked.get("count")),
        )
    except UploadRefused as error:
        return refused_answer(error)
    return JsonResponse({"id": str(group.public_id), "close": close_address(group)}, status=201)


def answer_close(group: UploadGroup, asked: dict[str, Any]) -> HttpResponse:
    """`asked`: {"order": [ids of the uploads]}. A second time changes nothing."""
    order = asked.get("order")
    ids = [read_uuid(public_id) for public_id in order] if isinstance(order, list) else []
    group = services.close_group(group=group, order=ids)
    return JsonResponse({"id": str(group.public_id), "state": group.state})
