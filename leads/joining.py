"""Two leads that turn out to be one person: found by address and number, and joined by somebody who looked."""

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.errors import Refused
from accounts.models import User
from accounts.services import must_work_here
from audit import log
from conversations.models import UNNAMED, Conversation
from leads import drips
from leads.drips import Ended
from leads.models import Lead


def perhaps_the_same(lead: Lead, user: User) -> QuerySet[Lead]:
    """Other open leads that this user sees with the same address or number, or the very same name."""
    known = Lead.objects.open().known_by(email=lead.email, phone=str(lead.phone or ""))
    is_named = " " in lead.name and lead.name != str(UNNAMED)
    same_name = Q(name__iexact=lead.name) if is_named else Q(pk__in=[])
    others = Lead.objects.visible_to(user).open().filter(Q(pk__in=known.values("pk")) | same_name)
    return others.exclude(pk=lead.pk).select_related("officer").order_by("created_at", "pk")


@transaction.atomic
def join_leads(*, lead: Lead, other: Lead, by: User) -> Lead:
    """
    `other` becomes a part of `lead`: its calls, guides, consents, steps and threads, and what is known of the person
    where `lead` does not know it. The longer wait and the earlier beginning hold. Steps go on to the address that asked
    for them or end. Refused once one of them has ended.
    """
    must_work_here(by)
    if lead.pk == other.pk:
        raise Refused(_("These are the same already."))
    _hold_threads(lead, other)
    rows = Lead.objects.select_for_update().order_by("pk").in_bulk([lead.pk, other.pk])
    kept, gone = rows[lead.pk], rows[other.pk]
    if not (kept.is_open and gone.is_open):
        raise Refused(_("One of them has ended. Only open ones are joined."))
    _move(kept, gone)
    _add_up(kept, gone)
    drips.end(drips=kept.drips.exclude(consent__email__iexact=kept.email), why=Ended.CLOSED)
    Lead.objects.filter(pk=gone.pk).update(
        state=Lead.State.CLOSED, waiting_since=None, joined_into=kept,
        closed_why=_("The same person as %(name)s") % {"name": kept.name},
    )  # fmt: skip
    log.record(action="lead.joined", about=kept, by=by, detail={"other": str(gone.public_id)})
    return kept


def _hold_threads(*leads: Lead) -> None:
    """Before the leads, as whoever writes there does: nobody waits for us who holds what we wait for."""
    of_them = Conversation.objects.filter(leads__in=leads).values("pk")
    list(
        Conversation.objects.select_for_update(no_key=True)
        .filter(pk__in=of_them)
        .order_by("pk")
        .values_list("pk")
    )


def _move(kept: Lead, gone: Lead) -> None:
    if kept.drips.filter(ended_at__isnull=True).exists():
        drips.end(drips=gone.drips.all(), why=Ended.CLOSED)
    for rows in (gone.calls, gone.guides, gone.drips, gone.consents):
        rows.update(lead=kept)
    threads = list(gone.threads.all())
    kept.threads.add(*threads)
    gone.threads.clear()
    Conversation.objects.filter(pk__in=[thread.pk for thread in threads]).update(owner=kept.officer_id)


def _add_up(kept: Lead, gone: Lead) -> None:
    for field in ("email", "phone", "home_state", "note"):
        setattr(kept, field, getattr(kept, field) or getattr(gone, field))
    kept.created_at = min(kept.created_at, gone.created_at)
    kept.waiting_since = _first(kept.waiting_since, gone.waiting_since)
    kept.escalated_at = _first(kept.escalated_at, gone.escalated_at) if kept.waiting_since else None
    kept.first_answer_at = _first(kept.first_answer_at, gone.first_answer_at)
    kept.last_contact_at = max(filter(None, (kept.last_contact_at, gone.last_contact_at)), default=None)
    kept.state = Lead.State.NEW if kept.waiting_since else kept.state
    kept.save()


def _first(*moments: datetime | None) -> datetime | None:
    return min(filter(None, moments), default=None)
