"""What the clock does to loans. Every run may be repeated, or run twice at once, without harm."""

import logging
from datetime import date, timedelta

from celery import shared_task
from django.db.models import Exists, F, OuterRef
from django.utils.translation import gettext as _

from accounts.models import Company
from loans import clocks, quiet, search, services
from loans.models import KeyDate, Loan, Task
from loans.services import bringing, kept_tables
from loans.services.waiting import end_waiting_by_hand

logger = logging.getLogger(__name__)
AT_ONCE = 200


@shared_task(name="loans.run_clocks")
def run_clocks() -> None:
    """Put before the officers what falls due, and delete applications nobody proved."""
    today = clocks.today(Company.load())
    remind_of_next_updates(today)
    remind_of_loan_estimates(today)
    end_waiting(today)
    services.purge_unproved()


@shared_task(name="loans.keep_words")
def keep_words() -> int:
    """Give words to loans that came in without, though services keep them; returns how many it were."""
    return search.keep_missing_words()


@shared_task(name="loans.watch_quiet_files")
def watch_quiet_files() -> int:
    """Put before the officers whose borrowers have heard nothing for some days; returns how many loans."""
    company = Company.load()
    return sum(_ask_about(loan, company) for loan in quiet.not_yet_asked(company)[:AT_ONCE])


def _ask_about(loan: Loan, company: Company) -> bool:
    try:
        services.ask_about_quiet_file(loan=loan, company=company)
    except Exception:
        logger.exception("No task could be made for loan %s", loan.number)
        return False
    return True


@shared_task(name="loans.count_usual_days")
def count_usual_days() -> int:
    """How long each stage usually takes here; returns for how many stages there are enough loans to say."""
    return services.count_usual_days()


@shared_task(name="loans.bring_tables_over")
def bring_tables_over() -> int:
    """Bring over what somebody asked for; returns how many tables are done."""
    return bringing.bring_asked_tables()


@shared_task(name="loans.tidy_imports")
def tidy_imports() -> int:
    """Delete tables of loans that nobody brought over, and what others still say; returns how many."""
    return kept_tables.tidy_imports()


def remind_of_next_updates(today: date) -> int:
    """A task the day before a promised update (and for one already missed); returns how many loans were looked at."""
    known = Task.objects.filter(
        loan=OuterRef("pk"), kind=Task.Kind.NEXT_UPDATE, due_on=OuterRef("next_update_on")
    )
    due = Loan.objects.open().filter(~Exists(known), next_update_on__lte=today + timedelta(days=1))
    return sum(_remind_of_update(loan) for loan in due.select_related("officer")[:AT_ONCE])


def _remind_of_update(loan: Loan) -> bool:
    return _make_or_log(
        loan,
        kind=Task.Kind.NEXT_UPDATE,
        why=_("You promised the borrower an update."),
        due_on=loan.next_update_on,
        key=f"next_update:{loan.public_id}:{loan.next_update_on}",
    )


def remind_of_loan_estimates(today: date) -> int:
    """A task the day before a Loan Estimate is due that was not sent; returns how many loans were looked at."""
    sent = KeyDate.objects.filter(loan=OuterRef("pk"), kind=KeyDate.Kind.LOAN_ESTIMATE_SENT)
    known = Task.objects.filter(loan=OuterRef("pk"), kind=Task.Kind.LOAN_ESTIMATE)
    due = (
        Loan.objects.open()
        .filter(~Exists(sent), ~Exists(known), key_dates__kind=KeyDate.Kind.LOAN_ESTIMATE_DUE)
        .filter(key_dates__on__lte=today + timedelta(days=1))
        .annotate(estimate_due=F("key_dates__on"))
    )
    return sum(
        _remind_of_estimate(loan, loan.estimate_due) for loan in due.select_related("officer")[:AT_ONCE]
    )


def _remind_of_estimate(loan: Loan, due_on: date) -> bool:
    return _make_or_log(
        loan,
        kind=Task.Kind.LOAN_ESTIMATE,
        why=_("The Loan Estimate must go out; it is not recorded as sent."),
        due_on=due_on,
        key=f"loan_estimate:{loan.public_id}:{due_on}",
    )


def end_waiting(today: date) -> int:
    """Who has the ball was said by hand until a day that is over: worked out again; returns for how many loans."""
    over = Loan.objects.open().filter(waiting_on_by_hand=True, waiting_until__lt=today)
    return sum(_end_waiting(loan) for loan in over[:AT_ONCE])


def _end_waiting(loan: Loan) -> bool:
    try:
        return end_waiting_by_hand(loan=loan)
    except Exception:
        logger.exception("Who has the ball could not be worked out for loan %s", loan.number)
        return False


def _make_or_log(loan: Loan, *, kind: str, why: str, due_on: date | None, key: str) -> bool:
    """One loan's trouble must not stop the others."""
    if due_on is None:
        return False
    try:
        services.make_task(loan=loan, kind=kind, why=why, for_user=loan.officer, due_on=due_on, key=key)
    except Exception:
        logger.exception("No task could be made for loan %s", loan.number)
        return False
    return True
