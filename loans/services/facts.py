"""
Facts of the loan, and the six items that make an application under TRID: name, income, Social Security number,
property address, estimated value, loan amount (12 CFR 1026.2(a)(3)(ii)). By whatever path the sixth comes, the Loan
Estimate's due date, the officer's task and the event come with it, in the same transaction.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Company, User
from loans import clocks, events
from loans.errors import Refused
from loans.models import KeyDate, Loan, ReceivedItem, StageEvent, Task
from loans.search import keep_words
from loans.services.assigning import follow_state
from loans.services.locking import forget_relations, locked, must_work_on, record, save
from loans.services.tasks import make_task
from loans.stages import Stage

Item = ReceivedItem.Item
FACTS = (
    "purpose", "mortgage_type", "home_found", "street", "city", "state", "zip_code", "property_kind", "occupancy",
    "property_value", "amount",
)  # fmt: skip
# What the needs list is made from.
NEEDS_HANG_ON = ("purpose", "mortgage_type", "home_found", "street", "property_kind", "occupancy")


@transaction.atomic
def record_received_item(
    *, loan: Loan, item: str, by: User | None, source: str, at: datetime | None = None
) -> ReceivedItem:
    """One of the six items came. The first time wins; again is harmless."""
    locked(loan)
    if by is not None and source == StageEvent.Source.DESK:
        must_work_on(loan, by)
    if item not in Item.values:
        raise Refused(_("There is no such item."))
    received, is_new = _receive(loan, item, by, source, at)
    if is_new:
        forget_relations(loan)
        record(loan=loan, by=by, action="loan.item_received", item=item, source=source)
        start_clock(loan)
    return received


def _receive(
    loan: Loan, item: str, by: User | None, source: str, at: datetime | None
) -> tuple[ReceivedItem, bool]:
    return ReceivedItem.objects.get_or_create(
        loan=loan, item=item, defaults={"at": at or timezone.now(), "source": source, "recorded_by": by}
    )


def receive_known_items(*, loan: Loan, by: User | None, source: str, items: list[str]) -> None:
    """Note those of these items that are new. The loan is locked; for services of this app."""
    fresh = [item for item in items if _receive(loan, item, by, source, None)[1]]
    if fresh:
        forget_relations(loan)
        record(loan=loan, by=by, action="loan.items_received", items=fresh, source=source)
        start_clock(loan)


def start_clock(loan: Loan) -> KeyDate | None:
    """With the sixth item: due date, task and event, once."""
    times = list(ReceivedItem.objects.filter(loan=loan).values_list("at", flat=True))
    if len(times) < len(Item.values):
        return None
    company = Company.load()
    due = clocks.loan_estimate_due(clocks.local_date(max(times), company), company)
    key_date, is_new = KeyDate.objects.get_or_create(
        loan=loan, kind=KeyDate.Kind.LOAN_ESTIMATE_DUE, defaults={"on": due}
    )
    if not is_new:
        return None
    forget_relations(loan)
    make_task(
        loan=loan,
        kind=Task.Kind.SIX_ITEMS,
        why=_("All six items of an application are in: the Loan Estimate is due."),
        for_user=loan.officer,
        due_on=due,
        key=f"six_items:{loan.public_id}",
    )
    record(loan=loan, by=None, task="loans", action="loan.six_items_arrived", due=str(due))
    events.six_items_arrived.send(sender=Loan, loan=loan, due_on=due)
    return key_date


@transaction.atomic
def change_facts(
    *,
    loan: Loan,
    by: User,
    expected_version: int,
    source: str = StageEvent.Source.DESK,
    officer: User | None = None,
    **facts: Any,
) -> Loan:
    """
    Change what is known of home and loan (names in FACTS). An address means the home is found; each item of the six
    that comes with it is noted, and the needs list hears of it. In another state `officer` takes the loan, or one who
    is licensed there. Refused when nothing would make sense of it.
    """
    locked(loan, expected_version)
    if not (source == StageEvent.Source.ADMIN and by.is_staff):
        must_work_on(loan, by)
    if unknown := set(facts) - set(FACTS):
        raise TypeError(f"Not facts of a loan: {sorted(unknown)}")
    changed = _apply(loan, facts)
    if not changed:
        return loan
    save(loan, *changed)
    keep_words(loan)
    record(loan=loan, by=by, action="loan.facts_changed", source=source, facts=changed)
    if "state" in changed:
        follow_state(loan, by, officer)
    if loan.stage != Stage.STARTED:
        receive_known_items(loan=loan, by=by, source=source, items=items_in(loan))
    if set(changed) & set(NEEDS_HANG_ON):
        events.facts_changed.send(sender=Loan, loan=loan, by=by)
    return loan


@transaction.atomic
def note_circumstances(
    *, loan: Loan, complaint_open: bool, bereavement: bool, by: User, expected_version: int
) -> Loan:
    """A complaint is open, or somebody died: what cheerful messages must know. The loan team's or staff's act."""
    locked(loan, expected_version)
    if not by.is_superuser:
        must_work_on(loan, by)
    loan.complaint_open, loan.bereavement = complaint_open, bereavement
    save(loan, "complaint_open", "bereavement")
    record(
        loan=loan, by=by, action="loan.circumstances_noted", complaint=complaint_open, bereavement=bereavement
    )
    return loan


def _apply(loan: Loan, facts: dict[str, Any]) -> list[str]:
    facts = {name: value.strip() if isinstance(value, str) else value for name, value in facts.items()}
    if facts.get("street"):
        facts["home_found"] = True
    home_found = facts.get("home_found", loan.home_found)
    if not home_found and (loan.street or facts.get("purpose", loan.purpose) != Loan.Purpose.PURCHASE):
        raise Refused(_("The address of the home is known; it cannot be unknown again."))
    if home_found and not facts.get("street", loan.street) and ("home_found" in facts or "street" in facts):
        raise Refused(_("Type the street address of the home that was found."))
    for name in ("property_value", "amount"):
        if facts.get(name) is not None and Decimal(facts[name]) <= 0:
            raise Refused(_("An amount must be more than zero."))
    before = {name: getattr(loan, name) for name in facts}
    for name, value in facts.items():
        setattr(loan, name, value)
    return [name for name, value in facts.items() if before[name] != value]


def items_in(loan: Loan) -> list[str]:
    """The items of the six that the loan's own facts hold."""
    facts = {
        Item.ADDRESS: loan.home_found and loan.street,
        Item.VALUE: loan.property_value,
        Item.AMOUNT: loan.amount,
    }
    return [item for item, value in facts.items() if value]
