"""The six items of 12 CFR 1026.2(a)(3): whatever path the sixth comes by, the clock starts with it."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from loans import events, progress, services
from loans.errors import Refused
from loans.models import KeyDate, Loan, ReceivedItem, Task
from tests.loans.helpers import at_version, failing, hearing

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)


def ssn(loan, by, **options):
    return services.record_received_item(loan=loan, item="ssn", by=by, source="desk", **options)


def test_the_sixth_from_the_desk_brings_date_task_and_event(cast):
    ReceivedItem.objects.update(at=MONDAY)
    with hearing(events.six_items_arrived) as heard:
        ssn(cast.loan, cast.olga, at=MONDAY)
    due = KeyDate.objects.get(loan=cast.loan, kind="loan_estimate_due").on
    assert str(due) == "2026-11-19"
    assert heard[0]["due_on"] == due
    task = Task.objects.get(loan=cast.loan)
    assert (task.kind, task.for_user, task.due_on) == ("six_items", cast.olga, due)


def test_the_first_time_an_item_came_is_kept(cast):
    ssn(cast.loan, cast.olga, at=MONDAY)
    with hearing(events.six_items_arrived) as heard:
        again = ssn(cast.loan, cast.olga)
    assert again.at == MONDAY and heard == []
    assert Task.objects.filter(loan=cast.loan).count() == 1
    assert [line.at is not None for line in progress.received_items(cast.loan)] == [True] * 6


def test_when_the_event_fails_the_item_was_not_recorded(cast):
    with failing(events.six_items_arrived), pytest.raises(RuntimeError):
        ssn(cast.loan, cast.olga)
    assert not ReceivedItem.objects.filter(loan=cast.loan, item="ssn").exists()
    assert not KeyDate.objects.exists() and not Task.objects.exists()


def test_a_stranger_at_the_desk_records_nothing(cast):
    with pytest.raises(Refused):
        ssn(cast.loan, cast.otto)


@pytest.mark.parametrize(("source", "who"), [("desk", "olga"), ("admin", "stef")])
def test_an_address_that_comes_later_is_the_sixth(cast, source, who):
    Loan.objects.filter(pk=cast.loan.pk).update(home_found=False, street="", city="")
    ReceivedItem.objects.filter(loan=cast.loan, item="address").delete()
    ssn(cast.loan, cast.olga)
    assert not KeyDate.objects.exists()
    with hearing(events.six_items_arrived) as six, hearing(events.facts_changed) as facts:
        at_version(
            cast.loan,
            services.change_facts,
            by=getattr(cast, who),
            source=source,
            street="3 Quay",
            city="Portland",
        )
    loan = Loan.objects.get(pk=cast.loan.pk)
    assert loan.home_found and loan.street == "3 Quay"
    assert len(six) == len(facts) == 1
    assert ReceivedItem.objects.get(loan=loan, item="address").source == source
    assert KeyDate.objects.filter(loan=loan, kind="loan_estimate_due").exists()


def test_an_amount_that_comes_later_is_the_sixth_too(cast):
    ReceivedItem.objects.filter(loan=cast.loan, item="amount").delete()
    Loan.objects.filter(pk=cast.loan.pk).update(amount=None)
    ssn(cast.loan, cast.olga)
    with hearing(events.six_items_arrived) as six, hearing(events.facts_changed) as facts:
        at_version(cast.loan, services.change_facts, by=cast.olga, amount=Decimal(300000))
    assert len(six) == 1 and facts == []


def test_facts_that_do_not_change_write_nothing(cast):
    at_version(cast.loan, services.change_facts, by=cast.olga, street=cast.loan.street)
    assert Loan.objects.get(pk=cast.loan.pk).version == 1


def test_a_known_address_cannot_be_unknown_again(cast):
    with pytest.raises(Refused):
        at_version(cast.loan, services.change_facts, by=cast.olga, home_found=False)
    with pytest.raises(Refused, match="street"):
        at_version(cast.loan, services.change_facts, by=cast.olga, street="")


def test_the_loan_estimate_sent_ends_the_tasks(cast):
    from loans import clocks
    from loans.tasks import remind_of_loan_estimates

    ssn(cast.loan, cast.olga)
    due = KeyDate.objects.get(loan=cast.loan).on
    assert remind_of_loan_estimates(due) == 1
    assert remind_of_loan_estimates(due) == 0
    assert Task.objects.filter(done_at=None).count() == 2
    at_version(cast.loan, services.set_key_date, kind="loan_estimate_sent", on=clocks.today(), by=cast.olga)
    assert not Task.objects.filter(done_at=None).exists()
    assert progress.loan_estimate_is_sent(cast.loan)
