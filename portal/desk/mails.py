"""The messages of one loan as its page shows them: what will be sent, what was, and the letter on top."""

from collections.abc import Iterable
from dataclasses import dataclass

from notifications import letters
from notifications.models import Notification
from notifications.offers import NOT_LEFT, offers, why

State = Notification.State
GONE_ON_TOP = 6


@dataclass(frozen=True)
class Mail:
    """A message of the outbox with what may be done about it."""

    row: Notification
    why: str
    offers: set[str]
    is_letter: bool


@dataclass(frozen=True)
class Mails:
    """`coming` the next first, `gone` and `before` the newest first; the letter stands apart from all of them."""

    letter: Mail | None
    coming: list[Mail]
    gone: list[Mail]
    before: list[Mail]


def mails_of(rows: Iterable[Notification]) -> Mails:
    mails = [Mail(row, why(row), offers(row), letters.is_letter(row)) for row in rows]
    letter = _letter_on_top(mails)
    others = [mail for mail in mails if mail is not letter]
    coming = [mail for mail in others if mail.row.state in NOT_LEFT]
    gone = [mail for mail in others if mail.row.state not in NOT_LEFT]
    gone.sort(key=lambda mail: mail.row.pk, reverse=True)
    return Mails(
        letter=letter,
        coming=sorted(coming, key=lambda mail: (mail.row.due_at, mail.row.pk)),
        gone=gone[:GONE_ON_TOP],
        before=gone[GONE_ON_TOP:],
    )


def _letter_on_top(mails: list[Mail]) -> Mail | None:
    """The next letter that has not left, else the newest that was not called off, else the newest."""
    written = sorted((mail for mail in mails if mail.is_letter), key=lambda mail: -mail.row.pk)
    ahead = [mail for mail in written if mail.row.state in NOT_LEFT]
    if ahead:
        return min(ahead, key=lambda mail: mail.row.due_at)
    over = (State.CANCELLED, State.EXPIRED)
    return next((mail for mail in written if mail.row.state not in over), written[0] if written else None)
