"""
A pile of letters as one PDF to print and post: before each letter a sheet with its address, for the window of a #10
envelope. The letters are the kept PDFs, page by page.
"""

from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import Company
from loans.errors import Refused
from notifications.letters.addresses import window_lines
from notifications.letters.keeping import kept
from notifications.letters.kinds import NeedsALook
from notifications.letters.paper import loan_of, set_page
from notifications.models import Notification

SHEET = Path(__file__).with_name("sheet.typ")


def pile_pdf(rows: Iterable[Notification], title: str) -> bytes:
    """Address sheet and letter of each row, in this order. Refused when one of them cannot be printed."""
    from notifications.letters.merging import merged  # a PDF library that only this one page needs

    parts: list[bytes] = []
    for row in rows:
        letter = kept(row)
        if letter is None:
            raise Refused(
                _("The letter of %(loan)s is not there any more. Take it back and let it be made again.")
                % {"loan": loan_of(row).number}
            )
        parts += [address_sheet(row), letter]
    return merged(parts, title)


def address_sheet(row: Notification) -> bytes:
    """One page that shows the address through the window. Refused when its font lacks a character."""
    data = {
        "language": settings.LANGUAGE_CODE[:2],
        "title": _("Address sheet"),
        "company": Company.load().name,
        "lines": window_lines(row),
        "below": _("Address sheet of the letter that follows: %(letter)s, %(loan)s")
        % {"letter": row.title, "loan": loan_of(row).number},
    }
    try:
        return set_page(SHEET, data)
    except NeedsALook as error:
        raise Refused(str(error)) from error
