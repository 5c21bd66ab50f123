"""
What is asked for, what arrives, what is kept.

A `Request` is one line of the needs list, always of one party. An `UploadSession` is one file on its way: the row
says what the browser may still do and what the checking worker found; it ends at clean, infected, rejected, expired
or aborted. A `Document` is made when a session is clean; officers accept or return it, and its request follows.
Writes are verbs in `documents/services/`; what is asked of whom is the table in `documents/needs.py`; bytes leave
only through `documents/serving.py`.
"""

from documents.models.documents import Document, DocumentQuerySet
from documents.models.keeping import DisposalRun, Export, LegalHold, RetentionRule
from documents.models.looks import Look
from documents.models.requests import BORROWERS, KindRule, NeedWording, Request, RequestQuerySet
from documents.models.scanning import ScannerReport
from documents.models.sharing import HousePaper, Share, UploadLink
from documents.models.uploads import UploadGroup, UploadSession

__all__ = [
    "BORROWERS",
    "DisposalRun",
    "Document",
    "DocumentQuerySet",
    "Export",
    "HousePaper",
    "KindRule",
    "LegalHold",
    "Look",
    "NeedWording",
    "Request",
    "RequestQuerySet",
    "RetentionRule",
    "ScannerReport",
    "Share",
    "UploadGroup",
    "UploadLink",
    "UploadSession",
]
