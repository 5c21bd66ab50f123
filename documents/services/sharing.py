"""A borrower opens a paper of theirs to another borrower of the loan, and closes it again. Closed is the default."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from documents.models import BORROWERS, Document, Share
from loans.errors import Refused
from loans.models import Party


@transaction.atomic
def share_document(*, document: Document, party: Party, by: User) -> Share:
    """`party` may open the paper from now on; again while they may writes nothing. Only its owner can do this."""
    _must_own(document, by)
    if party.loan_id != document.loan_id or party.role not in BORROWERS or party == document.owner:
        raise Refused(_("You can open your papers to the other borrowers of this loan only."))
    share, made = open_to(document, party, by=by)
    if made:
        _record("document.shared", share, by)
    return share


@transaction.atomic
def close_document(*, document: Document, party: Party, by: User) -> bool:
    """`party` may open the paper no longer; False when they could not. Only its owner can do this."""
    _must_own(document, by)
    share = Share.objects.filter(document=document, party=party, ended_at__isnull=True).first()
    if share is None or not Share.objects.filter(pk=share.pk, ended_at__isnull=True).update(
        ended_at=timezone.now()
    ):
        return False
    _record("document.share_ended", share, by)
    return True


def open_to(document: Document, party: Party, *, by: User | None) -> tuple[Share, bool]:
    """The share that is in force, and whether it was made now. For services here, inside their transaction."""
    return Share.objects.get_or_create(
        document=document, party=party, ended_at=None, defaults={"made_by": by}
    )  # fmt: skip


def _must_own(document: Document, by: User) -> None:
    owner = document.owner
    if document.house_paper_id or owner is None or owner.user_id != by.pk:
        raise Refused(_("Only the person it belongs to can open a paper to others."))


def _record(action: str, share: Share, by: User) -> None:
    log.record(
        action=action, about=share.document, by=by, loan=share.document.loan,
        detail={"party": str(share.party.public_id)},
    )  # fmt: skip
