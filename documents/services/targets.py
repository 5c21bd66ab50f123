"""
Where a file is sent to: a line of the needs list, the same by a helper's link, the loan team unasked, or from the house
to its borrowers. Who may send there has been decided by `documents/access.py`; here is whether the house takes it now.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet, Sum
from django.utils import timezone

from accounts.models import User
from documents.filetypes import type_for_name
from documents.models import HousePaper, Request, UploadLink, UploadSession
from documents.refusals import UploadRefused, refusal
from documents.storage import file_store
from loans.models import Loan, Party
from loans.stages import entry_for

MEGABYTE = 1024 * 1024
LONGEST_TITLE = 160


@dataclass(frozen=True)
class Target:
    """`party` is whose paper it is; None for a paper of the house. `title` is the word of who sends it unasked."""

    loan: Loan
    party: Party | None
    request: Request | None = None
    link: UploadLink | None = None
    house_paper: HousePaper | None = None
    title: str = ""

    def as_fields(self) -> dict[str, Any]:
        """As an upload keeps it: the party is said only where no request says it."""
        return {
            "loan": self.loan, "request": self.request, "party": None if self.request else self.party,
            "link": self.link, "house_paper": self.house_paper, "title": self.title,
        }  # fmt: skip


def target_of_request(request: Request) -> Target:
    return Target(loan=request.loan, party=request.party, request=request)


def target_of_link(link: UploadLink) -> Target:
    return Target(loan=link.request.loan, party=link.request.party, request=link.request, link=link)


def target_of_house_paper(paper: HousePaper) -> Target:
    return Target(loan=paper.loan, party=None, house_paper=paper)


def target_unasked(loan: Loan, party: Party | None, title: str = "") -> Target:
    return Target(loan=loan, party=party, title=" ".join(title.split())[:LONGEST_TITLE])


# --- Whether it is taken -------------------------------------------------------------------------------------


def must_be_wanted(target: Target) -> None:
    """UploadRefused when nothing more is taken there. The house gives its papers at any stage."""
    if target.house_paper is not None:
        if target.house_paper.withdrawn_at:
            raise UploadRefused(refusal("settled"))
        return
    must_be_open(target.loan)
    if target.link is not None and not target.link.is_open:
        raise UploadRefused(refusal("link_ended"))
    request = target.request
    if request is not None and request.state in (Request.State.ACCEPTED, Request.State.WITHDRAWN):
        raise UploadRefused(refusal("settled"))


def must_be_open(loan: Loan) -> None:
    if not entry_for(loan.stage).uploads_open:
        raise UploadRefused(refusal("closed"))


def must_be_acceptable(name: str, size: int) -> None:
    if size <= 0:
        raise UploadRefused(refusal("empty"))
    if size > settings.MAX_UPLOAD_BYTES:
        raise UploadRefused(refusal("too_large"))
    if type_for_name(name) is None:
        raise UploadRefused(refusal("wrong_type"))


def uploads_of(target: Target, user: User | None) -> QuerySet[UploadSession]:
    """What one sender brought so far: a person with an account everything of theirs, a link what came by it."""
    if target.link is not None:
        return UploadSession.objects.filter(link=target.link)
    if user is not None:
        return UploadSession.objects.filter(uploader=user)
    return UploadSession.objects.filter(loan=target.loan, request__isnull=True, party=target.party)


def must_fit(loan: Loan, mine: QuerySet[UploadSession], size: int) -> None:
    """Within what one sender (`mine` are their uploads) and one loan may bring, and on the disk."""
    now = timezone.now()
    if mine.filter(created_at__gt=now - timedelta(minutes=1)).count() >= settings.UPLOADS_PER_MINUTE:
        raise UploadRefused(refusal("too_fast"))
    today = mine.filter(created_at__gt=now - timedelta(days=1)).aggregate(sum=Sum("size"))["sum"] or 0
    if today + size > settings.UPLOAD_MB_PER_DAY * MEGABYTE:
        raise UploadRefused(refusal("too_much_today"))
    not_kept = [UploadSession.State.REJECTED, UploadSession.State.EXPIRED, UploadSession.State.ABORTED]
    kept = loan.upload_sessions.exclude(state__in=not_kept)
    totals = kept.aggregate(sum=Sum("size"))["sum"] or 0
    too_many = kept.count() >= settings.UPLOAD_FILES_PER_LOAN
    if too_many or totals + size > settings.UPLOAD_MB_PER_LOAN * MEGABYTE:
        raise UploadRefused(refusal("too_many_files"))
    if not file_store().has_room_for(size):
        raise UploadRefused(refusal("disk_full"))
