"""
What borrowers are told before a person looks: one entry a hint. Each names the page, what seems wrong and how to mend
it, and the code under which a person would send the paper back (documents/returns.py). No wording blames anybody;
each leaves the last word to whoever reads it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.dates import MONTHS
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from documents.kinds import Kind
from documents.returns import ReturnReason

MOST_NAMED = 6  # pages or months in one sentence


@dataclass(frozen=True)
class HintWords:
    """`wrong` makes the sentence out of what the hint stored; `mend` says what to do."""

    code: str
    reason: ReturnReason
    wrong: Callable[[Mapping[str, Any]], str]
    mend: str | Promise


def where(pages: Sequence[int]) -> str:
    """ "page 2", "pages 2, 4 and 5", or "pages 1, 2, 3, 4, 5, 6 and others"."""
    named = [str(page) for page in pages[:MOST_NAMED]] + ([_("others")] if len(pages) > MOST_NAMED else [])
    return ngettext("page %(pages)s", "pages %(pages)s", len(pages)) % {
        "pages": get_text_list(named, _("and"))
    }


def _blank(hint: Mapping[str, Any]) -> str:
    return _("Nothing can be seen on %(where)s.") % {"where": where(hint["pages"])}


def _missing(hint: Mapping[str, Any]) -> str:
    said = _("The paper counts %(of)d pages (see %(where)s), and these did not come: %(missing)s.")
    missing = where(hint["missing"])
    return said % {"of": hint["of"], "where": where(hint["pages"]), "missing": missing}


def _screenshot(hint: Mapping[str, Any]) -> str:
    return _("This looks like a picture of a screen: %(where)s.") % {"where": where(hint["pages"])}


def _hard(hint: Mapping[str, Any]) -> str:
    return _("This is hard to read: %(where)s.") % {"where": where(hint["pages"])}


def _too_old(hint: Mapping[str, Any]) -> str:
    """Three ways to be too old: it ran out, it is of an early tax year, or its date is too far back."""
    place = {"where": where(hint["pages"])}
    if "expired_on" in hint:
        return _("By %(where)s it ran out on %(day)s.") % {**place, "day": _day(hint["expired_on"])}
    if "year" in hint:
        return _("By %(where)s this is for %(year)d; we need a later year.") % {**place, "year": hint["year"]}
    said = _("By %(where)s it is of %(day)s. We may use such a paper for %(days)d days only.")
    return said % {**place, "day": _day(hint["on"]), "days": hint["days"]}


def _months(hint: Mapping[str, Any]) -> str:
    months = get_text_list([_month(month) for month in hint["months"][:MOST_NAMED]], _("and"))
    said = _("Between the statements (see %(where)s) this is missing: %(months)s.")
    return said % {"months": months, "where": where(hint["pages"])}


def _name(hint: Mapping[str, Any]) -> str:
    return _("We found another name than yours on %(where)s.") % {"where": where(hint["pages"])}


def _kind(hint: Mapping[str, Any]) -> str:
    said = _("By the words on %(where)s this is something else than we asked for here: %(kind)s.")
    return said % {"where": where(hint["pages"]), "kind": Kind(hint["looks_like"]).label}


def _duplicate(hint: Mapping[str, Any]) -> str:
    on = date_format(timezone.localdate(datetime.fromisoformat(hint["on"])), "DATE_FORMAT")
    return _("The very same file, all its pages, was already received on %(day)s.") % {"day": on}


def _day(said: str) -> str:
    return date_format(date.fromisoformat(said), "DATE_FORMAT")


def _month(said: str) -> str:
    year, month = said.split("-")
    return f"{MONTHS[int(month)]} {year}"


HINTS: tuple[HintWords, ...] = (
    HintWords(
        "duplicate", ReturnReason.DUPLICATE, _duplicate,
        gettext_lazy("Please look whether you picked the right file. If you did, you need do nothing more."),
    ),
    HintWords(
        "other_kind", ReturnReason.WRONG_DOCUMENT, _kind,
        gettext_lazy("Please look at “What counts” and send that paper, or send this one where we asked for it."),
    ),
    HintWords(
        "screenshot", ReturnReason.SCREENSHOT, _screenshot,
        gettext_lazy("Please send the whole document: on the website choose “Statements”, then “Download PDF”."),
    ),
    HintWords(
        "blank_page", ReturnReason.ILLEGIBLE, _blank,
        gettext_lazy("If the paper is empty there, it is fine. If not, please scan it again, the other way up."),
    ),
    HintWords(
        "hard_to_read", ReturnReason.ILLEGIBLE, _hard,
        gettext_lazy("Please take the picture again in daylight, close and from above, or send the PDF."),
    ),
    HintWords(
        "missing_pages", ReturnReason.MISSING_PAGES, _missing,
        gettext_lazy("Please send all of them in one file, also those that seem empty or say nothing of you."),
    ),
    HintWords(
        "too_old", ReturnReason.TOO_OLD, _too_old,
        gettext_lazy("Please send the newest one you have. Websites of banks and employers list the newest first."),
    ),
    HintWords(
        "months_missing", ReturnReason.PERIOD_GAP, _months,
        gettext_lazy("Please send what lies in between as well: statements should follow one another."),
    ),
    HintWords(
        "other_name", ReturnReason.WRONG_PERSON, _name,
        gettext_lazy("Please look whether it is the right paper. If your name has changed, keep it as it is."),
    ),
)  # fmt: skip
BY_CODE = {entry.code: entry for entry in HINTS}
