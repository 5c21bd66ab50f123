"""What the desk does to a loan: one transaction, one winner, one history."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection
from django.utils import timezone

from audit.models import Entry
from loans import clocks, events, progress, services
from loans.errors import Changed, Refused
from loans.models import KeyDate, Loan, Party, StageEvent, Task
from loans.stages import Stage
from tests.loans.helpers import at_version, failing, hearing, move

pytestmark = pytest.mark.django_db
TO_CLOSING = (
    Stage.PROCESSING, Stage.UNDERWRITING, Stage.CONDITIONAL_APPROVAL, Stage.CONDITIONS_REVIEW, Stage.CLEAR_TO_CLOSE,
    Stage.CLOSING,
)  # fmt: skip


# --- Moving --------------------------------------------------------------------------------------------------


def test_a_move_writes_loan_event_audit_and_tells_the_others(cast):
    with hearing(events.stage_changed) as heard:
        event = services.change_stage(
            loan=cast.loan, to=Stage.PROCESSING, by=cast.olga, note=" Good start. ", internal_note="two jobs",
            expected_version=1,
        )  # fmt: skip
    loan = Loan.objects.get(pk=cast.loan.pk)
    assert (loan.stage, loan.version, loan.stage_since) == (Stage.PROCESSING, 2, event.at)
    assert (event.from_stage, event.note, event.by) == (Stage.APPLICATION_RECEIVED, "Good start.", cast.olga)
    assert heard[0]["event"] == event and heard[0]["silent"] is False
    assert Entry.objects.get(action="loan.stage_changed").detail["to"] == "processing"


def test_when_a_handler_fails_nothing_was_written(cast):
    with failing(events.stage_changed), pytest.raises(RuntimeError):
        services.change_stage(loan=cast.loan, to=Stage.PROCESSING, by=cast.olga, expected_version=1)
    loan = Loan.objects.get(pk=cast.loan.pk)
    assert (loan.stage, loan.version) == (Stage.APPLICATION_RECEIVED, 1)
    assert not StageEvent.objects.filter(to_stage=Stage.PROCESSING).exists()
    assert not Entry.objects.filter(action="loan.stage_changed").exists()


@pytest.mark.parametrize(
    "to", [Stage.FUNDED, Stage.CLEAR_TO_CLOSE, Stage.STARTED, Stage.APPLICATION_RECEIVED, "moon"]
)
def test_a_move_the_table_does_not_allow_is_refused_with_a_reason(cast, to):
    with pytest.raises(Refused) as refused:
        at_version(cast.loan, services.change_stage, to=to, by=cast.olga)
    assert refused.value.message
    assert Loan.objects.get(pk=cast.loan.pk).version == 1


@pytest.mark.parametrize("who", ["otto", "stef", "bea", "nils"])
def test_only_the_loan_team_and_managers_move_a_loan(cast, who):
    person = getattr(cast, who)
    with pytest.raises(Refused):
        at_version(cast.loan, services.change_stage, to=Stage.PROCESSING, by=person)
    assert services.allowed_moves(cast.loan, person) == []
    assert Stage.PROCESSING in services.allowed_moves(cast.loan, cast.mara)


def test_two_officers_at_once_one_wins_and_the_other_is_told_what_changed(cast):
    mine, theirs = Loan.objects.get(pk=cast.loan.pk), Loan.objects.get(pk=cast.loan.pk)
    services.change_stage(loan=mine, to=Stage.PROCESSING, by=cast.olga, expected_version=1)
    services.set_next_update(
        loan=mine, on=clocks.today() + timedelta(days=3), by=cast.olga, expected_version=mine.version
    )
    with pytest.raises(Changed) as changed:
        services.change_stage(loan=theirs, to=Stage.DENIED, by=cast.mara, expected_version=1)
    assert len(changed.value.what) == 2
    assert "Olga Haddad" in changed.value.what[0] and "Processing" in changed.value.what[0]
    assert "next update" in changed.value.what[1]
    assert Loan.objects.get(pk=cast.loan.pk).stage == Stage.PROCESSING


@pytest.mark.django_db(transaction=True)
def test_two_officers_in_the_same_second(cast):
    """Two real connections; whoever comes second is refused, and neither write is lost or doubled."""
    barrier, answers = Barrier(2), []

    def press(person, to) -> None:
        loan = Loan.objects.get(pk=cast.loan.pk)
        barrier.wait()
        try:
            answers.append(services.change_stage(loan=loan, to=to, by=person, expected_version=1))
        except Changed as changed:
            answers.append(changed)
        finally:
            connection.close()

    threads = [
        Thread(target=press, args=(cast.olga, Stage.PROCESSING)),
        Thread(target=press, args=(cast.mara, Stage.SUSPENDED)),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(type(answer).__name__ for answer in answers) == ["Changed", "StageEvent"]
    assert len(next(answer.what for answer in answers if isinstance(answer, Changed))) == 1
    assert Loan.objects.get(pk=cast.loan.pk).version == 2


def test_without_the_lock_a_late_write_still_changes_nothing(cast):
    """The version guards alone where a database does not lock rows."""
    from loans.services import locking

    stale = Loan.objects.get(pk=cast.loan.pk)
    at_version(cast.loan, services.set_waiting_on, waiting_on="third_party", by=cast.olga)
    stale.waiting_on = "nobody"
    with pytest.raises(Changed):
        locking.save(stale, "waiting_on")
    assert Loan.objects.get(pk=cast.loan.pk).waiting_on == "third_party"


def test_funded_numbers_the_closing_and_reopens_only_by_a_manager_with_a_reason(cast):
    event = move(cast.loan, *TO_CLOSING, Stage.FUNDED, by=cast.olga)
    assert event.closing_number == cast.loan.closings == 1
    with pytest.raises(Refused):
        at_version(
            cast.loan, services.change_stage, to=Stage.CLOSING, by=cast.olga, reason="The wire came back"
        )
    with pytest.raises(Refused, match="Say why"):
        at_version(cast.loan, services.change_stage, to=Stage.CLOSING, by=cast.mara, reason="  ")
    move(cast.loan, Stage.CLOSING, by=cast.mara, reason="The wire came back")
    assert move(cast.loan, Stage.FUNDED, by=cast.olga).closing_number == 2


@pytest.mark.parametrize("end", Stage.ended())
def test_an_ended_loan_opens_again_only_by_a_manager_with_a_reason(cast, end):
    move(cast.loan, Stage.PROCESSING, end, by=cast.olga)
    assert services.allowed_moves(cast.loan, cast.olga) == []
    assert services.allowed_moves(cast.loan, cast.mara) == [Stage.PROCESSING]
    with pytest.raises(Refused):
        at_version(cast.loan, services.change_stage, to=Stage.PROCESSING, by=cast.mara)
    with pytest.raises(Refused):
        at_version(
            cast.loan, services.change_stage, to=Stage.CLEAR_TO_CLOSE, by=cast.mara, reason="Skip ahead"
        )
    move(cast.loan, Stage.PROCESSING, by=cast.mara, reason="New income papers")
    assert cast.loan.stage == Stage.PROCESSING


def test_a_pause_leads_back_to_where_the_loan_was(cast):
    move(cast.loan, Stage.PROCESSING, Stage.UNDERWRITING, Stage.SUSPENDED, by=cast.olga)
    moves = services.allowed_moves(cast.loan, cast.olga)
    assert Stage.UNDERWRITING in moves and Stage.CONDITIONAL_APPROVAL not in moves
    move(cast.loan, Stage.UNDERWRITING, by=cast.olga)
    assert cast.loan.stage == Stage.UNDERWRITING


# --- Undo ----------------------------------------------------------------------------------------------------


def test_undo_within_the_wait_leaves_one_correction_in_the_history(cast):
    event = move(cast.loan, Stage.PROCESSING, by=cast.olga)
    since = cast.loan.stage_events.get(to_stage=Stage.APPLICATION_RECEIVED).at
    with hearing(events.stage_undone) as heard:
        services.undo_stage_change(event=event, by=cast.olga, expected_version=cast.loan.version)
    loan = Loan.objects.get(pk=cast.loan.pk)
    assert (loan.stage, loan.stage_since) == (Stage.APPLICATION_RECEIVED, since)
    assert heard[0]["event"] == event
    for for_borrower in (True, False):
        kinds = [line.kind for line in progress.history(loan, for_borrower)]
        assert kinds.count("correction") == 1
    assert not any("checking" in str(line.title) for line in progress.history(loan, True))


def test_undo_is_refused_after_the_wait_for_older_moves_and_for_ends(cast):
    first = move(cast.loan, Stage.PROCESSING, by=cast.olga)
    second = move(cast.loan, Stage.UNDERWRITING, by=cast.olga)
    with pytest.raises(Refused, match="latest"):
        services.undo_stage_change(event=first, by=cast.olga, expected_version=cast.loan.version)
    with pytest.raises(Refused):
        services.undo_stage_change(event=second, by=cast.otto, expected_version=cast.loan.version)
    StageEvent.objects.exclude(pk=second.pk).update(at=timezone.now() - timedelta(hours=1))
    StageEvent.objects.filter(pk=second.pk).update(at=timezone.now() - timedelta(minutes=6))
    second.refresh_from_db()
    with pytest.raises(Refused, match="waiting time"):
        services.undo_stage_change(event=second, by=cast.olga, expected_version=cast.loan.version)
    end = move(cast.loan, Stage.DENIED, by=cast.olga)
    with pytest.raises(Refused, match="manager"):
        services.undo_stage_change(event=end, by=cast.mara, expected_version=cast.loan.version)


def test_undo_with_an_old_version_says_what_changed(cast):
    event = move(cast.loan, Stage.PROCESSING, by=cast.olga)
    version = cast.loan.version
    at_version(cast.loan, services.set_waiting_on, waiting_on="third_party", by=cast.mara)
    with pytest.raises(Changed) as changed:
        services.undo_stage_change(event=event, by=cast.olga, expected_version=version)
    assert any("Mara" in sentence for sentence in changed.value.what)


# --- Who has the ball ----------------------------------------------------------------------------------------


def owe(loan: Loan, count: int) -> None:
    services.store_counters(loan=loan, open_requests=count, to_review=0, per_party={})


def estimate_sent(loan: Loan, by) -> None:
    at_version(loan, services.set_key_date, kind=KeyDate.Kind.LOAN_ESTIMATE_SENT, on=clocks.today(), by=by)


def test_before_the_loan_estimate_papers_never_put_the_ball_with_the_borrower(cast):
    move(cast.loan, Stage.PROCESSING, by=cast.olga)
    owe(cast.loan, 3)
    assert Loan.objects.get(pk=cast.loan.pk).waiting_on == "lender"
    estimate_sent(cast.loan, cast.olga)
    assert Loan.objects.get(pk=cast.loan.pk).waiting_on == "borrower"
    owe(cast.loan, 0)
    assert Loan.objects.get(pk=cast.loan.pk).waiting_on == "lender"


def test_set_by_hand_holds_until_the_next_stage_change(cast):
    estimate_sent(cast.loan, cast.olga)
    at_version(cast.loan, services.set_waiting_on, waiting_on="third_party", by=cast.olga)
    owe(cast.loan, 2)
    assert Loan.objects.get(pk=cast.loan.pk).waiting_on == "third_party"
    move(cast.loan, Stage.PROCESSING, by=cast.olga)
    assert cast.loan.waiting_on == "borrower"


def test_counters_are_kept_by_party(cast):
    services.store_counters(loan=cast.loan, open_requests=3, to_review=1, per_party={cast.bea_party.pk: 3})
    cast.bea_party.refresh_from_db()
    cast.cole_party.refresh_from_db()
    assert (cast.bea_party.open_requests, cast.cole_party.open_requests) == (3, 0)


# --- Dates ---------------------------------------------------------------------------------------------------


def test_a_promised_day_that_passed_is_owned_up_to(cast):
    at_version(cast.loan, services.set_next_update, on=clocks.today(), by=cast.olga)
    assert "You hear from us" in progress.next_update_text(cast.loan)
    Loan.objects.filter(pk=cast.loan.pk).update(next_update_on=clocks.today() - timedelta(days=1))
    assert "We owe you an update" in progress.next_update_text(Loan.objects.get(pk=cast.loan.pk))
    with pytest.raises(Refused):
        at_version(cast.loan, services.set_next_update, on=clocks.today() - timedelta(days=1), by=cast.olga)


def test_a_closing_is_a_target_until_a_signing_is_set(cast):
    day = clocks.today() + timedelta(days=30)
    assert progress.closing_text(cast.loan) == ""
    at_version(cast.loan, services.set_expected_closing, on=day, by=cast.olga)
    assert "target, not confirmed" in progress.closing_text(cast.loan)
    at_version(cast.loan, services.set_key_date, kind=KeyDate.Kind.SIGNING, on=day, by=cast.olga)
    assert progress.closing_text(cast.loan).startswith("Signing on")
    assert "target" not in progress.closing_text(cast.loan)
    at_version(cast.loan, services.clear_key_date, kind=KeyDate.Kind.SIGNING, by=cast.olga)
    assert "target" in progress.closing_text(cast.loan)


@pytest.mark.parametrize(
    "kind",
    [
        KeyDate.Kind.APPRAISAL_ORDERED,
        KeyDate.Kind.TITLE_RECEIVED,
        KeyDate.Kind.SIGNING,
        KeyDate.Kind.CLOSING_DISCLOSURE_SENT,
    ],
)
def test_without_a_home_nothing_of_a_closing_is_set_or_shown(cast, kind):
    Loan.objects.filter(pk=cast.loan.pk).update(home_found=False, street="", expected_closing=clocks.today())
    KeyDate.objects.create(loan=cast.loan, kind=kind, on=clocks.today())
    with pytest.raises(Refused, match="home"):
        at_version(cast.loan, services.set_key_date, kind=kind, on=clocks.today(), by=cast.olga)
    with pytest.raises(Refused, match="home"):
        at_version(cast.loan, services.set_expected_closing, on=clocks.today(), by=cast.olga)
    loan = Loan.objects.get(pk=cast.loan.pk)
    assert progress.closing_text(loan) == "" and progress.closing_date(loan) is None
    assert progress.key_dates(loan, for_borrower=True) == []
    assert progress.key_dates(loan, for_borrower=False) == []


def test_without_a_home_a_loan_cannot_be_cleared_to_close(cast):
    Loan.objects.filter(pk=cast.loan.pk).update(home_found=False, street="")
    move(cast.loan, Stage.PROCESSING, Stage.UNDERWRITING, Stage.CONDITIONAL_APPROVAL, by=cast.olga)
    assert Stage.CLEAR_TO_CLOSE not in services.allowed_moves(cast.loan, cast.olga)
    with pytest.raises(Refused, match="address"):
        at_version(cast.loan, services.change_stage, to=Stage.CLEAR_TO_CLOSE, by=cast.olga)


def test_what_happened_cannot_lie_ahead(cast):
    tomorrow = clocks.today() + timedelta(days=1)
    with pytest.raises(Refused, match="happened"):
        at_version(cast.loan, services.set_key_date, kind="loan_estimate_sent", on=tomorrow, by=cast.olga)
    with pytest.raises(Refused, match="works this date out"):
        at_version(cast.loan, services.set_key_date, kind="loan_estimate_due", on=tomorrow, by=cast.olga)


def test_an_outcome_is_named_only_after_the_notice_of_this_end(cast):
    move(cast.loan, Stage.PROCESSING, Stage.DENIED, by=cast.olga)
    said = (
        f"{progress.stage_words(cast.loan)} {[str(line.title) for line in progress.history(cast.loan, True)]}"
    )
    assert "could not offer" not in said and "Please call your loan officer" in said
    at_version(cast.loan, services.set_key_date, kind="notice_sent", on=clocks.today(), by=cast.olga)
    assert "could not offer" in str(progress.stage_words(cast.loan).title)
    assert any("could not offer" in str(line.title) for line in progress.history(cast.loan, True))
    # Reopened and ended another way: the old notice says nothing about the new end.
    move(cast.loan, Stage.PROCESSING, by=cast.mara, reason="New papers")
    move(cast.loan, Stage.WITHDRAWN, by=cast.olga)
    assert not services.notice_is_sent(cast.loan)
    assert "withdrawn" not in str(progress.stage_words(Loan.objects.get(pk=cast.loan.pk)).title)


def test_no_notice_without_an_outcome(cast):
    with pytest.raises(Refused):
        at_version(cast.loan, services.set_key_date, kind="notice_sent", on=clocks.today(), by=cast.olga)


# --- Reading -------------------------------------------------------------------------------------------------


def test_seven_steps_with_their_days_and_those_ahead_if_all_goes_well(cast):
    move(cast.loan, Stage.PROCESSING, Stage.UNDERWRITING, by=cast.olga)
    steps = progress.steps(cast.loan)
    assert [step.state for step in steps] == ["done", "done", "now", "ahead", "ahead", "ahead", "ahead"]
    assert all(step.date == clocks.today() for step in steps[:3])
    assert all(step.date is None and str(step.note) == "if all goes well" for step in steps[3:])


def test_beside_the_line_the_step_stays_where_the_loan_was(cast):
    move(cast.loan, Stage.PROCESSING, Stage.UNDERWRITING, Stage.SUSPENDED, by=cast.olga)
    assert progress.current_step(cast.loan) == 3


def test_funded_is_done_not_now(cast):
    move(cast.loan, *TO_CLOSING, Stage.FUNDED, by=cast.olga)
    assert {step.state for step in progress.steps(cast.loan)} == {"done"}


def test_the_whole_read_side_stays_within_its_queries(cast, django_assert_max_num_queries):
    move(cast.loan, Stage.PROCESSING, by=cast.olga)
    loan = Loan.objects.get(pk=cast.loan.pk)
    with django_assert_max_num_queries(5):
        progress.steps(loan)
        progress.stage_words(loan)
        progress.history(loan, True)
        progress.closing_text(loan)
        progress.key_dates(loan, for_borrower=True)
        progress.loan_estimate_is_sent(loan)


def test_the_house_may_use_its_own_words_and_usual_days_stay_hidden_until_then(cast):
    from loans.models import StageWording

    assert progress.stage_words(cast.loan).usual_days == ""
    StageWording.objects.create(stage=Stage.APPLICATION_RECEIVED, title="We have it", usual_days="2 days")
    words = progress.stage_words(cast.loan)
    assert (words.title, words.usual_days) == ("We have it", "2 days")
    assert "loan officer" in str(words.meaning)


# --- People and tasks ----------------------------------------------------------------------------------------


def test_a_borrower_or_the_officer_invites_a_co_borrower_and_nobody_else(cast):
    with hearing(events.party_added) as heard:
        party = services.add_co_borrower(
            loan=cast.loan, name=" Ana  Nguyen ", email="Ana@Example.com", by=cast.bea
        )
    assert (party.name, party.email, party.role, party.user) == (
        "Ana Nguyen", "ana@example.com", Party.Role.CO_BORROWER, None,
    )  # fmt: skip
    assert heard[0]["party"] == party
    assert "Ana Nguyen" in Loan.objects.get(pk=cast.loan.pk).borrower_names
    for person in (cast.cole, cast.nils, cast.otto):
        with pytest.raises(Refused):
            services.add_co_borrower(loan=cast.loan, name="Eve", email="eve@example.com", by=person)
    with pytest.raises(Refused, match="already"):
        services.add_co_borrower(loan=cast.loan, name="Ana Nguyen", email="ana@example.com", by=cast.olga)


def test_accepting_an_invitation_ties_the_person_to_the_loan_once(cast):
    from accounts import services as accounts

    party = services.add_co_borrower(loan=cast.loan, name="Nils Berg", email="nils@example.com", by=cast.olga)
    invitation, _token = accounts.invite(
        purpose="loan_party", name=party.name, email=party.email, subject_id=party.public_id, by=cast.olga
    )
    with hearing(events.party_joined) as heard:
        accounts.accept_invitation(invitation=invitation, user=cast.nils)
        services.join(party=Party.objects.get(pk=party.pk), user=cast.nils)
    assert len(heard) == 1
    assert Loan.objects.visible_to(cast.nils).filter(pk=cast.loan.pk).exists()
    with pytest.raises(Refused, match="sign in already"):
        services.reinvite_party(party=Party.objects.get(pk=party.pk), by=cast.olga)
    with pytest.raises(Refused):
        services.join(party=Party.objects.get(pk=party.pk), user=cast.otto)


def test_a_task_with_the_same_key_is_made_once(cast):
    def make():
        return services.make_task(
            loan=cast.loan,
            kind=Task.Kind.CALL,
            why="Call",
            for_user=cast.olga,
            due_on=clocks.today(),
            key="call:1",
        )

    with hearing(events.task_made) as heard:
        assert make() == make()
    assert len(heard) == 1
    with pytest.raises(Refused):
        services.complete_task(task=make(), by=cast.otto)
    assert services.complete_task(task=make(), by=cast.olga).done_by == cast.olga


def test_the_day_before_a_promised_update_it_is_put_before_the_officer(cast):
    from loans.tasks import run_clocks

    at_version(cast.loan, services.set_next_update, on=clocks.today() + timedelta(days=2), by=cast.olga)
    run_clocks()
    assert not Task.objects.exists()
    at_version(cast.loan, services.set_next_update, on=clocks.today() + timedelta(days=1), by=cast.olga)
    run_clocks()
    run_clocks()
    task = Task.objects.get()
    assert (task.kind, task.for_user, task.due_on) == (
        "next_update",
        cast.olga,
        clocks.today() + timedelta(days=1),
    )
    at_version(cast.loan, services.set_next_update, on=clocks.today() + timedelta(days=5), by=cast.olga)
    task.refresh_from_db()
    assert task.done_at
