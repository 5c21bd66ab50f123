"""What people decide about a message: not to send it at all, and whether one that was cut off left the house."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from loans.errors import Changed, Refused
from loans.models import Loan, Party
from notifications import services
from notifications.models import Attempt, Notification
from tests.cast import Cast
from tests.notifications.conftest import agree

State = Notification.State
ClientFor = Callable[..., Client]


def stand(row: Notification, state: str, **fields: Any) -> Notification:
    Notification.objects.filter(pk=row.pk).update(state=state, **fields)
    row.refresh_from_db()
    return row


# --- Not at all, not yet -------------------------------------------------------------------------------------


def test_what_is_done_to_a_mail_is_done_to_the_text_beside_it(cast: Cast, make_row: Any) -> None:
    """Nothing that was held rings a telephone. The other borrower's text is the other borrower's."""
    Party.objects.filter(pk=cast.cole_party.pk).update(user=None, phone="+12075550199")
    cast.cole_party.refresh_from_db()
    told = {"kind": "stage_processing", "event_key": "moved", "context": {"event": "x"}}
    for party in (cast.cole_party, cast.bea_party):
        agree(party)
        mail = make_row(recipient=party, **told)

    def texts() -> list[str]:
        return list(
            Notification.objects.filter(channel="text").order_by("id").values_list("state", flat=True)
        )

    services.hold(notification=mail, by=cast.olga)
    assert texts() == [State.QUEUED, State.HELD]
    services.release(notification=mail, by=cast.olga)
    assert texts() == [State.QUEUED, State.QUEUED]


@pytest.mark.parametrize("state", [State.QUEUED, State.HELD, State.READY_TO_PRINT])
def test_what_has_not_left_can_be_cancelled(cast: Cast, make_row: Any, state: str) -> None:
    row = stand(make_row(kind="thank_you", recipient=cast.bea_party), state)
    row = services.cancel(notification=row, by=cast.olga, expected_version=row.version)
    assert row.state == State.CANCELLED and row.remark == "Cancelled by somebody at the desk."
    entry = Entry.objects.get(action="message.cancelled")
    assert entry.actor_name == cast.olga.name and entry.loan_id == str(cast.loan.public_id)


@pytest.mark.parametrize("state", [State.SENDING, State.SENT, State.UNKNOWN, State.CANCELLED])
def test_what_is_on_its_way_or_done_cannot_be_cancelled(cast: Cast, make_row: Any, state: str) -> None:
    row = stand(make_row(kind="thank_you", recipient=cast.bea_party), state)
    with pytest.raises(Refused, match="not left"):
        services.cancel(notification=row, by=cast.olga)
    row.refresh_from_db()
    assert row.state == state


def test_what_has_to_be_sent_cannot_be_cancelled(cast: Cast, make_row: Any) -> None:
    row = make_row(kind="stage_processing", recipient=cast.bea_party)
    with pytest.raises(Refused, match="has to be sent"):
        services.cancel(notification=row, by=cast.olga)
    row.refresh_from_db()
    assert row.state == State.QUEUED and not Entry.objects.filter(action="message.cancelled").exists()


# --- Did it leave? -------------------------------------------------------------------------------------------


def test_a_message_that_was_sent_after_all_is_sent_at_the_time_of_its_try(cast: Cast, make_row: Any) -> None:
    row = stand(make_row(), State.UNKNOWN, attempts=1, error="The worker died while sending.")
    tried = Attempt.objects.create(
        notification=row, number=1, outcome="worker died", at=timezone.now() - timedelta(hours=2)
    )
    row = services.settle_unknown(notification=row, by=cast.olga, was_sent=True, expected_version=row.version)
    assert (row.state, row.sent_at, row.error) == (State.SENT, tried.at, "")
    assert Entry.objects.get(action="message.settled").detail["was_sent"] == "yes"


def test_a_message_that_did_not_leave_goes_out_again_as_the_same(
    cast: Cast, make_row: Any, deliver: Any
) -> None:
    row = stand(make_row(), State.UNKNOWN, attempts=1, error="The worker died while sending.")
    before = (row.message_id, row.date_header)
    row = services.settle_unknown(
        notification=row, by=cast.olga, was_sent=False, expected_version=row.version
    )
    assert row.state == State.QUEUED and row.due_at <= timezone.now()
    assert (row.message_id, row.date_header) == before, "a second copy is recognised as one"
    deliver()
    row.refresh_from_db()
    assert row.state == State.SENT


def test_only_what_is_unclear_is_settled_and_by_one_person(cast: Cast, make_row: Any) -> None:
    row = stand(make_row(), State.UNKNOWN)
    with pytest.raises(Changed):
        services.settle_unknown(
            notification=row, by=cast.olga, was_sent=True, expected_version=row.version - 1
        )
    services.settle_unknown(notification=row, by=cast.olga, was_sent=True)
    with pytest.raises(Refused, match="no longer unclear"):
        services.settle_unknown(notification=row, by=cast.mara, was_sent=False)
    row.refresh_from_db()
    assert row.state == State.SENT


def test_nothing_goes_out_again_while_the_loan_is_paused(cast: Cast, make_row: Any) -> None:
    row = stand(make_row(kind="stage_processing", recipient=cast.bea_party), State.UNKNOWN)
    Loan.objects.filter(pk=cast.loan.pk).update(stage="suspended")
    with pytest.raises(Refused, match="paused"):
        services.settle_unknown(notification=row, by=cast.olga, was_sent=False)
    assert services.settle_unknown(notification=row, by=cast.olga, was_sent=True).state == State.SENT


# --- On the page of the message ------------------------------------------------------------------------------


def press(client: Client, verb: str, row: Notification, **typed: Any) -> Any:
    row.refresh_from_db()
    told = {"version": row.version, **typed}
    return client.post(reverse(f"outbox:{verb}", args=[row.public_id]), told, follow=True)


def test_an_unclear_message_asks_and_takes_the_answer(
    cast: Cast, make_row: Any, client_for: ClientFor
) -> None:
    row, client = stand(make_row(), State.UNKNOWN), client_for(cast.olga)
    asked = client.get(reverse("outbox:message", args=[row.public_id])).content.decode()
    assert "It was sent" in asked and "It was not: send it again" in asked and "Hold" not in asked
    assert press(client, "settle", row).status_code == 422
    assert press(client, "settle", row, was_sent="perhaps").status_code == 422
    row.refresh_from_db()
    assert row.state == State.UNKNOWN
    assert "Marked as sent." in press(client, "settle", row, was_sent="yes").content.decode()
    row.refresh_from_db()
    assert row.state == State.SENT


def test_a_message_is_sent_now_or_never_from_its_page(
    cast: Cast, make_row: Any, client_for: ClientFor
) -> None:
    tomorrow, client = timezone.now() + timedelta(days=1), client_for(cast.olga)
    row = make_row(kind="thank_you", recipient=cast.bea_party, due_at=tomorrow)
    page = client.get(reverse("outbox:message", args=[row.public_id])).content.decode()
    assert "Send now" in page and "Do not send" in page
    assert press(client, "cancel", row).status_code == 200
    row.refresh_from_db()
    assert row.state == State.CANCELLED
    other = make_row(due_at=tomorrow)
    assert "Do not send" not in client.get(reverse("outbox:message", args=[other.public_id])).content.decode()
    refused = press(client, "cancel", other)
    assert refused.status_code == 422 and "has to be sent" in refused.content.decode()
    press(client, "send", other)
    other.refresh_from_db()
    assert other.state == State.QUEUED and not other.is_scheduled


def test_a_button_of_an_old_page_answers_with_what_changed(
    cast: Cast, make_row: Any, client_for: ClientFor
) -> None:
    row, client = make_row(due_at=timezone.now() + timedelta(days=1)), client_for(cast.olga)
    late = press(client, "hold", row, version=99)
    assert late.status_code == 409 and "Somebody changed this message" in late.content.decode()
    row.refresh_from_db()
    assert row.state == State.QUEUED
    assert press(client, "hold", row, version="").status_code == 422
