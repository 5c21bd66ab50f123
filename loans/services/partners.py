"""
An estate agent or another partner follows the milestones of one loan, once a borrower has agreed.

The link is made at the moment they agree, and only its SHA-256 is kept. Every borrower of the loan and everybody who
works on it can end it; from then on it opens nothing.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.access import token_digest
from accounts.models import User
from audit import log
from audit.models import Entry, EntryQuerySet
from loans import events
from loans.errors import Refused
from loans.models import Loan, Partner, Party
from loans.services.locking import must_work_on
from loans.stages import Stage

PARTNER_DAYS = 180
OPENED = "partner.opened"
MOST_PARTNERS = 10  # of one loan, those ended not counted


@transaction.atomic
def invite_partner(*, loan: Loan, name: str, email: str, role: str, by: User) -> Partner:
    """
    Ask the borrowers whether this person may follow the loan; nothing goes to them before one agrees. Refused for those
    who do not work on the loan, for one that has ended, and twice for the same address.
    """
    must_work_on(loan, by)
    if loan.stage in Stage.closed():
        raise Refused(_("This loan has ended; there is nothing more to follow."))
    Loan.objects.select_for_update(no_key=True).get(pk=loan.pk)
    standing = Partner.objects.filter(loan=loan, revoked_at__isnull=True)
    if standing.filter(email__iexact=email.strip()).exists():
        raise Refused(
            _("Somebody with this address follows the loan already, or waits for a borrower to agree.")
        )
    if standing.count() >= MOST_PARTNERS:
        raise Refused(_("As many partners as there can be follow this loan. End one first."))
    partner = Partner.objects.create(
        loan=loan, name=name.strip(), email=email.strip().lower(), role=role.strip(), invited_by=by
    )
    log.record(action="partner.invited", about=partner, by=by, loan=loan)
    events.partner_invited.send(sender=Partner, partner=partner, by=by)
    return partner


@transaction.atomic
def agree_to_partner(*, partner: Partner, party: Party) -> Partner:
    """This borrower agrees, and the link goes out. Refused when somebody ended it; doing so twice is harmless."""
    _must_be_a_borrower(partner, party)
    token, now = secrets.token_urlsafe(32), timezone.now()
    waiting = Partner.objects.filter(pk=partner.pk, agreed_at__isnull=True, revoked_at__isnull=True)
    if not waiting.update(
        agreed_at=now,
        agreed_by=party,
        token_sha256=token_digest(token),
        expires_at=now + timedelta(days=PARTNER_DAYS),
    ):
        partner.refresh_from_db()
        if partner.revoked_at:
            raise Refused(
                _("This was taken back in the meantime. %(name)s sees nothing.") % {"name": partner.name}
            )
        return partner
    partner.refresh_from_db()
    log.record(action="partner.agreed", about=partner, by=party.user, loan=partner.loan)
    events.partner_agreed.send(sender=Partner, partner=partner, token=token)
    return partner


@transaction.atomic
def end_partner(*, partner: Partner, by: User, party: Party | None = None) -> None:
    """
    They see nothing from now on, or were never let in: said by a borrower (`party`), or by somebody who works on the
    loan. Doing so twice is harmless.
    """
    if party is not None:
        _must_be_a_borrower(partner, party)
    else:
        must_work_on(partner.loan, by)
    standing = Partner.objects.filter(pk=partner.pk, revoked_at__isnull=True)
    if standing.update(revoked_at=timezone.now(), revoked_by=by):
        partner.refresh_from_db()
        log.record(action="partner.ended", about=partner, by=by, loan=partner.loan)
        events.partner_ended.send(sender=Partner, partner=partner)


@transaction.atomic
def note_opening(*, partner: Partner) -> None:
    """The page behind the link was looked at: the first time in each hour stands in the audit log."""
    this_hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    if not _openings([partner]).filter(at__gte=this_hour).exists():
        log.record(action=OPENED, about=partner, loan=partner.loan)


def last_openings(partners: Iterable[Partner]) -> dict[str, datetime]:
    """When the page of each was last looked at, to the hour, by its public id."""
    return dict(_openings(partners).order_by().values_list("object_id").annotate(last=Max("at")))


def _openings(partners: Iterable[Partner]) -> EntryQuerySet:
    ids = [str(partner.public_id) for partner in partners]
    return Entry.objects.filter(object_kind=Partner._meta.label_lower, object_id__in=ids, action=OPENED)


def _must_be_a_borrower(partner: Partner, party: Party) -> None:
    if party.loan_id != partner.loan_id or party.role not in (Party.Role.BORROWER, Party.Role.CO_BORROWER):
        raise Refused(_("Only a borrower of this loan can say this."))
