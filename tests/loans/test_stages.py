"""The stage table: where a loan may go, and what the borrower reads on the way."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loans.models import Loan
from loans.stages import MAY_PROMISE, PROMISES, STEPS, TABLE, Stage, entry_for, is_reopening, moves_from
from notifications.catalog import KINDS

BEFORE_CLEAR = [stage for stage in Stage if stage not in MAY_PROMISE]


def wordings(stage: str) -> list[str]:
    entry = entry_for(stage)
    return [
        str(text)
        for text in (
            entry.title, entry.meaning, entry.next, entry.named_title, entry.named_meaning, entry.named_next
        )
        if text
    ]  # fmt: skip


def walk(choices: list[int], *, manager: bool) -> list[str]:
    """A loan's way through the table, as the desk may lead it; it begins when the application is sent."""
    way, came_from = [Stage.APPLICATION_RECEIVED], Stage.APPLICATION_RECEIVED
    for choice in choices:
        moves = moves_from(way[-1], came_from=came_from, manager=manager)
        if not moves:
            break
        way.append(moves[choice % len(moves)])
        if way[-1] not in Stage.quiet():
            came_from = way[-1]
    return way


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_has_an_entry_with_words(stage):
    entry = entry_for(stage)
    assert entry.key == stage
    assert entry.title and entry.meaning and entry.next
    assert entry.waiting_on in Loan.WaitingOn.values
    assert entry.step in STEPS or (entry.step is None and stage in Stage.quiet())
    assert entry.usual_days == ""


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_has_a_message_or_explicitly_none(stage):
    message = entry_for(stage).message
    assert message is None or message in KINDS
    if stage in Stage.quiet():
        assert message is None


@pytest.mark.parametrize("stage", BEFORE_CLEAR)
def test_nothing_before_clear_to_close_promises_anything(stage):
    for text in wordings(stage):
        assert not PROMISES.search(text), text


@pytest.mark.parametrize("stage", Stage.quiet())
def test_a_quiet_stage_says_to_call_and_names_its_outcome_only_after_the_notice(stage):
    entry = entry_for(stage)
    before = f"{entry.title} {entry.meaning} {entry.next}".lower()
    assert "call your loan officer" in before and "written notice follows" in before
    for word in ("paused", "suspend", "withdraw", "denied", "incomplete", "not offer", "closed"):
        assert word not in before
    assert entry.named_title and entry.named_meaning


def test_no_way_in_the_table_reaches_funded_around_clear_to_close():
    reached, waiting = set(), [Stage.STARTED]
    while waiting:
        stage = waiting.pop()
        if stage in reached or stage == Stage.CLEAR_TO_CLOSE:
            continue
        reached.add(stage)
        waiting += [*TABLE[stage].moves, *TABLE[stage].reopens]
    assert Stage.FUNDED not in reached
    assert Stage.PROCESSING in reached and Stage.DENIED in reached


@given(st.lists(st.integers(min_value=0, max_value=11), max_size=40), st.booleans())
def test_every_funded_loan_was_clear_to_close_before(choices, manager):
    way = walk(choices, manager=manager)
    if Stage.FUNDED in way:
        assert Stage.CLEAR_TO_CLOSE in way[: way.index(Stage.FUNDED)]


@given(st.lists(st.integers(min_value=0, max_value=11), max_size=40))
def test_without_a_manager_an_end_is_an_end(choices):
    way = walk(choices, manager=False)
    for stage in way[:-1]:
        assert stage not in Stage.closed()


@given(st.lists(st.integers(min_value=0, max_value=11), max_size=40), st.booleans())
def test_after_a_pause_or_an_end_a_loan_goes_on_no_further_than_it_had_come(choices, manager):
    way = walk(choices, manager=manager)
    line = Stage.line()
    furthest = line.index(Stage.PROCESSING)
    for before, after in pairwise(way):
        if before in line:
            furthest = max(line.index(Stage.PROCESSING), line.index(before))
        if before in Stage.quiet() and after in line:
            assert line.index(after) <= furthest


@pytest.mark.parametrize("stage", Stage.closed())
def test_leaving_an_end_is_always_a_reopening(stage):
    assert TABLE[stage].moves == ()
    assert all(is_reopening(stage, to) for to in TABLE[stage].reopens)
    assert TABLE[stage].reopens


def test_funded_reopens_to_closing_only():
    assert moves_from(Stage.FUNDED, came_from=Stage.FUNDED, manager=True) == [Stage.CLOSING]
    assert moves_from(Stage.FUNDED, came_from=Stage.FUNDED, manager=False) == []


def test_a_started_application_is_sent_by_the_borrower_not_moved_by_the_desk():
    moves = moves_from(Stage.STARTED, came_from=Stage.STARTED, manager=True)
    assert Stage.APPLICATION_RECEIVED not in moves
    assert moves_from(Stage.WITHDRAWN, came_from=Stage.STARTED, manager=True) == [Stage.STARTED]
