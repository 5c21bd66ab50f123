"""The plain form, which needs no script: the same sessions, limits and checks as the uploader in the browser."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.core.files.uploadedfile import UploadedFile

from accounts.models import User
from documents.filetypes import type_for_name
from documents.models import UploadGroup, UploadSession
from documents.names import clean_name
from documents.refusals import UploadRefused, refusal
from documents.services import composing
from documents.services.targets import Target
from documents.services.uploading import State, abort, complete, open_session, store_whole
from documents.storage.base import StorageFailed
from loans.errors import Refused


@dataclass
class Taken:
    """What came of one press of the button; `refused` are name and words of each file that was not taken."""

    sessions: list[UploadSession] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


def take_plain_files(
    *, target: Target, user: User | None, files: Sequence[UploadedFile], together: bool = False
) -> Taken:
    """Each file that can be taken. `together`: two pictures or more become one PDF, in the order they were sent."""
    taken = Taken()
    photos = [file for file in files if is_picture(file.name or "")] if together else []
    group = _open_group(target, user, photos, taken) if len(photos) > 1 else None
    members: list[UploadSession] = []
    for file in files:
        place = group if file in photos else None
        session = _take(target, user, file, place, len(members), taken)
        if session is not None and place is not None:
            members.append(session)
    if group is not None:
        composing.close_group(group=group, order=[session.public_id for session in members])
    return taken


def is_picture(name: str) -> bool:
    found = type_for_name(clean_name(name))
    return found is not None and found.content_type.startswith("image/")


def _open_group(
    target: Target, user: User | None, photos: Sequence[UploadedFile], taken: Taken
) -> UploadGroup | None:
    """None when the photos cannot be taken together: then each says for itself why."""
    try:
        return composing.open_group(target=target, user=user, name=photos[0].name or "", count=len(photos))
    except Refused:
        return None


def _take(
    target: Target,
    user: User | None,
    file: UploadedFile,
    group: UploadGroup | None,
    position: int,
    taken: Taken,
) -> UploadSession | None:
    try:
        session = take_plain_upload(target=target, user=user, file=file, group=group, position=position)
    except Refused as error:
        taken.refused.append((file.name or "", error.message))
        return None
    taken.sessions.append(session)
    return session


def take_plain_upload(
    *,
    target: Target,
    user: User | None,
    file: UploadedFile,
    group: UploadGroup | None = None,
    position: int = 0,
) -> UploadSession:
    """One file. UploadRefused as in `open_session`, and when the storage is away."""
    session = open_session(
        target=target,
        user=user,
        name=file.name or "",
        size=file.size or 0,
        content_type=file.content_type or "",
        group=group,
        position=position,
    )
    UploadSession.objects.filter(pk=session.pk, state=State.CREATED).update(state=State.UPLOADING)
    try:
        store_whole(session, file.chunks())
        return complete(session=session)
    except StorageFailed:
        abort(session=session)
        raise UploadRefused(refusal("incomplete")) from None
