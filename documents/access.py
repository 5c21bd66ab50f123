"""The one way to reach a request, a document or an upload. A stranger gets 404, so that existence does not leak."""

from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.http import Http404

from accounts.access import token_digest
from accounts.models import User
from documents.models import (
    BORROWERS,
    Document,
    Export,
    HousePaper,
    Request,
    UploadGroup,
    UploadLink,
    UploadSession,
)
from loans.models import Loan

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
        .select_related("loan", "request__party", "party", "uploader", "link", "house_paper", "reviewed_by")
        .filter(public_id=public_id)
        .first()
    )
    if found is None:
        raise Http404
    return found


def own_document_for(user: Person, public_id: UUID | str) -> Document:
    """The same for the borrower it belongs to: only they may open it to others."""
    found = document_for(user, public_id)
    owner = found.owner
    if owner is None or owner.user_id != user.pk or owner.role not in BORROWERS:
        raise Http404
    return found


def house_paper_for(user: Person, public_id: UUID | str) -> HousePaper:
    """A paper for borrowers of a loan at this person's desk; Http404 for everybody else."""
    if not getattr(user, "works_here", False):
        raise Http404
    found = (
        HousePaper.objects.filter(loan__in=Loan.objects.visible_to(user), public_id=public_id)
        .select_related("loan__officer", "made_by")
        .first()
    )
    if found is None:
        raise Http404
    return found


def session_for(user: Person, public_id: UUID | str) -> UploadSession:
    """
    An upload of one's own: what was asked of one, what one sends unasked, a paper one gives at the desk. Http404 for
    anybody else, also for the loan team.
    """
    if not user.is_authenticated:
        raise Http404
    mine = Q(request__party__user=user) | Q(
        request__isnull=True, house_paper__isnull=True, party__user=user, party__role__in=BORROWERS
    )
    if user.works_here:
        mine |= Q(house_paper__isnull=False, loan__in=Loan.objects.visible_to(user))
    found = _sessions().filter(mine, public_id=public_id, uploader=user, link__isnull=True).first()
    if found is None:
        raise Http404
    return found


def group_for(user: Person, public_id: UUID | str) -> UploadGroup:
    """Photos of one paper that this person is sending; Http404 for anybody else."""
    if not user.is_authenticated:
        raise Http404
    found = (
        UploadGroup.objects.select_related("loan", "uploader")
        .filter(public_id=public_id, uploader=user, link__isnull=True, loan__in=Loan.objects.visible_to(user))
        .first()
    )
    if found is None:
        raise Http404
    return found


# --- Links for helpers: the token is the authority, and opens one request for sending ------------------------


def link_for(token: str) -> UploadLink:
    """The link, open or ended; Http404 when no link has this token."""
    found = (
        UploadLink.objects.select_related("request__loan", "request__party")
        .filter(token_hash=token_digest(token))
        .first()
    )
    if found is None:
        raise Http404
    return found


def link_session_for(link: UploadLink, public_id: UUID | str) -> UploadSession:
    """An upload that came through this very link; Http404 otherwise."""
    found = _sessions().filter(link=link, public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def link_group_for(link: UploadLink, public_id: UUID | str) -> UploadGroup:
    """Photos of one paper that come through this very link; Http404 otherwise."""
    found = UploadGroup.objects.select_related("loan").filter(link=link, public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def _sessions() -> QuerySet[UploadSession]:
    return UploadSession.objects.select_related("loan", "request__party", "party", "link", "house_paper")


# --- Archives ------------------------------------------------------------------------------------------------


def export_for(user: Person, public_id: UUID | str) -> Export:
    """
    An archive that this person asked for, as long as they are who they were on the loan; Http404 otherwise. Whether
    they may still open all that is in it, `archives.is_whole` says.
    """
    if not user.is_authenticated:
        raise Http404
    mine = Q(party__user=user, party__role__in=BORROWERS)
    if user.works_here:
        mine |= Q(party__isnull=True)
    found = (
        Export.objects.filter(
            mine, public_id=public_id, asked_by=user, loan__in=Loan.objects.visible_to(user)
        )
        .select_related("loan", "party", "asked_by")
        .first()
    )
    if found is None:
        raise Http404
    return found
