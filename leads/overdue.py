"""
Who has waited for an answer for over an hour of office hours: managers see them on their own day until somebody has
answered, and so does whoever stands in for the officer. Escalating is a mark on the lead; it sends nothing by itself.
"""

from django.utils import timezone

from audit import log
from conversations.clock import business_minutes_before
from leads.models import Lead

OVERDUE_MINUTES = 60
AT_ONCE = 200


def escalate() -> int:
    """Marks those who have waited too long, once a wait; returns how many were marked by this run."""
    late = business_minutes_before(timezone.now(), OVERDUE_MINUTES)
    overdue = Lead.objects.open().filter(waiting_since__lte=late, escalated_at__isnull=True)
    return sum(_escalate(lead) for lead in overdue.order_by("waiting_since", "pk")[:AT_ONCE])


def settle_quiet_threads() -> int:
    """Who asked in the chat, and whose thread needs no answer any more as one of us said there, waits no longer."""
    waiting = Lead.objects.open().waiting().filter(source=Lead.Source.CHAT, threads__isnull=False)
    done = waiting.exclude(threads__unanswered_since__isnull=False).values("pk")
    return Lead.objects.filter(pk__in=list(done.order_by().values_list("pk", flat=True)[:AT_ONCE])).update(
        waiting_since=None, state=Lead.State.CONTACTED
    )


def _escalate(lead: Lead) -> bool:
    """The update is the claim: of two runs at once one marks it."""
    same_wait = Lead.objects.filter(pk=lead.pk, waiting_since=lead.waiting_since, escalated_at__isnull=True)
    if not same_wait.update(escalated_at=timezone.now()):
        return False
    log.record(action="lead.escalated", about=lead, by=None, task="leads")
    return True
