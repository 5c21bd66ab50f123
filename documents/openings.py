"""
Who opened a document and when: written down at each opening, shown to the borrower it belongs to.

Every way to a document's content calls `opened`: the page with its previews, and the download. The entry of the audit
log says as what the person opened it at that time, so that an officer who leaves the loan later is still named.

A manager or an administrator may open a document for a compliance review: they say why first, and for the rest of their
session their openings of that one document stay in the audit log but out of what borrowers read.
"""

from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.base import SessionBase
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Company, User
from audit import log
from audit.models import Entry
from documents.models import BORROWERS, Document, Share
from loans.clocks import local_date
from loans.models import Loan
from loans.services.locking import works_on

How = Literal["opened", "downloaded"]
ACTIONS = ("document.opened", "document.downloaded")
BORROWER, TEAM, STAFF = "borrower", "team", "staff"
MOST_SHOWN = 200  # entries looked at; of a paper opened more often the newest are told

# The session of the request being answered (portal/middleware.py); None outside of one.
current_session: ContextVar[SessionBase | None] = ContextVar("openings_session", default=None)
REVIEWS = "compliance_reviews"  # in the session: id of the document → why


def opened(document: Document, by: User, *, how: How, original: Document | None = None) -> None:
    """
    `by` sees the content now. One audit entry a call, and for whom it was shared with, the time of the first. With
    `original` it is the photo behind the paper.

    The caller has fetched the document through `documents/access.py`.
    """
    seen = original or document
    detail = {"sha256": seen.sha256, "size": seen.size, "as": _standing(document.loan, by)}
    if original is not None:
        detail["original"] = str(original.public_id)
    if why := review_reason(document, by):
        detail["review"] = why
    with transaction.atomic(savepoint=False):
        log.record(
            action=f"document.{how}", about=document, by=by, loan=document.loan, detail=detail
        )  # fmt: skip
        if by.works_here:
            return  # papers are shared with parties alone
        Share.objects.filter(
            document=document, party__user=by, ended_at__isnull=True, first_opened_at__isnull=True
        ).update(first_opened_at=timezone.now())


def _standing(loan: Loan, by: User) -> str:
    if (not by.sees_every_loan and works_on(loan, by)) or by.pk in (loan.officer_id, loan.processor_id):
        return TEAM
    is_party = loan.parties.filter(user=by, role__in=BORROWERS).exists()
    return BORROWER if is_party else STAFF


# --- For a compliance review ---------------------------------------------------------------------------------


def may_review(by: User | AnonymousUser) -> bool:
    """Whether this person may open papers they can see for a compliance review: managers and administrators."""
    return by.is_authenticated and (by.sees_every_loan or by.is_staff)


def review_reason(document: Document, by: User) -> str:
    """Why this session opens the document for a compliance review; empty when it does not."""
    session = current_session.get()
    if session is None or not may_review(by):
        return ""
    return str(session.get(REVIEWS, {}).get(str(document.public_id), ""))


@transaction.atomic
def begin_review(document: Document, *, by: User, why: str) -> None:
    """From here on, and until they sign out, what `by` opens of this document counts as a compliance review."""
    session = current_session.get()
    if session is None or not may_review(by):
        raise PermissionError("only a manager or an administrator, in a session of theirs")
    session[REVIEWS] = {**session.get(REVIEWS, {}), str(document.public_id): why}
    log.record(
        action="document.review_begun", about=document, by=by, loan=document.loan, detail={"why": why}
    )  # fmt: skip


# --- For the borrower ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Opening:
    """One person on one day."""

    who: str
    on: date
    first_at: datetime
    is_me: bool
    downloaded: bool


def openings_for(document: Document, user: User) -> list[Opening]:
    """
    What this borrower is told, the newest first: a person and day once. Their loan team and the borrowers by name,
    anybody else as staff of the house; compliance reviews not at all. What the other borrower opened, only the owner
    is told.
    """
    company = Company.load()
    days: dict[tuple[str, date], Opening] = {}
    for entry in _entries(document, user):
        actor = entry.actor if entry.detail.get("as") in (BORROWER, TEAM) else STAFF
        day = local_date(entry.at)
        before = days.get((actor, day))
        days[actor, day] = Opening(
            who=_("Staff of %(company)s") % {"company": company.name} if actor == STAFF else entry.actor_name,
            on=day,
            first_at=entry.at,  # entries come newest first: the last one seen of a day is its first
            is_me=entry.actor == f"user:{user.public_id}",
            downloaded=entry.action == "document.downloaded" or bool(before and before.downloaded),
        )
    return list(days.values())


def _entries(document: Document, user: User) -> Iterator[Entry]:
    about = Entry.objects.about(Document._meta.label_lower, document.public_id)
    owner = document.owner
    owns = owner is not None and owner.user_id == user.pk
    for entry in about.filter(action__in=ACTIONS).order_by("-id")[:MOST_SHOWN]:
        others = entry.detail.get("as") == BORROWER and entry.actor != f"user:{user.public_id}"
        was_here = entry.loan_id == str(document.loan.public_id)  # and not before it was moved here
        if not entry.detail.get("review") and (not others or (owns and was_here)):
            yield entry
