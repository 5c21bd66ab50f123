"""
Links for a donor or an accountant: they send files for one request, and see nothing.

Whoever made the link reads it once; kept is the SHA-256 of its token. It ends by itself, or at a press of a button.
"""

import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.access import token_digest
from accounts.models import User
from audit import log
from documents import events
from documents.models import Request, UploadLink, UploadSession
from documents.services.uploading import OPEN, abort
from loans.errors import Refused
from loans.services.locking import must_work_on
from loans.stages import entry_for

TOKEN_BYTES = 24  # 192 bits
USUAL_DAYS = 14
MOST_DAYS = 60
MOST_OPEN = 5  # links of one request at a time
SETTLED = (Request.State.ACCEPTED, Request.State.NOT_APPLICABLE, Request.State.WITHDRAWN)


@transaction.atomic
def make_link(
    *, request: Request, by: User, name: str, email: str = "", days: int = USUAL_DAYS
) -> tuple[UploadLink, str]:
    """
    A link for `name`, good for `days` days, and its token in clear, which is nowhere else. With an e-mail address it
    is mailed there. By the borrower who is asked, or the loan team; Refused when nothing is wanted any more.
    """
    Request.objects.select_for_update().filter(pk=request.pk).first()
    _must_concern(request, by)
    name = " ".join(name.split())
    if not name:
        raise Refused(_("Say who is to get the link."))
    if not 1 <= days <= MOST_DAYS:
        raise Refused(_("A link can be good for 1 to %(most)d days.") % {"most": MOST_DAYS})
    if not wants_files(request):
        raise Refused(_("Nothing more is needed for “%(title)s”.") % {"title": request.title})
    if open_links(request).count() >= MOST_OPEN:
        raise Refused(_("There are %(most)d open links for it already. End one first.") % {"most": MOST_OPEN})
    token = secrets.token_urlsafe(TOKEN_BYTES)
    now = timezone.now()
    link = UploadLink.objects.create(
        request=request, name=name[:120], email=email.strip().lower(), token_hash=token_digest(token), made_by=by,
        made_at=now, expires_at=now + timedelta(days=days),
    )  # fmt: skip
    _record("upload_link.made", link, by, days=days, mailed=bool(link.email))
    events.upload_link_made.send(sender=UploadLink, loan=request.loan, link=link, token=token, by=by)
    return link, token


@transaction.atomic
def revoke_link(*, link: UploadLink, by: User) -> bool:
    """It opens nothing from now on, and what is on its way through it is dropped; False when it had ended before."""
    _must_concern(link.request, by)
    now = timezone.now()
    ended = UploadLink.objects.filter(pk=link.pk, revoked_at__isnull=True, expires_at__gt=now).update(
        revoked_at=now, revoked_by=by
    )
    if not ended:
        return False
    link.refresh_from_db(fields=["revoked_at", "revoked_by"])
    for session in UploadSession.objects.filter(link=link, state__in=OPEN):
        abort(session=session)
    _record("upload_link.revoked", link, by)
    events.upload_link_revoked.send(sender=UploadLink, loan=link.request.loan, link=link)
    return True


@transaction.atomic
def note_opened(link: UploadLink) -> None:
    """Its page was opened for the first time; again writes nothing."""
    if UploadLink.objects.filter(pk=link.pk, opened_at__isnull=True).update(opened_at=timezone.now()):
        _record("upload_link.opened", link, None)


def open_links(request: Request):  # type: ignore[no-untyped-def]
    return request.links.filter(revoked_at__isnull=True, expires_at__gt=timezone.now())


def wants_files(request: Request) -> bool:
    """Whether anything can still be sent for it."""
    return request.state not in SETTLED and entry_for(request.loan.stage).uploads_open


def takes_files(link: UploadLink) -> bool:
    """Whether this link opens anything: neither ended nor settled."""
    return link.is_open and wants_files(link.request)


def may_make_links(request: Request, by: User) -> bool:
    """Whether this person could make one for the request: whom it is asked of, and who works on the loan."""
    try:
        _must_concern(request, by)
    except Refused:
        return False
    return wants_files(request)


def state_words(link: UploadLink) -> str:
    """Where it stands, for whoever made it. Looks at `link.documents`."""
    if link.revoked_at:
        return _("Ended")
    count = len([paper for paper in link.documents.all() if not paper.is_original])
    if count:
        return ngettext("%(count)d file came", "%(count)d files came", count) % {"count": count}
    if not link.is_open:
        return _("Expired")
    return _("Opened, nothing came yet") if link.opened_at else _("Not opened yet")


def _must_concern(request: Request, by: User) -> None:
    if request.party.user_id != by.pk:
        must_work_on(request.loan, by)


def _record(action: str, link: UploadLink, by: User | None, **detail: object) -> None:
    log.record(
        action=action, about=link, by=by, loan=link.request.loan,
        detail={"request": str(link.request.public_id), "for": link.name, **detail},
    )  # fmt: skip
