"""The numbers call stands between clear to close and the closing: made, or waived with a reason."""

from datetime import date

import pytest
from django.utils import timezone

from audit.models import Entry
from loans import services
from loans.models import Loan, StageEvent, Task
from loans.services import Refused
from loans.services.numbers_call import NOT_NEEDED
from loans.stages import Stage
from tests.desk.helpers import fresh, get, post, words
from tests.loans.helpers import at_version

FRIDAY = "2027-01-08 15:00:00Z"


@pytest.fixture
def clear(cast, time_machine):
    """Bea's loan, clear to close since this Friday."""
    time_machine.move_to(FRIDAY, tick=False)
    Loan.objects.filter(pk=cast.loan.pk).update(stage=Stage.CONDITIONS_REVIEW, stage_since=timezone.now())
    go(cast, Stage.CLEAR_TO_CLOSE)
    return cast


def go(cast, to, by=None):
    return at_version(cast.loan, services.change_stage, to=to, by=by or cast.olga)


def undo(cast, event):
    cast.loan.refresh_from_db()
    return services.undo_stage_change(event=event, by=cast.olga, expected_version=cast.loan.version)


def calls(cast):
    return list(Task.objects.filter(loan=cast.loan, kind=Task.Kind.NUMBERS_CALL).order_by("id"))


def test_clear_to_close_asks_for_the_call_by_the_next_business_day(clear):
    [call] = calls(clear)
    assert (call.for_user, call.due_on, call.done_at) == (clear.olga, date(2027, 1, 11), None)


def test_the_closing_waits_for_the_call(clear, client_for):
    olga = client_for(clear.olga)
    page = get(olga, "desk:stage", clear.loan.public_id, to=Stage.CLOSING)
    assert "The numbers call is still open" in words(page)
    typed = {"to": Stage.CLOSING, "do": "move", "version": fresh(clear.loan).version}
    refused = post(olga, "desk:stage", clear.loan.public_id, **typed)
    assert refused.status_code == 422 and "waive it with a reason" in words(refused)
    assert fresh(clear.loan).stage == Stage.CLEAR_TO_CLOSE
    done = post(olga, "desk:numbers_call", clear.loan.public_id, do="done", then="closing")
    assert done.status_code == 302 and done["Location"].endswith("/stage/?to=closing")
    assert post(olga, "desk:stage", clear.loan.public_id, **typed).status_code == 302
    assert fresh(clear.loan).stage == Stage.CLOSING and calls(clear)[0].done_by == clear.olga


def test_the_call_is_waived_only_with_a_reason(clear, client_for):
    olga = client_for(clear.olga)
    assert post(olga, "desk:numbers_call", clear.loan.public_id, do="waive", why=" ").status_code == 422
    assert services.open_call(clear.loan)
    why = "Gone through at the office."
    assert post(olga, "desk:numbers_call", clear.loan.public_id, do="waive", why=why).status_code == 302
    [call] = calls(clear)
    assert (call.waived_why, call.done_by) == (why, clear.olga)
    assert Entry.objects.get(action="task.waived").detail["why"] == why
    go(clear, Stage.CLOSING)


def test_only_who_works_on_the_loan_waives_and_only_this_kind(clear, client_for):
    assert post(client_for(clear.otto), "desk:numbers_call", clear.loan.public_id).status_code == 404
    [call] = calls(clear)
    with pytest.raises(Refused, match="another officer"):
        services.waive_task(task=call, by=clear.otto, why="x")
    services.waive_task(task=call, by=clear.mara, why="x")
    with pytest.raises(Refused, match="closed this task already"):
        services.waive_task(task=call, by=clear.olga, why="x")
    other = services.make_task(
        loan=clear.loan, kind=Task.Kind.CALL, why="x", for_user=clear.olga, due_on=call.due_on, key="other"
    )
    with pytest.raises(Refused, match="cannot be waived"):
        services.waive_task(task=other, by=clear.olga, why="x")


def test_a_loan_that_leaves_clear_to_close_needs_no_call_until_it_is_back(clear):
    event = go(clear, Stage.CONDITIONS_REVIEW)
    assert services.open_call(clear.loan) is None
    undo(clear, event)
    assert services.open_call(clear.loan), "taken back: it stands where it stood"
    go(clear, Stage.CONDITIONS_REVIEW)
    go(clear, Stage.CLEAR_TO_CLOSE)
    assert [call.done_at is None for call in calls(clear)] == [False, True]


def test_taking_clear_to_close_back_takes_the_call_back(clear):
    undo(clear, StageEvent.objects.latest("id"))
    assert services.open_call(clear.loan) is None
    assert calls(clear)[0].done_by is None, "nobody made it"


def test_the_timeline_says_in_the_readers_language_why_no_call_was_needed(clear, client_for, monkeypatch):
    undo(clear, StageEvent.objects.get(loan=clear.loan, to_stage=Stage.CLEAR_TO_CLOSE))
    monkeypatch.setattr("loans.services.numbers_call._", {NOT_NEEDED: "Ya no hace falta."}.get)
    assert "Ya no hace falta." in words(get(client_for(clear.olga), "desk:timeline", clear.loan.public_id))
