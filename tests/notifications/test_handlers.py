"""What happens on a loan, and which messages it makes or stops."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts import events as account_events
from accounts import services as accounts
from accounts.models import Invitation
from documents.models import Request
from loans import clocks
from loans import events as loan_events
from loans.errors import Refused
from loans.models import Application, Loan, Party, StageEvent
from loans.services import allowed_moves, can_undo, change_stage, latest_event, undo_stage_change
from loans.stages import Stage
from notifications import delivery, outlets, planning, services
from notifications.catalog import KINDS
from notifications.models import Notification
from tests.cast import Cast, make_cast
from tests.notifications.conftest import send_estimate

State = Notification.State


def move(cast: Cast, to: str, *, by: Any = None, note: str = "", loan: Loan | None = None) -> StageEvent:
    loan = loan or cast.loan
    loan.refresh_from_db()
    return change_stage(
        loan=loan, to=to, by=by or cast.olga, note=note, expected_version=loan.version, reason="so it is"
    )


def place(loan: Loan, stage: str) -> None:
    """Stand the loan at a stage without a message."""
    Loan.objects.filter(pk=loan.pk).update(stage=stage)
    loan.refresh_from_db()


def kinds() -> list[tuple[str, str]]:
    return sorted(Notification.objects.values_list("kind", "recipient_name"))


def later(minutes: float) -> Any:
    return time_machine.travel(timezone.now() + timedelta(minutes=minutes))


# --- Stages --------------------------------------------------------------------------------------------------


def test_a_stage_tells_each_borrower_once_after_the_undo_time(cast: Cast) -> None:
    event = move(cast, "processing", note="Thank you for the quick papers.")
    rows = Notification.objects.all()
    assert {(row.kind, row.recipient_name, row.event_key) for row in rows} == {
        ("stage_processing", "Bea Nguyen", str(event.public_id)),
        ("stage_processing", "Cole Nguyen", str(event.public_id)),
    }
    assert all(row.due_at == event.at + timedelta(minutes=5) for row in rows)
    delivery.deliver_due()
    assert not Notification.objects.filter(state=State.SENT).exists()
    with later(6):
        delivery.deliver_due()
    text = Notification.objects.filter(recipient_name="Bea Nguyen").get().text_body
    for words in ("Hello Bea,", "WHAT HAPPENED", "WHAT YOU NEED TO DO", "WHAT HAPPENS NEXT", "WHOM TO CALL"):
        assert words in text
    assert "Thank you for the quick papers." in text and "Olga Haddad" in text


def test_undo_stops_the_message(cast: Cast) -> None:
    event = move(cast, "processing")
    cast.loan.refresh_from_db()
    undo_stage_change(event=event, by=cast.olga, expected_version=cast.loan.version)
    assert set(Notification.objects.values_list("state", flat=True)) == {State.CANCELLED}
    with later(10):
        delivery.deliver_due()
    assert not Notification.objects.filter(state=State.SENT).exists()


@pytest.mark.parametrize("state", [State.SENDING, State.SENT])
def test_a_move_whose_message_is_on_its_way_cannot_be_taken_back(cast: Cast, state: str) -> None:
    """Two clocks may differ, and staff may lengthen the waiting time when a message has just gone out."""
    event = move(cast, "processing")
    row = Notification.objects.filter(event_key=event.public_id).latest("id")
    Notification.objects.filter(pk=row.pk).update(state=state)
    cast.loan.refresh_from_db()
    with pytest.raises(Refused, match="on its way"):
        undo_stage_change(event=event, by=cast.olga, expected_version=cast.loan.version)
    cast.loan.refresh_from_db()
    assert cast.loan.stage == "processing" and not StageEvent.objects.filter(undone_at__isnull=False).exists()
    others = Notification.objects.exclude(pk=row.pk)
    assert set(others.values_list("state", flat=True)) == {State.QUEUED}, "nothing was stopped halfway"


def test_a_held_stage_message_is_not_sent_while_the_move_can_be_taken_back(cast: Cast) -> None:
    event = move(cast, "processing")
    row = Notification.objects.filter(event_key=event.public_id).latest("id")
    held = services.hold(notification=row, by=cast.olga)
    with pytest.raises(Refused, match="wait a few minutes"):
        services.send_now(notification=held, by=cast.olga)


def test_a_try_that_fails_after_the_loan_was_paused_is_not_made_again(
    cast: Cast, make_row: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = make_row()

    class Down(outlets.Outlet):
        name = "test"

        def send(self, row: Notification, message: Any) -> outlets.Outcome:
            place(cast.loan, "suspended")  # between the last look and the answer of the mail server
            return outlets.Outcome(outlets.RETRY, "451 later")

    monkeypatch.setattr(outlets, "outlet", Down)
    delivery.deliver_due()
    row.refresh_from_db()
    assert row.state == State.CANCELLED


@pytest.mark.parametrize("stage", Stage.quiet())
def test_a_quiet_stage_stops_everything_and_sends_nothing(cast: Cast, make_row: Any, stage: str) -> None:
    place(cast.loan, "processing")
    mine = [make_row(due_at=timezone.now() + timedelta(days=1)), make_row()]
    held = services.hold(notification=make_row(), by=cast.olga)
    other = make_row(loan=cast.other_loan)
    code = make_row(kind="sign_in_code", recipient=cast.bea, loan=None, secret="1")
    move(cast, stage)
    assert {Notification.objects.get(pk=row.pk).state for row in [*mine, held]} == {State.CANCELLED}
    assert {Notification.objects.get(pk=row.pk).state for row in [other, code]} == {State.QUEUED}
    assert not Notification.objects.filter(kind__startswith="stage_").exists()
    assert make_row().state == State.CANCELLED  # nor does anything begin afterwards


def test_taking_back_a_pause_brings_back_what_waited(cast: Cast, make_row: Any) -> None:
    place(cast.loan, "processing")
    waiting = make_row(due_at=timezone.now() + timedelta(days=1))
    held = services.hold(notification=make_row(), by=cast.olga)
    event = move(cast, "suspended")
    cast.loan.refresh_from_db()
    undo_stage_change(event=event, by=cast.olga, expected_version=cast.loan.version)
    assert Notification.objects.get(pk=waiting.pk).state == State.QUEUED
    assert Notification.objects.get(pk=held.pk).state == State.HELD


def test_a_pause_stops_every_channel_also_what_lies_ready_and_taking_it_back_brings_all_back(
    cast: Cast, make_row: Any
) -> None:
    place(cast.loan, "processing")
    told = {"recipient": cast.bea_party, "due_at": timezone.now() + timedelta(days=1)}
    rows = {
        (channel, state): make_row(
            kind="invitation_unused", channel=channel, secret="https://x.example/", **told
        )
        for channel in Notification.Channel.values
        for state in (State.QUEUED, State.HELD, State.READY_TO_PRINT)
    }
    rows["email", "no loan"] = make_row(kind="needs_reminder", **{**told, "loan": None})
    before = {}
    for (_channel, state), row in rows.items():
        before[row.pk] = state if state in State.values else State.QUEUED
        Notification.objects.filter(pk=row.pk).update(state=before[row.pk])
    neighbour = make_row(recipient=cast.nils_party, loan=cast.other_loan)
    event = move(cast, "suspended")
    mine = Notification.objects.filter(pk__in=before)
    assert set(mine.values_list("state", flat=True)) == {State.CANCELLED}
    assert Notification.objects.get(pk=neighbour.pk).state == State.QUEUED
    cast.loan.refresh_from_db()
    undo_stage_change(event=event, by=cast.olga, expected_version=cast.loan.version)
    assert dict(mine.values_list("pk", "state")) == before


def test_a_quiet_stage_between_claim_and_sending_stops_it_too(cast: Cast, make_row: Any) -> None:
    make_row()
    token, rows = delivery.claim()
    place(cast.loan, "suspended")
    delivery.send_batch(token, rows, stop_at=float("inf"))
    assert Notification.objects.get().state == State.CANCELLED


def test_moving_back_stops_what_tells_of_the_stage_ahead(cast: Cast) -> None:
    place(cast.loan, "processing")
    move(cast, "underwriting")
    move(cast, "processing")
    states = dict(Notification.objects.filter(recipient_name="Bea Nguyen").values_list("kind", "state"))
    assert states == {"stage_underwriting": State.CANCELLED, "stage_processing": State.QUEUED}


def test_moving_on_keeps_what_waits(cast: Cast) -> None:
    move(cast, "processing")
    move(cast, "underwriting")
    with later(6):
        delivery.deliver_due()
    assert Notification.objects.filter(state=State.SENT).count() == 4


def test_a_silent_move_says_nothing(cast: Cast) -> None:
    event = cast.loan.stage_events.last()
    loan_events.stage_changed.send(sender=StageEvent, loan=cast.loan, event=event, by=None, silent=True)
    assert not Notification.objects.exists()


def test_the_preview_is_what_is_sent(cast: Cast, make_request: Any) -> None:
    make_request()
    send_estimate(cast.loan)
    preview = services.preview_stage_message(
        loan=cast.loan, to="processing", note="A line, with 100% care.", by=cast.olga
    )
    assert preview is not None
    move(cast, "processing", note="A line, with 100% care.")
    with later(6):
        delivery.deliver_due()
    row = Notification.objects.get(recipient_name="Bea Nguyen")
    assert (row.subject, row.text_body, row.html_body) == (preview.subject, preview.text, preview.html)
    assert preview.waits_minutes == 5
    assert preview.recipients == ["Bea Nguyen <bea@example.com>", "Cole Nguyen <bea@example.com>"]


def test_the_preview_shows_conditions_before_they_are_written(cast: Cast) -> None:
    send_estimate(cast.loan)
    place(cast.loan, "underwriting")
    preview = services.preview_stage_message(
        loan=cast.loan, to="conditional_approval", note="", by=cast.olga,
        conditions=[
            {"kind": "explanation", "title": "Letter about the deposit", "why": "Large.", "party": cast.bea_party},
            {"kind": "divorce_decree", "title": "Divorce decree", "why": "Support.", "party": None},
        ],
    )  # fmt: skip
    assert preview is not None
    assert "Letter about the deposit" in preview.text
    assert "ivorce" not in preview.text + preview.html and "One more paper, see your portal" in preview.text
    assert not Request.objects.exists()


def test_quiet_stages_have_no_preview(cast: Cast) -> None:
    assert services.preview_stage_message(loan=cast.loan, to="denied", note="", by=cast.olga) is None


def test_nothing_is_owed_before_the_loan_estimate(cast: Cast, make_request: Any) -> None:
    make_request(due_on=clocks.today())
    before = services.preview_stage_message(loan=cast.loan, to="processing", note="", by=cast.olga)
    assert "Nothing right now" in before.text
    assert "may be sent now; they are not needed for the Loan Estimate" in before.text.replace("\n", " ")
    assert "(by " not in before.text
    send_estimate(cast.loan)
    loan = Loan.objects.get(pk=cast.loan.pk)
    after = services.preview_stage_message(loan=loan, to="processing", note="", by=cast.olga)
    assert "These papers are on your list" in after.text and "(by " in after.text
    assert "Loan Estimate" not in after.text


# --- Application ---------------------------------------------------------------------------------------------


def sent_by_bea(cast: Cast) -> Application:
    return Application.objects.create(
        loan=cast.loan, email=cast.bea.email, step="arrived", submitted_at=timezone.now()
    )


def test_an_application_tells_borrower_and_officer_at_once(cast: Cast, make_request: Any) -> None:
    make_request(title="Photo ID", kind="photo_id", why="The law asks.")
    make_request(title="Divorce decree", kind="divorce_decree", why="Support counts.")
    make_request(title="Letter about the bankruptcy of 2019", kind="other", why="An old matter.")
    event = cast.loan.stage_events.last()
    invitation, token = accounts.invite(
        purpose="loan_party", subject_id=cast.bea_party.public_id, name="Bea", email="bea@example.com", by=None,
        announce=False,
    )  # fmt: skip
    loan_events.application_submitted.send(
        sender=Loan,
        loan=cast.loan,
        application=sent_by_bea(cast),
        event=event,
        invitation=invitation,
        token=token,
    )
    assert kinds() == [
        ("application_received", "Bea Nguyen"),
        ("application_received_officer", "Olga Haddad"),
    ]
    assert delivery.deliver_due() == 2
    row = Notification.objects.get(kind="application_received")
    text = row.text_body
    assert "Photo ID\n  The law asks." in text and "2 more papers, see your portal" in text
    assert "ivorce" not in row.text_body + row.html_body and "ankrupt" not in row.text_body + row.html_body
    assert "not needed for the Loan Estimate" in text and "not a commitment to lend" in text
    assert token not in row.text_body + row.html_body
    assert "420" not in text.replace("420 ", "") and "336,000" not in text


def test_an_application_of_somebody_signed_in_leads_to_the_portal(cast: Cast, settings: Any) -> None:
    event = cast.loan.stage_events.last()
    loan_events.application_submitted.send(
        sender=Loan, loan=cast.loan, application=sent_by_bea(cast), event=event, invitation=None, token=""
    )
    delivery.deliver_due()
    row = Notification.objects.get(kind="application_received")
    assert settings.PUBLIC_URL + "/home/" in row.text_body and "password or a passkey" not in row.text_body


def test_six_items_tell_officer_and_managers_the_day(cast: Cast) -> None:
    due = clocks.today() + timedelta(days=3)
    for _ in range(2):
        loan_events.six_items_arrived.send(sender=Loan, loan=cast.loan, due_on=due)
    assert kinds() == [("six_items", "Mara Silva"), ("six_items", "Olga Haddad")]
    delivery.deliver_due()
    assert f"{due.day}" in Notification.objects.first().subject


# --- Accounts ------------------------------------------------------------------------------------------------


def test_an_invitation_carries_its_link_sealed(cast: Cast) -> None:
    party = Party.objects.create(loan=cast.loan, role="co_borrower", name="Ana Ruiz", email="ana@example.com")
    _invitation, token = accounts.invite(
        purpose="loan_party",
        subject_id=party.public_id,
        name="Ana Ruiz",
        email="ana@example.com",
        by=cast.bea,
    )
    row = Notification.objects.get()
    assert (row.kind, row.address, row.loan) == ("invitation", "ana@example.com", cast.loan)
    delivery.deliver_due()
    row.refresh_from_db()
    assert "Bea Nguyen invites you" in row.subject and token not in row.text_body + row.html_body


def test_an_invitation_that_was_replaced_is_not_sent(cast: Cast) -> None:
    told = {
        "purpose": "staff",
        "name": "New",
        "email": "new@lantern.example",
        "role": "officer",
        "by": cast.mara,
    }
    accounts.invite(**told)
    accounts.invite(**told)
    delivery.deliver_due()
    assert [row.state for row in Notification.objects.order_by("id")] == [State.CANCELLED, State.SENT]
    assert Invitation.objects.usable().count() == 1


def test_an_account_change_is_told_to_the_old_and_the_new_address(cast: Cast) -> None:
    account_events.account_changed.send(
        sender=type(cast.bea),
        user=cast.bea,
        what="email_changed",
        addresses=["old@example.com", "new@example.com"],
    )
    delivery.deliver_due()
    rows = Notification.objects.all()
    assert {row.address for row in rows} == {"old@example.com", "new@example.com"}
    assert all("e-mail address of your account was changed" in row.text_body for row in rows)


# --- Any walk through the stages -----------------------------------------------------------------------------

NOT_OUT = (State.QUEUED, State.HELD, State.READY_TO_PRINT)
WHAT_THE_HOUSE_BEGINS = [kind.key for kind in KINDS.values() if not kind.asked_for]
STEPS = ("move", "move", "undo", "deliver", "hold", "write", "day")


class AnyWalk(TestCase):
    """
    Whatever officers and managers do in whatever order, while the house writes by itself: no ended or paused loan has
    a message left that is not out, of whatever kind, on whatever channel.
    """

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(st.tuples(st.integers(0, 200), st.sampled_from(STEPS)), max_size=12))
    def test_no_paused_or_ended_loan_leaves_a_message_waiting(self, steps: list[tuple[int, str]]) -> None:
        cast = make_cast()
        send_estimate(cast.loan)
        clock = timezone.now()
        Request.objects.create(
            loan=cast.loan, party=cast.bea_party, title="Pay stubs", why="Income.", due_on=clock.date(),
            changed_at=clock - timedelta(days=9),
        )  # fmt: skip
        for number, what in steps:
            clock += timedelta(days=1) if what == "day" else timedelta(seconds=40)
            with time_machine.travel(clock, tick=False):
                self.walk(cast, number, what)
            loan = Loan.objects.get(pk=cast.loan.pk)
            if loan.stage in Stage.quiet():
                assert not loan.notifications.filter(state__in=NOT_OUT).exists(), (loan.stage, steps)
            if loan.stage != Stage.FUNDED:
                of_the_closing = loan.notifications.filter(event_key__startswith="closing:")
                assert not of_the_closing.filter(state__in=NOT_OUT).exists(), (loan.stage, steps)

    def walk(self, cast: Cast, number: int, what: str) -> None:
        loan = Loan.objects.get(pk=cast.loan.pk)
        event = latest_event(loan)
        if what == "undo" and event and can_undo(event):
            undo_stage_change(event=event, by=cast.mara, expected_version=loan.version)
        elif what in ("deliver", "day"):
            planning.plan_due()
            for channel in delivery.channels_due():
                delivery.deliver_due(channel)
        elif what == "hold" and (row := loan.notifications.filter(state=State.QUEUED).first()):
            services.hold(notification=row, by=cast.mara)
        elif what == "write":
            self.write(cast, loan, number)
        elif moves := allowed_moves(loan, cast.mara):
            to = moves[number % len(moves)]
            change_stage(loan=loan, to=to, by=cast.mara, expected_version=loan.version, reason="because")

    def write(self, cast: Cast, loan: Loan, number: int) -> None:
        """A message of some kind begins on some channel; on paper it may lie on the pile by now."""
        row = services.queue(
            kind=WHAT_THE_HOUSE_BEGINS[number % len(WHAT_THE_HOUSE_BEGINS)],
            event_key=f"walk:{uuid.uuid4()}",
            recipient=cast.bea_party,
            loan=loan,
            channel=Notification.Channel.values[number % 3],
            due_at=timezone.now() + timedelta(days=number % 5),
        )
        if row.channel == Notification.Channel.LETTER and row.state == State.QUEUED:
            Notification.objects.filter(pk=row.pk).update(state=State.READY_TO_PRINT)
