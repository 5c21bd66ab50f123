"""A loan is funded: its letters are planned. Opened again, those of that closing stop; a second closing has its own."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.dispatch import receiver
from django.utils import timezone
from django.utils.translation import gettext_noop as noop

from accounts.models import Company, User
from loans import events as loan_events
from loans.models import Loan, StageEvent
from loans.stages import Stage
from notifications import letters, services
from notifications.models import MessageRules, Notification

By = MessageRules.LettersBy
Channel = Notification.Channel
CHANNELS: dict[str, tuple[str, ...]] = {
    By.MAIL: (Channel.EMAIL,),
    By.PAPER: (Channel.LETTER,),
    By.BOTH: (Channel.EMAIL, Channel.LETTER),
}


@receiver(loan_events.stage_changed)
def stage_changed(
    sender: object, loan: Loan, event: StageEvent, by: User | None, silent: bool = False, **kwargs: Any
) -> None:
    if event.from_stage == Stage.FUNDED:
        services.cancel_for_loan(
            loan=loan, because=noop("The loan was opened again."), event=event, kinds=list(letters.KINDS)
        )
    if event.to_stage == Stage.FUNDED and not silent:
        _plan(loan, event)


def _plan(loan: Loan, event: StageEvent) -> None:
    """Thanks, the papers for taxes and the first anniversary; later years come one by one (`plan_years`)."""
    company, rules = Company.load(), MessageRules.load()
    _queue(letters.KIND, loan, event, letters.due_at(event.at, company), rules)
    _queue("closing_binder", loan, event, letters.binder_day(event.at, company, rules), rules)
    if rules.anniversaries:
        _queue("first_anniversary", loan, event, letters.anniversary(event.at, company, 1), rules)


def _queue(
    kind: str, loan: Loan, event: StageEvent, due_at: datetime, rules: MessageRules, year: int = 1
) -> None:
    """One letter for all borrowers; by mail it goes to the mailbox of the first."""
    first = loan.parties.borrowers().select_related("user").order_by("id").first()
    if first is None:
        return
    for channel in CHANNELS[rules.letters_by]:
        services.queue(
            kind=kind,
            event_key=letters.event_key(event, year),
            recipient=first,
            loan=loan,
            context={"closing": event.closing_number, "event": str(event.public_id), "year": year},
            due_at=due_at,
            channel=channel,
        )


# --- Year after year -------------------------------------------------------------------------------------------


def plan_years() -> int:
    """
    For each funded loan without an anniversary ahead, the next one: so one year is planned at a time, and the loans of
    a house that switches anniversaries on get theirs from then on. Returns for how many loans.
    """
    rules = MessageRules.load()
    if not rules.anniversaries:
        return 0
    # Rows of an earlier closing are older than the stage the loan stands at now.
    ahead = Notification.objects.filter(
        loan=OuterRef("pk"),
        kind__in=letters.YEARLY,
        due_at__gt=timezone.now(),
        created_at__gte=OuterRef("stage_since"),
    )
    held = Notification.objects.filter(
        loan=OuterRef("pk"), kind__in=letters.YEARLY, state=Notification.State.HELD
    )
    loans = Loan.objects.filter(stage=Stage.FUNDED).exclude(Exists(ahead)).exclude(Exists(held))
    company = Company.load()
    return sum(_plan_next(loan, company, rules) for loan in loans.iterator())


@transaction.atomic
def _plan_next(loan: Loan, company: Company, rules: MessageRules) -> bool:
    closings = loan.stage_events.filter(closing_number=loan.closings, undone_at__isnull=True)
    event = closings.order_by("-at").first()
    if event is None:
        return False
    year, due_at = _next_anniversary(event.at, company)
    kind = "first_anniversary" if year == 1 else "yearly_review"
    _queue(kind, loan, event, due_at, rules, year)
    return True


def _next_anniversary(closed_at: datetime, company: Company) -> tuple[int, datetime]:
    now = timezone.now()
    year = max(1, now.year - closed_at.year - 1)
    while (due_at := letters.anniversary(closed_at, company, year)) <= now:
        year += 1
    return year, due_at
