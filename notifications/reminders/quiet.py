"""
A file that stays quiet: an officer was asked to say something and has not, so the borrowers read the plain truth, that
there is nothing new, who has the ball and by when they hear again. Once for each silence.

Not while a question of theirs waits for an answer (that they get from a person), and not to people who never heard
from us here or were never invited, such as those of loans brought over from elsewhere.
"""

from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import Company, Invitation
from loans import clocks, quiet
from loans.models import Loan, Party, PartyQuerySet
from loans.services import promise_after_silence
from notifications import services
from notifications.catalog.quiet import QUIET_NOTE
from notifications.models import Notification
from notifications.reminders.batches import each

AT_ONCE = 200


def plan() -> int:
    """Queue the notes that are due, on open days; returns for how many loans."""
    company = Company.load()
    if not quiet.is_open(clocks.today(company), company):
        return 0
    return each(to_tell(company)[:AT_ONCE], partial(_tell, company=company))


def to_tell(company: Company) -> QuerySet[Loan]:
    told = Notification.objects.filter(
        loan=OuterRef("pk"), kind=QUIET_NOTE, created_at__gt=OuterRef("heard_at")
    )
    return quiet.still_quiet(company).filter(
        ~Exists(told),
        Exists(people().filter(loan=OuterRef("pk"))),
        last_word_at__isnull=False,
        unanswered_since__isnull=True,
    )


def people() -> PartyQuerySet:
    """Borrowers who can sign in, or have an invitation that lets them."""
    invited = Invitation.objects.usable().filter(subject_id=OuterRef("public_id"))
    return Party.objects.borrowers().filter(Q(user__isnull=False) | Exists(invited))


@transaction.atomic
def _tell(loan: Loan, *, company: Company) -> bool:
    Loan.objects.select_for_update().get(pk=loan.pk)
    # Whatever happened since it was listed: a word, a question of theirs, another planner.
    now = to_tell(company).filter(pk=loan.pk).first()
    if now is None or now.last_word_at is None:
        return False
    missed = promise_after_silence(loan=now, company=company)
    since = now.last_word_at.isoformat()
    for party in people().filter(loan=now).select_related("user"):
        services.queue(
            kind=QUIET_NOTE,
            event_key=f"quiet:{now.public_id}:{since}",
            recipient=party,
            loan=now,
            context={"since": since, "missed": str(missed or "")},
        )
    return True
