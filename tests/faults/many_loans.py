"""Many loans for one officer in one go; runs inside the product, by `manage.py shell -c`."""

from decimal import Decimal
from itertools import pairwise

from accounts.models import Company, User
from loans.models import Loan, Party, StageEvent
from loans.stages import Stage
from portal.demo.people import CAST


def number(position: int) -> str:
    return f"K-{position:05d}"


def make(count: int) -> None:
    """`count` received applications of Olga's, one borrower each; messages leave without the wait for "Undo"."""
    Company.objects.update(message_wait_minutes=0)
    olga = User.objects.get(email=next(person.email for person in CAST if person.key == "olga"))
    loans = Loan.objects.bulk_create(_loan(position, olga) for position in range(1, count + 1))
    Party.objects.bulk_create(
        Party(
            loan=loan,
            role=Party.Role.BORROWER,
            name=f"Kim {loan.number}",
            email=f"{loan.number.lower()}@example.com",
        )
        for loan in loans
    )
    line = ["", Stage.STARTED, Stage.APPLICATION_RECEIVED]
    StageEvent.objects.bulk_create(
        StageEvent(loan=loan, from_stage=came, to_stage=went, source=StageEvent.Source.BORROWER)
        for loan in loans
        for came, went in pairwise(line)
    )


def _loan(position: int, officer: User) -> Loan:
    return Loan(
        number=number(position),
        officer=officer,
        borrower_names=f"Kim {number(position)}",
        purpose=Loan.Purpose.PURCHASE,
        street=f"{position} Mill Road",
        city="Austin",
        state="TX",
        zip_code="78704",
        property_kind=Loan.PropertyKind.HOUSE,
        occupancy=Loan.Occupancy.PRIMARY,
        property_value=Decimal("420000"),
        amount=Decimal("336000"),
        stage=Stage.APPLICATION_RECEIVED,
    )
