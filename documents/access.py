"""The one way to reach a request, a document or an upload. A stranger gets 404, so that existence does not leak."""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.http import Http404

from accounts.models import User
from documents.models import Document, Request, UploadSession

Person = User | AnonymousUser


def request_for(user: Person, public_id: UUID | str) -> Request:
    """The request, when this person may see it; Http404 otherwise."""
    found = (
        Request.objects.visible_to(user)
        .select_related("loan", "party__user")
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise Http404
    return found


def own_request_for(user: Person, public_id: UUID | str) -> Request:
    """The same for the borrower it is asked of: only they may send a file or say that it does not apply."""
    found = request_for(user, public_id)
    if found.party.user_id != user.pk:
        raise Http404
    return found


def document_for(user: Person, public_id: UUID | str) -> Document:
    """The document, when this person may open it; Http404 otherwise."""
    found = (
        Document.objects.visible_to(user)
        .select_related("loan", "request__party", "party", "uploader", "reviewed_by")
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise Http404
    return found


def session_for(user: Person, public_id: UUID | str) -> UploadSession:
    """An upload of one's own; Http404 for anybody else, also for the loan team."""
    if not user.is_authenticated:
        raise Http404
    found = (
        UploadSession.objects.select_related("loan", "request__party")
        .filter(public_id=public_id, uploader=user, request__party__user=user)
        .first()
    )
    if found is None:
        raise Http404
    return found
