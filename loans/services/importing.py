"""
Loans that are under way in another system: a table is read, shown as what it would do, and on a press brought over by a
worker (`bringing.py`).

The number of the other system makes it harmless to do twice: what is here is compared, not opened again. A stage that
differs is said and left alone: loans that are here move at the desk, where their borrowers are told.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts import services as accounts
from accounts.models import OfficerLicense, User
from accounts.states import STATE_NAMES
from audit import log
from loans import clocks
from loans.errors import Refused
from loans.importing import LineForm, read_line, read_table
from loans.models import KeyDate, Loan, LoanImport, Party
from loans.services.by_hand import there_is_one
from loans.services.locking import must_work_on
from loans.stages import Stage

NEW, CHANGES, SAME, WRONG = "new", "changes", "same", "wrong"
FACTS = (
    "purpose", "mortgage_type", "street", "city", "state", "zip_code", "property_kind", "property_value", "amount",
    "expected_closing",
)  # fmt: skip
PERSON = {"borrower": "name", "email": "email", "phone": "phone"}
DATES = {
    "loan_estimate_sent": KeyDate.Kind.LOAN_ESTIMATE_SENT,
    "rate_lock_ends": KeyDate.Kind.RATE_LOCK_ENDS,
}


@dataclass(frozen=True)
class Change:
    field: str
    before: Any
    after: Any

    @property
    def label(self) -> str:
        return str(LineForm.base_fields[self.field].label)


@dataclass
class Plan:
    """What one line would do. `hints` say what it leaves alone."""

    line: int
    said: Mapping[str, str]
    kind: str = WRONG
    wrong: list[str] = field(default_factory=list)
    hints: list[str] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    cleaned: dict[str, Any] = field(default_factory=dict)
    officer: User | None = None
    loan: Loan | None = None


@dataclass(frozen=True)
class Known:
    """What all lines are compared with, read at once."""

    today: date
    officers: dict[str, User]
    licensed: set[tuple[int, str]]
    loans: dict[str, Loan]
    homes: dict[tuple[str, str], str]  # (e-mail, street) of open loans: their number, if it may be told


# --- Reading and showing ---------------------------------------------------------------------------------------


@transaction.atomic
def read_import(*, by: User, name: str, content: bytes) -> LoanImport:
    """Keep the lines of a table; nothing is done with them yet. Refused when it is no table of loans."""
    accounts.must_work_here(by)
    kept = LoanImport.objects.create(by=by, name=name[:200], rows=read_table(content))
    log.record(action="import.read", about=kept, by=by, detail={"lines": len(kept.rows)})
    return kept


def plans_of(table: LoanImport) -> list[Plan]:
    """What each line would do if it were brought over now; five queries, however many lines there are."""
    read = [(row, *read_line(row["said"])) for row in table.rows]
    known = _known([cleaned for _row, cleaned, _wrong in read if cleaned], table.by)
    seen: dict[str, int] = {}
    plans = []
    for row, cleaned, wrong in read:
        plan = Plan(line=row["line"], said=row["said"], wrong=wrong, cleaned=cleaned)
        if cleaned:
            _compare(plan, known, table.by, seen)
        plans.append(plan)
    return plans


def _known(lines: list[dict[str, Any]], by: User) -> Known:
    officers = User.objects.filter(role=User.Role.OFFICER, is_active=True)
    loans = Loan.objects.filter(external_number__in=[line["number"] for line in lines])
    found = loans.select_related("officer").prefetch_related("parties", "key_dates")
    emails = {line["email"].lower() for line in lines}
    is_seen = Exists(Loan.objects.visible_to(by).filter(pk=OuterRef("loan")))
    under_way = Party.objects.filter(email__in=emails).exclude(loan__stage__in=Stage.closed())
    here = under_way.annotate(is_seen=is_seen)
    return Known(
        today=clocks.today(),
        officers={officer.email.lower(): officer for officer in officers},
        licensed=set(OfficerLicense.objects.values_list("officer__user_id", "state")),
        loans={loan.external_number: loan for loan in found},
        homes={
            (party.email.lower(), party.loan.street.casefold()): party.loan.number if party.is_seen else ""
            for party in here.select_related("loan")
            if party.loan.street
        },
    )


def _compare(plan: Plan, known: Known, by: User, seen: dict[str, int]) -> None:
    line, number = plan.cleaned, plan.cleaned["number"]
    if number in seen:
        plan.wrong.append(_("The same number stands in line %(line)d.") % {"line": seen[number]})
        return
    seen[number] = plan.line
    plan.loan = known.loans.get(number)
    plan.officer = plan.loan.officer if plan.loan else _officer_of(plan, known, by)
    if plan.officer is None:
        return
    if plan.loan:
        _compare_with(plan, plan.loan, known, by)
    elif (same := known.homes.get((line["email"].lower(), line["street"].casefold()))) is not None:
        plan.wrong.append(there_is_one(same))
    if (plan.officer.pk, line["state"]) not in known.licensed:
        words = {"name": plan.officer.name, "state": STATE_NAMES.get(line["state"], line["state"])}
        plan.wrong.append(_("%(name)s holds no licence in %(state)s.") % words)
    _check_days(plan, known.today)
    if not plan.wrong:
        plan.kind = (CHANGES if plan.changes else SAME) if plan.loan else NEW


def _check_days(plan: Plan, today: date) -> None:
    closing, sent = plan.cleaned["expected_closing"], plan.cleaned["loan_estimate_sent"]
    if closing and closing < today and (plan.loan is None or closing != plan.loan.expected_closing):
        plan.wrong.append(_("The expected closing lies in the past. Leave it empty, or choose a day ahead."))
    if sent and sent > today:
        plan.wrong.append(_("The Loan Estimate was sent on a day that is still to come."))


def _officer_of(plan: Plan, known: Known, by: User) -> User | None:
    """Officers bring over loans of their own; others name the officer in each line."""
    named = plan.cleaned["officer"].lower()
    if by.role == User.Role.OFFICER:
        if named in ("", by.email.lower()):
            return by
        plan.wrong.append(_("You bring over loans of your own. A manager does it for others."))
    elif not named:
        plan.wrong.append(_("Name the officer by their sign-in e-mail."))
    elif named in known.officers:
        return known.officers[named]
    else:
        plan.wrong.append(_("No officer signs in with %(email)s.") % {"email": named})
    return None


def _compare_with(plan: Plan, loan: Loan, known: Known, by: User) -> None:
    line = plan.cleaned
    try:
        must_work_on(loan, by)
    except Refused as refused:
        plan.wrong.append(refused.message)
        return
    if loan.stage in Stage.closed():
        plan.wrong.append(_("%(number)s has ended here.") % {"number": loan.number})
    plan.changes = differences(loan, line)
    if line["stage"] != loan.stage:
        words = {"here": loan.get_stage_display(), "there": str(Stage(line["stage"]).label)}
        plan.hints.append(
            _("Stage: %(here)s here, %(there)s there. Move it at the desk, so that the borrower is told.")
            % words
        )
    if line["officer"] and line["officer"].lower() != loan.officer.email.lower():
        plan.hints.append(_("The officer is another one here; a manager gives the loan to somebody else."))


def differences(loan: Loan, line: Mapping[str, Any]) -> list[Change]:
    """What the line knows and the loan does not, or otherwise. What is empty in the line stays as it is here."""
    pairs = [(name, getattr(loan, name)) for name in FACTS]
    main = next((party for party in loan.parties.all() if party.role == Party.Role.BORROWER), None)
    if main and main.user_id is None:  # once they sign in, name and address are their own
        pairs += [(name, getattr(main, own)) for name, own in PERSON.items()]
    dates = {key_date.kind: key_date.on for key_date in loan.key_dates.all()}
    pairs += [(name, dates.get(kind)) for name, kind in DATES.items()]
    return [
        Change(name, before, line[name])
        for name, before in pairs
        if line[name] not in (None, "") and str(line[name]).casefold() != str(before or "").casefold()
        and line[name] != before
    ]  # fmt: skip
