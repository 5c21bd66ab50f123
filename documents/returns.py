"""
Why a document goes back (DOMAIN 2.3): a code is compulsory, the words say what was wrong and how to mend it.

`RETURN_WORDS` is the borrower's wording, one entry a code. No wording blames or suspects anybody (a test reads all).
"""

from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from documents.pages import in_words, read_pages


class ReturnReason(models.TextChoices):
    MISSING_PAGES = "missing_pages", _("Pages are missing")
    SCREENSHOT = "screenshot_or_partial", _("A screenshot or only a part")
    ILLEGIBLE = "illegible", _("Hard to read or cut off")
    TOO_OLD = "too_old", _("Too old or expired")
    PERIOD_GAP = "period_gap", _("A month is missing")
    WRONG_DOCUMENT = "wrong_document", _("A different paper")
    WRONG_PERSON = "wrong_person", _("Another name")
    UNSIGNED = "unsigned", _("Not signed or dated")
    MISSING_SCHEDULES = "missing_schedules", _("Schedules are missing")
    ALTERED = "altered_or_spreadsheet", _("Not in its original form")
    PASSWORD = "password_protected", _("Locked by a password")
    UNEXPLAINED_DEPOSIT = "unexplained_deposit", _("A deposit needs explaining")
    DUPLICATE = "duplicate", _("Already received")


@dataclass(frozen=True)
class ReturnWords:
    """`wrong`: what was the matter, one sentence. `mend`: what to do now, and where such a paper is found."""

    wrong: str | Promise
    mend: str | Promise


RETURN_WORDS: dict[str, ReturnWords] = {
    ReturnReason.MISSING_PAGES: ReturnWords(
        _("Some pages are missing."),
        _("Please send every page, also empty ones. A bank's own PDF has them all: look under “Statements”."),
    ),
    ReturnReason.SCREENSHOT: ReturnWords(
        _("This shows only a part of the paper."),
        _("Please send the whole document. On the bank's website choose “Statements”, then “Download PDF”."),
    ),
    ReturnReason.ILLEGIBLE: ReturnWords(
        _("We cannot read all of it."),
        _("Please take the picture again in good light, with all four corners in view, or send the PDF."),
    ),
    ReturnReason.TOO_OLD: ReturnWords(
        _("This paper is too old or has expired."),
        _("Please send the newest one you have."),
    ),
    ReturnReason.PERIOD_GAP: ReturnWords(
        _("A month is missing in between."),
        _("Please send the statements that follow one another without a gap."),
    ),
    ReturnReason.WRONG_DOCUMENT: ReturnWords(
        _("This is a different paper from the one we asked for."),
        _("Please look at “What counts” and send that paper. Your loan officer is glad to help find it."),
    ),
    ReturnReason.WRONG_PERSON: ReturnWords(
        _("The name on it is not the one on the application."),
        _("Please send the paper in your own name, or tell us if your name has changed."),
    ),
    ReturnReason.UNSIGNED: ReturnWords(
        _("A signature or a date is missing."),
        _("Please sign and date it, then send it again."),
    ),
    ReturnReason.MISSING_SCHEDULES: ReturnWords(
        _("Schedules of the tax return are missing."),
        _(
            "Please send the complete return with all schedules. Your tax software or preparer can print it in one PDF."
        ),
    ),
    ReturnReason.ALTERED: ReturnWords(
        _("We need the paper in its original form."),
        _("Please send the PDF as the bank or employer issued it, not a spreadsheet or a copied text."),
    ),
    ReturnReason.PASSWORD: ReturnWords(
        _("The file is locked by a password, so we cannot open it."),
        _("Please open it with the password, choose “Print”, “Save as PDF”, and send that file."),
    ),
    ReturnReason.UNEXPLAINED_DEPOSIT: ReturnWords(
        _("We need to know where a deposit came from."),
        _("Please add a short note that says where the money came from, and a paper that shows it."),
    ),
    ReturnReason.DUPLICATE: ReturnWords(
        _("We have this very file already."),
        _("Please send the paper that is still missing. If there is none, you need do nothing."),
    ),
}


def return_words(reason: str) -> ReturnWords | None:
    """What to tell the borrower about this code; None when there is no code."""
    return RETURN_WORDS.get(reason)


def mend_words(reason: str, good: str) -> str | Promise:
    """How to mend it. Where pages of it are fine, the sentence on the pages says what to send, and that alone."""
    said = RETURN_WORDS.get(reason)
    if said is None or (good and reason != ReturnReason.ILLEGIBLE):
        return ""
    return said.mend


def good_pages_words(good: str, count: int, reason: str, *, is_mended: bool = False) -> str:
    """
    Which pages of a returned paper of `count` pages are kept and, until it `is_mended`, which to send again: "Pages 1
    to 4 are fine. Please send page 5 again." Empty when no page is.
    """
    pages = read_pages(good, count)
    if not pages:
        return ""
    left = [page for page in range(1, count + 1) if page not in pages]
    said = ngettext("Page %(pages)s is fine.", "Pages %(pages)s are fine.", len(pages)) % {
        "pages": in_words(pages)
    }
    if is_mended:
        return said
    if left:
        again = ngettext("Please send page %(pages)s again.", "Please send pages %(pages)s again.", len(left))
        said = f"{said} {again % {'pages': in_words(left)}}"
    if reason == ReturnReason.MISSING_PAGES:
        said = f"{said} {_('Please send the pages that are missing.')}"
    return said
