"""The only way a stage changes."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Company, User
from loans import events
from loans.errors import Refused
from loans.models import KeyDate, Loan, StageEvent, Task
from loans.services import numbers_call, promises
from loans.services.locking import locked, must_work_on, record, save, works_on
from loans.services.tasks import close_tasks
from loans.services.waiting import derived_waiting_on
from loans.stages import TABLE, Stage, is_reopening, moves_from

# Without an address there is nothing to close on.
NEED_A_HOME = (Stage.CLEAR_TO_CLOSE, Stage.CLOSING, Stage.FUNDED)


def change_stage(
    *,
    loan: Loan,
    to: str,
    by: User,
    note: str = "",
    internal_note: str = "",
    expected_version: int,
    reason: str = "",
    words: str = "",
    silent_why: str = "",
    source: str = StageEvent.Source.DESK,
) -> StageEvent:
    """
    Move the loan. `note` is a line for the borrower, `reason` is why an ended loan is opened again, `words` is what
    the message says instead of the table's text (Markdown with fields, see notifications/wording/own.py), `silent_why`
    is why the borrowers are not told at all.

    Refused when the table does not allow the move, this person may not, or the words cannot be sent as they are;
    Changed when the version is another.
    """
    with transaction.atomic():
        locked(loan, expected_version)
        _must_be_allowed(loan, to, by, reason)
        if silent_why.strip() and note.strip():
            raise Refused(
                _("There is a line to the borrower, and nobody is to be told. Take one of them back.")
            )
        return move(
            loan=loan, to=to, by=by, note=note, internal_note=internal_note, reason=reason,
            words="" if silent_why.strip() else words, silent_why=silent_why, source=source,
        )  # fmt: skip


def move(
    *,
    loan: Loan,
    to: str,
    by: User | None,
    note: str = "",
    internal_note: str = "",
    reason: str = "",
    words: str = "",
    silent_why: str = "",
    source: str = StageEvent.Source.DESK,
    silent: bool = False,
) -> StageEvent:
    """Write a move that was checked; the loan is locked. For services of this app."""
    event = StageEvent.objects.create(
        loan=loan,
        from_stage=loan.stage,
        to_stage=to,
        at=timezone.now(),
        by=by,
        note=note.strip(),
        internal_note=internal_note.strip(),
        reason=reason.strip(),
        words=words.strip(),
        silent_why=silent_why.strip(),
        source=source,
        closing_number=loan.closings + 1 if to == Stage.FUNDED else None,
    )
    loan.closings = event.closing_number or loan.closings
    _stand_at(loan, to, event.at)
    if to in (*Stage.ended(), Stage.FUNDED):
        loan.next_update_on = None
        close_tasks(loan=loan, kinds=[Task.Kind.NEXT_UPDATE], by=by)
    numbers_call.follow(event)
    save(
        loan, "stage", "stage_since", "waiting_on", "waiting_on_by_hand", "waiting_until", "closings",
        "next_update_on",
    )  # fmt: skip
    told = {"silent_why": event.silent_why} if event.silent_why else {}
    record(
        loan=loan, by=by, action="loan.stage_changed", event=str(event.public_id), reason=event.reason,
        **{"from": event.from_stage, "to": event.to_stage, **told},
    )  # fmt: skip
    events.stage_changed.send(sender=StageEvent, loan=loan, event=event, by=by, silent=silent)
    if to in (*Stage.ended(), Stage.FUNDED):
        promises.let_promises_lapse(loan=loan)
    return event


def _stand_at(loan: Loan, stage: str, since: datetime) -> None:
    loan.stage = stage
    loan.stage_since = since
    loan.waiting_on_by_hand, loan.waiting_until = False, None
    loan.waiting_on = derived_waiting_on(loan)


def _must_be_allowed(loan: Loan, to: str, by: User, reason: str) -> None:
    must_work_on(loan, by)
    if to not in TABLE:
        raise Refused(_("There is no such stage."))
    labels = {"from": TABLE[loan.stage].label, "to": TABLE[to].label}
    if to == loan.stage:
        raise Refused(_("The loan is already at “%(to)s”.") % labels)
    if is_reopening(loan.stage, to) and not by.sees_every_loan:
        raise Refused(_("Only a manager can open this loan again."))
    if to not in _moves(loan, by):
        raise Refused(
            _("A loan cannot go from “%(from)s” to “%(to)s”. Choose one of the stages offered.") % labels
        )
    if is_reopening(loan.stage, to) and not reason.strip():
        raise Refused(_("Say why this loan is opened again."))
    if to in NEED_A_HOME and not loan.home_found:
        raise Refused(_("Add the address of the home first; then the loan can go on to closing."))
    numbers_call.must_be_called(loan, to)


def allowed_moves(loan: Loan, user: User) -> list[Stage]:
    """Where this person may move the loan now; a manager is also offered the reopenings."""
    if not works_on(loan, user):
        return []
    moves = _moves(loan, user)
    return [to for to in moves if loan.home_found or to not in NEED_A_HOME]


def _moves(loan: Loan, user: User) -> list[Stage]:
    return moves_from(loan.stage, came_from=reached_stage(loan), manager=user.sees_every_loan)


def reached_stage(loan: Loan) -> str:
    """The last stage on the main line the loan stood at; its own unless it is paused or ended."""
    if loan.stage not in Stage.quiet():
        return loan.stage
    event = (
        loan.stage_events.filter(undone_at__isnull=True, to_stage__in=Stage.line())
        .order_by("-at", "-id")
        .first()
    )
    return event.to_stage if event else Stage.STARTED


def latest_event(loan: Loan) -> StageEvent | None:
    """The move that stands: the latest one that was not taken back."""
    return loan.stage_events.filter(undone_at__isnull=True).order_by("-at", "-id").first()


def can_undo(event: StageEvent, company: Company | None = None) -> bool:
    """Within the waiting time of messages, and only a move that a table of moves can take back."""
    wait = timedelta(minutes=(company or Company.load()).message_wait_minutes)
    return (
        event.undone_at is None
        and bool(event.from_stage)
        and event.source == StageEvent.Source.DESK
        and not _is_final(event)
        and timezone.now() < event.at + wait
    )


def _is_final(event: StageEvent) -> bool:
    # Taking back the way out of a pause or an end would leave messages waiting there; moving there cancels them.
    return event.to_stage in Stage.ended() or event.from_stage in (*Stage.quiet(), Stage.FUNDED)


def undo_stage_change(*, event: StageEvent, by: User, expected_version: int) -> StageEvent:
    """
    Take the latest move back before its message went out. The history shows one correction.

    Refused after the waiting time, for an older move, and for ends and reopenings (a manager opens those again).
    """
    loan = event.loan
    with transaction.atomic():
        locked(loan, expected_version)
        must_work_on(loan, by)
        current = latest_event(loan)
        if current is None or current.pk != event.pk:
            raise Refused(_("Only the latest move can be taken back."))
        if _is_final(event):
            raise Refused(
                _("This move cannot be taken back; move the loan again. A manager reopens an ended one.")
            )
        if not can_undo(event):
            raise Refused(_("The waiting time is over and the message may be out. Move the stage instead."))
        before = (
            loan.stage_events.filter(undone_at__isnull=True)
            .exclude(pk=event.pk)
            .order_by("-at", "-id")
            .first()
        )
        event.undone_at, event.undone_by = timezone.now(), by
        event.save(update_fields=["undone_at", "undone_by"])
        numbers_call.follow_undo(event)
        promises.take_back_word(loan=loan, at=event.at)
        _stand_at(loan, event.from_stage, before.at if before else loan.created_at)
        save(loan, "stage", "stage_since", "waiting_on", "waiting_on_by_hand", "waiting_until")
        record(
            loan=loan, by=by, action="loan.stage_undone", event=str(event.public_id),
            **{"from": event.from_stage, "to": event.to_stage},
        )  # fmt: skip
        events.stage_undone.send(sender=StageEvent, loan=loan, event=event, by=by)
    return event


def notice_is_sent(loan: Loan) -> bool:
    """Whether the written notice of the stage the loan stands at was recorded; one of an earlier end counts not."""
    return loan.key_dates.filter(kind=KeyDate.Kind.NOTICE_SENT, set_at__gte=loan.stage_since).exists()
