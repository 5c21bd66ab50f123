"""
Next steps by mail: when the next one may go, and every write about them. The mails themselves are planned and sent by
`notifications/reminders/next_steps.py`.

Nothing is scheduled: `next_at` says from when on a step may go, and a step that could not go then goes when it can. So
steps keep a distance of their own, and a house that slept sends one, not three.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit import log
from leads.models import DripEnrolment, DripQuerySet, Lead, LeadConsent
from leads.people import loans_of

Ended = DripEnrolment.Ended
WORDS = _(
    "Also send me personal next steps: at most four e-mails within two weeks. They stop when I apply, when I answer, "
    "or when I press “unsubscribe” in one of them."
)
# Days after asking at which each step may go, and the least time between two.
DAYS = (2, 5, 9, 13)
APART = timedelta(days=2)
# A step that could not go for so long after the last day (a house that slept, a complaint) is of no use any more.
TOO_LATE_AFTER = timedelta(days=21)


def is_wanted(lead: Lead) -> bool:
    """Not for whoever has a loan under way here: their officer tells them the next step."""
    return bool(lead.email) and not loans_of(lead.email).open().exists()


def begin(*, lead: Lead, consent: LeadConsent, guide: str) -> DripEnrolment | None:
    """Called inside a transaction that holds the lead. None when one runs already, or none is of use."""
    if lead.drips.running().exists() or not is_wanted(lead):
        return None
    now = timezone.now()
    drip = DripEnrolment.objects.create(
        lead=lead, consent=consent, guide=guide, started_at=now, next_at=now + timedelta(days=DAYS[0])
    )
    log.record(action="lead.steps_begun", about=lead, detail={"guide": guide})
    return drip


def note_step(drip: DripEnrolment) -> int:
    """One more is on its way; returns which one it is. The last ends it. Call it inside the transaction that queues."""
    now = timezone.now()
    drip.sent += 1
    if drip.sent < len(DAYS):
        drip.next_at = max(drip.started_at + timedelta(days=DAYS[drip.sent]), now + APART)
        drip.save(update_fields=["sent", "next_at"])
    else:
        drip.save(update_fields=["sent"])
        end(drips=DripEnrolment.objects.filter(pk=drip.pk), why=Ended.DONE)
    return drip.sent


@transaction.atomic
def end(*, drips: DripQuerySet, why: str, now: datetime | None = None) -> int:
    """Those of these that still run send nothing more; returns how many. Twice is once."""
    ended = 0
    for drip in drips.running().select_related("lead"):
        still = DripEnrolment.objects.running().filter(pk=drip.pk)
        if still.update(ended_at=now or timezone.now(), ended_why=why):
            log.record(action="lead.steps_ended", about=drip.lead, task="leads", detail={"why": str(why)})
            ended += 1
    return ended


def end_for_addresses(emails: set[str], why: str) -> int:
    """Whoever has one of these addresses did something."""
    known = {email.strip().lower() for email in emails if email.strip()}
    return end(drips=DripEnrolment.objects.filter(lead__email__in=known), why=why) if known else 0
