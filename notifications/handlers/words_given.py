"""
When the borrowers last saw something of ours (`Loan.last_word_at`): a move they are told of, a date, a paper asked for,
looked at, answered or given. What is said on the thread is counted where it is said.
"""

from typing import Any

from django.dispatch import receiver

from conversations import events as conversation_events
from documents import events as document_events
from loans import events as loan_events
from loans.models import KeyDate, Loan, StageEvent
from loans.progress import HIDDEN_DATES
from loans.services import word_given
from loans.stages import Stage


@receiver(loan_events.stage_changed)
def stage_changed(sender: object, loan: Loan, event: StageEvent, silent: bool = False, **kwargs: Any) -> None:
    if not (silent or event.silent_why or event.to_stage in Stage.quiet()):
        word_given(loan, event.at)


@receiver(loan_events.key_date_set)
def key_date_set(sender: object, loan: Loan, key_date: KeyDate, **kwargs: Any) -> None:
    if key_date.kind not in HIDDEN_DATES:
        word_given(loan)


@receiver(document_events.requests_made)
def requests_made(sender: object, loan: Loan, silent: bool = False, **kwargs: Any) -> None:
    if not silent:
        word_given(loan)


@receiver(
    [
        loan_events.application_submitted,
        document_events.document_accepted,
        document_events.document_returned,
        document_events.paper_given,
        document_events.stuck_answered,
        conversation_events.service_request_done,
    ]
)
def something_is_there_to_read(sender: object, loan: Loan, **kwargs: Any) -> None:
    word_given(loan)
