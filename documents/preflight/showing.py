"""Who is told which hints, and how they read on a page. Another borrower's papers show none to anybody but the desk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.utils.functional import Promise

from accounts.models import User
from documents.models import Document, Look
from documents.preflight.table import BY_CODE

LOOKING = (Look.State.WAITING, Look.State.LOOKING)


@dataclass(frozen=True)
class HintLine:
    code: str
    wrong: str
    mend: str | Promise
    reason: str  # a return reason, in words


@dataclass(frozen=True)
class Told:
    """`is_open`: the borrower may still answer; `kept_at`, `kept_by`: they sent it as it is."""

    lines: list[HintLine]
    is_looking: bool
    is_open: bool
    is_desk: bool
    pictures_unread: str = ""  # "", "partly" or "missing", for the desk
    kept_at: datetime | None = None
    kept_by: str = ""


NOTHING = Told([], False, False, False)


def hints_told(document: Document, user: User | AnonymousUser) -> Told:
    """
    What this reader is shown of the hints on this paper. The owner is told while nobody has reviewed it; the loan team
    reads what the owner was told, for good.
    """
    if document.house_paper_id or document.is_original or document.disposed_at is not None:
        return NOTHING
    look = getattr(document, "look", None)
    if user.is_authenticated and user.works_here:
        kept_by = document.hints_kept_by.name if document.hints_kept_by else ""
        unread = str(look.facts.get("ocr", "")) if look else ""
        return Told(
            lines_of(document.hints), False, False, True,
            pictures_unread=unread if unread in ("partly", "missing") else "",
            kept_at=document.hints_kept_at, kept_by=kept_by,
        )  # fmt: skip
    if not is_owner(document, user) or document.review != Document.Review.PENDING:
        return NOTHING
    is_open = document.hints_kept_at is None
    looking = look is not None and look.read_at is None and look.state in LOOKING
    return Told(
        lines_of(document.hints) if is_open else [], looking, is_open, False, kept_at=document.hints_kept_at
    )


def is_owner(document: Document, user: User | AnonymousUser) -> bool:
    """Whether the paper is this borrower's own; a co-borrower with whom it is shared reads it without hints."""
    owner = document.owner
    return user.is_authenticated and owner is not None and owner.user_id == user.pk


def lines_of(hints: Iterable[dict[str, Any]]) -> list[HintLine]:
    """Those that borrowers are told; a hint that a newer version of the portal stored is left out."""
    lines = []
    for hint in hints:
        if entry := BY_CODE.get(str(hint.get("code"))):
            lines.append(HintLine(entry.code, entry.wrong(hint), entry.mend, str(entry.reason.label)))
    return lines


def codes_told(document: Document) -> list[str]:
    return [str(hint["code"]) for hint in document.hints if hint.get("code") in BY_CODE]
