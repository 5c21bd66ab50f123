"""Papers as the checking worker keeps them, with bytes in the storage, and loans that have come to an end."""

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.utils import timezone

from documents.models import Document, Look, UploadSession
from documents.services import storing
from documents.spool import Spool
from documents.storage import file_store
from documents.storage.base import PREVIEWS, QUARANTINE, new_key
from loans import services
from loans.models import KeyDate, Loan
from loans.stages import Stage


def keep(
    request: Any = None, *, data: bytes = b"%PDF-1.7 a paper", name: str = "paper.pdf", **fields: Any
) -> Document:
    """One document with its bytes; of `request`, or of the `loan` and `party` given."""
    public_id = uuid.uuid4()
    with Spool(len(data)) as spool:
        spool.write(data)
        stored = storing.store_spool(spool=spool, of=public_id)
    if request is not None:
        fields = {"loan": request.loan, "request": request, "uploader": request.party.user, **fields}
    return Document.objects.create(
        public_id=public_id, name=name, key=stored.key, wrapped_key=stored.wrapped_key, size=stored.size,
        sha256=stored.sha256, content_type="application/pdf", **fields,
    )  # fmt: skip


def with_traces(document: Document) -> Document:
    """What else a paper leaves behind: its upload, hints, and a look with a page image."""
    document.session = UploadSession.objects.create(
        loan=document.loan, request=document.request, uploader=document.uploader, name=document.name,
        size=document.size, key=new_key(QUARANTINE), state=UploadSession.State.CLEAN, expires_at=timezone.now(),
        bytes_deleted_at=timezone.now(),
    )  # fmt: skip
    document.hints, document.dated_on = [{"code": "names"}], date(2020, 1, 1)
    document.title, document.note = "My own paper", "Page 3, please"
    document.save()
    look = Look.objects.create(
        document=document, folder=new_key(PREVIEWS), facts={"names": ["Bea"]}, state=Look.State.DONE, pages=1
    )
    file_store().put(f"{look.folder}/1", [b"picture"], 7, seal=storing.seal_of(document))
    return document


def lies_there(document: Document) -> bool:
    return file_store().head(document.key) is not None


def previews(document: Document) -> list[str]:
    return list(file_store().keys(document.look.folder))


# --- Ends ----------------------------------------------------------------------------------------------------


def move(loan: Loan, to: str, by: Any, at: datetime | None = None) -> None:
    """As if a person had moved it at that time, whatever the table of moves says."""
    loan.refresh_from_db()
    event = services.stages.move(loan=loan, to=to, by=by)
    if at is not None:
        type(event).objects.filter(pk=event.pk).update(at=at)
        Loan.objects.filter(pk=loan.pk).update(stage_since=at)
    loan.refresh_from_db()


def record_date(loan: Loan, kind: str, on: date, by: Any) -> KeyDate:
    loan.refresh_from_db()
    return services.set_key_date(loan=loan, kind=kind, on=on, by=by, expected_version=loan.version)


def funded(loan: Loan, by: Any, signed_on: date | None) -> None:
    move(loan, Stage.FUNDED, by)
    if signed_on:
        record_date(loan, KeyDate.Kind.SIGNING, signed_on, by)


def denied(loan: Loan, by: Any, notice_on: date | None) -> None:
    move(loan, Stage.DENIED, by)
    if notice_on:
        record_date(loan, KeyDate.Kind.NOTICE_SENT, notice_on, by)


def later(**delta: Any) -> datetime:
    return timezone.now() + timedelta(**delta)
