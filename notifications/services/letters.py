"""Letters as people at the desk handle them: find those of a loan, change the words of one."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from loans.errors import Refused
from loans.models import Loan
from notifications import letters, wording
from notifications.catalog import kind_for
from notifications.models import Notification
from notifications.services.both_ways import copies_of
from notifications.services.changing import locked, record, save

State = Notification.State
MOST_CHARACTERS = 4000
MOST_LETTERS = 60  # of one loan: decades of anniversaries
OVER = (State.CANCELLED, State.EXPIRED)


def letters_of(loan: Loan) -> list[Notification]:
    """Every letter of the loan's latest closing that waits or went out, in the order in which they are due."""
    rows = loan.notifications.filter(kind__in=letters.KINDS).exclude(state__in=OVER)
    of_closing = [row for row in rows.order_by("-id")[:MOST_LETTERS] if _is_of(row, loan)]
    return sorted(of_closing, key=lambda row: (row.due_at, row.pk))


def _is_of(row: Notification, loan: Loan) -> bool:
    return row.context.get("closing", loan.closings) == loan.closings


def letter_for(loan: Loan, kind: str = letters.KIND) -> Notification | None:
    """The letter of this kind for the loan's latest closing: what waits before what is done; None without one."""
    rows = list(loan.notifications.filter(kind=kind).order_by("-id")[:20])
    live = [row for row in rows if row.state not in OVER]
    return next(iter(live or rows), None)


# --- Words ---------------------------------------------------------------------------------------------------


@transaction.atomic
def edit_letter(
    *,
    notification: Notification,
    wording: str,
    personal_line: str,
    by: User,
    expected_version: int,
    postal: str | None = None,
) -> Notification:
    """
    New words for this letter alone; empty wording means the default. `postal` is the address on the paper, empty for
    the one we know. Refused, with a sentence for the form, when a placeholder is not known or the words are too long;
    Changed when somebody else edited it meanwhile. The copy of it that goes by the other way says the same.
    """
    row = locked(notification, expected_version)
    if row.state not in (State.QUEUED, State.HELD):
        raise Refused(_("The letter is no longer waiting; its words cannot be changed."))
    row = _edit(row, tidy(wording), tidy(personal_line), None if postal is None else tidy(postal), by)
    for copy in copies_of(row):
        _edit(copy, row.wording, row.personal_line, None, by)
    return row


def _edit(row: Notification, words: str, line: str, postal: str | None, by: User) -> Notification:
    row.wording, row.personal_line = "", line
    row.wording = "" if words == letters.wording_now(row) else words
    if postal is not None:
        row.context = {**row.context, "postal": postal}
    if len(row.wording) + len(row.personal_line) > MOST_CHARACTERS:
        raise Refused(
            _("Please keep the letter to one page: at most %(count)d characters.")
            % {"count": MOST_CHARACTERS}
        )
    _check(row)
    letters.pdf_for(row)  # what cannot be set is refused here, where somebody can mend it
    record(row, "letter_edited", by)
    return save(row, "wording", "personal_line", "context")


def _check(row: Notification) -> None:
    """Refused when the words use a field that is not declared, or any other braces of templates."""
    if problem := next(wording.letter_problems(kind_for(row.kind), row.wording), ""):
        raise Refused(problem)


def tidy(text: str) -> str:
    return text.replace("\r\n", "\n").strip()
