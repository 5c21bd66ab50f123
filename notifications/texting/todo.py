"""What people here have to do because of a text: decide what it meant, or call."""

from datetime import date, datetime, time

from django.utils.translation import gettext as _

from accounts.models import Company, User
from conversations.services import answer_by
from loans import clocks
from loans.models import Loan, Task
from loans.services import close_task, make_task
from notifications.models import InboundText

LATE = time(23, 59)


def decide_by(at: datetime, company: Company | None = None) -> datetime:
    """
    One business day after `at`, on the company's clock: Friday at three gives Monday at three; what came on a Sunday
    may be decided until Monday is over.
    """
    house = company or Company.load()
    came = at.astimezone(house.zone)

    def is_open(day: date) -> bool:
        return clocks.is_general_business_day(day, house)

    day = clocks.add_business_days(came.date(), 1, is_open)
    if is_open(came.date()):
        return datetime.combine(day, came.time(), house.zone)
    return datetime.combine(day, LATE, house.zone)


def ask_to_decide(text: InboundText, loan: Loan) -> Task:
    """Today: texting is paused until it is done."""
    return make_task(
        loan=loan,
        kind=Task.Kind.UNCLEAR_TEXT,
        why=_("A text perhaps says stop. Please look and decide; until then no texts are sent."),
        for_user=loan.officer,
        due_on=clocks.today(),
        key=_decision_of(text),
    )


def settled(text: InboundText, *, by: User | None) -> None:
    """It is decided, by a person, by the clock, or by a plain word of theirs."""
    close_task(key=_decision_of(text), by=by)


def ask_to_call(text: InboundText, loan: Loan, name: str) -> Task:
    """One call a loan and day, however often they ask before it is made."""
    due_on = answer_by()
    asked = f"text-call:{loan.public_id}:"
    waits = Task.objects.filter(loan=loan, key__startswith=asked, due_on=due_on, done_at=None).first()
    return waits or make_task(
        loan=loan,
        kind=Task.Kind.CALL,
        why=_("%(name)s asks for a call (by text).") % {"name": name},
        for_user=loan.officer,
        due_on=due_on,
        key=f"{asked}{text.public_id}",
    )


def _decision_of(text: InboundText) -> str:
    return f"unclear-text:{text.public_id}"
