"""Debian's clamd itself: what it finds, how it fails, and that each failure counts as "not scanned"."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from documents import scanning
from documents.models import ScannerReport
from documents.scanning import ScannerDown
from documents.scanning.trust import TEST_VIRUS
from tests.documents.files import locked_pdf, pdf
from tests.services.clamav import MARKER, Clamd

pytestmark = [pytest.mark.services, pytest.mark.django_db]


@pytest.fixture
def clamd(tmp_path: Path, settings: Any) -> Iterator[Clamd]:
    (tmp_path / "clamd").mkdir()
    server = Clamd(tmp_path / "clamd").start()
    settings.CLAMD_URL = server.url
    yield server
    if server.process:
        server.thaw()
    server.stop()


def reason_for(data: bytes, **patience: float) -> str:
    from django.conf import settings

    with scanning.Clamd(settings.CLAMD_URL, **patience).scan("test") as scan:
        scan.feed(data)
        return scan.verdict().reason


def packed_stream() -> bytes:
    """A PDF with the marker inside a compressed stream, where only a scanner that unpacks finds it."""
    made = pikepdf.new()
    page = made.add_blank_page()
    page.Contents = made.make_stream(b"% " + MARKER)
    out = io.BytesIO()
    made.save(out, compress_streams=True, recompress_flate=True)
    assert MARKER not in out.getvalue()
    return out.getvalue()


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("letter.com", TEST_VIRUS)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (TEST_VIRUS, "infected"),
        (archive(), "infected"),
        (packed_stream(), "infected"),
        (pdf(), ""),
        (locked_pdf(), "locked"),
    ],
    ids=["test virus", "in an archive", "in a compressed stream", "harmless", "locked"],
)
def test_it_finds_what_it_must(clamd: Clamd, data: bytes, reason: str) -> None:
    assert reason_for(data) == reason


def test_it_passes_the_self_test_with_the_limits_we_tell_people_to_set(clamd: Clamd) -> None:
    report = scanning.test_scanner()
    assert report is not None and report.is_good, report.fault
    assert report.signatures_at is not None and report.version.startswith("ClamAV ")


def test_limits_that_are_too_small_are_noticed(clamd: Clamd, settings: Any) -> None:
    """Debian's own: larger than 25 MB is hung up on; with larger streams and the same file size, called clean."""
    clamd.stop()
    clamd.most_mb, clamd.alert_exceeds_max = 20, False
    clamd.start()
    report = scanning.test_scanner()
    assert report is not None and not report.is_good and "limit" in report.fault


def test_old_signatures_are_noticed(clamd: Clamd) -> None:
    clamd.stop()
    clamd.signatures_at = datetime.now(UTC) - timedelta(days=9)
    clamd.start()
    report = scanning.test_scanner()
    assert report is not None and not report.is_good and "days old" in report.fault
    with pytest.raises(ScannerDown), scanning.scanner().scan():  # type: ignore[union-attr]
        pass


def test_killed_in_the_middle_of_a_file_is_no_answer(clamd: Clamd) -> None:
    with pytest.raises(ScannerDown), scanning.Clamd(clamd.url).scan("test") as scan:
        scan.feed(bytes(1_000_000))
        clamd.kill()
        for _ in range(100):
            scan.feed(bytes(1_000_000))
        scan.verdict()
    clamd.start()
    assert reason_for(b"harmless") == ""


def test_frozen_is_no_answer_within_its_patience(clamd: Clamd) -> None:
    clamd.freeze()
    with pytest.raises(ScannerDown):
        reason_for(b"harmless", answer_seconds=0.5)
    clamd.thaw()
    assert reason_for(b"harmless") == ""
    assert not ScannerReport.objects.exists()
