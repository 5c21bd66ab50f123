"""A file goes quiet: a task for the officer, a day later an honest note to the borrowers, once; any word ends it."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from accounts import services as accounts
from accounts.models import Company
from conversations.services import receive_message
from loans import quiet, services, tasks
from loans.models import Loan, Task
from loans.stages import Stage
from notifications.facts import NotWanted, gather
from notifications.models import Notification
from notifications.reminders import quiet as notes
from tests.loans.helpers import at_version, move

ZONE = ZoneInfo("America/New_York")
MONDAY = datetime(2026, 6, 1, 15, tzinfo=ZONE)


def on(day: int, hour: int = 10) -> time_machine.travel:
    """A day of June 2026, on the company's clock."""
    return time_machine.travel(datetime(2026, 6, day, hour, tzinfo=ZONE), tick=False)


@pytest.fixture
def loan(cast):
    """In processing; its borrowers heard from us on Monday, the first of June."""
    with on(1, 15):
        move(cast.loan, Stage.PROCESSING, by=cast.olga)
    assert cast.loan.last_word_at == MONDAY
    return cast.loan


def asked():
    return Task.objects.filter(kind=Task.Kind.QUIET_FILE)


def told():
    return Notification.objects.filter(kind="quiet_note", channel="email").order_by("id")


def test_three_whole_business_days_make_a_task_for_the_officer_once(cast, loan):
    with on(4, 23):
        assert tasks.watch_quiet_files() == 0
    with on(5):
        assert tasks.watch_quiet_files() == 1
        assert tasks.watch_quiet_files() == 0
    task = asked().get()
    assert (task.loan, task.for_user, task.due_on) == (loan, cast.olga, date(2026, 6, 5))


def test_a_weekend_is_not_silence(loan):
    with on(1, 15):
        Loan.objects.filter(pk=loan.pk).update(last_word_at=datetime(2026, 6, 5, 9, tzinfo=ZONE))
    for day, quiet_now in ((8, 0), (10, 0), (11, 1)):
        with on(day):
            assert tasks.watch_quiet_files() == quiet_now, day


@pytest.mark.parametrize("stage", [Stage.STARTED, Stage.SUSPENDED, Stage.WITHDRAWN, Stage.FUNDED])
def test_what_is_not_sent_yet_paused_or_ended_is_not_watched(loan, stage):
    Loan.objects.filter(pk=loan.pk).update(stage=stage)
    with on(26):
        assert tasks.watch_quiet_files() == 0


def test_the_house_sets_the_days_and_none_switches_the_watch_off(loan):
    Company.objects.update_or_create(pk=1, defaults={"quiet_days": 0})
    with on(26):
        assert tasks.watch_quiet_files() == 0
    Company.objects.filter(pk=1).update(quiet_days=5)
    with on(8):
        assert tasks.watch_quiet_files() == 0
    with on(9):
        assert tasks.watch_quiet_files() == 1


def test_a_word_ends_the_task_and_the_next_silence_makes_another(cast, loan):
    with on(5):
        tasks.watch_quiet_files()
    with on(5, 16):
        at_version(loan, services.set_next_update, on=date(2026, 6, 12), by=cast.olga)
    assert asked().get().done_at is not None
    with on(8):
        assert (tasks.watch_quiet_files(), notes.plan()) == (0, 0)
    with on(12):
        assert tasks.watch_quiet_files() == 1
    assert asked().filter(done_at=None).count() == 1


def test_a_business_day_later_both_borrowers_read_once_that_there_is_nothing_new(cast, loan):
    with on(5):
        tasks.watch_quiet_files()
        assert notes.plan() == 0
    for closed in (6, 7):
        with on(closed):
            assert notes.plan() == 0
    with on(8):
        assert notes.plan() == 1
        assert notes.plan() == 0
        facts = gather(told()[0], "quiet_note")
    assert {row.party_id for row in told()} == {cast.bea_party.pk, cast.cole_party.pk}
    assert facts["waiting"] == "The ball is with us. You do not need to do anything right now."
    assert (facts["missed"], facts["next_update"]) == ("", "Thursday, June 11")
    for day in (9, 10, 26):
        with on(day):
            assert notes.plan() == 0
    assert Loan.objects.get(pk=loan.pk).last_word_at == MONDAY, "a note that nothing is new is no news"
    assert asked().get().done_at is None, "the officer still owes them a word"


def test_the_note_makes_a_promise_that_the_desk_then_holds(cast, loan):
    with on(5):
        tasks.watch_quiet_files()
    with on(8):
        notes.plan()
    assert Loan.objects.get(pk=loan.pk).next_update_on == date(2026, 6, 11)
    with on(10):
        tasks.remind_of_next_updates(date(2026, 6, 10))
    assert Task.objects.get(kind=Task.Kind.NEXT_UPDATE).for_user == cast.olga


def test_a_promise_that_stands_is_kept_and_one_that_was_missed_is_owned_up_to(loan):
    Loan.objects.filter(pk=loan.pk).update(next_update_on=date(2026, 6, 19))
    with on(5):
        tasks.watch_quiet_files()
    with on(8):
        notes.plan()
        assert gather(told()[0], "quiet_note")["next_update"] == "Friday, June 19"
    told().delete()
    Loan.objects.filter(pk=loan.pk).update(next_update_on=date(2026, 6, 4))
    with on(8):
        notes.plan()
        assert gather(told()[0], "quiet_note")["missed"] == "Thursday, June 4"


def test_nobody_is_told_who_waits_for_an_answer_or_never_heard_from_us(cast, loan):
    with on(5):
        tasks.watch_quiet_files()
    with on(5, 11):
        receive_message(loan=loan, party=cast.bea_party, channel="portal", body="Any news?", source="test:1")
        services.store_unanswered(loan, datetime(2026, 6, 5, 11, tzinfo=ZONE))
    with on(8):
        assert notes.plan() == 0
    services.store_unanswered(loan, None)
    Loan.objects.filter(pk=loan.pk).update(last_word_at=None, created_at=MONDAY)
    with on(8):
        assert notes.plan() == 0


def test_who_cannot_sign_in_and_was_never_invited_is_left_alone(cast, loan):
    loan.parties.exclude(pk=cast.cole_party.pk).update(user=None)
    with on(5):
        tasks.watch_quiet_files()
    with on(8):
        assert notes.plan() == 1
    assert [row.party_id for row in told()] == [cast.cole_party.pk]
    told().delete()
    loan.parties.update(user=None)
    with on(9):
        assert notes.plan() == 0
    invite = {"purpose": "loan_party", "subject_id": cast.bea_party.public_id, "email": cast.bea.email}
    with on(9):
        accounts.invite(by=cast.olga, name="Bea", **invite)
        assert notes.plan() == 1
    assert [row.party_id for row in told()] == [cast.bea_party.pk]


def test_word_that_comes_before_the_note_leaves_stops_it(cast, loan):
    with on(5):
        tasks.watch_quiet_files()
    with on(8):
        notes.plan()
        at_version(loan, services.set_next_update, on=date(2026, 6, 12), by=cast.olga)
        with pytest.raises(NotWanted, match="heard from us"):
            gather(told()[0], "quiet_note")


def test_a_move_nobody_is_told_of_is_no_word(cast, loan):
    with on(2):
        move(loan, Stage.UNDERWRITING, by=cast.olga, silent_why="Told them on the telephone.")
    assert loan.last_word_at == MONDAY


def test_an_older_word_changes_nothing(loan):
    services.word_given(loan, datetime(2026, 5, 1, tzinfo=ZONE))
    assert Loan.objects.get(pk=loan.pk).last_word_at == MONDAY


@pytest.mark.embedded("plans are read as SQLite writes them")
def test_the_watch_finds_quiet_files_by_their_index(loan):
    plan = "\n".join(quiet.not_yet_asked(Company.load()).explain().splitlines())
    assert "loan_open_last_word" in plan, plan
