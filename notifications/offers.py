"""What may be done with a message as it stands, and why one that waits does so. The services decide once more."""

from django.utils.translation import gettext as _

from loans.stages import Stage
from notifications.catalog import KINDS, Kind
from notifications.catalog.shape import DESK
from notifications.models import Notification

State = Notification.State
NOT_LEFT = (State.QUEUED, State.HELD, State.READY_TO_PRINT)
ON_ITS_WAY = (*NOT_LEFT, State.SENDING)
HOLD, RELEASE, SEND, CANCEL, SETTLE, RESEND = "hold", "release", "send", "cancel", "settle", "resend"


def offers(row: Notification) -> set[str]:
    """The verbs that a page offers for this row: hold, release, send, cancel, settle, resend."""
    kind = KINDS.get(row.kind)
    if row.state == State.UNKNOWN:
        return {SETTLE}
    if row.state not in ON_ITS_WAY:
        return {RESEND} if kind and _may_be_said_again(row, kind) else set()
    can = set()
    if row.state == State.QUEUED:
        can.add(HOLD)
    if row.state == State.HELD and not _is_quiet(row, kind):
        can |= {RELEASE, SEND}
    if row.is_scheduled and kind and not kind.waits_for_undo and not _is_quiet(row, kind):
        can.add(SEND)
    if row.state in NOT_LEFT and kind and not kind.must_send:
        can.add(CANCEL)
    return can


def _may_be_said_again(row: Notification, kind: Kind) -> bool:
    return not (row.words_cleared_at or _opens_a_door(row, kind) or _is_quiet(row, kind))


def _opens_a_door(row: Notification, kind: Kind) -> bool:
    return kind.secret and row.context.get("secret_is") != "none"


def _is_quiet(row: Notification, kind: Kind | None) -> bool:
    """The loan is paused or has ended: nothing of it goes out but what somebody asks for."""
    return bool(row.loan and row.loan.stage in Stage.quiet() and not (kind and kind.asked_for))


def why(row: Notification) -> str:
    """One sentence that says what a row that has not left yet waits for; empty when it is simply its turn."""
    if row.state not in NOT_LEFT:
        return ""
    if row.error:
        return row.remark
    if row.state == State.HELD:
        return _("Somebody put it on hold.")
    if row.state == State.READY_TO_PRINT:
        return _("Waits to be printed and posted.")
    kind = KINDS.get(row.kind)
    return _why_later(row, kind) if kind and row.is_scheduled else ""


def _why_later(row: Notification, kind: Kind) -> str:
    if kind.waits_for_undo:
        return _("Waits a few minutes, so that the move can be taken back.")
    if kind.is_letter:
        return _("Planned since the closing.")
    if kind.topic == "reminders":
        return _("A reminder: it does not go out when what it asks for arrives before.")
    if row.channel == Notification.Channel.TEXT:
        return _("Waits for an hour at which texts may go.")
    if kind.audience == DESK:
        return _("Waits a little, so that several notices leave as one.")
    return _("Waits a little, so that several leave as one.") if kind.topic == "papers" else ""
