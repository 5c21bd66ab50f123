"""A loan moves: its borrowers are told, overtaken rows stop. Its letters are planned beside, in `closing`."""

from datetime import timedelta
from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext_noop as noop

from accounts.models import Company, User
from loans import events as loan_events
from loans.errors import Refused
from loans.models import Loan, Party, StageEvent
from loans.stages import Stage
from notifications import services
from notifications.catalog import stage_message
from notifications.handlers.shared import borrowers_but


@receiver(loan_events.stage_changed)
def stage_changed(
    sender: object, loan: Loan, event: StageEvent, by: User | None, silent: bool = False, **kwargs: Any
) -> None:
    if event.to_stage in Stage.quiet():
        services.cancel_for_loan(loan=loan, because=noop("The loan was paused or has ended."), event=event)
        return
    services.cancel_overtaken(loan=loan, event=event)
    if silent or event.silent_why:
        return
    _tell_of_stage(loan, event, by)


def _tell_of_stage(loan: Loan, event: StageEvent, by: User | None) -> None:
    kind = stage_message(event.to_stage)
    if kind is None:
        return
    from_desk = event.source == StageEvent.Source.DESK
    wait = timedelta(minutes=Company.load().message_wait_minutes if from_desk and kind.waits_for_undo else 0)
    context = {"event": str(event.public_id), **({"own_words": event.words} if event.words else {})}
    for party in borrowers_but(loan, by):
        _must_be_sayable(event, party)
        services.queue(
            kind=kind.key,
            event_key=str(event.public_id),
            recipient=party,
            loan=loan,
            context=context,
            due_at=event.at + wait,
        )


def _must_be_sayable(event: StageEvent, party: Party) -> None:
    """Refused, which takes the move back, when the words of whoever moves it cannot be sent to this person."""
    problems = services.problems_with_words(
        loan=event.loan, to=event.to_stage, note=event.note, words=event.words, party=party
    )
    if problems:
        raise Refused(problems[0])


@receiver(loan_events.stage_undone)
def stage_undone(sender: object, loan: Loan, event: StageEvent, by: User, **kwargs: Any) -> None:
    services.take_back(event=event, because=noop("The move was taken back."))
    services.restore_after_undo(event)
