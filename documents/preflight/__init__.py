"""
Hints before a person has to look: what the child read on a paper is judged against what was asked for.

`read` and `hints_for` are called by the second look (services/looking.py); what is said of each hint is `table.py`; the
rules are `judging.py`. A locked or unreadable file never comes here: the check refuses it (documents/inspection.py).
"""

import re
import shutil
from datetime import date
from typing import Any

from documents import inspection
from documents.freshness import AT_APPLICATION_DAYS, good_for_days
from documents.inspection import OpenFile
from documents.kinds import Kind
from documents.models import Document, Look, Request
from documents.preflight.judging import gaps, judge
from documents.preflight.papers import About, Covered, reading_of
from loans import clocks

__all__ = ["about", "covered_by", "gaps", "hints_for", "read", "readings_program"]

WALL_SECONDS = 90.0
SAID_BEFORE = ("duplicate", "duplicate_of_another", "may_be_damaged")  # by the check, when the file came
# Two pay days and the mail: a stub that was new when the list was read is not called old.
GRACE_DAYS = 15
# Kinds that name their owner where we look for it; on the others somebody else is named as often as not.
OWNED = frozenset(
    {
        Kind.PAY_STUB, Kind.W2, Kind.FORM_1099, Kind.PERSONAL_RETURN, Kind.BANK_STATEMENT, Kind.RETIREMENT_STATEMENT,
        Kind.MORTGAGE_STATEMENT, Kind.AWARD_LETTER, Kind.DISABILITY_AWARD, Kind.OFFER_LETTER, Kind.PHOTO_ID,
        Kind.CERTIFICATE_OF_ELIGIBILITY, Kind.SOCIAL_SECURITY_CARD, Kind.RESIDENCY,
    }
)  # fmt: skip
OF_ANYBODY = frozenset({"gift_source", "gift_transfer"})  # needs that a donor's paper answers
# Needs that several kinds of paper answer, whatever kind they are filed under.
OF_ANY_KIND = frozenset(
    {"gift_transfer", "benefit_receipt", "other_homes", "insurance_agent", "co_borrower_income"}
)
YEAR = re.compile(r"\b(20\d\d)\b")


def readings_program() -> str:
    """Where Tesseract is; empty when it is not installed, and then pictures are not read."""
    return shutil.which("tesseract", path="/usr/local/bin:/usr/bin:/bin:/opt/homebrew/bin") or ""


def read(spool: OpenFile, content_type: str = "application/pdf") -> dict[str, Any]:
    """What stands on the pages, read in a child; ChildFailed when the file broke it."""
    options = {"type": content_type, "ocr": readings_program()}
    return inspection.run("read", [spool], options, wall_seconds=WALL_SECONDS)


def hints_for(document: Document, reading: dict[str, Any]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """
    The hints as they are stored, those of the check first, and the facts that later papers are compared with. An empty
    reading (nothing could be read) leaves the hints as they are; a paper of the house has none.
    """
    said_before = [hint for hint in document.hints if hint.get("code") in SAID_BEFORE]
    if document.house_paper_id or document.is_original:
        return [], {}
    if not reading:
        return said_before, {}
    hints, facts = judge(reading_of(reading), about(document))
    return said_before + hints, facts


def about(document: Document) -> About:
    """What judging needs to know of this paper's request and loan."""
    request, today = document.request, clocks.today()
    kind = str(request.kind) if request else Kind.OTHER
    return About(
        kind=kind,
        today=today,
        names=_names(document, request, kind),
        good_for_days=_good_for(kind),
        years=tuple(int(year) for year in YEAR.findall(request.period)) if request else (),
        others=tuple(span for other in _others(document) for span in covered_by(other)),
        any_kind=request is None or request.need in OF_ANY_KIND,
        salt=str(document.loan.public_id),
    )


def _names(document: Document, request: Request | None, kind: str) -> tuple[str, ...]:
    if request is None or kind not in OWNED or request.need in OF_ANYBODY or document.link_id:
        return ()
    return tuple(document.loan.parties.borrowers().values_list("name", flat=True))


def _good_for(kind: str) -> int:
    days, fresh = good_for_days(kind), AT_APPLICATION_DAYS.get(kind, 0)
    return min(days, fresh + GRACE_DAYS) if days and fresh else days


def _others(document: Document) -> list[Look]:
    """Second looks at the other papers that answer the same request and were not sent back."""
    if document.request_id is None:
        return []
    papers = Document.objects.papers().filter(request=document.request_id).exclude(pk=document.pk)
    return list(Look.objects.filter(document__in=papers.exclude(review=Document.Review.RETURNED)))


def covered_by(look: Look) -> list[Covered]:
    return [
        Covered(date.fromisoformat(span["start"]), date.fromisoformat(span["end"]), str(span["account"]))
        for span in look.facts.get("covered", ())
    ]
