"""What people and events do to rows that wait: stop, hold, release, send now, send again."""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from accounts.models import User
from audit import log
from loans.errors import Changed, Refused
from loans.models import Loan, StageEvent
from loans.stages import Stage
from notifications import letters, permission
from notifications.catalog import kind_for
from notifications.catalog.stages import PREFIX
from notifications.facts import is_behind
from notifications.models import Notification
from notifications.services.queueing import date_header, new_message_id, wake_up

State = Notification.State
ENDED = (
    State.SENT, State.DELIVERED, State.PRINTED, State.CANCELLED, State.EXPIRED, State.SUPPRESSED, State.BOUNCED,
    State.COMPLAINED, State.FAILED,
)  # fmt: skip
ON_ITS_WAY = (
    State.SENDING, State.SENT, State.DELIVERED, State.PRINTED, State.BOUNCED, State.COMPLAINED, State.UNKNOWN,
)  # fmt: skip
NOT_GONE = (State.QUEUED, State.HELD, State.READY_TO_PRINT)


def locked(row: Notification, expected_version: int | None) -> Notification:
    """The row as it is now, locked. Changed when somebody else was quicker."""
    now = Notification.objects.select_for_update(of=("self",)).select_related("loan").get(pk=row.pk)
    if expected_version is not None and now.version != expected_version:
        what = _("The message now stands at “%(state)s”.") % {"state": now.get_state_display()}
        raise Changed(
            _("Somebody changed this message since you opened it. %(what)s") % {"what": what}, [what]
        )
    return now


def save(row: Notification, *fields: str) -> Notification:
    """Only where nobody claimed it meanwhile; Refused when a worker was quicker."""
    row.version += 1
    values = {name: getattr(row, name) for name in (*fields, "version")}
    free = Notification.objects.filter(pk=row.pk, version=row.version - 1).exclude(state=State.SENDING)
    if not free.update(**values):
        raise Refused(_("This message is being sent right now."))
    return row


def record(row: Notification, action: str, by: User, **detail: str) -> None:
    log.record(
        action=f"message.{action}", about=row, by=by, loan=row.loan, detail={"kind": row.kind, **detail}
    )


@transaction.atomic
def hold(*, notification: Notification, by: User, expected_version: int | None = None) -> Notification:
    """Keep it until somebody releases it. Refused when it no longer waits."""
    row = locked(notification, expected_version)
    if row.state != State.QUEUED:
        raise Refused(_("Only a message that is waiting can be held."))
    row.state, row.error = State.HELD, ""
    record(row, "held", by)
    return save(row, "state", "error")


@transaction.atomic
def release(*, notification: Notification, by: User, expected_version: int | None = None) -> Notification:
    """Let a held message go at the time it was meant for, at once when that has passed."""
    row = locked(notification, expected_version)
    if row.state != State.HELD:
        raise Refused(_("This message is not on hold."))
    _must_be_awake(row)
    row.state, row.error = State.QUEUED, ""
    _stay_true(row, max(row.due_at, timezone.now()))
    record(row, "released", by)
    return _woken(save(row, "state", "error", "expires_at", "date_header"))


@transaction.atomic
def send_now(*, notification: Notification, by: User, expected_version: int | None = None) -> Notification:
    """Send a waiting or held message with the next batch instead of at its time."""
    row = locked(notification, expected_version)
    if row.state not in (State.QUEUED, State.HELD):
        raise Refused(_("Only a message that is waiting or on hold can be sent now."))
    _must_be_awake(row)
    if kind_for(row.kind).waits_for_undo and row.due_at > timezone.now():
        raise Refused(_("Stage messages wait a few minutes so that a move can be taken back."))
    row.state, row.error, row.due_at = State.QUEUED, "", timezone.now()
    _stay_true(row, row.due_at)
    record(row, "sent_now", by)
    return _woken(save(row, "state", "error", "due_at", "expires_at", "date_header"))


@transaction.atomic
def cancel(*, notification: Notification, by: User, expected_version: int | None = None) -> Notification:
    """
    Do not send it at all. Refused for what is on its way or done, and for kinds that nobody can switch off: those are
    held, or what they tell of is taken back.
    """
    row = locked(notification, expected_version)
    if row.state not in NOT_GONE:
        raise Refused(_("Only a message that has not left can be cancelled."))
    if kind_for(row.kind).must_send:
        raise Refused(
            _(
                "This message has to be sent, so it cannot be cancelled. Hold it while something is being cleared up."
            )
        )
    row.state, row.error = State.CANCELLED, noop("Cancelled by somebody at the desk.")
    record(row, "cancelled", by)
    return save(row, "state", "error")


@transaction.atomic
def settle_unknown(
    *, notification: Notification, by: User, was_sent: bool, expected_version: int | None = None
) -> Notification:
    """
    Somebody looked whether a message left that was cut off in the middle: it is sent, or goes out again with the same
    Message-ID. Refused when that is no longer the question, and for a second try while the loan is quiet.
    """
    row = locked(notification, expected_version)
    if row.state != State.UNKNOWN:
        raise Refused(_("It is no longer unclear whether this message left."))
    record(row, "settled", by, was_sent="yes" if was_sent else "no")
    if was_sent:
        last = row.tries.last()
        row.state, row.error, row.sent_at = State.SENT, "", last.at if last else timezone.now()
        return save(row, "state", "error", "sent_at")
    _must_be_awake(row)
    row.state, row.error, row.due_at = State.QUEUED, "", timezone.now()
    _stay_true(row, row.due_at)
    return _woken(save(row, "state", "error", "due_at", "expires_at", "date_header"))


def _stay_true(row: Notification, leaves_at: datetime) -> None:
    """A message held long does not expire by it, and its Date is right as long as no copy of it went out."""
    row.expires_at = leaves_at + kind_for(row.kind).expires_after
    if row.attempts == 0:
        row.date_header = date_header(leaves_at)


def _must_be_awake(row: Notification) -> None:
    if row.loan and row.loan.stage in Stage.quiet() and not kind_for(row.kind).asked_for:
        raise Refused(_("The loan is paused or has ended; its messages are not sent."))
    if letters.is_letter(row) and (why := letters.is_stopped(row.loan)):
        raise Refused(_(why))


def _woken(row: Notification) -> Notification:
    if row.due_at <= timezone.now():
        wake_up(row.channel)
    return row


@transaction.atomic
def resend(*, notification: Notification, by: User, expected_version: int | None = None) -> Notification:
    """
    A new row that says it again, written anew from today's facts; the first one stays as it was.

    Refused for codes and links (their owner asks for a new one), for what still waits, while the loan is quiet, and
    once the words were cleared away with the values they were written from.
    """
    first = locked(notification, expected_version)
    if first.state not in (*ENDED, State.UNKNOWN):
        raise Refused(_("This message has not been sent yet."))
    if first.words_cleared_at:
        raise Refused(_("The words of this message were cleared away; it cannot be sent again."))
    if kind_for(first.kind).secret and first.context.get("secret_is") != "none":
        raise Refused(
            _(
                "This message opens a door and is not sent twice. Send a new invitation, or let them ask again."
            )
        )
    _must_be_awake(first)
    now = timezone.now()
    copy = Notification.objects.create(
        event_key=f"again:{first.public_id}:{first.resent_as.count() + 1}",
        resend_of=first,
        due_at=now,
        expires_at=now + kind_for(first.kind).expires_after,
        message_id=new_message_id(),
        date_header=date_header(now),
        address=permission.address_of(first),
        **{
            name: getattr(first, name)
            for name in (
                "kind", "channel", "recipient", "recipient_name", "loan", "party", "language", "context",
                "template_version", "priority", "wording", "personal_line",
            )
        },
    )  # fmt: skip
    Notification.objects.filter(pk=first.pk).update(version=F("version") + 1)
    record(copy, "resent", by, first=str(first.public_id))
    wake_up(copy.channel)
    return copy


def cancel_for_loan(
    *, loan: Loan, because: str, event: StageEvent | None = None, kinds: list[str] | None = None
) -> int:
    """
    Stop every message of the loan (of these kinds) that has not left the house, letters ready to be printed too;
    returns how many. With `event`, taking that event back brings them back (`restore_after_undo`). Call it inside the
    transaction of the stage change.
    """
    to_its_people = Q(loan__isnull=True, party__in=loan.parties.all())
    rows = Notification.objects.filter(Q(loan=loan) | to_its_people, state__in=NOT_GONE)
    if kinds is not None:
        rows = rows.filter(kind__in=kinds)
    return stop(rows, because=because, event=event)


def stop(rows, *, because: str, event: StageEvent | None = None) -> int:  # type: ignore[no-untyped-def]
    return rows.update(
        stopped_from=F("state"),
        state=State.CANCELLED,
        error=because,
        stopped_by=str(event.public_id) if event else "",
        version=F("version") + 1,
    )


def take_back(*, event: StageEvent, because: str) -> int:
    """
    Stop what still waits of an event that is being taken back, the letter of its closing too. Refused when something
    of it is already out: clocks differ, and the waiting time may have been lengthened since.
    """
    of_event = Q(event_key=str(event.public_id)) | Q(event_key=letters.event_key(event))
    rows = Notification.objects.filter(of_event, loan=event.loan)
    stopped = stop(rows.filter(state__in=NOT_GONE), because=because)
    if rows.filter(state__in=ON_ITS_WAY).exists():
        raise Refused(_("A message about this move is on its way. Move the stage instead."))
    return stopped


def restore_after_undo(event: StageEvent) -> int:
    """The event that stopped these rows was taken back: they stand again where they stood."""
    rows = Notification.objects.filter(stopped_by=str(event.public_id), state=State.CANCELLED)
    channels = set(rows.values_list("channel", flat=True))
    count = rows.update(
        state=F("stopped_from"), stopped_by="", stopped_from="", error="", version=F("version") + 1
    )
    for channel in channels:
        wake_up(channel)
    return count


def cancel_overtaken(*, loan: Loan, event: StageEvent) -> int:
    """The loan moved back: what waits to tell of a stage ahead of it must not go out any more."""
    waiting = Notification.objects.filter(loan=loan, kind__startswith=PREFIX).waiting()
    behind = [row.pk for row in waiting if is_behind(event.to_stage, row.kind.removeprefix(PREFIX))]
    return stop(
        Notification.objects.filter(pk__in=behind).waiting(),
        because=noop("The loan has moved back."),
        event=event,
    )
