"""
Where a letter goes on paper: to the home it is about, which the borrowers live in, unless somebody typed another
address for this letter (`context["postal"]`).
"""

from django.utils.translation import gettext as _

from loans.models import Loan
from notifications import words
from notifications.facts.shared import borrowers_of
from notifications.letters.kinds import NeedsALook
from notifications.models import Notification

LIVED_IN = (Loan.Occupancy.PRIMARY, "")
MOST_LINES = 4  # what the window of the envelope shows wherever the sheet slips to


def address_lines(row: Notification) -> list[str]:
    """
    Names and postal address as they stand on the letter. NeedsALook when a letter on paper has no whole address; the
    one that goes by mail can do without.
    """
    where = postal_lines(row)
    if not where and row.channel == Notification.Channel.LETTER:
        raise NeedsALook(_why_nowhere(row.loan))
    return [*_names(row), *where]


def window_lines(row: Notification) -> list[str]:
    """The same for the window of an envelope: several names share a line when there are many."""
    names, where = _names(row), postal_lines(row)
    return [*(names if len(names) + len(where) <= MOST_LINES else [words.and_list(names)]), *where]


def postal_lines(row: Notification) -> list[str]:
    """Street and city; nothing when we do not know for certain where they live."""
    if typed := str(row.context.get("postal", "")):
        return [line.strip() for line in typed.splitlines() if line.strip()]
    loan = row.loan
    if loan is None or loan.occupancy not in LIVED_IN or not (loan.street and loan.city and loan.zip_code):
        return []
    return [loan.street, f"{loan.city}, {loan.state} {loan.zip_code}"]


def _names(row: Notification) -> list[str]:
    return [party.name for party in borrowers_of(row.loan)] if row.loan else []


def _why_nowhere(loan: Loan | None) -> str:
    if loan and loan.occupancy not in LIVED_IN:
        return _("They do not live in this home. Please type the address that the letter goes to.")
    return _("The postal address is not complete. Please type the address that the letter goes to.")
