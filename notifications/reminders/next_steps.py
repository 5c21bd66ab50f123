"""
The next steps that a visitor asked for with a guide (`leads/drips.py` keeps when): queued in the minute in which they
may leave, on days and at hours at which reminders go out here, and never while somebody is in trouble or grief.
"""

from django.db import transaction
from django.utils import timezone

from accounts.models import Company
from leads import drips
from leads.models import DripEnrolment, Lead
from notifications import hours, permission, services
from notifications.catalog import kind_for
from notifications.catalog.next_steps import STEPS
from notifications.facts.next_steps import why_not_now
from notifications.models import MessageRules, Notification
from notifications.reminders.batches import each

AT_ONCE = 200
Ended = DripEnrolment.Ended


def plan() -> int:
    """Queue the steps that may go now; returns how many."""
    now = timezone.now()
    if hours.next_allowed(now, Company.load().zone, MessageRules.load()) != now:
        return 0
    return each(list(DripEnrolment.objects.due(now)[:AT_ONCE]), _send)


@transaction.atomic
def _send(due: DripEnrolment) -> bool:
    """Whatever happened since it was listed counts; a step that may not go now is looked at again by the next run."""
    mine = DripEnrolment.objects.filter(pk=due.pk)
    drip = mine.due(timezone.now()).select_for_update().first()
    if drip is None:
        return False
    lead = Lead.objects.select_related("officer").get(pk=drip.lead_id)
    if why := _why_over(drip, lead):
        drips.end(drips=mine, why=why)
        return False
    if why_not_now(lead):
        return False
    number = drips.note_step(drip)
    services.queue(
        kind=STEPS[number - 1],
        event_key=f"step:{drip.public_id}:{number}",
        recipient=services.Recipient(f"lead:{lead.public_id}", lead.name, lead.email),
        context={"drip": str(drip.public_id), "from_officer": str(lead.officer.public_id)},
    )
    return True


def _why_over(drip: DripEnrolment, lead: Lead) -> str:
    """What no event told us of; empty: it goes on."""
    if timezone.now() > drip.started_at + drips.TOO_LATE_AFTER:
        return Ended.LATE
    if permission.switched_off(lead.email, Notification.Channel.EMAIL, kind_for(STEPS[0])):
        return Ended.UNSUBSCRIBED
    if not lead.is_open:
        return Ended.CLOSED
    return "" if drips.is_wanted(lead) else Ended.APPLIED
