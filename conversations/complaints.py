"""
Reaching complaints, and the link by which somebody says whether theirs is settled.

The link names a complaint and the moment it was asked about, signed: when it is asked again, the older link has ended.
"""

from datetime import datetime, timedelta
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core.signing import BadSignature, Signer
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from conversations.models import Complaint
from loans.models import Loan

LINK_LIVES = timedelta(days=60)
_SALT = "conversations.settled"


def complaints_of(user: User | AnonymousUser) -> QuerySet[Complaint]:
    """The complaints on the loans this person works on; none for who does not work here."""
    if not user.is_authenticated or not user.works_here:
        return Complaint.objects.none()
    if user.sees_every_loan:
        return Complaint.objects.all()
    return Complaint.objects.filter(Exists(Loan.objects.visible_to(user).filter(pk=OuterRef("loan_id"))))


def complaint_for(user: User | AnonymousUser, public_id: UUID | str) -> Complaint:
    """The complaint, when this person works on its loan; Http404 otherwise."""
    rows = complaints_of(user).select_related("loan__officer", "party__user", "owner", "message", "opened_by")
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def token_for(complaint: Complaint) -> str:
    """For the link in the mail that asks; Http404 can only follow when it was never asked."""
    asked_at = complaint.asked_at.isoformat() if complaint.asked_at else ""
    return Signer(salt=_SALT).sign_object({"complaint": str(complaint.public_id), "asked": asked_at})


def complaint_of(token: str) -> Complaint:
    """
    The complaint that this link asks about; Http404 for a link we did not make, one from an earlier time, or one that
    is older than LINK_LIVES.
    """
    try:
        said = Signer(salt=_SALT).unsign_object(token)
        asked_at = datetime.fromisoformat(said["asked"])
    except (BadSignature, KeyError, TypeError, ValueError):
        raise Http404 from None
    if asked_at < timezone.now() - LINK_LIVES:
        raise Http404
    rows = Complaint.objects.select_related("loan__officer", "party__user", "owner")
    found = rows.filter(public_id=said["complaint"], asked_at=asked_at).first()
    if found is None:
        raise Http404
    return found
