"""
Reminders of papers: one digest a day and loan at most, to each borrower their own list, planned on the morning of the
day and stopped by whatever the person does (`ladder.py` says when).

Somebody with two loans may get one for each: each has its officer, its signature and its list. The key is person of
the loan and day, so planning twice, or on two machines at once, is planning once.
"""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_noop as noop

from loans.models import Loan, Party
from notifications import hours, services
from notifications.catalog.reminders import NEEDS_REMINDER
from notifications.models import MessageRules, Notification
from notifications.reminders import ladder
from notifications.reminders.batches import batches, each
from notifications.reminders.ladder import Standing

PARTIES_AT_ONCE = 200
MOST_A_RUN = 1000


def plan() -> int:
    """Queue the reminders of the day that has begun for the people; returns how many."""
    now, rules = timezone.now(), MessageRules.load()
    if not rules.reminder_most:
        return 0
    remind, queued = partial(_remind, now=now, rules=rules), 0
    for parties in batches(ladder.candidates(now, rules), "party_id", PARTIES_AT_ONCE):
        queued += each(ladder.standings(parties, now), remind)
        if queued >= MOST_A_RUN:
            break  # the next run goes on; the day is long
    return queued


def _remind(standing: Standing, *, now: datetime, rules: MessageRules) -> bool:
    if not standing.is_due(rules):
        return False
    moment = _moment(standing, now, rules)
    return moment is not None and _queue(standing, moment)


def _moment(standing: Standing, now: datetime, rules: MessageRules) -> datetime | None:
    """When it leaves today; None when today is no day for it any more."""
    planned = hours.at(standing.today, rules.reminder_at, standing.zone)
    moment = hours.next_allowed(max(planned, now), standing.zone, rules)
    return moment if moment.astimezone(standing.zone).date() == standing.today else None


@transaction.atomic
def _queue(standing: Standing, moment: datetime) -> bool:
    """The loan is held, so that no pause comes between this look at it and the row."""
    loan = Loan.objects.select_for_update().get(pk=standing.party.loan_id)
    if loan.stage not in ladder.OPEN_STAGES:
        return False
    row = services.queue(
        kind=NEEDS_REMINDER,
        event_key=f"reminder:{standing.party.public_id}:{standing.today}",
        recipient=standing.party,
        loan=loan,
        due_at=moment,
    )
    return row.state == Notification.State.QUEUED


def stop_for(party: Party) -> int:
    """The person did something: what waits to remind them of papers is not wanted any more."""
    waiting = Notification.objects.filter(party=party, kind=NEEDS_REMINDER).waiting()
    return services.stop(waiting, because=noop("They have done something since."))
