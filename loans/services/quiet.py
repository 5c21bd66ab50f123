"""What follows when the borrowers have heard nothing for a while."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import Company
from loans import clocks, quiet
from loans.models import Loan, Task
from loans.services.locking import locked, record, save
from loans.services.promises import promise
from loans.services.tasks import make_task


def ask_about_quiet_file(*, loan: Loan, company: Company) -> Task:
    """
    A task for the officer, once for each silence (`loan` comes from `quiet.not_yet_asked`); any word to the borrowers
    ends it.
    """
    heard_at = loan.last_word_at or loan.created_at
    why = _("The borrowers have heard nothing for %(days)s business days. Tell them where it stands.")
    return make_task(
        loan=loan,
        kind=Task.Kind.QUIET_FILE,
        why=why % {"days": company.quiet_days},
        for_user=loan.officer,
        due_on=clocks.next_open_day(clocks.today(company)),
        key=f"quiet:{loan.public_id}:{heard_at:%Y%m%dT%H%M%S%f}",
    )


@transaction.atomic
def promise_after_silence(*, loan: Loan, company: Company) -> date | None:
    """
    The borrowers are told that there is nothing new: they hear again by a day. A promise that stands is kept; else the
    portal makes one, which the desk and the clocks then hold. Returns the day that was promised and missed, if any.
    """
    locked(loan)
    today, promised = clocks.today(company), loan.next_update_on
    if promised is not None and promised >= today:
        return None
    loan.next_update_on = quiet.next_word_by(company)
    save(loan, "next_update_on")
    promise(loan=loan, on=loan.next_update_on, by=None)
    record(loan=loan, by=None, action="loan.next_update_set", task="loans", on=str(loan.next_update_on))
    return promised
