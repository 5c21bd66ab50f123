"""Mail, texts and letters leave by ways of their own: none holds another, and each row leaves when it may."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from celery import current_app
from django.db import connections
from django.test import Client
from django.utils import timezone

from loans.models import Loan, Task
from notifications import delivery, services, tasks
from notifications.models import Attempt, Notification, Suppression
from notifications.smtp import Uncertain
from notifications.texting import providers
from tests.cast import Cast, make_cast
from tests.notifications.conftest import agree, fresh

State = Notification.State
Make = Callable[..., Notification]
NOON = datetime(2026, 11, 18, 17, 0, tzinfo=UTC)  # a Wednesday, twelve o'clock in Portland
NIGHT = datetime(2026, 11, 19, 3, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 19, 13, 0, tzinfo=UTC)
NUMBER = "+12075550101"


class Provider:
    """Carries texts for the test, and answers as it is told."""

    name = "pigeon"

    def __init__(self, *answers: Any) -> None:
        self.answers = list(answers)
        self.sent: list[tuple[str, str, str]] = []

    def send(self, *, to: str, body: str, reference: str) -> str:
        self.sent.append((to, body, reference))
        answer = self.answers.pop(0) if self.answers else f"p-{len(self.sent)}"
        if isinstance(answer, Exception):
            raise answer
        return str(answer)


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Provider:
    mine = Provider()
    monkeypatch.setattr(providers, "provider", lambda: mine)
    return mine


def text_to(cast: Cast, key: str = "hello", **chosen: Any) -> Notification:
    """Says that texting begins: goes at any hour and needs no consent."""
    told = {
        "kind": "texting_confirmed",
        "recipient": cast.bea_party,
        "loan": cast.loan,
        "address": NUMBER,
        **chosen,
    }
    return services.queue(event_key=key, channel="text", **told)


def text_of_papers(cast: Cast) -> Notification:
    """A text that keeps to quiet hours."""
    agree(cast.bea_party)
    services.queue(kind="requests_added", event_key="papers", recipient=cast.bea_party, loan=cast.loan)
    return Notification.objects.get(channel="text")


def letter_of_thanks(cast: Cast) -> Notification:
    """On paper, due now."""
    Loan.objects.filter(pk=cast.loan.pk).update(stage="funded", closings=1)
    cast.loan.refresh_from_db()
    return services.queue(
        kind="thank_you", event_key="l", recipient=cast.bea_party, loan=cast.loan, channel="letter",
        context={"closing": 1},
    )  # fmt: skip


# --- None holds another --------------------------------------------------------------------------------------


@contextmanager
def black_hole() -> Iterator[tuple[int, threading.Event]]:
    """A mail server that takes the call and never says a word; the event tells that somebody waits for it."""
    called, peers = threading.Event(), []
    listener = socket.create_server(("127.0.0.1", 0))

    def listen() -> None:
        while True:
            try:
                peers.append(listener.accept()[0])
            except OSError:
                return
            called.set()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1], called
    finally:
        listener.close()
        for peer in peers:
            peer.close()


@pytest.mark.django_db(transaction=True)
def test_a_mail_server_that_never_answers_holds_neither_texts_nor_letters_nor_pages(
    settings: Any, provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.MAIL_LEAVES_THE_HOUSE, settings.EMAIL_TIMEOUT = "127.0.0.1", True, 60
    woken: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **options: woken.append(name))
    cast = make_cast()
    mail = services.queue(
        kind="application_received_officer", event_key="x", recipient=cast.olga, loan=cast.loan
    )

    def deliver() -> None:
        try:
            tasks.deliver()
        finally:
            connections.close_all()

    with black_hole() as (port, called):
        settings.EMAIL_PORT = port
        stuck = threading.Thread(target=deliver)
        stuck.start()
        assert called.wait(10)
        began = time.monotonic()
        text = text_to(cast)
        letter = letter_of_thanks(cast)
        tasks.sweep()
        assert set(woken) >= {"notifications.deliver_texts", "notifications.deliver_letters"}
        tasks.deliver()  # the slot of mail is taken: this does not wait either
        tasks.deliver_texts()
        tasks.deliver_letters()
        assert Client().get("/").status_code == 200
        assert time.monotonic() - began < 5
        assert fresh(text).state == State.SENT
        assert fresh(letter).state == State.READY_TO_PRINT
        assert fresh(mail).state == State.SENDING and stuck.is_alive()
    stuck.join(10)
    assert not stuck.is_alive()
    assert (fresh(mail).state, fresh(mail).attempts) == (State.QUEUED, 0)


def test_a_task_sends_its_own_channel_alone(cast: Cast, make_row: Make, provider: Provider) -> None:
    mail, text = make_row(), text_to(cast)
    tasks.deliver_texts()
    assert (fresh(mail).state, fresh(text).state) == (State.QUEUED, State.SENT)
    tasks.deliver()
    assert fresh(mail).state == State.SENT


def test_a_wake_up_names_the_channel(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    woken: list[str] = []
    monkeypatch.setattr("documents.wake.soon", lambda name, **options: woken.append(name))
    text_to(cast)
    assert woken == ["notifications.deliver_texts"]


def test_the_sweep_wakes_only_channels_on_which_something_is_due(
    cast: Cast, make_row: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **options: woken.append(name))
    tasks.sweep()
    assert woken == []
    make_row()
    text_to(cast, due_at=timezone.now() + timedelta(hours=1))
    tasks.sweep()
    assert woken == ["notifications.deliver"]


def test_who_finds_a_sender_at_work_leaves_a_note_and_it_looks_once_more() -> None:
    turns: list[str] = []

    def send(channel: str, stop_at: float) -> None:
        turns.append(channel)
        if len(turns) == 1:
            assert delivery.Slot("text").run(send) is False

    assert delivery.Slot("text").run(send) is True
    assert turns == ["text", "text"]
    assert delivery.Slot("text").run(send) is True and len(turns) == 3


def test_a_slot_is_free_again_after_an_error() -> None:
    def fail(channel: str, stop_at: float) -> None:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        delivery.Slot("text").run(fail)
    assert delivery.Slot("text").run(lambda channel, stop_at: None) is True


def test_wake_ups_that_never_stop_do_not_keep_a_sender_longer_than_half_its_lease(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock = iter(range(0, 10_000, 40))
    monkeypatch.setattr("documents.slots.time.monotonic", lambda: next(clock))
    turns: list[float] = []

    def send(channel: str, stop_at: float) -> None:
        turns.append(stop_at)
        delivery.Slot("text")._file("again").touch()

    delivery.Slot("text").run(send)
    assert len(turns) == 3 and set(turns) == {150}
    delivery.Slot("text")._file("again").unlink()


# --- Texts ---------------------------------------------------------------------------------------------------


def test_a_text_leaves_with_its_words_and_the_providers_id_is_kept(cast: Cast, provider: Provider) -> None:
    row = text_to(cast)
    delivery.deliver_due()
    row = fresh(row)
    assert (row.state, row.provider, row.provider_id) == (State.SENT, "pigeon", "p-1")
    assert provider.sent == [(NUMBER, row.text_body, str(row.public_id))]
    assert row.text_body and (row.subject, row.html_body) == ("", "")


@pytest.mark.parametrize("lost", [Uncertain("no answer"), RuntimeError("who knows")])
def test_a_text_that_may_have_left_is_never_sent_twice(
    cast: Cast, provider: Provider, lost: Exception
) -> None:
    provider.answers = [lost]
    row = text_to(cast)
    delivery.deliver_due()
    assert fresh(row).state == State.UNKNOWN
    with time_machine.travel(timezone.now() + timedelta(hours=1)):
        delivery.deliver_due()
    assert len(provider.sent) == 1


def test_a_text_whose_worker_died_waits_for_a_person(cast: Cast, provider: Provider) -> None:
    row = text_of_papers(cast)
    with time_machine.travel(NOON):
        Notification.objects.update(due_at=NOON)
        delivery.claim("text")
    with time_machine.travel(NOON + timedelta(minutes=6)):
        assert delivery.return_dead_claims() == 1
    assert fresh(row).state == State.UNKNOWN


def test_a_busy_provider_is_asked_again_later_and_not_fifty_times(cast: Cast, provider: Provider) -> None:
    provider.answers = [providers.Busy("429")] * 9
    rows = [text_to(cast, key=str(n)) for n in range(4)]
    delivery.deliver_due()
    assert len(provider.sent) == 2
    assert [fresh(row).attempts for row in rows] == [1, 1, 0, 0]
    assert {fresh(row).state for row in rows} == {State.QUEUED}


def test_a_dead_number_is_switched_off_for_texts_alone(cast: Cast, provider: Provider) -> None:
    provider.answers = [providers.Refused("landline", number_is_dead=True)]
    row = text_to(cast)
    delivery.deliver_due()
    assert fresh(row).state == State.FAILED
    off = Suppression.objects.get()
    assert (off.address, off.channel, off.reason) == (NUMBER, "text", "refused")
    assert not Task.objects.filter(kind=Task.Kind.BOUNCED).exists()  # the mail says the same


def test_a_refused_text_says_nothing_about_the_number(cast: Cast, provider: Provider) -> None:
    provider.answers = [providers.Refused("words not allowed")]
    row = text_to(cast)
    delivery.deliver_due()
    assert (fresh(row).state, Suppression.objects.count()) == (State.FAILED, 0)


# --- When ----------------------------------------------------------------------------------------------------


def test_by_night_a_text_waits_for_the_morning_and_that_is_no_try(cast: Cast, provider: Provider) -> None:
    with time_machine.travel(NIGHT):
        row = text_of_papers(cast)
        Notification.objects.filter(channel="email").delete()
        delivery.deliver_due()
        row = fresh(row)
    assert (row.state, row.due_at, row.attempts) == (State.QUEUED, MORNING, 0)
    assert "13:00:00" in row.date_header
    assert provider.sent == [] and not Attempt.objects.exists()


def test_a_number_that_perhaps_said_stop_waits_and_that_is_no_try(cast: Cast, provider: Provider) -> None:
    Suppression.objects.create(address=NUMBER, channel="text", reason=Suppression.Reason.UNCLEAR)
    row = text_to(cast)
    for _ in range(3):
        Notification.objects.update(due_at=timezone.now())
        delivery.deliver_due()
    row = fresh(row)
    assert (row.state, row.attempts, provider.sent) == (State.QUEUED, 0, [])
    assert row.due_at > timezone.now()
    Suppression.objects.all().delete()
    Notification.objects.update(due_at=timezone.now())
    delivery.deliver_due()
    assert fresh(row).state == State.SENT


def test_what_expires_over_night_is_not_sent_in_the_morning(cast: Cast, provider: Provider) -> None:
    with time_machine.travel(NIGHT):
        row = text_of_papers(cast)
        Notification.objects.update(expires_at=NIGHT + timedelta(hours=1))
        delivery.deliver_due("text")
    with time_machine.travel(MORNING + timedelta(minutes=1)):
        delivery.deliver_due("text")
    assert (fresh(row).state, provider.sent) == (State.EXPIRED, [])


def test_mail_goes_to_the_address_of_today_also_when_the_old_one_is_dead(cast: Cast, make_row: Make) -> None:
    row = make_row(kind="application_received", recipient=cast.bea_party)
    Suppression.objects.create(address="bea@example.com", channel="email", reason=Suppression.Reason.BOUNCED)
    cast.bea.contact_email = "bea@new.example"
    cast.bea.save()
    delivery.deliver_due()
    assert (fresh(row).state, fresh(row).address) == (State.SENT, "bea@new.example")


# --- Letters on paper ----------------------------------------------------------------------------------------


@pytest.fixture
def letter(cast: Cast) -> Notification:
    return letter_of_thanks(cast)


def test_a_letter_on_paper_is_made_and_waits_to_be_printed(letter: Notification) -> None:
    delivery.deliver_due()
    row = fresh(letter)
    assert row.state == State.READY_TO_PRINT and row.attachment_key and row.sent_at is None
    assert [attempt.outcome for attempt in row.tries.all()] == ["ready_to_print"]


@pytest.mark.parametrize("flag", ["complaint_open", "bereavement"])
@pytest.mark.parametrize("channel", ["letter", "email"])
def test_no_letter_goes_to_a_loan_with_a_complaint_or_a_bereavement(
    letter: Notification, cast: Cast, flag: str, channel: str
) -> None:
    Notification.objects.update(channel=channel)
    Loan.objects.filter(pk=cast.loan.pk).update(**{flag: True})
    delivery.deliver_due()
    assert fresh(letter).state == State.HELD and fresh(letter).error
    assert Task.objects.get(loan=cast.loan, kind=Task.Kind.LETTER).for_user == cast.olga


def test_a_letter_that_waits_to_be_printed_stops_with_its_loan(letter: Notification, cast: Cast) -> None:
    delivery.deliver_due()
    assert services.cancel_for_loan(loan=cast.loan, because="The loan was reopened.") == 1
    assert fresh(letter).state == State.CANCELLED
