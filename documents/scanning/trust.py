"""
Whether the scanner can be relied on. A self-test at the start of the worker and every ten minutes asks four things:
does it find the test virus, does it pass a harmless file, does it find the test virus at the end of a file as large as
we take, and are its signatures new. The third catches the trap that a scanner calls everything clean that is larger
than its own limits (UPLOADS 2.2). One failure, and the scanner counts as down until a test passes.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from zipstream import ZipStream

from documents.models import ScannerReport
from documents.scanning.clamd import PIECE_BYTES, Clamd, Scan, ScannerDown, Version

logger = logging.getLogger(__name__)
TRUSTED_FOR = timedelta(minutes=25)  # two tests may fall out, not three
ASK_AGAIN_AFTER = timedelta(seconds=30)
ALARM_AFTER = timedelta(minutes=10)
LOOKED_EVERY_SECONDS = 15
KEPT_FOR = timedelta(days=30)
# EICAR's test file, in two halves, so that no scanner stops this one.
TEST_VIRUS = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}" + rb"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
HARMLESS = b"A harmless file.\n"
ARCHIVE_BYTES = 1024  # what the names and the table of an archive take


class Scanner:
    """clamd, as long as it proves itself."""

    def __init__(self, clamd: Clamd) -> None:
        self.clamd = clamd

    @contextmanager
    def scan(self) -> Iterator[Scan]:
        """A scan by a scanner that passed its last test; ScannerDown otherwise, also from within."""
        with self.clamd.scan(self._trusted().version) as scan:
            yield scan

    def _trusted(self) -> ScannerReport:
        report, now = newest_report(), timezone.now()
        if report is None or report.at < now - (TRUSTED_FOR if report.is_good else ASK_AGAIN_AFTER):
            report = self.test()
        if not report.is_good:
            raise ScannerDown(report.fault)
        return report

    def test(self) -> ScannerReport:
        """Ask the four things now and keep the answer."""
        version = Version("", None)
        try:
            version = self.clamd.version()
            fault = self._fault(version)
        except ScannerDown as error:
            fault = str(error)
        return _keep(version, fault)

    def _fault(self, version: Version) -> str:
        if fault := _age_fault(version):
            return fault
        if not self._finds([TEST_VIRUS]):
            return "it does not find the test virus"
        if self._finds([HARMLESS]):
            return "it finds something in a harmless file"
        if not self._finds(as_large_as_we_take()):
            return "it calls a large file clean without looking: its limits are smaller than MAX_UPLOAD_MB"
        return ""

    def _finds(self, chunks: Iterable[bytes]) -> bool:
        with self.clamd.scan("test") as scan:
            for chunk in chunks:
                scan.feed(chunk)
            return bool(scan.verdict().signature)


def test_scanner() -> ScannerReport | None:
    """Test the house's scanner; None when it has none."""
    return Scanner(Clamd(settings.CLAMD_URL)).test() if settings.CLAMD_URL else None


def newest_report() -> ScannerReport | None:
    return ScannerReport.objects.order_by("-id").first()


def report_now() -> ScannerReport | None:
    """The newest test of a house with a scanner, for pages and figures: tests nothing."""
    return newest_report() if settings.CLAMD_URL else None


def down_since() -> datetime | None:
    """Since when the house's scanner has passed no test, once that is ten minutes; None while all is well."""
    report, now = report_now(), timezone.now()
    if report is None or (report.is_good and report.at > now - TRUSTED_FOR):
        return None
    good = ScannerReport.objects.filter(is_good=True).order_by("-id").first()
    since = good.at if good else ScannerReport.objects.order_by("id").values_list("at", flat=True)[0]
    return since if since < now - ALARM_AFTER else None


_looked: tuple[float, datetime | None] | None = None


def down_since_lately() -> datetime | None:
    """The same for pages: looked up at most every quarter of a minute in each process."""
    global _looked
    if not settings.CLAMD_URL:
        return None
    if _looked is None or time.monotonic() - _looked[0] > LOOKED_EVERY_SECONDS:
        _looked = (time.monotonic(), down_since())
    return _looked[1]


def forget_looked() -> None:
    """Look anew for the next page (a test begins)."""
    global _looked
    _looked = None


def as_large_as_we_take() -> Iterator[bytes]:
    """An archive of nearly MAX_UPLOAD_BYTES with the test virus behind a long run of zeros."""
    archive = ZipStream()
    room = max(0, settings.MAX_UPLOAD_BYTES - ARCHIVE_BYTES)
    archive.add((bytes(min(PIECE_BYTES, room - at)) for at in range(0, room, PIECE_BYTES)), "zeros")
    archive.add(TEST_VIRUS, "test")
    yield from archive


def _age_fault(version: Version) -> str:
    if version.signatures_at is None:
        return "it does not say how old its signatures are"
    days = (timezone.now() - version.signatures_at).days
    if days > settings.CLAMD_SIGNATURE_DAYS:
        return f"its signatures are {days} days old"
    return ""


def _keep(version: Version, fault: str) -> ScannerReport:
    now = timezone.now()
    good_since = ScannerReport.objects.filter(is_good=True).order_by("-id").first()
    report = ScannerReport.objects.create(
        at=now,
        is_good=not fault,
        fault=fault[:200],
        version=version.text,
        signatures_at=version.signatures_at,
    )
    if fault:
        late = good_since is None or good_since.at < now - ALARM_AFTER
        logger.log(logging.ERROR if late else logging.WARNING, "the virus scanner is not usable: %s", fault)
    ScannerReport.objects.filter(at__lt=now - KEPT_FOR).delete()
    return report
