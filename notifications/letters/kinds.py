"""What is a letter, and which loans get none."""

from django.utils.translation import gettext_noop as noop

from loans.models import Loan
from notifications import catalog
from notifications.models import Notification

KIND = "thank_you"
KINDS = tuple(kind.key for kind in catalog.KINDS.values() if kind.is_letter)
YEARLY = ("first_anniversary", "yearly_review")

COMPLAINT = noop("A complaint is open on this loan. Its letters wait until staff take that off.")
BEREAVEMENT = noop("A bereavement is recorded on this loan. Its letters wait until staff take that off.")


class NeedsALook(Exception):
    """This letter cannot be set as it stands; somebody must look at it."""


def is_letter(row: Notification) -> bool:
    return row.kind in KINDS


def is_stopped(loan: Loan | None) -> str:
    """Why no letter may go out for this loan (in English, for `gettext`); empty when they may."""
    if loan is None:
        return ""
    if loan.bereavement:
        return BEREAVEMENT
    return COMPLAINT if loan.complaint_open else ""
