"""How long a stage usually takes: from this company's own funded loans, shown to both sides when there are enough."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from loans import tasks
from loans.models import Loan, StageEvent, StageWording, UsualDays
from loans.stages import Stage

DAY = timedelta(days=1)


def fund(officer, number: int, *, processing: float, ago: int = 10, source: str = "desk") -> Loan:
    """A loan that stood so many days in processing, two and then two more in conditions, and is funded."""
    loan = Loan.objects.create(
        number=f"LN-9{number:04d}", officer=officer, purpose="purchase", state="ME", stage=Stage.FUNDED
    )
    at = datetime.now(UTC) - ago * DAY - (processing + 6) * DAY
    steps = [
        (Stage.STARTED, 1), (Stage.APPLICATION_RECEIVED, 1), (Stage.PROCESSING, processing),
        (Stage.CONDITIONS_REVIEW, 2), (Stage.CONDITIONAL_APPROVAL, 1 / 48), (Stage.CONDITIONS_REVIEW, 2 - 1 / 48),
        (Stage.FUNDED, 0),
    ]  # fmt: skip
    events = []
    for stage, days in steps:
        events.append(StageEvent(loan=loan, to_stage=stage, at=at, source=source))
        at += days * DAY
    StageEvent.objects.bulk_create(events)
    return loan


def counted(stage: str) -> tuple[int, int, int] | None:
    return UsualDays.objects.filter(stage=stage).values_list("loans", "median", "ninetieth").first()


@pytest.fixture
def year(cast):
    """Twenty funded loans that stood 1, 2, … 20 days in processing."""
    for days in range(1, 21):
        fund(cast.olga, days, processing=days)
    return cast


def test_median_and_ninetieth_of_the_loans_of_a_year(year):
    assert tasks.count_usual_days() == tasks.count_usual_days() == 4
    assert counted(Stage.PROCESSING) == (20, 10, 18)
    assert counted(Stage.CONDITIONS_REVIEW) == (20, 4, 4), "both stays count together"
    assert counted(Stage.CONDITIONAL_APPROVAL) == (20, 1, 1), "less than a day is a day"
    assert counted(Stage.STARTED) is None


def test_old_brought_over_and_taken_back_moves_do_not_count(year):
    fund(year.olga, 30, processing=300, ago=366)
    fund(year.olga, 31, processing=300, source=StageEvent.Source.IMPORT)
    back = fund(year.olga, 32, processing=1)
    StageEvent.objects.filter(loan=back, to_stage=Stage.FUNDED).update(undone_at=datetime.now(UTC))
    tasks.count_usual_days()
    assert counted(Stage.PROCESSING) == (20, 10, 18)


def test_with_too_few_loans_nothing_is_said_also_where_something_was(year, client_for):
    tasks.count_usual_days()
    Loan.objects.filter(number="LN-90001").delete()
    assert tasks.count_usual_days() == 0
    assert counted(Stage.PROCESSING) is None


def test_both_sides_read_the_same_and_the_house_has_the_last_word(year, client_for):
    Loan.objects.filter(pk=year.loan.pk).update(stage=Stage.PROCESSING)
    tasks.count_usual_days()
    addresses = [
        (year.bea, reverse("loans:detail", args=[year.loan.public_id])),
        (year.olga, reverse("desk:loan", args=[year.loan.public_id])),
    ]
    for who, address in addresses:
        page = client_for(who).get(address).content.decode()
        assert "About 10 days; nine in ten loans within 18 days" in page, who
    StageWording.objects.create(stage=Stage.PROCESSING, usual_days="two to three weeks")
    borrower = client_for(year.bea).get(addresses[0][1]).content.decode()
    assert "two to three weeks" in borrower and "nine in ten" not in borrower
