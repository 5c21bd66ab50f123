"""
What a table of loans says is done by a worker, line by line, each in a transaction of its own. Nobody is written to,
unless the borrowers of new loans are to be invited. Broken off, it goes on where it was: what is here by then is
compared, not opened again.
"""

import logging
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import services as accounts
from accounts.models import Company, Invitation, User
from audit import log
from loans.errors import Refused
from loans.models import KeyDate, Loan, LoanImport, Party, ReceivedItem, StageEvent
from loans.services.by_hand import begin_loan, finish_opening
from loans.services.facts import items_in, receive_known_items
from loans.services.importing import (
    CHANGES,
    DATES,
    FACTS,
    NEW,
    PERSON,
    SAME,
    WRONG,
    Plan,
    differences,
    plans_of,
)
from loans.services.kept_tables import broken_off, idle
from loans.services.locking import locked, must_work_on, record, save
from loans.services.people import store_names
from loans.services.waiting import derived_waiting_on

logger = logging.getLogger(__name__)
AT_ONCE = 20


@transaction.atomic
def ask_to_bring_over(*, table: LoanImport, by: User, invite: bool = False) -> None:
    """
    A worker is to do what the lines say (`bring_asked_tables`); `invite` writes to the borrowers of new loans, nobody
    else is told anything. Refused for somebody else's table, while it is brought over, and once it is done.
    """
    _must_be_theirs(table, by)
    row = LoanImport.objects.filter(pk=table.pk)
    if not row.filter(idle(timezone.now())).update(state=LoanImport.State.ASKED, invite=invite):
        raise Refused(_being_brought(row))


def bring_asked_tables() -> int:
    """
    What waits, and what was broken off, oldest first; one that fails must not stop the others, and is tried again some
    minutes later. Returns how many are done.
    """
    waiting = LoanImport.objects.filter(Q(state=LoanImport.State.ASKED) | broken_off(timezone.now()))
    return sum(
        _bring_or_log(table) for table in waiting.select_related("by").order_by("created_at")[:AT_ONCE]
    )


def _bring_or_log(table: LoanImport) -> bool:
    try:
        bring_over(table=table, by=table.by, invite=table.invite)
    except Refused:  # they work here no more, or another worker was quicker
        LoanImport.objects.filter(pk=table.pk, state=LoanImport.State.ASKED).update(
            state=LoanImport.State.READ
        )
        return False
    except Exception:
        logger.exception("Table %s was not brought over whole.", table.public_id)
        return False
    return True


def bring_over(*, table: LoanImport, by: User, invite: bool = False) -> LoanImport:
    """
    Do what the lines say, each in a transaction of its own, and keep what became of each. Broken off, it goes on where
    it was ten minutes later. Refused as `ask_to_bring_over` is.
    """
    _must_be_theirs(table, by)
    claim = _claim(table, invite)
    table.refresh_from_db()
    results = [_result(plan, by, invite) for plan in plans_of(table)]
    with transaction.atomic():
        if not claim.update(rows=results, state=LoanImport.State.DONE, done_at=timezone.now()):
            raise Refused(_being_brought(LoanImport.objects.filter(pk=table.pk)))
        counts = {kind: sum(row["done"] == kind for row in results) for kind in (NEW, CHANGES, SAME, WRONG)}
        log.record(action="import.done", about=table, by=by, detail={**counts, "invited": invite})
    table.refresh_from_db()
    return table


def _claim(table: LoanImport, invite: bool) -> QuerySet[LoanImport]:
    """The row as long as it is ours: whoever comes meanwhile is refused."""
    now, row = timezone.now(), LoanImport.objects.filter(pk=table.pk)
    free = idle(now) | Q(state=LoanImport.State.ASKED)
    if row.filter(free).update(state=LoanImport.State.RUNNING, invite=invite, claimed_at=now):
        return row.filter(state=LoanImport.State.RUNNING, claimed_at=now)
    raise Refused(_being_brought(row))


def _must_be_theirs(table: LoanImport, by: User) -> None:
    accounts.must_work_here(by)
    if table.by_id != by.pk:
        raise Refused(_("Whoever read this table brings it over."))


def _being_brought(row: QuerySet[LoanImport]) -> str:
    if row.filter(state=LoanImport.State.DONE).exists():
        return _("This table was brought over already.")
    return _("It is being brought over at this moment. Look again in some minutes.")


def _result(plan: Plan, by: User, invite: bool) -> dict[str, Any]:
    """What is kept of a line: whose it was and what became of it. What else it said is in the loan now."""
    wrong = list(plan.wrong)
    try:
        if plan.kind == NEW:
            plan.loan = _open(plan, by, invite)
        elif plan.kind == CHANGES and plan.loan:
            plan.hints += _change(plan.loan, plan.cleaned, by)
    except Refused as refused:
        plan.kind, wrong = WRONG, [refused.message]
    except IntegrityError:
        plan.kind, wrong = WRONG, [_("Somebody has just brought this loan over. Read the table again.")]
    return {
        "line": plan.line,
        "number": plan.said.get("number", ""),
        "borrower": plan.said.get("borrower", ""),
        "done": plan.kind,
        "wrong": wrong,
        "hints": plan.hints,
        "changed": [change.label for change in plan.changes] if plan.kind == CHANGES else [],
        "loan": str(plan.loan.public_id) if plan.loan and plan.kind != WRONG else "",
        "loan_number": plan.loan.number if plan.loan and plan.kind != WRONG else "",
    }


@transaction.atomic
def _open(plan: Plan, by: User, invite: bool) -> Loan:
    line, source = plan.cleaned, StageEvent.Source.IMPORT
    assert plan.officer is not None
    loan = begin_loan(
        by=by, officer=plan.officer, name=line["borrower"], email=line["email"], phone=line["phone"],
        stage=line["stage"], source=source, external_number=line["number"],
        **{name: line[name] for name in FACTS if line[name] not in (None, "")},
    )  # fmt: skip
    if line["co_borrower"]:
        Party.objects.create(
            loan=loan,
            role=Party.Role.CO_BORROWER,
            name=" ".join(line["co_borrower"].split()),
            email=line["co_borrower_email"].lower(),
        )
    _keep_dates(loan, line, by)
    finish_opening(loan=loan, by=by, source=source, ask_papers=False, invite=invite)
    return loan


@transaction.atomic
def _change(loan: Loan, line: Mapping[str, Any], by: User) -> list[str]:
    """
    Compared once more under the lock: what a colleague has set meanwhile is not taken back unseen. Returns what there
    is to do about it.
    """
    locked(loan)
    must_work_on(loan, by)
    changes = {change.field: change.after for change in differences(loan, line)}
    facts = {name: value for name, value in changes.items() if name in FACTS}
    for name, value in facts.items():
        setattr(loan, name, value)
    loan.home_found = loan.home_found or bool(loan.street)
    person = {PERSON[name]: value for name, value in changes.items() if name in PERSON}
    if person:
        loan.parties.filter(role=Party.Role.BORROWER, user__isnull=True).update(**person)
    _keep_dates(loan, {name: changes.get(name) for name in DATES}, by)
    save(loan, *facts, "home_found", "waiting_on", "lock_ends_on")
    store_names(loan)
    receive_known_items(loan=loan, by=by, source=StageEvent.Source.IMPORT, items=items_in(loan))
    record(loan=loan, by=by, action="loan.import_changed", facts=sorted(changes))
    return _end_invitation(loan, by) if "email" in changes else []


def _end_invitation(loan: Loan, by: User) -> list[str]:
    """A link that went to another address still opens, or may be had anew when it ran out: it ends."""
    invited = loan.parties.filter(role=Party.Role.BORROWER).values("public_id")
    links = Invitation.objects.filter(subject_id__in=invited, used_at=None, revoked_at=None)
    ended = [accounts.revoke_invitation(invitation=link, by=by) for link in links]
    if not ended:
        return []
    return [_("The invitation that went to the old address opens nothing any more. Send a new one.")]


def _keep_dates(loan: Loan, line: Mapping[str, Any], by: User) -> None:
    """Without the messages that setting a date at the desk sends. The caller stores the loan's own row."""
    for name, kind in DATES.items():
        if on := line.get(name):
            KeyDate.objects.update_or_create(
                loan=loan, kind=kind, defaults={"on": on, "set_by": by, "set_at": timezone.now()}
            )
    if on := line.get("loan_estimate_sent"):
        _note_application(loan, on, by)
    loan.lock_ends_on = line.get("rate_lock_ends") or loan.lock_ends_on
    if not loan.waiting_on_by_hand:
        loan.waiting_on = derived_waiting_on(loan)
    Loan.objects.filter(pk=loan.pk).update(lock_ends_on=loan.lock_ends_on, waiting_on=loan.waiting_on)


def _note_application(loan: Loan, on: date, by: User) -> None:
    """A Loan Estimate that was sent means that all six items were there: no clock begins for it here."""
    at = datetime.combine(on, time(12), Company.load().zone)
    ReceivedItem.objects.bulk_create(
        (
            ReceivedItem(loan=loan, item=item, at=at, source=StageEvent.Source.IMPORT, recorded_by=by)
            for item in ReceivedItem.Item.values
        ),
        ignore_conflicts=True,
    )
