"""
A file on its way: opened, signed for piece by piece, complete, or cancelled.

The state moves only by conditional UPDATE, so two tabs or a repeated call do no harm. Until `complete` the browser
may ask for addresses; after it nothing more can be written to the key, and the worker takes over (`checking.py`).
"""

import logging
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from documents import wake
from documents.filetypes import type_for_name
from documents.models import UploadGroup, UploadSession
from documents.names import clean_name
from documents.refusals import UploadRefused, refusal
from documents.services import storing
from documents.services.targets import (
    Target,
    must_be_acceptable,
    must_be_wanted,
    must_fit,
    target_of_house_paper,
    target_of_link,
    target_of_request,
    target_unasked,
    uploads_of,
)
from documents.storage import file_store
from documents.storage.base import (
    QUARANTINE,
    AlreadyThere,
    NotThere,
    NotTheSame,
    Signed,
    StorageFailed,
    StorageFull,
    Stored,
    new_key,
)
from loans.errors import Refused

__all__ = [
    "Target",
    "abort",
    "complete",
    "open_session",
    "sign",
    "target_of_house_paper",
    "target_of_link",
    "target_of_request",
    "target_unasked",
]

logger = logging.getLogger(__name__)
State = UploadSession.State
OPEN = (State.CREATED, State.UPLOADING)
OPEN_FOR = timedelta(hours=24)
MOST_XML_BYTES = 1024 * 1024
LONGEST_MULTIPART = 1024


# --- Opening -------------------------------------------------------------------------------------------------


@transaction.atomic
def open_session(
    *,
    target: Target,
    user: User | None,
    name: str,
    size: int,
    content_type: str = "",
    last_modified: int = 0,
    group: UploadGroup | None = None,
    position: int = 0,
) -> UploadSession:
    """
    A session for this file (size in bytes, last_modified in ms); UploadRefused when it cannot be taken. `user` is None
    for a helper with a link. A picture may have a place among the photos of one paper.

    The same file picked again after a reload gets its open session back, so that what has arrived is not sent twice.
    """
    name = clean_name(name)
    must_be_wanted(target)
    must_be_acceptable(name, size)
    _must_be_a_photo_of(group, name)
    if found := _open_already(target, user, name, size, last_modified):
        UploadSession.objects.filter(pk=found.pk).update(group=group, position=position)
        found.group, found.position = group, position
        return found
    must_fit(target.loan, uploads_of(target, user), size)
    public_id = uuid4()
    seal = storing.seal_for(public_id)
    session = UploadSession.objects.create(
        **target.as_fields(), public_id=public_id, uploader=user, group=group, position=position,
        name=name, size=size, content_type=content_type[:100], last_modified=last_modified,
        key=new_key(QUARANTINE), wrapped_key=seal.wrapped if seal else "", expires_at=timezone.now() + OPEN_FOR,
    )  # fmt: skip
    _record(session, "upload.opened", by=user, size=size)
    return session


def _must_be_a_photo_of(group: UploadGroup | None, name: str) -> None:
    if group is None:
        return
    found = type_for_name(name)
    if found is None or not found.content_type.startswith("image/"):
        raise UploadRefused(refusal("wrong_type"))
    if group.state != UploadGroup.State.OPEN:
        raise Refused(_("These photos were put together already."))


def _open_already(
    target: Target, user: User | None, name: str, size: int, last_modified: int
) -> UploadSession | None:
    if not last_modified:
        return None
    return UploadSession.objects.filter(
        **target.as_fields(), uploader=user, name=name, size=size, last_modified=last_modified, state__in=OPEN,
        expires_at__gt=timezone.now(),
    ).first()  # fmt: skip


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
    """While the storage is away its parts stay; they go with the upload, at the latest when the sweep ends it."""
    if session.multipart_id:
        with suppress(StorageFailed):
            file_store().abort_multipart(session.key, session.multipart_id)
        UploadSession.objects.filter(pk=session.pk).update(multipart_id="")
        session.multipart_id = ""


def _keep_multipart(session: UploadSession, upload_id: str) -> None:
    """The first one the browser names is the one; another browser tab cannot bring a second."""
    if len(upload_id) > LONGEST_MULTIPART:
        raise Refused(_("There is no such step in an upload."))
    UploadSession.objects.filter(pk=session.pk, multipart_id="").update(multipart_id=upload_id)
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
    except StorageFailed:
        pass  # away for a moment: the browser asks again
    return session.multipart_id


# --- Ending --------------------------------------------------------------------------------------------------


def complete(*, session: UploadSession) -> UploadSession:
    """
    All bytes are here: look for ourselves, then hand over to the worker. Called twice, the answer is the same.

    UploadRefused("incomplete") when the object is missing or has another size than was announced; StorageFailed, with
    nothing changed, when the storage does not say.
    """
    session.refresh_from_db()
    if session.state not in OPEN:
        return session
    stored = _stored(session)
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


def _stored(session: UploadSession) -> Stored | None:
    try:
        return file_store().head(session.key)
    except NotTheSame:  # nothing that was sealed here is of this size
        return None


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


def delete_bytes(session: UploadSession) -> bool:
    """
    Leave nothing of it in quarantine, and note that; its key goes with it, so that what is left of an interrupted
    request opens for nobody. False while the storage is away: the sweep does it again.
    """
    try:
        file_store().delete(session.key)
    except (StorageFailed, OSError) as error:
        logger.warning("the bytes of upload %s stay for now: %s", session.public_id, error.__class__.__name__)
        return False
    UploadSession.objects.filter(pk=session.pk).update(bytes_deleted_at=timezone.now(), wrapped_key="")
    return True


def store_whole(session: UploadSession, chunks: Iterable[bytes]) -> None:
    """
    All of it at once, into quarantine. What is there already stays. UploadRefused("disk_full"), with the session ended
    and nothing left behind; StorageFailed.
    """
    try:
        file_store().put(session.key, chunks, session.size, seal=storing.seal_of(session))
    except StorageFull:
        abort(session=session)
        raise UploadRefused(refusal("disk_full")) from None
    except AlreadyThere:
        pass


def _record(session: UploadSession, action: str, *, by: User | None, **detail: Any) -> None:
    log.record(action=action, about=session, by=by, loan=session.loan, task="documents", detail=detail)
