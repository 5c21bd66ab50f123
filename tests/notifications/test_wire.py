"""What a real mail server gets, and what its answers do to the row."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default as default_policy
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from django.utils import timezone

from loans.models import Loan
from loans.services import change_stage
from notifications import delivery
from notifications.models import Notification, Suppression
from tests.cast import Cast
from tests.notifications.test_catalog import read, told_in
from tests.running import free_port

State = Notification.State


class Server:
    """Keeps the bytes it is given; answers each recipient and each message as it is told."""

    def __init__(self) -> None:
        self.raw: list[bytes] = []
        self.connections = 0
        self.to_recipient: list[str] = []
        self.to_message: list[str] = []

    async def handle_EHLO(  # noqa: N802 - aiosmtpd's name
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: Any
    ) -> Any:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        if self.to_recipient and not (answer := self.to_recipient.pop(0)).startswith("2"):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.raw.append(envelope.content)
        return self.to_message.pop(0) if self.to_message else "250 OK"

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=default_policy) for raw in self.raw]  # type: ignore[misc]


@pytest.fixture
def server(settings: Any) -> Iterator[Server]:
    mine = Server()
    controller = Controller(mine, hostname="127.0.0.1", port=free_port())
    controller.start()
    use(settings, controller.port)
    yield mine
    controller.stop()


def use(settings: Any, port: int) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.MAIL_LEAVES_THE_HOUSE = True


def bodies(mail: EmailMessage) -> tuple[str, str]:
    return mail.get_body(("plain",)).get_content(), mail.get_body(("html",)).get_content()


def test_the_mail_on_the_wire(server: Server, make_row: Any, cast: Cast) -> None:
    row = make_row(
        kind="application_received",
        recipient=cast.bea_party,
        secret="https://portal.example/invitations/abc/",
    )
    delivery.deliver_due()
    mail, raw = server.mails[0], server.raw[0]
    assert mail["Message-ID"] == row.message_id and mail["Date"] == row.date_header
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Reply-To"] == "olga@lantern.example" and mail["To"] == "Bea Nguyen <bea@example.com>"
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    text, html = bodies(mail)
    page = read(html)
    assert page.language == "en" and "h1" in page.tags
    assert "https://portal.example/invitations/abc/" in page.links
    for link in page.links:
        assert told_in(link, text), link
    row.refresh_from_db()
    assert (row.state, row.provider) == (State.SENT, "smtp")


def test_a_letter_travels_in_the_outer_part(server: Server, cast: Cast) -> None:
    Loan.objects.filter(pk=cast.loan.pk).update(stage="closing")
    cast.loan.refresh_from_db()
    change_stage(loan=cast.loan, to="funded", by=cast.olga, expected_version=cast.loan.version)
    row = Notification.objects.get(kind="thank_you")
    with time_machine.travel(row.due_at + timedelta(minutes=1)):
        delivery.deliver_due()
    mail = next(mail for mail in server.mails if mail["Message-ID"] == row.message_id)
    assert [part.get_content_type() for part in mail.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "application/pdf",
    ]  # fmt: skip
    attached = next(mail.iter_attachments())
    assert attached.get_filename() == "thank-you-LN-1001.pdf" and attached.get_content().startswith(b"%PDF")


def test_a_batch_uses_one_connection(server: Server, make_row: Any) -> None:
    for _ in range(4):
        make_row()
    delivery.deliver_due()
    assert len(server.raw) == 4 and server.connections == 1


def test_a_mailbox_that_does_not_exist(server: Server, make_row: Any, cast: Cast) -> None:
    server.to_recipient = ["550 5.1.1 no such user"]
    lost, fine = make_row(), make_row()
    delivery.deliver_due()
    lost.refresh_from_db(), fine.refresh_from_db()
    assert lost.state == State.FAILED and "no such user" in lost.error
    assert Suppression.objects.filter(address="olga@lantern.example").exists()
    assert fine.state == State.SUPPRESSED


def test_a_full_mailbox_is_no_closed_one(server: Server, make_row: Any) -> None:
    server.to_recipient = ["552 5.2.2 mailbox full"]
    row = make_row()
    delivery.deliver_due()
    row.refresh_from_db()
    assert row.state == State.FAILED and not Suppression.objects.exists()


@pytest.mark.parametrize("where", ["to_recipient", "to_message"])
def test_a_passing_refusal_is_tried_again(server: Server, make_row: Any, where: str) -> None:
    setattr(server, where, ["451 4.7.1 greylisted"])
    row = make_row()
    delivery.deliver_due()
    row.refresh_from_db()
    assert row.state == State.QUEUED and "greylisted" in row.error
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        delivery.deliver_due()
    row.refresh_from_db()
    assert row.state == State.SENT
    assert {mail["Message-ID"] for mail in server.mails} == {row.message_id}


def test_a_message_that_is_refused_for_good_fails(server: Server, make_row: Any) -> None:
    server.to_message = ["554 5.7.1 not wanted"]
    row = make_row()
    delivery.deliver_due()
    row.refresh_from_db()
    assert row.state == State.FAILED and not Suppression.objects.exists()


def test_a_closed_port_costs_nobody_a_try(settings: Any, make_row: Any) -> None:
    use(settings, free_port())
    first, second = make_row(), make_row()
    delivery.deliver_due()
    for row in (first, second):
        row.refresh_from_db()
        assert (row.state, row.attempts) == (State.QUEUED, 0) and "No connection" in row.error


# --- A line that is lost -------------------------------------------------------------------------------------


@contextmanager
def rude_server(says_after: dict[bytes, bytes | None]) -> Iterator[int]:
    """Speaks just enough SMTP; None hangs up instead of answering."""
    listener = socket.create_server(("127.0.0.1", 0))

    def talk() -> None:
        while True:
            try:
                peer, _address = listener.accept()
            except OSError:
                return
            with peer, peer.makefile("rb") as lines:
                peer.sendall(b"220 hello\r\n")
                in_data = False
                for line in lines:
                    if in_data and line != b".\r\n":
                        continue
                    word = b"." if in_data else line.split()[0].upper()[:4]
                    in_data = False
                    answer = says_after.get(word, b"250 OK\r\n")
                    if answer is None:
                        break
                    if word == b"DATA":
                        in_data = True
                    peer.sendall(answer)

    threading.Thread(target=talk, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


GO_ON = {b"DATA": b"354 go on\r\n"}


def test_a_line_lost_before_the_verdict_is_unclear_and_before_the_text_is_not(
    settings: Any, make_row: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from notifications.catalog import KINDS

    entry = KINDS["application_received_officer"]
    monkeypatch.setitem(KINDS, entry.key, replace(entry, on_uncertain="hold"))
    unclear, passing = make_row(), make_row()
    Notification.objects.filter(pk=passing.pk).update(due_at=timezone.now() + timedelta(hours=1))
    with rude_server({**GO_ON, b".": None}) as port:
        use(settings, port)
        delivery.deliver_due()
    with rude_server({**GO_ON, b"DATA": None}) as port:
        use(settings, port)
        Notification.objects.filter(pk=passing.pk).update(due_at=timezone.now())
        delivery.deliver_due()
    unclear.refresh_from_db(), passing.refresh_from_db()
    assert unclear.state == State.UNKNOWN
    assert passing.state == State.QUEUED and passing.due_at > timezone.now()


def test_a_server_that_falls_silent_after_the_text_is_unclear(settings: Any, make_row: Any) -> None:
    settings.EMAIL_TIMEOUT = 0.5
    row = make_row()
    with rude_server({**GO_ON, b".": b""}) as port:
        use(settings, port)
        delivery.deliver_due()
    row.refresh_from_db()
    assert row.state == State.QUEUED and row.error.startswith("Uncertain")
