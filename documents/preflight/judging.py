"""
What a borrower should hear of a paper before a person has to look at it: pure judgement on what was read.

A wrong hint costs trust and a missed one costs a day, so each rule speaks only where it is sure (docs/preflight.md says
how often it is). Texts are hostile until proved otherwise: nothing here raises or takes long, whatever they hold.
"""

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from documents.kinds import Kind
from documents.preflight import dates
from documents.preflight.kindwords import other_kind
from documents.preflight.looks import is_blank, is_hard_to_read, is_screenshot
from documents.preflight.names import pages_of_others
from documents.preflight.numbering import missing_pages
from documents.preflight.papers import About, Covered, Reading

Hint = dict[str, Any]
STATEMENTS = frozenset({Kind.BANK_STATEMENT, Kind.RETIREMENT_STATEMENT, Kind.SUPPORT_RECEIPT})
TAX_FORMS = frozenset({Kind.W2, Kind.FORM_1099, Kind.PERSONAL_RETURN, Kind.BUSINESS_RETURN})
RETURNS = frozenset({Kind.PERSONAL_RETURN, Kind.BUSINESS_RETURN})
EXPIRE = frozenset({Kind.PHOTO_ID, Kind.RESIDENCY, Kind.INSURANCE})
A_STATEMENT = (20, 100)  # days that one covers: a month or a quarter
A_GAP = 20  # days between two that follow one another: a month is missing
FORMS_OUT = (
    2,
    15,
)  # until then last year's W-2 need not be there yet (26 CFR 31.6051-1: 31 January, and the mail)
RETURNS_DUE = (10, 15)  # until then last year's return may still be on extension

STATEMENT_DAY = re.compile(
    r"\b(?:statement|closing|ending)\s{1,3}date|\bdate\s{1,3}of\s{1,3}statement|\bas\s{1,3}of\b|\bstatement\s{1,3}ending",
    re.IGNORECASE,
)
PAY_DAY = re.compile(
    r"\b(?:pay|check|payment|advice|deposit)\s{1,3}date|\bdate\s{1,3}paid|\bpay\s{1,3}day|\bperiod\s{1,3}end(?:ing|s)?|\bpay\s{1,3}period",
    re.IGNORECASE,
)
LETTER_DAY = re.compile(
    r"\b(?:letter|notice|issue|bill|billing|print)\s{1,3}date|\bdated?\b|\bissued(?:\s{1,3}on)?|\bprepared\s{1,3}on|\bas\s{1,3}of\b",
    re.IGNORECASE,
)
LAST_DAY = re.compile(
    r"\bexp(?:ires|iration|iry)?\b(?:\s{1,3}(?:date|on))?|\bvalid\s{1,3}(?:until|thru|through|to)\b|\bexpiration\s{1,3}date",
    re.IGNORECASE,
)
POLICY = re.compile(r"\bpolicy\s{1,3}period|\bpolicy\s{1,3}term|\bcoverage\s{1,3}period", re.IGNORECASE)
# A spaced-out or masked number after the word; only its digest is kept.
ACCOUNT = re.compile(
    r"\b(?:account|acct)\b\.?(?:\s{1,3}(?:number|no|#|ending(?:\s{1,3}in)?))?\s{0,3}[.:#]{0,2}\s{0,3}([\dXx*•-][\dXx*•\s-]{2,24})",
    re.IGNORECASE,
)


def judge(reading: Reading, about: About) -> tuple[list[Hint], dict[str, Any]]:
    """The hints, the most telling first, and the facts that later papers are compared with."""
    covered = list(_covered(reading, about))
    dated_on = _dated_on(reading, about, covered)
    another_kind, seen = list(_another_kind(reading, about)), list(_how_it_looks(reading, about))
    hints = [*another_kind, *seen, *_missing_pages(reading)]
    if not another_kind:  # the rules below are those of the kind that was asked for
        hints += [*_too_old(reading, about, dated_on), *_months_missing(covered, about)]
        if not seen:  # the borrower's name may stand where nothing can be read
            hints += _another_name(reading, about)
    facts = {
        "dated_on": dated_on.isoformat() if dated_on else None,
        "covered": [
            {"start": span.start.isoformat(), "end": span.end.isoformat(), "account": span.account}
            for span in covered
        ],
        "ocr": reading.ocr,
        "pages_read": len(reading.pages),
    }
    return hints, facts


# --- How it looks --------------------------------------------------------------------------------------------


def _how_it_looks(reading: Reading, about: About) -> Iterator[Hint]:
    screens = [page.number for page in reading.pages if is_screenshot(page)]
    rest = [page for page in reading.pages if page.number not in screens]
    found = {
        "screenshot": screens,
        "blank_page": [page.number for page in rest if is_blank(page)],
        "hard_to_read": [page.number for page in rest if is_hard_to_read(page, about.kind)],
    }
    for code, pages in found.items():
        if pages:
            yield {"code": code, "pages": pages}


def _missing_pages(reading: Reading) -> Iterator[Hint]:
    if runs := missing_pages(reading.pages, reading.total):
        pages = [page for run in runs for page in run.seen]
        missing = [number for run in runs for number in run.missing]
        yield {"code": "missing_pages", "pages": pages, "missing": missing, "of": runs[0].of}


# --- What it is, and whose -----------------------------------------------------------------------------------


def _another_kind(reading: Reading, about: About) -> Iterator[Hint]:
    if about.any_kind:
        return
    if kind := other_kind(reading.text, about.kind):
        pages = [page.number for page in reading.pages if page.has_words][:1]
        yield {"code": "other_kind", "pages": pages, "looks_like": kind}


def _another_name(reading: Reading, about: About) -> Iterator[Hint]:
    if reading.ocr in ("partly", "missing") or not about.names:
        return
    if pages := pages_of_others(reading.pages, about.names):
        yield {"code": "other_name", "pages": pages}


# --- When ----------------------------------------------------------------------------------------------------


def _covered(reading: Reading, about: About) -> Iterator[Covered]:
    """What each statement in the file covers: the first span of a month or a quarter on a page."""
    if about.kind not in STATEMENTS:
        return
    account, seen = "", set()
    for page in reading.pages:
        account = _account(page.text, about.salt) or account
        span = next(
            (
                span
                for span in dates.spans_in(page.text)
                if A_STATEMENT[0] <= (span[1] - span[0]).days <= A_STATEMENT[1]
            ),
            None,
        )
        if span and (*span, account) not in seen and span[1] <= about.today + timedelta(days=40):
            seen.add((*span, account))
            yield Covered(*span, account, page.number)


def _account(text: str, salt: str) -> str:
    """A digest of the last four digits, so that statements of one account are compared; empty when none is shown."""
    for match in ACCOUNT.finditer(text):
        digits = "".join(char for char in match[1].partition("\n")[0] if char.isascii() and char.isdigit())
        if len(digits) >= 3:
            return hashlib.sha256(f"{salt}:{digits[-4:]}".encode()).hexdigest()[:16]
    return ""


def _months_missing(covered: Sequence[Covered], about: About) -> Iterator[Hint]:
    months, pages = gaps(covered, about.others)
    if months:
        yield {"code": "months_missing", "pages": sorted(pages), "months": sorted(months)[:12]}


def gaps(mine: Sequence[Covered], others: Sequence[Covered]) -> tuple[set[str], set[int]]:
    """
    The months missing between statements of one account, and the pages of `mine` on either side. A gap between the
    others alone is not this paper's; of an account that nobody knows only the file itself is looked at.
    """
    months: set[str] = set()
    pages: set[int] = set()
    for account in {span.account for span in mine}:
        near = [span for span in others if span.account == account and account]
        spans = sorted(
            {*near, *(span for span in mine if span.account == account)},
            key=lambda span: (span.start, span.end),
        )
        for before, after in _apart(spans):
            sides = [span for span in mine if span in (before, after)]
            if sides:
                months.update(dates.months_between(before.end, after.start))
                pages.update(span.page for span in sides)
    return months, pages


def _apart(spans: Sequence[Covered]) -> Iterator[tuple[Covered, Covered]]:
    """Neighbours in time with a month or more between them; `spans` in order of their first days."""
    upto = spans[0]
    for before, after in pairwise(spans):
        upto = max(upto, before, key=lambda span: span.end)
        if (after.start - upto.end).days > A_GAP:
            yield upto, after


def _dated_on(reading: Reading, about: About, covered: Sequence[Covered]) -> date | None:
    """The newest day the paper itself names as its own; None when it names none or one that cannot be."""
    if about.kind in TAX_FORMS or about.kind in EXPIRE:
        return None
    days = [span.end for span in covered]
    for page in reading.pages[:20]:
        if about.kind == Kind.PAY_STUB:
            days += dates.days_after(page.text, PAY_DAY)
        elif about.kind in (*STATEMENTS, Kind.MORTGAGE_STATEMENT):
            days += dates.days_after(page.text, STATEMENT_DAY)
        else:
            days += dates.days_after(page.text, LETTER_DAY, most=4)
            days += [day] if (day := dates.day_at_the_top(page.lines)) else []
    return max((day for day in days if day <= about.today), default=None)


def _too_old(reading: Reading, about: About, dated_on: date | None) -> Iterator[Hint]:
    if about.kind in TAX_FORMS:
        yield from _tax_year_too_old(reading, about)
    elif about.kind in EXPIRE:
        yield from _expired(reading, about)
    elif dated_on and about.good_for_days and dated_on + timedelta(days=about.good_for_days) < about.today:
        yield {
            "code": "too_old",
            "pages": _pages_with_words(reading),
            "on": dated_on.isoformat(),
            "days": about.good_for_days,
        }


def _tax_year_too_old(reading: Reading, about: About) -> Iterator[Hint]:
    newest = max((year for page in reading.pages for year in dates.tax_years(page.text)), default=None)
    if newest is None or newest > about.today.year:
        return
    late = (about.today.month, about.today.day)
    still_out = late < (RETURNS_DUE if about.kind in RETURNS else FORMS_OUT)
    oldest = min(about.years, default=about.today.year - 2) - still_out
    if newest < oldest:
        yield {"code": "too_old", "pages": _pages_with_words(reading), "year": newest}


def _expired(reading: Reading, about: About) -> Iterator[Hint]:
    for page in reading.pages[:10]:
        label = POLICY if about.kind == Kind.INSURANCE else LAST_DAY
        days = list(dates.days_after(page.text, label, most=16 if about.kind != Kind.INSURANCE else 50))
        if days and max(days) < about.today and max(days).year > about.today.year - 30:
            yield {"code": "too_old", "pages": [page.number], "expired_on": max(days).isoformat()}
            return


def _pages_with_words(reading: Reading) -> list[int]:
    return [page.number for page in reading.pages if page.has_words][:1]
