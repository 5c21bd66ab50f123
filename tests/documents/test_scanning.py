"""The virus scanner is believed only as long as it proves itself; without an answer nothing is clean."""

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.checks import run_checks
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from documents import scanning, services
from documents.models import Document, Request, ScannerReport, UploadSession
from documents.scanning import ScannerDown, clamd, trust
from documents.scanning.trust import TEST_VIRUS
from tests.cast import Cast
from tests.documents.conftest import send, sent_and_checked
from tests.documents.files import locked_pdf, pdf

GOOD = b"ClamAV 1.4.6/27400/Fri Nov 20 08:30:00 2026\0"
STATE = UploadSession.State
pytestmark = pytest.mark.django_db


class Peer:
    """Stands where clamd stands and says what a test wants to be said."""

    def __init__(self, place: Path, *, verdict: bytes = b"stream: OK\0", version: bytes = GOOD) -> None:
        self.verdict, self.version = verdict, version
        self.hangs_up_after: int | None = None
        self.looks_at_most = 10**9
        self.says_nothing = False
        self.url = f"unix://{place}"
        self.fed = b""
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(str(place))
        self.server.listen()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self.server.accept()
            except OSError:
                return
            threading.Thread(target=self._answer, args=[line], daemon=True).start()

    def _answer(self, line: socket.socket) -> None:
        try:
            self._talk(line)
        except (OSError, struct.error):
            pass  # the other end went away, as some tests want it to

    def _talk(self, line: socket.socket) -> None:
        with line, line.makefile("rb") as said:
            command = b""
            while not command.endswith(b"\0"):
                command += said.read(1)
            if command == b"zVERSION\0":
                line.sendall(self.version)
                return
            self.fed = b""
            while length := struct.unpack("!I", said.read(4))[0]:
                self.fed += said.read(length)
                if self.hangs_up_after is not None and len(self.fed) > self.hangs_up_after:
                    line.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                    return
            if self.says_nothing:
                threading.Event().wait(2)
            finds = TEST_VIRUS in self.fed and len(self.fed) <= self.looks_at_most
            line.sendall(b"stream: Eicar FOUND\0" if finds else self.verdict)

    def close(self) -> None:
        self.server.close()


@pytest.fixture
def peer(tmp_path: Path, settings: Any) -> Iterator[Peer]:
    peer = Peer(tmp_path / "clamd")
    settings.CLAMD_URL = peer.url
    yield peer
    peer.close()


@pytest.fixture
def small(settings: Any) -> None:
    """The self-test's large file need not be large."""
    settings.MAX_UPLOAD_BYTES = 300_000


@pytest.fixture
def on_the_day() -> Iterator[None]:
    with time_machine.travel(datetime(2026, 11, 21, 12, tzinfo=UTC), tick=True):
        yield


# --- The client ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"stream: OK\0", ""),
        (b"stream: Win.Test.EICAR_HDB-1 FOUND\0", "infected"),
        (b"stream: Heuristics.Encrypted.PDF FOUND\0", "locked"),
        (b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0", "unsafe_structure"),
        (b"stream: Heuristics.OLE2.ContainsMacros FOUND\0", "infected"),
    ],
)
def test_what_the_scanner_says_decides(peer: Peer, answer: bytes, reason: str) -> None:
    peer.verdict = answer
    with scanning.Clamd(peer.url).scan() as scan:
        for piece in (b"a" * 200_000, b"b" * 7):
            scan.feed(piece)
        verdict = scan.verdict()
    assert verdict.reason == reason
    assert verdict.scanner.startswith("ClamAV 1.4.6/27400/")
    assert peer.fed == b"a" * 200_000 + b"b" * 7


@pytest.mark.parametrize(
    "answer",
    [b"\0", b"stream: \0", b"OK\0", b"stream: OK", b"stream: OKAY\0", b"instream: OK\0", b"stream: OK\nOK\0"],
)
def test_an_answer_that_is_not_understood_is_none(peer: Peer, answer: bytes) -> None:
    peer.verdict = answer
    with pytest.raises(ScannerDown), scanning.Clamd(peer.url).scan() as scan:
        scan.feed(b"harmless")
        scan.verdict()


def test_a_stream_that_is_too_long_for_the_scanner_says_so(peer: Peer) -> None:
    peer.hangs_up_after = 300_000
    with pytest.raises(ScannerDown, match="limit exceeded"), scanning.Clamd(peer.url).scan() as scan:
        for _ in range(200):
            scan.feed(bytes(128 * 1024))
        scan.verdict()


def test_nobody_there_and_nobody_answering_are_told_apart_from_clean(peer: Peer, tmp_path: Path) -> None:
    with pytest.raises(ScannerDown):
        scanning.Clamd(f"unix://{tmp_path}/nobody").version()
    peer.says_nothing = True
    with (
        pytest.raises(ScannerDown, match="no answer"),
        scanning.Clamd(peer.url, answer_seconds=0.2).scan() as scan,
    ):
        scan.feed(b"harmless")
        scan.verdict()


@pytest.mark.parametrize(
    ("said", "built"),
    [
        ("ClamAV 1.4.6/27400/Fri Nov 20 08:30:00 2026", datetime(2026, 11, 20, 8, 30, tzinfo=UTC)),
        ("ClamAV 1.4.6", None),
        ("ClamAV 1.4.6/27400/soon", None),
    ],
)
def test_the_age_of_the_signatures_is_read(peer: Peer, said: str, built: datetime | None) -> None:
    peer.version = said.encode() + b"\0"
    assert scanning.Clamd(peer.url).version() == clamd.Version(said, built)


# --- Trust ---------------------------------------------------------------------------------------------------


def test_a_good_scanner_passes_and_is_believed_for_a_while(peer: Peer, small: None, on_the_day: None) -> None:
    report = scanning.test_scanner()
    assert report is not None and report.is_good, report
    with scanning.scanner().scan() as scan:  # type: ignore[union-attr]
        scan.feed(b"harmless")
        assert scan.verdict().reason == ""
    assert ScannerReport.objects.count() == 1, "not tested anew for every file"
    with time_machine.travel(timezone.now() + timedelta(minutes=26)), scanning.scanner().scan():  # type: ignore[union-attr]
        pass
    assert ScannerReport.objects.count() == 2, "a test that nobody repeated is worth nothing"


@pytest.mark.parametrize(
    ("fault", "change"),
    [
        ("does not find the test virus", {"finds": False}),
        ("harmless", {"verdict": b"stream: Everything FOUND\0"}),
        ("days old", {"version": b"ClamAV 1.4.6/27300/Fri Nov 13 08:30:00 2026\0"}),
        ("how old", {"version": b"ClamAV 1.4.6\0"}),
        ("limit exceeded", {"hangs_up_after": 100_000}),
    ],
)
def test_a_scanner_that_fails_its_test_lets_nothing_through(
    peer: Peer,
    small: None,
    on_the_day: None,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    change: dict[str, Any],
) -> None:
    if change.pop("finds", True) is False:
        monkeypatch.setattr(trust, "TEST_VIRUS", b"something else")
    for name, value in change.items():
        setattr(peer, name, value)
    report = scanning.test_scanner()
    assert report is not None and not report.is_good and fault in report.fault
    with pytest.raises(ScannerDown), scanning.scanner().scan():  # type: ignore[union-attr]
        pass


def test_a_scanner_that_skips_large_files_fails_its_test(peer: Peer, small: None, on_the_day: None) -> None:
    """The trap of its own defaults: larger than its limit counts as clean."""
    peer.looks_at_most = 100_000
    report = scanning.test_scanner()
    assert report is not None and "large file" in report.fault


def test_the_large_test_file_is_as_large_as_we_take(settings: Any) -> None:
    settings.MAX_UPLOAD_BYTES = 3 * 1024 * 1024
    size = sum(len(chunk) for chunk in trust.as_large_as_we_take())
    assert settings.MAX_UPLOAD_BYTES - 1024 <= size <= settings.MAX_UPLOAD_BYTES


# --- What people see -----------------------------------------------------------------------------------------


def test_a_house_with_a_scanner_down_keeps_files_waiting(
    asked: Request, cast: Cast, settings: Any, tmp_path: Path, client_for: Callable[..., Client]
) -> None:
    settings.CLAMD_URL = f"unix://{tmp_path}/nobody"
    session = sent_and_checked(asked, cast.bea, "statement.pdf", pdf())
    assert session.state == STATE.RECEIVED and session.deaths == 0, "the file is not at fault"
    assert not Document.objects.exists()
    page = client_for(cast.bea).get(reverse("loans:documents", args=[cast.loan.public_id]))
    assert "Received, being checked" in page.content.decode()


def test_once_it_is_back_the_file_goes_on(
    asked: Request, cast: Cast, settings: Any, tmp_path: Path, small: None
) -> None:
    settings.CLAMD_URL = f"unix://{tmp_path}/clamd"
    with time_machine.travel(datetime(2026, 11, 21, 12, tzinfo=UTC)) as clock:
        session = sent_and_checked(asked, cast.bea, "statement.pdf", pdf())
        assert session.state == STATE.RECEIVED
        peer = Peer(tmp_path / "clamd")
        clock.shift(timedelta(minutes=15))
        services.sweep()
        peer.close()
    session.refresh_from_db()
    assert session.state == STATE.CLEAN
    assert Document.objects.get(session=session).scanner.startswith("ClamAV 1.4.6/")


def test_what_the_scanner_finds_is_refused_in_plain_words(
    asked: Request, cast: Cast, peer: Peer, small: None, on_the_day: None
) -> None:
    session = send(asked, cast.bea, "statement.pdf", pdf())
    scanning.test_scanner()
    peer.verdict = b"stream: Pdf.Exploit.Something-1 FOUND\0"
    services.check_upload(session.public_id)
    session.refresh_from_db()
    assert session.state == STATE.INFECTED
    assert session.signature == "Pdf.Exploit.Something-1", "staff see what it was"
    assert not Document.objects.exists()


def test_a_locked_pdf_is_called_locked_whoever_notices(
    asked: Request, cast: Cast, peer: Peer, small: None, on_the_day: None
) -> None:
    scanning.test_scanner()
    peer.verdict = b"stream: Heuristics.Encrypted.PDF FOUND\0"
    session = sent_and_checked(asked, cast.bea, "statement.pdf", locked_pdf())
    assert (session.state, session.reason) == (STATE.REJECTED, "locked")


def test_without_a_scanner_the_desk_says_so_on_each_document(
    asked: Request, cast: Cast, settings: Any, client_for: Callable[..., Client]
) -> None:
    settings.CLAMD_URL = ""
    session = sent_and_checked(asked, cast.bea, "statement.pdf", pdf())
    document = Document.objects.get(session=session)
    desk = client_for(cast.olga)
    for address in (
        reverse("desk:documents"),
        reverse("desk:loan", args=[cast.loan.public_id]),
        reverse("desk:review", args=[document.public_id]),
    ):
        assert "not virus-scanned" in desk.get(address).content.decode(), address
    Document.objects.update(scanner="ClamAV 1.4.6/27400/Fri Nov 20 08:30:00 2026")
    assert "not virus-scanned" not in desk.get(reverse("desk:documents")).content.decode()


def test_managers_are_told_on_every_page_of_the_desk(
    cast: Cast, settings: Any, tmp_path: Path, client_for: Callable[..., Client]
) -> None:
    settings.CLAMD_URL = f"unix://{tmp_path}/nobody"
    words = "The virus scanner has passed no test since"
    with time_machine.travel(timezone.now() - timedelta(minutes=11)):
        scanning.test_scanner()
    scanning.test_scanner()
    assert words in client_for(cast.mara).get(reverse("desk:pipeline")).content.decode()
    assert words not in client_for(cast.olga).get(reverse("desk:pipeline")).content.decode()


def test_the_figures_tell_of_the_scanner(settings: Any, tmp_path: Path, client: Client) -> None:
    settings.CLAMD_URL, settings.METRICS_TOKEN = f"unix://{tmp_path}/nobody", "token"
    scanning.test_scanner()
    said = client.get("/metrics", headers={"Authorization": "Bearer token"}).content.decode()
    assert "doorstep_scanner_is_good 0" in said and "doorstep_oldest_unchecked_upload_age_seconds 0" in said


def test_production_is_not_deployed_without_a_scanner(settings: Any) -> None:
    settings.CLAMD_URL = ""
    assert "doorstep.E022" in {fault.id for fault in run_checks(include_deployment_checks=True)}
    settings.CLAMD_URL = "unix:///run/clamav/clamd.ctl"
    assert "doorstep.E022" not in {fault.id for fault in run_checks(include_deployment_checks=True)}
    settings.CLAMD_URL = "/run/clamav/clamd.ctl"
    assert "doorstep.E023" in {fault.id for fault in run_checks()}
