"""Dates beside the line: the next update we promise, the closing we aim at, and what happened when."""

from datetime import date, time

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from loans import clocks, events
from loans.errors import Refused
from loans.models import KeyDate, Loan, Task
from loans.services.counters import end_silence, store_lock_end, word_given
from loans.services.locking import forget_relations, locked, must_work_on, record, save
from loans.services.promises import promise
from loans.services.tasks import close_tasks
from loans.services.waiting import DECISIVE, derived_waiting_on
from loans.stages import Stage

# No home yet: neither appraisal and title nor anything of a closing.
NEED_A_HOME = (
    *KeyDate.NEED_A_HOME,
    KeyDate.Kind.INSURANCE_RECEIVED,
    KeyDate.Kind.CLOSING_DISCLOSURE_SENT,
    KeyDate.Kind.CLOSING_DISCLOSURE_RECEIVED,
    KeyDate.Kind.SIGNING,
)
AHEAD = (KeyDate.Kind.RATE_LOCK_ENDS, KeyDate.Kind.SIGNING)
BY_CLOCK = (KeyDate.Kind.LOAN_ESTIMATE_DUE,)


@transaction.atomic
def set_next_update(*, loan: Loan, on: date | None, by: User, expected_version: int) -> Loan:
    """Promise the borrower news by this day (None takes the promise back). Refused for a day that has passed."""
    locked(loan, expected_version)
    must_work_on(loan, by)
    if on is not None and on < clocks.today():
        raise Refused(_("The next update lies in the past. Choose today or a later day."))
    if on is not None and loan.stage in Stage.closed():
        raise Refused(_("This loan has ended; there is no next update to promise."))
    loan.next_update_on = on
    save(loan, "next_update_on")
    close_tasks(loan=loan, kinds=[Task.Kind.NEXT_UPDATE], by=by)
    record(loan=loan, by=by, action="loan.next_update_set", on=str(on or ""))
    promise(loan=loan, on=on, by=by)
    if on is not None:
        end_silence(loan)
    return loan


@transaction.atomic
def set_waiting_on(
    *, loan: Loan, waiting_on: str, by: User, expected_version: int, until: date | None = None
) -> Loan:
    """
    Say by hand who has the ball; it holds until the next stage change, and with a day no longer than that day. Empty:
    as the portal works it out. Refused for a day that has passed.
    """
    locked(loan, expected_version)
    must_work_on(loan, by)
    if waiting_on and waiting_on not in Loan.WaitingOn.values:
        raise Refused(_("Choose who has the ball."))
    if waiting_on and until is not None and until < clocks.today():
        raise Refused(_("That day lies in the past. Choose today or a later day."))
    loan.waiting_on_by_hand = bool(waiting_on)
    loan.waiting_on = waiting_on or derived_waiting_on(loan)
    loan.waiting_until = until if waiting_on else None
    save(loan, "waiting_on", "waiting_on_by_hand", "waiting_until")
    record(loan=loan, by=by, action="loan.waiting_on_set", waiting_on=loan.waiting_on, on=str(until or ""))
    word_given(loan)
    return loan


@transaction.atomic
def set_expected_closing(*, loan: Loan, on: date | None, by: User, expected_version: int) -> Loan:
    """The closing we aim at; borrowers read “target, not confirmed” until a signing appointment is set."""
    locked(loan, expected_version)
    must_work_on(loan, by)
    if on is not None:
        _must_have_a_home(loan)
        if on < clocks.today():
            raise Refused(_("The expected closing lies in the past. Choose a day ahead."))
        if loan.stage in Stage.closed():
            raise Refused(_("This loan has ended; there is no closing to expect."))
    loan.expected_closing = on
    save(loan, "expected_closing")
    record(loan=loan, by=by, action="loan.expected_closing_set", on=str(on or ""))
    return loan


@transaction.atomic
def set_key_date(
    *,
    loan: Loan,
    kind: str,
    on: date,
    time: time | None = None,
    note: str = "",
    by: User,
    expected_version: int,
) -> KeyDate:
    """
    Record when something happened or will. Setting it again replaces it.

    Refused for a fact that would lie in the future, for a closing without a home, and for dates the clock works out.
    """
    locked(loan, expected_version)
    must_work_on(loan, by)
    _must_make_sense(loan, kind, on)
    key_date, _is_new = KeyDate.objects.update_or_create(
        loan=loan,
        kind=kind,
        defaults={"on": on, "time": time, "note": note.strip(), "set_by": by, "set_at": timezone.now()},
    )
    _settle(loan, kind, by)
    record(loan=loan, by=by, action="loan.key_date_set", kind=kind, on=str(on))
    events.key_date_set.send(sender=KeyDate, loan=loan, key_date=key_date, by=by)
    return key_date


@transaction.atomic
def clear_key_date(*, loan: Loan, kind: str, by: User, expected_version: int) -> None:
    """Remove a date that was set by mistake, or an appointment called off. Harmless when it is not set."""
    locked(loan, expected_version)
    must_work_on(loan, by)
    if kind in BY_CLOCK:
        raise Refused(_("The portal works this date out; it cannot be changed by hand."))
    deleted, _models = KeyDate.objects.filter(loan=loan, kind=kind).delete()
    if not deleted:
        return
    _settle(loan, kind, None)
    record(loan=loan, by=by, action="loan.key_date_cleared", kind=kind)


def _settle(loan: Loan, kind: str, by: User | None) -> None:
    """Raise the version, and draw what follows from the date."""
    forget_relations(loan)
    if kind in DECISIVE and not loan.waiting_on_by_hand:
        loan.waiting_on = derived_waiting_on(loan)
    if kind == KeyDate.Kind.LOAN_ESTIMATE_SENT and by is not None:
        close_tasks(loan=loan, kinds=[Task.Kind.LOAN_ESTIMATE, Task.Kind.SIX_ITEMS], by=by)
    save(loan, "waiting_on")
    if kind == KeyDate.Kind.RATE_LOCK_ENDS:
        store_lock_end(loan)


def _must_make_sense(loan: Loan, kind: str, on: date) -> None:
    if kind not in KeyDate.Kind.values:
        raise Refused(_("There is no such date."))
    if kind in BY_CLOCK:
        raise Refused(_("The portal works this date out; it cannot be changed by hand."))
    if kind in NEED_A_HOME:
        _must_have_a_home(loan)
    if kind not in AHEAD and on > clocks.today():
        raise Refused(_("This records what has happened. Choose today or an earlier day."))
    if kind == KeyDate.Kind.SIGNING and on < clocks.today() and loan.stage not in Stage.closed():
        raise Refused(_("The signing lies in the past. Choose a day ahead."))
    if kind == KeyDate.Kind.NOTICE_SENT and loan.stage not in Stage.quiet():
        raise Refused(_("There is no outcome to write about: the loan is neither paused nor ended."))


def _must_have_a_home(loan: Loan) -> None:
    if not loan.home_found:
        raise Refused(_("No home has been found yet. Add its address first."))
