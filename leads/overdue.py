"""
Who has waited for an answer for over an hour of office hours: managers see them on their own day until somebody has
answered, and so does whoever stands in for the officer. Escalating is a mark on the lead; it sends nothing by itself.
"""

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from audit import log
from conversations.clock import business_minutes_before
from conversations.models import Conversation, Message
from leads.models import GuideRequest, Lead, LeadCall, LeadQuerySet

OVERDUE_MINUTES = 60
AT_ONCE = 200


def escalate() -> int:
    """Marks those who have waited too long, once a wait; returns how many were marked by this run."""
    late = business_minutes_before(timezone.now(), OVERDUE_MINUTES)
    overdue = Lead.objects.open().filter(waiting_since__lte=late, escalated_at__isnull=True)
    return sum(_escalate(lead) for lead in overdue.order_by("waiting_since", "pk")[:AT_ONCE])


def settle_quiet_threads() -> int:
    """Who asked in the chat, and whose thread needs no answer any more as one of us said there, waits no longer."""
    return sum(_settle(pk) for pk in list(_quiet().values_list("pk", flat=True)[:AT_ONCE]))


def _quiet() -> LeadQuerySet:
    """Their wait began with words in the chat, nothing waits there any more, and they asked nowhere else since."""
    asked = Message.objects.filter(conversation__leads=OuterRef("pk"), by=None, at=OuterRef("waiting_since"))
    waiting = Conversation.objects.filter(leads=OuterRef("pk"), unanswered_since__isnull=False)
    since = {"lead": OuterRef("pk"), "at__gte": OuterRef("waiting_since")}
    elsewhere = Exists(LeadCall.objects.filter(**since)) | Exists(
        GuideRequest.objects.filter(by=None, **since)
    )
    return Lead.objects.open().waiting().filter(Exists(asked), ~Exists(waiting), ~elsewhere)


@transaction.atomic
def _settle(pk: int) -> int:
    """Whoever writes or calls meanwhile holds the lead, and is seen here afterwards."""
    Lead.objects.select_for_update().filter(pk=pk).values_list("pk").first()
    return _quiet().filter(pk=pk).update(waiting_since=None, state=Lead.State.CONTACTED)


def _escalate(lead: Lead) -> bool:
    """The update is the claim: of two runs at once one marks it."""
    same_wait = Lead.objects.filter(pk=lead.pk, waiting_since=lead.waiting_since, escalated_at__isnull=True)
    if not same_wait.update(escalated_at=timezone.now()):
        return False
    log.record(action="lead.escalated", about=lead, by=None, task="leads")
    return True
