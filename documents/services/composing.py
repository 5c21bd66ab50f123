"""
Photos of one paper: each is an upload of its own, together they become one PDF in the order the sender gave them.

A group is open while its photos are announced, closed with their order, and put together by the worker as soon as
each of them is settled, whatever became of it: the PDF is made of the good ones, and what was refused says so for
itself. A claim is a conditional UPDATE as in `checking.py`: whoever finishes must still hold it, so that a worker
that was thought dead changes nothing.
"""

import logging
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from audit import log
from documents import events, inspection, wake
from documents.filetypes import FileType
from documents.inspection import ChildFailed
from documents.models import Document, UploadGroup, UploadSession
from documents.names import clean_name
from documents.refusals import UploadRefused, refusal
from documents.services import storing
from documents.services.making import PDF, Found, make_paper, pdf_name
from documents.services.storing import StoredBytes
from documents.services.targets import Target, must_be_wanted
from documents.spool import Spool
from documents.storage import file_store
from documents.storage.base import NotThere, NotTheSame, StorageFailed, StorageFull
from loans.services.counters import touch

logger = logging.getLogger(__name__)
State = UploadGroup.State
MOST_PHOTOS = 100
OPEN_FOR = timedelta(hours=2)  # the photos are announced within seconds; they may arrive long after
LEASE = timedelta(seconds=240)  # longer than the child may take
WAIT_AFTER_FAILURE = timedelta(seconds=30)
MOST_ATTEMPTS = 3
CHILD_SECONDS = 100.0
SWEEP_SECONDS = 30
SWEEP_ROWS = 100


class LeaseLost(Exception):
    """Somebody else holds it by now."""


# --- Pictures to PDF -----------------------------------------------------------------------------------------


def compose(pictures: Sequence[tuple[Spool, FileType]]) -> Spool:
    """One PDF of all frames of these pictures, in this order. ChildFailed when one of them does not open."""
    made, pages = _composed([spool for spool, _file_type in pictures])
    if not all(pages):
        made.close()
        raise ChildFailed("compose: a picture does not open")
    return made


def _composed(spools: Sequence[Spool]) -> tuple[Spool, list[int]]:
    """The PDF, and how many pages each picture gave it: 0 for one that does not open."""
    with ExitStack() as undo:
        made = undo.enter_context(Spool(sum(spool.size for spool in spools)))
        answer = inspection.run("compose", spools, on_blob=made.write, wall_seconds=CHILD_SECONDS)
        pages = answer.get("pages")
        if answer.get("refused") or not isinstance(pages, list) or len(pages) != len(spools):
            raise ChildFailed(f"compose: {answer.get('refused')}")
        undo.pop_all()
    return made, [int(count) for count in pages]


# --- A group, from the sender's side -------------------------------------------------------------------------


@transaction.atomic
def open_group(*, target: Target, user: User | None, name: str, count: int) -> UploadGroup:
    """
    A place for this many photos of one paper; UploadRefused when they cannot be taken. `name` is that of the first
    photo. `user` is None for a helper with a link.
    """
    must_be_wanted(target)
    if not 0 < count <= MOST_PHOTOS:
        raise UploadRefused(refusal("too_many_photos"))
    lately = UploadGroup.objects.filter(created_at__gt=timezone.now() - timedelta(minutes=1))
    mine = lately.filter(link=target.link) if target.link else lately.filter(uploader=user)
    if mine.count() >= settings.UPLOADS_PER_MINUTE:
        raise UploadRefused(refusal("too_fast"))
    fields = target.as_fields()
    return UploadGroup.objects.create(
        loan=fields["loan"], request=fields["request"], party=fields["party"], link=fields["link"],
        uploader=user, name=pdf_name(clean_name(name)), expires_at=timezone.now() + OPEN_FOR,
    )  # fmt: skip


@transaction.atomic
def close_group(*, group: UploadGroup, order: Sequence[uuid.UUID]) -> UploadGroup:
    """All photos are announced, and this is their order (of uploads); what is not named comes last. Once only."""
    if UploadGroup.objects.filter(pk=group.pk, state=State.OPEN).update(state=State.CLOSED):
        group.sessions.exclude(public_id__in=order).update(position=F("position") + len(order))
        for position, public_id in enumerate(order):
            group.sessions.filter(public_id=public_id).update(position=position)
        log.record(
            action="photos.ordered", about=group, by=group.uploader, loan=group.loan,
            detail={"count": group.sessions.count()},
        )  # fmt: skip
        group_moved(group)
    group.refresh_from_db()
    return group


def group_moved(group: UploadGroup) -> None:
    """One of its photos is settled, or it was closed: have it put together if nothing is missing any more."""
    if _ready().filter(pk=group.pk).exists():
        wake.soon("documents.compose", str(group.public_id))


def _ready() -> QuerySet[UploadGroup]:
    """Closed, every photo settled, and in nobody's hands."""
    on_their_way = UploadSession.objects.exclude(state__in=UploadSession.FINAL).filter(group__isnull=False)
    return (
        UploadGroup.objects.filter(state=State.CLOSED)
        .exclude(pk__in=on_their_way.values("group"))
        .filter(Q(leased_until__isnull=True) | Q(leased_until__lt=timezone.now()))
    )


# --- A group, from the worker's side -------------------------------------------------------------------------


def compose_group(public_id: uuid.UUID | str) -> UploadGroup | None:
    """Put these photos together if they wait for it; None when somebody else does or it is done. May run twice."""
    group = claim(public_id)
    if group is None:
        return None
    try:
        _put_together(group)
    except LeaseLost:
        pass
    except (NotThere, NotTheSame, StorageFull, StorageFailed, OSError) as error:
        logger.warning("photos %s wait: %s", group.public_id, error.__class__.__name__)
        release(group)
    group.refresh_from_db()
    return group


def claim(public_id: uuid.UUID | str) -> UploadGroup | None:
    token = uuid.uuid4()
    claimed = (
        _ready()
        .filter(public_id=public_id)
        .update(claim=token, leased_until=timezone.now() + LEASE, attempts=F("attempts") + 1)
    )
    return UploadGroup.objects.select_related("loan").get(claim=token) if claimed == 1 else None


def release(group: UploadGroup) -> None:
    """Give it back for later."""
    _held(group).update(claim=None, leased_until=timezone.now() + WAIT_AFTER_FAILURE)


def _held(group: UploadGroup) -> QuerySet[UploadGroup]:
    """The row, as long as this claim and this attempt still hold it."""
    return UploadGroup.objects.filter(
        pk=group.pk, state=State.CLOSED, claim=group.claim, attempts=group.attempts
    )


def _renew(group: UploadGroup) -> None:
    if _held(group).update(leased_until=timezone.now() + LEASE) != 1:
        raise LeaseLost


def _end(group: UploadGroup, state: str) -> None:
    """Inside a transaction: with LeaseLost nothing of it happened."""
    if _held(group).update(state=state, claim=None, leased_until=None) != 1:
        raise LeaseLost


def _put_together(group: UploadGroup) -> None:
    photos = _photos(group)
    if not photos:
        _end(group, State.APART)
        return
    try:
        made, pages = _made_of(group, photos)
    except ChildFailed as error:
        logger.warning("photos %s: %s", group.public_id, error)
        if group.attempts < MOST_ATTEMPTS:
            release(group)
        else:
            _keep_apart(group, photos)
        return
    with made:
        _keep(group, made, photos, pages)


def _photos(group: UploadGroup) -> list[Document]:
    """The good ones of which nothing is made yet, in their order, each with its upload."""
    return list(
        Document.objects.filter(
            session__group=group, is_original=True, made_into__isnull=True, disposed_at__isnull=True
        )
        .select_related("session__loan", "session__uploader", "session__request")
        .order_by("session__position", "session_id")
    )


def _made_of(group: UploadGroup, photos: Sequence[Document]) -> tuple[Spool, list[int]]:
    """As `_composed`. All together stay within the memory that one spool may take; above it they go to the disk."""
    total = sum(photo.size for photo in photos)
    with ExitStack() as opened:
        spools = []
        for photo in photos:
            _renew(group)
            spool = opened.enter_context(Spool(total))
            for chunk in storing.bytes_of(photo):
                spool.write(chunk)
            if spool.sha256 != photo.sha256:
                raise NotTheSame(photo.key)
            spools.append(spool)
        _renew(group)
        return _composed(spools)


def _keep(group: UploadGroup, made: Spool, photos: Sequence[Document], pages: Sequence[int]) -> None:
    good = [photo for photo, count in zip(photos, pages, strict=True) if count]
    broken = [photo for photo, count in zip(photos, pages, strict=True) if not count]
    _renew(group)
    with _stored(made) as stored, transaction.atomic():
        _end(group, State.MADE)
        _make_paper(stored, good, sum(pages), name=group.name, group=group)
        for photo in broken:
            _refuse(photo)


def _keep_apart(group: UploadGroup, photos: Sequence[Document]) -> None:
    """They cannot be put together: a paper of each. One that was made before this worker took over stays."""
    for photo in photos:
        try:
            made, pages = _made_of(group, [photo])
        except ChildFailed:
            with transaction.atomic():
                _renew(group)
                _refuse(photo)
            continue
        with made, _stored(made) as stored, transaction.atomic():
            _renew(group)
            _make_paper(stored, [photo], sum(pages), name=pdf_name(photo.name))
    _end(group, State.APART)


@contextmanager
def _stored(made: Spool) -> Iterator[StoredBytes]:
    """The PDF under its lasting key; gone again when nothing came of it."""
    stored = storing.store_spool(spool=made, of=uuid.uuid4())
    try:
        yield stored
    except BaseException:
        file_store().delete(stored.key)
        raise


def _make_paper(
    stored: StoredBytes,
    photos: Sequence[Document],
    pages: int,
    *,
    name: str,
    group: UploadGroup | None = None,
) -> None:
    source = photos[0].session
    assert source is not None  # the photos of a group keep theirs
    # The paper counts as unscanned when one of its photos is.
    found = Found(content_type=PDF, pages=pages, scanner=min(photo.scanner for photo in photos))
    make_paper(source=source, stored=stored, name=name, found=found, group=group, originals=photos)


def _refuse(photo: Document) -> None:
    """It passed the check, but not all of it can be read: the sender hears of it as of any other. Its bytes go."""
    session, now = photo.session, timezone.now()
    assert session is not None  # the photos of a group keep theirs
    Document.objects.filter(pk=photo.pk).update(disposed_at=now, disposed_why="broken")
    UploadSession.objects.filter(pk=session.pk).update(
        state=UploadSession.State.REJECTED, reason="broken", checked_at=now
    )
    session.refresh_from_db()
    log.record(
        action="upload.rejected",
        about=session,
        task="documents",
        loan=session.loan,
        detail={"reason": "broken"},
    )
    touch(session.loan)
    events.upload_refused.send(sender=UploadSession, loan=session.loan, session=session)
    transaction.on_commit(lambda: storing.destroy_bytes(photo), robust=True)


# --- The sweep -----------------------------------------------------------------------------------------------


def sweep_groups() -> int:
    """Close what nobody closed, with what came; put together what no wake-up reached. Returns how many."""
    UploadGroup.objects.filter(state=State.OPEN, expires_at__lt=timezone.now()).update(state=State.CLOSED)
    until, count = time.monotonic() + SWEEP_SECONDS, 0
    for public_id in list(_ready().order_by("id").values_list("public_id", flat=True)[:SWEEP_ROWS]):
        if time.monotonic() > until:
            break
        count += compose_group(public_id) is not None
    return count
