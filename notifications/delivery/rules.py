"""What is looked at before a row leaves, however long it has waited: may it go at all, and may it go now?"""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_noop as noop

from loans.models import Loan
from loans.stages import Stage
from notifications import hours, letters, permission
from notifications.catalog import KINDS
from notifications.models import Notification
from notifications.services.queueing import LOAN_IS_QUIET

State = Notification.State
Stop = tuple[str, str]  # the state in which a row ends unsent, and why
# All that stands on the loan itself: between the claim of a batch and the turn of a row lie minutes.
MAY_CHANGE = [field.attname for field in Loan._meta.concrete_fields if not field.is_relation]


def why_not(row: Notification) -> Stop | None:
    """Why this row must not leave, looked up now; from here on it has its loan as it stands now."""
    if row.loan:
        row.loan.refresh_from_db(fields=MAY_CHANGE)
    return _loan_is_quiet(row) or _is_too_late(row) or permission.refusal(row) or _letter_is_stopped(row)


def not_before(row: Notification) -> datetime | None:
    """The moment until which it waits: quiet hours where its reader lives, or a number that is paused."""
    now = timezone.now()
    moments = (permission.paused_until(row), hours.not_before(row, now))
    return max((moment for moment in moments if moment and moment > now), default=None)


def _loan_is_quiet(row: Notification) -> Stop | None:
    kind = KINDS.get(row.kind)
    if row.loan is None or (kind and kind.asked_for):
        return None
    return (State.CANCELLED, LOAN_IS_QUIET) if row.loan.stage in Stage.quiet() else None


def _is_too_late(row: Notification) -> Stop | None:
    if row.expires_at and row.expires_at < timezone.now():
        return State.EXPIRED, noop("It came too late to be true.")
    return None


def _letter_is_stopped(row: Notification) -> Stop | None:
    kind = KINDS.get(row.kind)
    if row.loan and kind and (kind.is_letter or kind.marketing) and (why := letters.is_stopped(row.loan)):
        return State.HELD, why
    return None
