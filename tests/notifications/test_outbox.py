"""The row is the truth: once per event, claimed once, ended once, whatever fails on the way."""

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from email.utils import parseaddr
from typing import Any

import pytest
import time_machine
from celery import current_app
from django.db import connection, connections, transaction
from django.utils import timezone

from accounts.models import Company
from documents import wake
from loans.errors import Changed, Refused
from loans.models import Loan, Task
from notifications import delivery, figures, outlets, services, tasks
from notifications.catalog import KINDS
from notifications.delivery import claiming
from notifications.models import Attempt, Heartbeat, Notification, Suppression
from notifications.sealing import unseal
from tests.cast import Cast, make_cast
from tests.notifications.conftest import fresh

State = Notification.State
Make = Callable[..., Notification]


class Outlet(outlets.Outlet):
    """A mail server of the test's own, which answers as it is told."""

    name = "test"

    def __init__(self, *outcomes: Any) -> None:
        self.outcomes = list(outcomes)
        self.sent: list[tuple[Notification, Any]] = []

    def send(self, row: Notification, message: Any) -> outlets.Outcome:
        self.sent.append((row, message))
        outcome = self.outcomes.pop(0) if self.outcomes else outlets.Outcome(outlets.SENT)
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome


@pytest.fixture
def outlet(monkeypatch: pytest.MonkeyPatch) -> Outlet:
    mine = Outlet()
    monkeypatch.setattr(outlets, "outlet", lambda: mine)
    return mine


def soon(happened: Callable[[], bool]) -> bool:
    """Wake-ups leave by a thread of their own."""
    until = time.monotonic() + 30
    while not happened() and time.monotonic() < until:
        time.sleep(0.02)
    return happened()


# --- Beginning -----------------------------------------------------------------------------------------------


def test_the_same_event_twice_is_one_message(make_row: Make) -> None:
    first = make_row(event_key="same")
    again = make_row(event_key="same")
    assert again.pk == first.pk
    assert Notification.objects.count() == 1


def test_message_id_and_date_are_fixed_when_the_row_is_made(make_row: Make, outlet: Outlet) -> None:
    due = timezone.now() + timedelta(days=7)
    row = make_row(due_at=due)
    assert row.message_id.startswith("<") and row.message_id.endswith("@localhost>")
    with time_machine.travel(due + timedelta(minutes=1)):
        delivery.deliver_due()
    sent = outlet.sent[0][1].message()
    assert sent["Message-ID"] == row.message_id
    assert sent["Date"] == row.date_header


def test_a_row_of_a_rolled_back_transaction_is_never_sent(make_row: Make, outlet: Outlet) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        make_row()
        raise RuntimeError
    assert delivery.deliver_due() == 0
    assert outlet.sent == []


def test_without_a_mail_server_the_row_keeps_the_text(make_row: Make) -> None:
    row = make_row()
    delivery.deliver_due()
    row = fresh(row)
    assert (row.state, row.provider, row.provider_id, row.attempts) == (State.SENT, "local", "", 1)
    assert "New application" in row.subject and "Olga" not in row.subject
    assert row.text_body and row.html_body and row.sent_at
    assert [(attempt.number, attempt.outcome) for attempt in row.tries.all()] == [(1, "sent")]


class DeadBroker:
    """Refuses every wake-up, whichever thread brings it."""

    def __init__(self) -> None:
        self.refused: list[str] = []

    def send_task(self, task: str, **_options: Any) -> None:
        self.refused.append(task)
        raise ConnectionError("connection refused")


@pytest.mark.django_db(transaction=True)
def test_a_broker_that_is_down_fails_neither_page_nor_message(monkeypatch: pytest.MonkeyPatch) -> None:
    cast = make_cast()
    assert soon(lambda: not wake._is_sending), (
        "a hint of the cast that is refused takes the next ones with it"
    )
    broker = DeadBroker()
    for module in (wake, tasks):
        monkeypatch.setattr(module, "current_app", broker)
    with transaction.atomic():
        row = services.queue(
            kind="application_received_officer", event_key="x", recipient=cast.olga, loan=cast.loan
        )
    assert soon(lambda: broker.refused == ["notifications.deliver"]), broker.refused
    tasks.sweep()
    assert fresh(row).state == State.SENT


@pytest.mark.django_db(transaction=True)
def test_what_is_due_at_once_wakes_a_worker_also_when_the_clock_is_set_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cast = make_cast()
    moments = iter([timezone.now() + timedelta(seconds=5)])
    woken: list[str] = []
    monkeypatch.setattr(wake, "soon", lambda task, **_options: woken.append(task))
    with monkeypatch.context() as clock:
        real = timezone.now
        clock.setattr("notifications.services.queueing.timezone.now", lambda: next(moments, real()))
        services.queue(kind="application_received_officer", event_key="x", recipient=cast.olga)
    assert woken == ["notifications.deliver"]


@pytest.mark.django_db(transaction=True)
def test_a_commit_wakes_the_worker_through_the_broker() -> None:
    cast = make_cast()
    before = hints_waiting()
    with transaction.atomic():
        services.queue(
            kind="application_received_officer", event_key="x", recipient=cast.olga, loan=cast.loan
        )
        assert hints_waiting() == before
    assert soon(lambda: hints_waiting() == before + 1)


def hints_waiting() -> int:
    """In the broker's queue, whichever broker it is."""
    with current_app.connection_for_read() as connection:
        return int(connection.default_channel.queue_declare("messages").message_count)


# --- Claiming ------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_claimers_get_every_row_once() -> None:
    cast = make_cast()
    rows = {
        services.queue(
            kind="application_received_officer", event_key=f"e{n}", recipient=cast.olga, loan=cast.loan
        ).pk
        for n in range(100)
    }
    claimed: list[int] = []
    together = threading.Barrier(2)

    def work() -> None:
        together.wait()
        try:
            while found := delivery.claim(limit=7)[1]:
                claimed.extend(row.pk for row in found)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(rows)


def test_codes_go_before_letters_and_old_before_new(make_row: Make, cast: Cast) -> None:
    late = make_row(due_at=timezone.now() - timedelta(minutes=1))
    early = make_row(due_at=timezone.now() - timedelta(minutes=2))
    code = make_row(kind="sign_in_code", recipient=cast.bea, loan=None, secret="123456")
    _token, rows = delivery.claim()
    assert [row.pk for row in rows] == [code.pk, early.pk, late.pk]
    assert [row.claim_position for row in rows] == [0, 1, 2]


def test_what_is_not_due_stays(make_row: Make, outlet: Outlet) -> None:
    make_row(due_at=timezone.now() + timedelta(minutes=5))
    assert delivery.deliver_due() == 0


def test_a_sender_stops_at_half_its_lease_and_gives_the_rest_back(make_row: Make, outlet: Outlet) -> None:
    rows = [make_row() for _ in range(3)]
    token, claimed = delivery.claim()
    done, _line = delivery.send_batch(token, claimed, stop_at=time.monotonic() - 1)
    assert done == 0 and outlet.sent == []
    assert {fresh(row).state for row in rows} == {State.QUEUED}
    assert {fresh(row).attempts for row in rows} == {0}


def test_a_machine_that_sleeps_in_the_middle_of_a_batch_does_not_go_on_with_it(
    make_row: Make, outlet: Outlet
) -> None:
    """Its lease ran out meanwhile, and the sweep may have given the rows to somebody else."""
    make_row(), make_row()
    token, claimed = delivery.claim()
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        delivery.send_batch(token, claimed, stop_at=float("inf"))
    assert outlet.sent == []


def test_a_claim_that_was_lost_writes_nothing(make_row: Make) -> None:
    row = make_row()
    _token, (claimed,) = delivery.claim()
    Notification.objects.filter(pk=row.pk).update(claim=uuid.uuid4())
    delivery.send_one(claimed, Outlet())
    assert fresh(row).state == State.SENDING
    assert not Attempt.objects.exists()


# --- What a dead worker held ---------------------------------------------------------------------------------


def die_holding(*rows: Notification) -> None:
    delivery.claim()
    long_ago = timezone.now() - timedelta(minutes=6)
    Notification.objects.filter(pk__in=[row.pk for row in rows]).update(claimed_at=long_ago)


def test_rows_of_a_dead_claim_go_back_and_only_the_first_is_uncertain(make_row: Make, outlet: Outlet) -> None:
    first, second, third = make_row(), make_row(), make_row()
    ids = [row.message_id for row in (first, second, third)]
    die_holding(first, second, third)
    assert delivery.return_dead_claims() == 3
    assert [(fresh(row).state, fresh(row).dead_claims) for row in (first, second, third)] == [
        (State.QUEUED, 1), (State.QUEUED, 0), (State.QUEUED, 0),
    ]  # fmt: skip
    assert [fresh(row).attempts for row in (first, second, third)] == [1, 0, 0]
    delivery.deliver_due()
    assert [message.message()["Message-ID"] for _row, message in outlet.sent] == ids


def test_a_claim_whose_lease_runs_is_left_alone(make_row: Make) -> None:
    row = make_row()
    delivery.claim()
    assert delivery.return_dead_claims() == 0
    assert fresh(row).state == State.SENDING


def test_two_sweeps_at_once_return_a_dead_claim_once(make_row: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second read the rows before the first one moved them (where rows have locks, both may run at once)."""
    first, second = make_row(), make_row()
    die_holding(first, second)
    seen = delivery.mine(fresh(first).claim)
    assert delivery.return_dead_claims() == 2
    token, again = delivery.claim()
    assert len(again) == 2
    monkeypatch.setattr(claiming, "mine", lambda _token: seen)
    assert claiming._return_claim(seen[0].claim) == 0
    assert Attempt.objects.filter(notification=first, outcome="worker died").count() == 1
    assert fresh(first).dead_claims == 1
    assert {fresh(row).claim for row in (first, second)} == {token}


def test_a_dead_batch_is_returned_in_few_queries(make_row: Make, django_assert_max_num_queries: Any) -> None:
    die_holding(*[make_row() for _ in range(8)])
    with django_assert_max_num_queries(10):
        assert delivery.return_dead_claims() == 8


def test_a_kind_that_must_not_be_doubled_waits_for_a_person(
    make_row: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = KINDS["application_received_officer"]
    monkeypatch.setitem(KINDS, entry.key, replace(entry, on_uncertain="hold"))
    first, second = make_row(), make_row()
    die_holding(first, second)
    delivery.return_dead_claims()
    assert (fresh(first).state, fresh(second).state) == (State.UNKNOWN, State.QUEUED)


# --- Errors --------------------------------------------------------------------------------------------------


def test_passing_errors_are_tried_again_on_a_ladder_and_then_given_up(
    make_row: Make, monkeypatch: Any
) -> None:
    busy = Outlet(*[outlets.Outcome(outlets.RETRY, "451 try later")] * 20)
    monkeypatch.setattr(outlets, "outlet", lambda: busy)
    row = make_row(kind="six_items", context={"due_on": "2026-11-12"})
    Notification.objects.update(expires_at=None)
    waits = []
    now = timezone.now()
    for _ in range(8):
        with time_machine.travel(now, tick=False):
            delivery.deliver_due()
            row = fresh(row)
            waits.append(row.due_at - now)
            now = row.due_at
    minutes = [int(wait.total_seconds() // 60) for wait in waits]
    assert minutes == [1, 5, 15, 60, 240, 720, 1440, 0]
    assert row.state == State.FAILED and row.error == "451 try later"


def test_without_a_line_everything_waits_and_nobody_is_charged(make_row: Make, monkeypatch: Any) -> None:
    """An outage of days costs no message a try; each sweep asks once."""
    dead = Outlet(*[outlets.Outcome(outlets.NO_LINE, "refused")] * 9)
    monkeypatch.setattr(outlets, "outlet", lambda: dead)
    rows = [make_row(), make_row()]
    for _ in range(9):
        delivery.deliver_due()
    for row in map(fresh, rows):
        assert (row.state, row.attempts, row.error) == (State.QUEUED, 0, "refused")
        assert row.due_at <= timezone.now()
    assert len(dead.sent) == 9
    assert not Attempt.objects.exists()
    delivery.deliver_due()
    assert {fresh(row).state for row in rows} == {State.SENT}


@pytest.mark.parametrize("what", [outlets.RETRY, outlets.UNCERTAIN])
def test_trouble_of_the_server_twice_in_a_row_ends_the_batch(
    make_row: Make, monkeypatch: Any, what: str
) -> None:
    """A server that hangs is not asked fifty times, ten seconds each; one odd message does not hold the others."""
    lost, fine = outlets.Outcome(what, "line lost", of_server=True), outlets.Outcome(outlets.SENT)
    server = Outlet(lost, fine, lost, lost)
    monkeypatch.setattr(outlets, "outlet", lambda: server)
    rows = [make_row() for _ in range(6)]
    delivery.deliver_due()
    assert len(server.sent) == 4
    assert [fresh(row).attempts for row in rows] == [1, 1, 1, 1, 0, 0]
    assert [fresh(row).state for row in rows[4:]] == [State.QUEUED, State.QUEUED]


def test_a_refused_address_fails_is_switched_off_and_somebody_is_asked_to_call(
    make_row: Make, monkeypatch: Any, cast: Cast
) -> None:
    monkeypatch.setattr(
        outlets, "outlet", lambda: Outlet(outlets.Outcome(outlets.REFUSED, "550 no such user", for_good=True))
    )
    told = {"kind": "application_received", "recipient": cast.bea_party}
    row = make_row(**told)
    delivery.deliver_due()
    assert (fresh(row).state, fresh(row).error) == (State.FAILED, "550 no such user")
    task = Task.objects.get(loan=cast.loan, kind=Task.Kind.BOUNCED)
    assert task.for_user == cast.olga and "Bea Nguyen" in task.why
    assert Suppression.objects.get().address == "bea@example.com"
    later = make_row(**told)
    delivery.deliver_due()
    assert fresh(later).state == State.SUPPRESSED


def test_an_unclear_answer_sends_the_same_copy_again(make_row: Make, monkeypatch: Any) -> None:
    lost = Outlet(outlets.Outcome(outlets.UNCERTAIN, "line lost"))
    monkeypatch.setattr(outlets, "outlet", lambda: lost)
    row = make_row()
    delivery.deliver_due()
    assert fresh(row).state == State.QUEUED
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        delivery.deliver_due()
    first, second = (message.message() for _row, message in lost.sent)
    assert first["Message-ID"] == second["Message-ID"] and first["Date"] == second["Date"]
    assert fresh(row).state == State.SENT


def test_a_row_that_cannot_be_written_fails_alone(make_row: Make, outlet: Outlet) -> None:
    broken = make_row(kind="six_items", context={})
    good = make_row()
    delivery.deliver_due()
    assert fresh(broken).state == State.FAILED and "due_on" in fresh(broken).error
    assert fresh(good).state == State.SENT


def test_an_error_in_the_outlet_itself_fails_that_row_alone(make_row: Make, monkeypatch: Any) -> None:
    odd = Outlet(RuntimeError("odd"))
    monkeypatch.setattr(outlets, "outlet", lambda: odd)
    first, second = make_row(), make_row()
    delivery.deliver_due()
    assert (fresh(first).state, fresh(second).state) == (State.FAILED, State.SENT)


@pytest.mark.parametrize(
    "address", ["a@example.com, b@example.com", "a@example.com\nBcc: b@example.com", "", "nobody"]
)
def test_an_address_is_one_mailbox_or_nothing_is_sent(make_row: Make, outlet: Outlet, address: str) -> None:
    row = make_row()
    Notification.objects.filter(pk=row.pk).update(recipient_name="X", address=address)
    delivery.deliver_due()
    assert outlet.sent == []
    assert fresh(row).state == State.FAILED


def test_a_name_cannot_add_headers(make_row: Make, outlet: Outlet) -> None:
    row = make_row()
    Notification.objects.filter(pk=row.pk).update(
        recipient_name="Bea\r\nBcc: evil@example.com", address="bea@example.com"
    )
    delivery.deliver_due()
    message = outlet.sent[0][1]
    assert [parseaddr(to)[1] for to in message.recipients()] == ["bea@example.com"]
    assert "Bcc" not in message.message()


def test_what_comes_too_late_is_not_sent(make_row: Make, outlet: Outlet, cast: Cast) -> None:
    row = make_row(kind="sign_in_code", recipient=cast.bea, loan=None, secret="123456")
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        delivery.deliver_due()
    assert fresh(row).state == State.EXPIRED and fresh(row).secret is None
    assert outlet.sent == []


@pytest.mark.parametrize(("kind", "asked"), [("stage_processing", 1), ("needs_reminder", 0)])
def test_what_had_to_be_said_and_came_too_late_is_said_by_telephone(
    make_row: Make, cast: Cast, kind: str, asked: int
) -> None:
    row = make_row(kind=kind, recipient=cast.bea_party)
    with time_machine.travel(row.expires_at + timedelta(minutes=1)):
        delivery.deliver_due()
    assert fresh(row).state == State.EXPIRED
    assert Task.objects.filter(kind=Task.Kind.BOUNCED, why__contains="Bea Nguyen").count() == asked


def test_the_company_without_nmls_id_waits_and_says_why(make_row: Make, outlet: Outlet, cast: Cast) -> None:
    cast.company.nmls_id = ""
    cast.company.save()
    row = make_row()
    delivery.deliver_due()
    assert fresh(row).state == State.QUEUED and "NMLS" in fresh(row).error
    assert outlet.sent == []


def test_what_the_house_keeps_waiting_sounds_the_alarm(make_row: Make, outlet: Outlet, cast: Cast) -> None:
    """It is looked at again every few minutes and due anew each time; since when it waits is not forgotten."""
    Company.objects.update(nmls_id="")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        row = make_row()
        began = fresh(row).due_at
        for _ in range(2):
            delivery.deliver_due()
            clock.shift(6 * 60)
        assert figures.overdue() == figures.figures().oldest == timezone.now() - began
        Company.objects.update(nmls_id="1234")
        delivery.deliver_due()
        assert fresh(row).state == State.SENT and figures.overdue() is None


# --- Secrets -------------------------------------------------------------------------------------------------


def test_a_secret_is_sealed_sent_and_wiped(make_row: Make, outlet: Outlet, cast: Cast) -> None:
    row = make_row(kind="sign_in_code", recipient=cast.bea, loan=None, secret="428193")
    assert b"428193" not in bytes(row.secret) and unseal(row.secret) == "428193"
    delivery.deliver_due()
    message = outlet.sent[0][1]
    assert "428193" in message.body and "428193" in message.alternatives[0][0]
    row = fresh(row)
    assert row.secret is None
    assert "428193" not in row.text_body + row.html_body + row.subject + str(row.context)


def test_a_secret_that_was_never_sent_is_wiped_as_well(make_row: Make, cast: Cast, outlet: Outlet) -> None:
    told: dict[str, Any] = {"kind": "sign_in_code", "recipient": cast.bea, "loan": None, "secret": "428193"}
    late = make_row(**told)
    with time_machine.travel(late.expires_at + timedelta(minutes=1)):
        delivery.deliver_due()
    outlet.outcomes = [outlets.Outcome(outlets.REFUSED, "550 no", for_good=True)]
    refused = make_row(**told)
    delivery.deliver_due()
    suppressed = make_row(**told)
    delivery.deliver_due()
    states = [fresh(row).state for row in (late, refused, suppressed)]
    assert states == [State.EXPIRED, State.FAILED, State.SUPPRESSED]
    assert [fresh(row).secret for row in (late, refused, suppressed)] == [None, None, None]


def test_a_secret_that_is_tried_again_stays_sealed(make_row: Make, cast: Cast, outlet: Outlet) -> None:
    outlet.outcomes = [outlets.Outcome(outlets.RETRY, "451 later")]
    row = make_row(kind="sign_in_code", recipient=cast.bea, loan=None, secret="428193")
    delivery.deliver_due()
    assert fresh(row).state == State.QUEUED and unseal(fresh(row).secret) == "428193"


def test_the_demo_keeps_the_secret_for_its_outbox(make_row: Make, cast: Cast, settings: Any) -> None:
    settings.DEMO = True
    row = make_row(kind="sign_in_code", recipient=cast.bea, loan=None, secret="428193")
    delivery.deliver_due()
    assert unseal(fresh(row).secret) == "428193"


def test_a_link_stands_in_the_button_and_in_the_text(make_row: Make, outlet: Outlet, cast: Cast) -> None:
    link = "https://portal.example/invitations/a-b_c/?x=1&y=2"
    make_row(kind="application_received", recipient=cast.bea_party, secret=link, context={"sets_up": True})
    delivery.deliver_due()
    message = outlet.sent[0][1]
    assert link in message.body
    assert 'href="https://portal.example/invitations/a-b_c/?x=1&amp;y=2"' in message.alternatives[0][0]


# --- People --------------------------------------------------------------------------------------------------


def test_hold_release_and_send_now(make_row: Make, outlet: Outlet, cast: Cast) -> None:
    row = make_row(due_at=timezone.now() + timedelta(days=2))
    held = services.hold(notification=row, by=cast.olga, expected_version=row.version)
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        assert delivery.deliver_due() == 0
    with pytest.raises(Changed):
        services.release(notification=row, by=cast.olga, expected_version=row.version)
    released = services.release(notification=held, by=cast.olga, expected_version=held.version)
    assert released.state == State.QUEUED
    services.send_now(notification=released, by=cast.olga, expected_version=released.version)
    delivery.deliver_due()
    assert fresh(row).state == State.SENT
    with pytest.raises(Refused):
        services.hold(notification=fresh(row), by=cast.olga)


def test_resend_is_a_new_row_written_anew(make_row: Make, outlet: Outlet, cast: Cast) -> None:
    row = make_row(kind="application_received", recipient=cast.bea_party)
    delivery.deliver_due()
    cast.bea.contact_email = "new@example.com"
    cast.bea.save()
    copy = services.resend(notification=fresh(row), by=cast.olga)
    assert copy.resend_of == row and copy.message_id != row.message_id
    delivery.deliver_due()
    assert [message.to[0] for _row, message in outlet.sent] == [
        "Bea Nguyen <bea@example.com>", "Bea Nguyen <new@example.com>",
    ]  # fmt: skip
    again = services.resend(notification=fresh(row), by=cast.olga)
    assert again.pk != copy.pk


def test_what_opens_a_door_is_not_sent_twice(make_row: Make, cast: Cast) -> None:
    row = make_row(kind="sign_in_code", recipient=cast.bea, loan=None, secret="1")
    delivery.deliver_due()
    with pytest.raises(Refused, match="opens a door"):
        services.resend(notification=fresh(row), by=cast.stef)


def test_a_row_being_sent_cannot_be_held(make_row: Make, cast: Cast) -> None:
    row = make_row()
    delivery.claim()
    with pytest.raises(Refused):
        services.hold(notification=row, by=cast.olga)


# --- The machinery -------------------------------------------------------------------------------------------


def test_worker_and_beat_leave_heartbeats(cast: Cast) -> None:
    tasks.sweep()
    tasks.beat_is_alive()
    assert set(Heartbeat.objects.values_list("name", flat=True)) == {"worker", "beat"}


def test_sending_happens_outside_of_any_transaction(make_row: Make, monkeypatch: Any) -> None:
    depth: list[int] = []

    class Looking(Outlet):
        def send(self, row: Notification, message: Any) -> outlets.Outcome:
            depth.append(len(connection.savepoint_ids))
            return super().send(row, message)

    monkeypatch.setattr(outlets, "outlet", Looking)
    before = len(connection.savepoint_ids)
    make_row()
    delivery.deliver_due()
    assert depth == [before]


def test_a_loan_that_ended_meanwhile_is_looked_up_again_at_claim(
    make_row: Make, outlet: Outlet, cast: Cast
) -> None:
    row = make_row()
    Loan.objects.filter(pk=cast.loan.pk).update(stage="denied")
    delivery.deliver_due()
    assert fresh(row).state == State.CANCELLED and outlet.sent == []
