"""What became of a try, committed at once: the end of a row, its way back into the queue, and who hears of it."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DataError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_noop as noop

from loans.models import Task
from notifications import unreached
from notifications.catalog import HOLD, KINDS, RESEND
from notifications.catalog.shape import BORROWER
from notifications.delivery.rules import why_not
from notifications.models import Attempt, Notification, NotificationQuerySet
from notifications.services.queueing import date_header
from notifications.words import one_line

logger = logging.getLogger(__name__)
State = Notification.State
LADDER = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 4 * 60, 12 * 60, 24 * 60)
)  # after the n-th failed try; then failed
HOUSE_LOOKS_AGAIN = timedelta(minutes=5)


def on_uncertain(row: Notification) -> str:
    """A text that may have left is never sent twice; for the rest their kind decides."""
    kind = KINDS.get(row.kind)
    if row.channel == row.Channel.TEXT:
        return HOLD
    return kind.on_uncertain if kind else RESEND


def finish(
    row: Notification, state: str, why: str = "", *, due_at: datetime | None = None, for_good: bool = False
) -> None:
    """
    Commit the end of this try; nothing at all when the claim was lost meanwhile. `for_good`: the address itself was
    refused, nothing more is sent there.
    """
    why = one_line(why)
    values: dict[str, object] = {
        "state": state, "error": why, "claim": None, "claimed_at": None, "address": row.address,
        "subject": row.subject, "text_body": row.text_body, "html_body": row.html_body,
        "wording_version": row.wording_version_id, "attachment_key": row.attachment_key,
        "provider": row.provider, "provider_id": row.provider_id, "waiting_since": None, "version": F("version") + 1,
    }  # fmt: skip
    if due_at:
        values["due_at"] = due_at
    if state == State.SENT:
        values["sent_at"] = timezone.now()
    if state != State.QUEUED and not settings.DEMO:
        values["secret"] = None  # it is out, or will never be
    try:
        _commit(row, values, why, for_good)
    except (DataError, ValueError):  # left as it is, the row would be sent again and again
        logger.exception("The words of message %s (%s) cannot be kept.", row.public_id, row.kind)
        for name in ("subject", "text_body", "html_body", "provider_id", "address"):
            del values[name]
        _commit(row, values, why, for_good)


def _commit(row: Notification, values: dict[str, object], why: str, for_good: bool) -> None:
    with transaction.atomic():
        if not _mine(row).update(**values):
            return
        Attempt.objects.create(
            notification=row, number=row.attempts, outcome=str(values["state"]), detail=why
        )
        if values["state"] == State.FAILED or (values["state"] == State.EXPIRED and _was_needed(row)):
            unreached.tell(row, for_good)


def _was_needed(row: Notification) -> bool:
    """What could not leave in its time and had to: whoever waited for it still does. A reminder is simply over."""
    kind = KINDS.get(row.kind)
    return kind is not None and kind.must_send and kind.audience == BORROWER


def put_back(
    row: Notification, until: datetime, why: str = "", *, waiting_since: datetime | None = None
) -> None:
    """Due again at this moment."""
    values: dict[str, object] = {"date_header": date_header(until)} if row.attempts == 1 else {}
    _was_no_try(row, why, state=State.QUEUED, due_at=until, waiting_since=waiting_since, **values)


def try_later(row: Notification, why: str) -> None:
    """Back into the queue, later each time; failed at the end of the ladder, cancelled when the loan was paused."""
    if (stopped := why_not(row)) and stopped[0] == State.CANCELLED:
        return finish(row, *stopped)
    if row.attempts > len(LADDER):
        return finish(row, State.FAILED, why)
    return finish(row, State.QUEUED, why, due_at=timezone.now() + LADDER[row.attempts - 1])


def wait_for_the_house(row: Notification, why: str) -> None:
    """
    Something must be filled in first. No fault of this row, so its ladder is not charged; since when it waits is kept,
    so that the figures sound the alarm.
    """
    put_back(row, timezone.now() + HOUSE_LOOKS_AGAIN, why, waiting_since=row.waiting_since or row.due_at)


def wait_for_a_look(row: Notification, why: str) -> None:
    """A letter that cannot be set as it stands waits on hold, and somebody is told."""
    with transaction.atomic():
        if _was_no_try(row, why, state=State.HELD) and row.loan:
            unreached.ask(row.loan, Task.Kind.LETTER, why, key=f"letter:{row.public_id}:{row.version}")


def leave_open(row: Notification) -> None:
    """It may have left; a person must look."""
    finish(row, State.UNKNOWN, noop("It was taken and no answer came. Please look before sending again."))


def _was_no_try(row: Notification, why: str, **values: object) -> int:
    """Out of its claim again: nothing was handed to anybody, which is not counted. 0 when the claim was lost."""
    return _mine(row).update(
        claim=None, claimed_at=None, attempts=F("attempts") - 1, error=one_line(why), version=F("version") + 1,
        **values,
    )  # fmt: skip


def _mine(row: Notification) -> NotificationQuerySet:
    return Notification.objects.filter(pk=row.pk, claim=row.claim, state=State.SENDING)
