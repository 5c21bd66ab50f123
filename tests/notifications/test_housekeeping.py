"""Old words are cleared away and what is unclear is shown to somebody, once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts import private_files
from loans.errors import Refused
from loans.models import Task
from notifications import delivery, housekeeping, services, tasks
from notifications.models import Attempt, MessageRules, Notification
from tests.cast import Cast
from tests.notifications.conftest import fresh
from tests.notifications.lettering import due_now, fund, the

State = Notification.State
Make = Callable[..., Notification]
MONTH = timedelta(days=31)


def words(row: Notification) -> list[object]:
    row = fresh(row)
    return [
        row.subject, row.text_body, row.html_body, row.context, row.secret, row.wording, row.personal_line,
        row.attachment_key,
    ]  # fmt: skip


CLEARED: list[object] = ["", "", "", {}, None, "", "", ""]


@pytest.fixture
def sent(make_row: Make, cast: Cast) -> Notification:
    row = make_row(kind="six_items", recipient=cast.olga, context={"due_on": "2026-11-12"})
    delivery.deliver_due()
    return fresh(row)


def test_after_the_time_of_the_rules_the_words_go_and_the_record_stays(sent: Notification) -> None:
    MessageRules.objects.create(pk=1, keep_bodies_months=2)
    private_files.keep("letters/old.pdf", b"%PDF-")
    Notification.objects.update(attachment_key="letters/old.pdf", wording="Dear", personal_line="Hello")
    with time_machine.travel(timezone.now() + 2 * MONTH - timedelta(days=1)):
        assert housekeeping.purge() == 0
    with time_machine.travel(timezone.now() + 2 * MONTH + timedelta(days=1)):
        assert housekeeping.purge() == 1
        assert housekeeping.purge() == 0
    assert words(sent) == CLEARED
    assert private_files.read("letters/old.pdf") is None
    row = fresh(sent)
    for name in ("event_key", "kind", "state", "address", "recipient", "sent_at", "message_id", "provider"):
        assert getattr(row, name) == getattr(sent, name), name
    assert row.tries.count() == 1


def test_the_desk_is_told_that_words_were_cleared_away(
    sent: Notification, client_for: Any, cast: Cast
) -> None:
    with time_machine.travel(timezone.now() + 90 * MONTH):
        housekeeping.purge()
        answer = client_for(cast.olga).get(reverse("outbox:message", args=[sent.public_id]))
        assert "The words were cleared away on" in answer.content.decode()
        assert "resend" not in answer.context["offers"]
        body = client_for(cast.olga).get(reverse("outbox:body", args=[sent.public_id]))
        assert body.status_code == 404
        with pytest.raises(Refused, match="cleared away"):
            services.resend(notification=fresh(sent), by=cast.olga)


def test_a_letter_that_was_cleared_away_is_not_made_up_anew(cast: Cast, client_for: Any) -> None:
    fund(cast)
    letter = due_now(the("thank_you"))
    delivery.deliver_due("email")
    key = fresh(letter).attachment_key
    assert private_files.read(key)
    with time_machine.travel(timezone.now() + 90 * MONTH):
        housekeeping.purge()
        client = client_for(cast.olga)
        assert private_files.read(key) is None
        answer = client.get(reverse("letters:pdf", args=[letter.public_id]))
        assert answer.status_code == 302 and answer.url == reverse("letters:letter", args=[letter.public_id])
        page = client.get(answer.url).content.decode()
        assert "The words were cleared away on" in page and "Read it as PDF" not in page


@pytest.mark.parametrize(
    "state", [State.QUEUED, State.HELD, State.SENDING, State.UNKNOWN, State.READY_TO_PRINT]
)
def test_what_is_not_over_keeps_its_words(sent: Notification, state: str) -> None:
    Notification.objects.update(state=state)
    with time_machine.travel(timezone.now() + 300 * MONTH):
        assert housekeeping.purge() == 0
    assert words(sent)[0]


def test_by_default_words_are_kept_for_seven_years(sent: Notification) -> None:
    with time_machine.travel(timezone.now() + timedelta(days=7 * 365)):
        assert housekeeping.purge() == 0
    with time_machine.travel(timezone.now() + timedelta(days=8 * 365)):
        assert housekeeping.purge() == 1


def test_codes_and_links_are_nobodys_record_and_go_after_a_month(
    make_row: Make, cast: Cast, settings: Any
) -> None:
    settings.DEMO = True  # where the secret itself is kept for the screen
    code = make_row(kind="sign_in_code", recipient=cast.bea, loan=None, secret="428193")
    welcome = make_row(
        kind="application_received", recipient=cast.bea_party, secret="https://portal.example/i/x"
    )
    delivery.deliver_due()
    with time_machine.travel(timezone.now() + MONTH + timedelta(days=1)):
        tasks.purge()
    assert words(code) == CLEARED
    assert words(welcome)[0], "that an application was received is a record of the loan"


def test_many_are_cleared_in_batches(
    sent: Notification, make_row: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        make_row()
    delivery.deliver_due()
    monkeypatch.setattr(housekeeping, "BATCH", 2)
    with time_machine.travel(timezone.now() + 120 * MONTH):
        assert housekeeping.purge() == 5


# --- Unclear -------------------------------------------------------------------------------------------------


@pytest.fixture
def unclear(make_row: Make, cast: Cast) -> Notification:
    row = make_row(kind="application_received", recipient=cast.bea_party)
    Notification.objects.update(state=State.UNKNOWN)
    Attempt.objects.create(notification=row, number=1, outcome="unknown")
    return fresh(row)


def test_what_is_unclear_for_an_hour_is_shown_to_the_officer_once(unclear: Notification, cast: Cast) -> None:
    with time_machine.travel(timezone.now() + timedelta(minutes=59)):
        tasks.reconcile()
        assert not Task.objects.filter(loan=cast.loan).exists()
    for hours in (2, 3, 30):
        with time_machine.travel(timezone.now() + timedelta(hours=hours)):
            tasks.reconcile()
    task = Task.objects.get(loan=cast.loan)
    assert task.for_user == cast.olga and "Bea Nguyen" in task.why and "look" in task.why
    assert fresh(unclear).state == State.UNKNOWN


def test_once_settled_nobody_is_asked(unclear: Notification, cast: Cast) -> None:
    Notification.objects.update(state=State.DELIVERED)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert housekeeping.reconcile() == 0


def test_both_are_in_the_beat() -> None:
    planned = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert {"notifications.purge", "notifications.reconcile", "notifications.sweep"} <= planned
