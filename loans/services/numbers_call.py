"""
The call about the numbers: before a closing somebody goes through them with the borrower, on the telephone.

Clear to close asks for it (a task), the closing waits until it is done or waived with a reason. A loan that leaves
clear to close the other way needs no call any more; taking that move back brings it back.
"""

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from accounts.models import Company
from loans import clocks
from loans.errors import Refused
from loans.models import Loan, StageEvent, Task
from loans.services.tasks import make_task
from loans.stages import Stage

KIND = Task.Kind.NUMBERS_CALL
NOT_NEEDED = noop("The loan is no longer clear to close.")


def open_call(loan: Loan) -> Task | None:
    """The call that still has to be made."""
    return loan.tasks.filter(kind=KIND, done_at__isnull=True).first()


def why_waived(why: str) -> str:
    """The reason of a waived call as it is read: what the house wrote by itself, in the reader's language."""
    return _(NOT_NEEDED) if why == NOT_NEEDED else why


def must_be_called(loan: Loan, to: str) -> None:
    """Refused while the call is open and the loan is to go to its closing."""
    if loan.stage == Stage.CLEAR_TO_CLOSE and to == Stage.CLOSING and open_call(loan):
        raise Refused(
            _(
                "The numbers call is still open. Call the borrower about the numbers and tick it off, or waive it with "
                "a reason; then the loan can go to its closing."
            )
        )


def follow(event: StageEvent) -> None:
    """Make the call necessary, or not, as this move of its loan has it."""
    loan = event.loan
    if event.to_stage == Stage.CLEAR_TO_CLOSE:
        _ask(loan, str(event.public_id))
    elif event.from_stage == Stage.CLEAR_TO_CLOSE and event.to_stage != Stage.CLOSING:
        _drop(loan)


def follow_undo(event: StageEvent) -> None:
    """The same when this move was taken back."""
    if event.to_stage == Stage.CLEAR_TO_CLOSE:
        _drop(event.loan)
    elif event.from_stage == Stage.CLEAR_TO_CLOSE:
        dropped = Task.objects.filter(
            loan=event.loan, kind=KIND, waived_why=NOT_NEEDED, done_at__gte=event.at
        )
        dropped.update(done_at=None, waived_why="")


def _ask(loan: Loan, key: str) -> None:
    if open_call(loan):
        return
    company = Company.load()
    due_on = clocks.add_business_days(
        clocks.today(company), 1, lambda day: clocks.is_general_business_day(day, company)
    )
    why = _("Go through the numbers of the closing with the borrower before it is signed.")
    make_task(loan=loan, kind=KIND, why=why, for_user=loan.officer, due_on=due_on, key=f"numbers_call:{key}")


def _drop(loan: Loan) -> None:
    loan.tasks.filter(kind=KIND, done_at__isnull=True).update(done_at=timezone.now(), waived_why=NOT_NEEDED)
