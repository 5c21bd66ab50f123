"""The letter of thanks as people at the desk handle it: find it, change its words, look at it."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from loans.errors import Refused
from loans.models import Loan
from notifications import letters
from notifications.models import Notification
from notifications.services.changing import locked, record, save

State = Notification.State
MOST_CHARACTERS = 4000


def letter_for(loan: Loan) -> Notification | None:
    """The letter of the loan's latest closing: what waits before what is done; None when there is none."""
    rows = list(loan.notifications.filter(kind="thank_you").order_by("-id")[:20])
    live = [row for row in rows if row.state not in (State.CANCELLED, State.EXPIRED)]
    return next(iter(live or rows), None)


@transaction.atomic
def edit_letter(
    *, notification: Notification, wording: str, personal_line: str, by: User, expected_version: int
) -> Notification:
    """
    New words for this letter alone; empty wording means the default. Refused, with a sentence for the form, when a
    placeholder is not known or the words are too long; Changed when somebody else edited it meanwhile.
    """
    row = locked(notification, expected_version)
    if row.state not in (State.QUEUED, State.HELD):
        raise Refused(_("The letter is no longer waiting; its words cannot be changed."))
    row.wording, row.personal_line = tidy(wording), tidy(personal_line)
    if row.wording == letters.default_wording(row):
        row.wording = ""
    if len(row.wording) + len(row.personal_line) > MOST_CHARACTERS:
        raise Refused(
            _("Please keep the letter to one page: at most %(count)d characters.")
            % {"count": MOST_CHARACTERS}
        )
    letters.check_wording(row.wording)
    letters.pdf_for(row)  # what cannot be set is refused here, where somebody can mend it
    record(row, "letter_edited", by)
    return save(row, "wording", "personal_line")


def tidy(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
