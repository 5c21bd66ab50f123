"""
The virus scanner: clamd, spoken to by our small client, and trusted only as long as it proves itself.

With CLAMD_URL set nothing is clean that was not scanned: a scanner that is down, frozen, stale or set up too small
raises `ScannerDown`, and the file waits. Without CLAMD_URL there is none, and the desk says so on each document.
"""

from django.conf import settings

from documents.scanning.clamd import Clamd, Scan, ScannerDown, Verdict
from documents.scanning.trust import Scanner, down_since_lately, report_now, test_scanner

__all__ = [
    "Clamd",
    "Scan",
    "Scanner",
    "ScannerDown",
    "Verdict",
    "down_since_lately",
    "report_now",
    "scanner",
    "test_scanner",
]


def scanner() -> Scanner | None:
    """The house's scanner; None when it has none."""
    return Scanner(Clamd(settings.CLAMD_URL)) if settings.CLAMD_URL else None
