"""
A file that came by another way than the needs list, such as a picture sent by text: nobody asked for it here.

The same limits, quarantine and checks as for every upload (`uploading.py`, `checking.py`); only the request is missing,
so the row says whose it is, as far as anybody knows.
"""

from collections.abc import Iterable
from uuid import uuid4

from django.db import transaction
from django.utils import timezone

from audit import log
from documents.models import UploadSession
from documents.names import clean_name
from documents.services import storing
from documents.services.targets import (
    must_be_acceptable,
    must_be_wanted,
    must_fit,
    target_unasked,
    uploads_of,
)
from documents.services.uploading import OPEN_FOR, complete, store_whole
from documents.storage.base import QUARANTINE, new_key
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
    store_whole(session, chunks)
    return complete(session=session)


@transaction.atomic
def _session(
    loan: Loan, party: Party | None, name: str, size: int, source: str, content_type: str
) -> UploadSession:
    if found := UploadSession.objects.filter(source=source).first():
        return found
    target = target_unasked(loan, party)
    must_be_wanted(target)
    must_be_acceptable(name, size)
    must_fit(loan, uploads_of(target, None), size)
    public_id = uuid4()
    seal = storing.seal_for(public_id)
    session = UploadSession.objects.create(
        **target.as_fields(), public_id=public_id, uploader=party.user if party else None, source=source,
        name=name, size=size, content_type=content_type[:100], key=new_key(QUARANTINE),
        wrapped_key=seal.wrapped if seal else "", expires_at=timezone.now() + OPEN_FOR,
    )  # fmt: skip
    log.record(
        action="upload.opened", about=session, by=session.uploader, loan=loan, task="documents",
        detail={"size": size, "source": source.partition(":")[0]},
    )  # fmt: skip
    return session
