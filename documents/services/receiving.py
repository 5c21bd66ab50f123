"""
A file that came by another way than the needs list, such as a picture sent by text: nobody asked for it here.

The same limits, quarantine and checks as for every upload (`uploading.py`, `checking.py`); only the request is missing,
so the row says whose it is, as far as anybody knows.
"""

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from audit import log
from documents.models import UploadSession
from documents.names import clean_name
from documents.refusals import UploadRefused, refusal
from documents.services.uploading import OPEN_FOR, abort, complete, must_be_acceptable, must_be_open, must_fit
from documents.storage import file_store
from documents.storage.base import QUARANTINE, AlreadyThere, StorageFull, new_key
from loans.models import Loan, Party

State = UploadSession.State


def take_in_file(
    *,
    loan: Loan,
    party: Party | None,
    name: str,
    size: int,
    chunks: Iterable[bytes],
    source: str,
    content_type: str = "",
) -> UploadSession:
    """
    Put a file of exactly `size` bytes into quarantine and wake the worker that checks it. `party` is whose it is, None
    when nobody can say: then the loan team alone sees it. The same `source` again goes on where it was cut off, and is
    otherwise a no-op. UploadRefused when it cannot be taken.
    """
    session = _session(loan, party, clean_name(name), size, source, content_type)
    if session.state != State.CREATED:
        return session
    try:
        file_store().put(session.key, chunks, session.size)
    except StorageFull:
        abort(session=session)
        raise UploadRefused(refusal("disk_full")) from None
    except AlreadyThere:
        pass
    return complete(session=session)


@transaction.atomic
def _session(
    loan: Loan, party: Party | None, name: str, size: int, source: str, content_type: str
) -> UploadSession:
    if found := UploadSession.objects.filter(source=source).first():
        return found
    must_be_open(loan)
    must_be_acceptable(name, size)
    must_fit(loan, UploadSession.objects.filter(loan=loan, request__isnull=True, party=party), size)
    session = UploadSession.objects.create(
        loan=loan, party=party, uploader=party.user if party else None, source=source, name=name, size=size,
        content_type=content_type[:100], key=new_key(QUARANTINE), expires_at=timezone.now() + OPEN_FOR,
    )  # fmt: skip
    log.record(
        action="upload.opened", about=session, by=session.uploader, loan=loan, task="documents",
        detail={"size": size, "source": source.partition(":")[0]},
    )  # fmt: skip
    return session
