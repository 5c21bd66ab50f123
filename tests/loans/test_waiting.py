"""Who has the ball: worked out from what lies where, or said by hand for a while."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from loans import clocks, services, tasks
from loans.models import KeyDate, Loan
from loans.services.waiting import end_waiting_by_hand
from loans.stages import Stage
from tests.loans.helpers import at_version, move

KINDS = KeyDate.Kind


def lies(loan, *, owed=0, to_review=0):
    loan.refresh_from_db()
    services.store_counters(loan=loan, open_requests=owed, to_review=to_review, per_party={})


def dated(loan, kind, by):
    at_version(loan, services.set_key_date, kind=kind, on=clocks.today(), by=by)


def ball(loan):
    return Loan.objects.get(pk=loan.pk).waiting_on


@pytest.fixture
def processing(cast):
    """The Loan Estimate is out and the loan is in processing."""
    dated(cast.loan, KINDS.LOAN_ESTIMATE_SENT, cast.olga)
    move(cast.loan, Stage.PROCESSING, by=cast.olga)
    return cast


def test_what_the_borrower_owes_comes_before_what_we_have_to_read_and_that_before_the_appraisal(processing):
    cast, loan = processing, processing.loan
    dated(loan, KINDS.APPRAISAL_ORDERED, cast.olga)
    assert ball(loan) == "third_party"
    lies(loan, to_review=1)
    assert ball(loan) == "lender"
    lies(loan, to_review=1, owed=1)
    assert ball(loan) == "borrower"
    lies(loan)
    assert ball(loan) == "third_party"
    dated(loan, KINDS.APPRAISAL_RECEIVED, cast.olga)
    assert ball(loan) == "lender"


def test_an_appraisal_date_taken_away_gives_the_ball_back(processing):
    dated(processing.loan, KINDS.APPRAISAL_ORDERED, processing.olga)
    at_version(processing.loan, services.clear_key_date, kind=KINDS.APPRAISAL_ORDERED, by=processing.olga)
    assert ball(processing.loan) == "lender"


def test_a_paper_to_read_is_ours_also_at_the_closing(processing):
    Loan.objects.filter(pk=processing.loan.pk).update(stage=Stage.CLOSING)
    lies(processing.loan)
    assert ball(processing.loan) == "third_party"
    lies(processing.loan, to_review=2)
    assert ball(processing.loan) == "lender"


def test_an_ended_loan_waits_for_nobody_whatever_lies_there(processing):
    move(processing.loan, Stage.WITHDRAWN, by=processing.olga)
    lies(processing.loan, to_review=1)
    assert ball(processing.loan) == "nobody"


def test_said_by_hand_with_a_day_it_holds_to_the_end_of_that_day(processing):
    cast, until = processing, clocks.today() + timedelta(days=2)
    at_version(cast.loan, services.set_waiting_on, waiting_on="third_party", until=until, by=cast.olga)
    with time_machine.travel(f"{until}T16:00:00Z", tick=False):
        assert tasks.end_waiting(clocks.today()) == 0
        assert ball(cast.loan) == "third_party"
    with time_machine.travel(f"{until + timedelta(days=1)}T16:00:00Z", tick=False):
        assert tasks.end_waiting(clocks.today()) == 1
        assert tasks.end_waiting(clocks.today()) == 0
    loan = Loan.objects.get(pk=cast.loan.pk)
    assert (loan.waiting_on, loan.waiting_on_by_hand, loan.waiting_until) == ("lender", False, None)


def test_what_was_said_anew_meanwhile_is_not_ended(processing):
    cast, today = processing, clocks.today()
    at_version(cast.loan, services.set_waiting_on, waiting_on="third_party", until=today, by=cast.olga)
    listed = Loan.objects.get(pk=cast.loan.pk)
    later = today + timedelta(days=5)
    at_version(cast.loan, services.set_waiting_on, waiting_on="nobody", until=later, by=cast.olga)
    assert not end_waiting_by_hand(loan=listed)
    assert ball(cast.loan) == "nobody"


def test_a_day_in_the_past_is_refused(processing):
    yesterday = clocks.today() - timedelta(days=1)
    with pytest.raises(services.Refused, match="past"):
        at_version(
            processing.loan, services.set_waiting_on, waiting_on="nobody", until=yesterday, by=processing.olga
        )


def test_a_move_ends_what_was_said_by_hand(processing):
    until = clocks.today() + timedelta(days=9)
    at_version(processing.loan, services.set_waiting_on, waiting_on="nobody", until=until, by=processing.olga)
    move(processing.loan, Stage.UNDERWRITING, by=processing.olga)
    assert (processing.loan.waiting_on, processing.loan.waiting_until) == ("lender", None)


def test_the_borrower_reads_the_same_with_the_day_and_when_they_hear_again(processing, client_for):
    cast, on = processing, clocks.today() + timedelta(days=6)
    at_version(cast.loan, services.set_waiting_on, waiting_on="third_party", until=on, by=cast.olga)
    at_version(cast.loan, services.set_next_update, on=on, by=cast.olga)
    page = client_for(cast.bea).get(reverse("loans:detail", args=[cast.loan.public_id])).content.decode()
    day = f"{on:%A, %B} {on.day}"
    assert f"We are waiting for somebody outside, and keep after them. We look at it again by {day}." in page
    assert f"You hear from us by {day}." in page
    desk = client_for(cast.olga).get(reverse("desk:loan", args=[cast.loan.public_id])).content.decode()
    assert "set by hand, until" in desk
