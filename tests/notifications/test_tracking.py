"""What providers tell afterwards: believed only with their password, heard once, and never undoing what is worse."""

from collections.abc import Callable
from datetime import timedelta
from itertools import permutations
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from audit.models import Entry
from loans.models import Loan, Party, Task
from notifications import delivery, outlets
from notifications.models import DeliveryEvent, Notification, Suppression
from notifications.tracking import record_event
from tests.cast import Cast
from tests.notifications.conftest import TAKEN_AT as AT
from tests.notifications.conftest import fresh

State = Notification.State
Kind = DeliveryEvent.Kind
Make = Callable[..., Notification]


def heard(row: Notification, kind: str, minutes: int = 1, **told: Any) -> bool:
    return record_event(
        provider="postmark", kind=kind, at=AT + timedelta(minutes=minutes), notification=row, **told
    )


# --- Forward only --------------------------------------------------------------------------------------------


def test_a_delivered_message_is_delivered(sent: Notification) -> None:
    assert heard(sent, Kind.DELIVERED) is True
    row = fresh(sent)
    assert (row.state, row.delivered_at, row.sent_at) == (State.DELIVERED, AT + timedelta(minutes=1), AT)


def test_the_same_event_twice_is_one(sent: Notification) -> None:
    assert heard(sent, Kind.BOUNCED, event_id="e1") and not heard(
        sent, Kind.BOUNCED, event_id="e1", minutes=9
    )
    assert heard(sent, Kind.DEFERRED) and not heard(sent, Kind.DEFERRED)
    assert DeliveryEvent.objects.count() == 2
    assert Task.objects.filter(kind=Task.Kind.BOUNCED).count() == 1


@pytest.mark.parametrize("order", list(permutations([Kind.ACCEPTED, Kind.DELIVERED, Kind.BOUNCED])))
def test_out_of_order_a_bounce_wins(sent: Notification, order: tuple[str, ...]) -> None:
    for kind in order:
        heard(sent, kind)
    assert fresh(sent).state == State.BOUNCED
    assert Suppression.objects.count() == 1


@hypothesis_settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
@given(kinds=st.lists(st.sampled_from(Kind.values), min_size=1, max_size=6))
def test_no_order_of_events_ever_goes_back(sent: Notification, kinds: list[str]) -> None:
    DeliveryEvent.objects.all().delete()
    Notification.objects.filter(pk=sent.pk).update(state=State.SENT)
    rank = {State.SENT: 0, State.DELIVERED: 1, State.FAILED: 1, State.BOUNCED: 2, State.COMPLAINED: 2}
    before = State.SENT
    for minutes, kind in enumerate(kinds):
        heard(sent, kind, minutes)
        state = fresh(sent).state
        assert state == before or rank[state] > rank[before]
        before = state


@pytest.mark.parametrize("state", [State.CANCELLED, State.EXPIRED, State.SUPPRESSED, State.COMPLAINED])
def test_what_is_final_stays_so(sent: Notification, state: str) -> None:
    Notification.objects.filter(pk=sent.pk).update(state=state)
    for kind in Kind.values:
        heard(sent, kind)
    assert fresh(sent).state == state


@pytest.mark.parametrize("state", [State.UNKNOWN, State.QUEUED, State.HELD])
@pytest.mark.parametrize(
    ("kind", "end"),
    [(Kind.ACCEPTED, State.SENT), (Kind.DELIVERED, State.DELIVERED), (Kind.BOUNCED, State.BOUNCED)],
)
def test_what_may_have_left_is_settled_and_not_sent_again(
    sent: Notification, state: str, kind: str, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Notification.objects.filter(pk=sent.pk).update(state=state, sent_at=None, due_at=AT)
    heard(sent, kind)
    assert fresh(sent).state == end and fresh(sent).sent_at
    monkeypatch.setattr(outlets, "write", None)
    assert delivery.deliver_due() == 0


def test_what_never_left_is_not_believed_to_have_arrived(make_row: Make) -> None:
    row = make_row()
    heard(row, Kind.DELIVERED)
    assert fresh(row).state == State.QUEUED


def test_a_provider_that_is_quicker_than_our_own_commit_is_heard(
    make_row: Make, cast: Cast, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Quick(outlets.Outlet):
        name = "postmark"

        def send(self, row: Notification, parcel: Any) -> outlets.Outcome:
            heard(row, Kind.DELIVERED)
            assert fresh(row).state == State.SENDING
            return outlets.Outcome(outlets.SENT, provider_id="their-1")

    settings.EMAIL_PROVIDER = "postmark"
    monkeypatch.setattr(outlets, "outlet", Quick)
    row = make_row(kind="application_received", recipient=cast.bea_party)
    delivery.deliver_due()
    assert (fresh(row).state, fresh(row).provider_id) == (State.DELIVERED, "their-1")


def test_what_arrived_before_its_worker_died_is_not_sent_again(make_row: Make, cast: Cast) -> None:
    row = make_row(kind="application_received", recipient=cast.bea_party)
    delivery.claim()
    heard(row, Kind.DELIVERED)
    Notification.objects.update(claimed_at=AT - timedelta(days=1))
    with time_machine.travel(AT):
        delivery.return_dead_claims()
    assert fresh(row).state == State.DELIVERED


# --- Who hears of it -----------------------------------------------------------------------------------------


def test_a_bounce_switches_the_address_off_and_every_officer_of_that_person_calls(
    sent: Notification, cast: Cast, make_row: Make
) -> None:
    closed = Loan.objects.create(
        number="LN-9", purpose="purchase", state="ME", officer=cast.otto, stage="funded"
    )
    for loan in (cast.other_loan, closed):
        Party.objects.create(
            loan=loan, user=cast.bea, role="co_borrower", name="Bea Nguyen", email="x@example.com"
        )
    heard(sent, Kind.BOUNCED, detail="550 5.1.1 unknown user")
    row = fresh(sent)
    assert (row.state, row.error) == (State.BOUNCED, "550 5.1.1 unknown user")
    off = Suppression.objects.get()
    assert (off.address, off.channel, off.scope, off.reason) == (
        "bea@example.com", "email", "everything", "bounced",
    )  # fmt: skip
    assert Entry.objects.get(action="address.switched_off").object_id == str(off.public_id)
    tasks = Task.objects.filter(kind=Task.Kind.BOUNCED).order_by("loan_id")
    assert [(task.loan, task.for_user) for task in tasks] == [
        (cast.loan, cast.olga), (cast.other_loan, cast.otto),
    ]  # fmt: skip
    assert "Bea Nguyen" in tasks[0].why and "comes back" in tasks[0].why
    later = make_row(kind="application_received", recipient=cast.bea_party)
    delivery.deliver_due()
    assert fresh(later).state == State.SUPPRESSED


def test_a_couple_with_one_mailbox_is_called_by_both_names(sent: Notification, cast: Cast) -> None:
    cast.cole.contact_email = "bea@example.com"
    cast.cole.save()
    heard(sent, Kind.COMPLAINED)
    assert fresh(sent).state == State.COMPLAINED
    task = Task.objects.get(kind=Task.Kind.BOUNCED)
    assert "Bea Nguyen and Cole" in task.why and "unwanted" in task.why


@pytest.mark.parametrize("kind", [Kind.DEFERRED, Kind.FAILED, Kind.REJECTED])
def test_what_is_late_or_failed_once_switches_nothing_off(sent: Notification, kind: str) -> None:
    heard(sent, kind)
    assert not Suppression.objects.exists()
    assert fresh(sent).state == (State.SENT if kind == Kind.DEFERRED else State.FAILED)
    assert Task.objects.filter(kind=Task.Kind.BOUNCED).exists() == (kind != Kind.DEFERRED)


def test_a_dead_mailbox_at_the_desk_asks_no_borrower_to_be_called(make_row: Make, cast: Cast) -> None:
    row = make_row()
    Notification.objects.update(state=State.SENT, attempts=1)
    heard(row, Kind.BOUNCED)
    assert Suppression.objects.get().address == "olga@lantern.example"
    assert not Task.objects.filter(kind=Task.Kind.BOUNCED).exists()


def test_events_of_others_who_use_the_account_are_nothing_to_us(sent: Notification) -> None:
    assert record_event(provider="postmark", kind=Kind.BOUNCED, at=AT, provider_id="elsewhere") is False
    assert record_event(provider="mailgun", kind=Kind.BOUNCED, at=AT, provider_id="their-1") is False
    assert not DeliveryEvent.objects.exists() and not Suppression.objects.exists()


def test_a_message_is_found_by_the_providers_id_or_by_its_own(sent: Notification) -> None:
    assert record_event(provider="postmark", kind=Kind.DEFERRED, at=AT, provider_id="their-1")
    assert record_event(provider="postmark", kind=Kind.DELIVERED, at=AT, provider_id=sent.message_id)
    assert sent.delivery_events.count() == 2
