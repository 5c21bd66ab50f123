"""
A file on its way: opened, signed for piece by piece, complete, or cancelled.

The state moves only by conditional UPDATE, so two tabs or a repeated call do no harm. Until `complete` the browser
may ask for addresses; after it nothing more can be written to the key, and the worker takes over (`checking.py`).
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from documents import wake
from documents.filetypes import type_for_name
from documents.models import Request, UploadSession
from documents.names import clean_name
from documents.refusals import UploadRefused, refusal
from documents.storage import file_store
from documents.storage.base import QUARANTINE, AlreadyThere, NotThere, Signed, StorageFull, new_key
from loans.errors import Refused
from loans.models import Loan
from loans.stages import entry_for

State = UploadSession.State
OPEN = (State.CREATED, State.UPLOADING)
OPEN_FOR = timedelta(hours=24)
MOST_XML_BYTES = 1024 * 1024
MEGABYTE = 1024 * 1024


# --- Opening -------------------------------------------------------------------------------------------------


@transaction.atomic
def open_session(
    *, request: Request, user: User, name: str, size: int, content_type: str = "", last_modified: int = 0
) -> UploadSession:
    """
    A session for this file (size in bytes, last_modified in ms); UploadRefused when it cannot be taken.

    The same file picked again after a reload gets its open session back, so that what has arrived is not sent twice.
    """
    name = clean_name(name)
    _must_be_wanted(request)
    must_be_acceptable(name, size)
    if found := _open_already(request, user, name, size, last_modified):
        return found
    must_fit(request.loan, UploadSession.objects.filter(uploader=user), size)
    session = UploadSession.objects.create(
        request=request, loan=request.loan, uploader=user, name=name, size=size, content_type=content_type[:100],
        last_modified=last_modified, key=new_key(QUARANTINE), expires_at=timezone.now() + OPEN_FOR,
    )  # fmt: skip
    _record(session, "upload.opened", by=user, size=size)
    return session


def _must_be_wanted(request: Request) -> None:
    must_be_open(request.loan)
    if request.state in (Request.State.ACCEPTED, Request.State.WITHDRAWN):
        raise UploadRefused(refusal("settled"))


def must_be_open(loan: Loan) -> None:
    if not entry_for(loan.stage).uploads_open:
        raise UploadRefused(refusal("closed"))


def must_be_acceptable(name: str, size: int) -> None:
    if size <= 0:
        raise UploadRefused(refusal("empty"))
    if size > settings.MAX_UPLOAD_BYTES:
        raise UploadRefused(refusal("too_large"))
    if type_for_name(name) is None:
        raise UploadRefused(refusal("wrong_type"))


def _open_already(
    request: Request, user: User, name: str, size: int, last_modified: int
) -> UploadSession | None:
    if not last_modified:
        return None
    return UploadSession.objects.filter(
        request=request, uploader=user, name=name, size=size, last_modified=last_modified, state__in=OPEN,
        expires_at__gt=timezone.now(),
    ).first()  # fmt: skip


def must_fit(loan: Loan, mine: QuerySet[UploadSession], size: int) -> None:
    """Within what one person (`mine` are their uploads) and one loan may bring, and on the disk."""
    now = timezone.now()
    if mine.filter(created_at__gt=now - timedelta(minutes=1)).count() >= settings.UPLOADS_PER_MINUTE:
        raise UploadRefused(refusal("too_fast"))
    today = mine.filter(created_at__gt=now - timedelta(days=1)).aggregate(sum=Sum("size"))["sum"] or 0
    if today + size > settings.UPLOAD_MB_PER_DAY * MEGABYTE:
        raise UploadRefused(refusal("too_much_today"))
    kept = loan.upload_sessions.exclude(state__in=[State.REJECTED, State.EXPIRED, State.ABORTED])
    totals = kept.aggregate(sum=Sum("size"))["sum"] or 0
    too_many = kept.count() >= settings.UPLOAD_FILES_PER_LOAN
    if too_many or totals + size > settings.UPLOAD_MB_PER_LOAN * MEGABYTE:
        raise UploadRefused(refusal("too_many_files"))
    if not file_store().has_room_for(size):
        raise UploadRefused(refusal("disk_full"))


# --- Signing -------------------------------------------------------------------------------------------------


def part_count(session: UploadSession) -> int:
    return max(1, -(-session.size // settings.UPLOAD_PART_BYTES))


def part_length(session: UploadSession, number: int) -> int:
    """Bytes of this part: all are of the one size, the last is the rest."""
    return min(settings.UPLOAD_PART_BYTES, session.size - (number - 1) * settings.UPLOAD_PART_BYTES)


def sign(*, session: UploadSession, method: str, part: int | None = None, upload_id: str = "") -> Signed:
    """An address for one request of the browser; Refused when the upload is over or asks for something else."""
    verb, length = _verb(session, method, part, upload_id)
    with transaction.atomic():
        moved = UploadSession.objects.filter(pk=session.pk, state__in=OPEN).update(state=State.UPLOADING)
        if moved != 1:
            raise Refused(_("This upload is over."))
        if verb == "create":
            _forget_multipart(session)
        elif upload_id:
            _keep_multipart(session, upload_id)
    return file_store().sign(verb=verb, key=session.key, upload_id=upload_id, part=part or 0, length=length)


def _verb(session: UploadSession, method: str, part: int | None, upload_id: str) -> tuple[str, int]:
    if not upload_id:
        if method == "PUT" and part is None:
            return "put", session.size
        if method == "POST":
            return "create", 0
    elif method == "PUT" and part is not None and 1 <= part <= part_count(session):
        return "put_part", part_length(session, part)
    elif method == "GET":
        return "list_parts", 0
    elif method == "POST":
        return "complete", MOST_XML_BYTES
    elif method == "DELETE":
        return "abort", 0
    raise Refused(_("There is no such step in an upload."))


def _forget_multipart(session: UploadSession) -> None:
    if session.multipart_id:
        file_store().abort_multipart(session.key, session.multipart_id)
        UploadSession.objects.filter(pk=session.pk).update(multipart_id="")
        session.multipart_id = ""


def _keep_multipart(session: UploadSession, upload_id: str) -> None:
    """The first one the browser names is the one; another browser tab cannot bring a second."""
    UploadSession.objects.filter(pk=session.pk, multipart_id="").update(multipart_id=upload_id[:64])
    session.refresh_from_db(fields=["multipart_id"])
    if session.multipart_id != upload_id:
        raise Refused(_("This upload goes on elsewhere."))


def resumable_id(session: UploadSession) -> str:
    """The multipart upload that can go on; empty when there is none (any more)."""
    if not session.multipart_id:
        return ""
    try:
        file_store().list_parts(session.key, session.multipart_id)
    except NotThere:
        return ""
    return session.multipart_id


# --- Ending --------------------------------------------------------------------------------------------------


def complete(*, session: UploadSession) -> UploadSession:
    """
    All bytes are here: look for ourselves, then hand over to the worker. Called twice, the answer is the same.

    UploadRefused("incomplete") when the object is missing or has another size than was announced.
    """
    session.refresh_from_db()
    if session.state not in OPEN:
        return session
    stored = file_store().head(session.key)
    if stored is None or stored.size != session.size:
        raise UploadRefused(refusal("incomplete"))
    now = timezone.now()
    with transaction.atomic():
        moved = UploadSession.objects.filter(pk=session.pk, state__in=OPEN).update(
            state=State.RECEIVED, etag=stored.etag, received_at=now
        )
        if moved:
            _record(session, "upload.received", by=session.uploader)
            wake.soon("documents.check", str(session.public_id))
    session.refresh_from_db()
    return session


def abort(*, session: UploadSession) -> UploadSession:
    """The borrower cancels; after the bytes are complete it is too late and nothing happens."""
    with transaction.atomic():
        moved = UploadSession.objects.filter(pk=session.pk, state__in=OPEN).update(state=State.ABORTED)
        if moved:
            _record(session, "upload.aborted", by=session.uploader)
    if moved:
        delete_bytes(session)
    session.refresh_from_db()
    return session


def delete_bytes(session: UploadSession) -> None:
    """Leave nothing of it in quarantine, and note that; the sweep does it again for what was interrupted."""
    file_store().delete(session.key)
    UploadSession.objects.filter(pk=session.pk).update(bytes_deleted_at=timezone.now())


def take_plain_upload(*, request: Request, user: User, file: UploadedFile) -> UploadSession:
    """One file of the plain form: the same session, the same states. UploadRefused as in `open_session`."""
    session = open_session(
        request=request,
        user=user,
        name=file.name or "",
        size=file.size or 0,
        content_type=file.content_type or "",
    )
    UploadSession.objects.filter(pk=session.pk, state=State.CREATED).update(state=State.UPLOADING)
    try:
        file_store().put(session.key, file.chunks(), session.size)
    except StorageFull:
        abort(session=session)
        raise UploadRefused(refusal("disk_full")) from None
    except AlreadyThere:
        pass
    return complete(session=session)


def _record(session: UploadSession, action: str, *, by: User | None, **detail: Any) -> None:
    log.record(action=action, about=session, by=by, loan=session.loan, task="documents", detail=detail)
