"""
What this app hears: the things that people are asked about, and those that take such a thing back.

Nothing is asked from here. Whether it may be asked, and when, is looked at in the minute in which it would leave.
"""

from datetime import timedelta
from typing import Any

from django.dispatch import receiver
from django.utils import timezone

from accounts.models import User
from conversations.events import conversation_resolved
from conversations.models import Conversation, Message
from documents.events import document_returned
from documents.models import Document
from feedback.models import FeedbackRules, SurveyResponse
from feedback.services import drop, make_referral, plan_question
from loans import events
from loans.models import Application, Loan, Party, StageEvent
from loans.stages import Stage

Kind, Dropped = SurveyResponse.Kind, SurveyResponse.Dropped
# Long enough to do something else first, short enough to remember.
AFTER_APPLYING = timedelta(hours=2)
AFTER_A_RETURN = timedelta(days=1)
AFTER_CLEAR = timedelta(days=1)
AFTER_A_CONVERSATION = timedelta(hours=2)
TALKED_WITHIN = timedelta(days=30)


@receiver(events.application_submitted, dispatch_uid="feedback.applied")
def applied(loan: Loan, application: Application, **_more: Any) -> None:
    """Whoever applied; a co-borrower has not."""
    main = loan.parties.borrowers().order_by("id").first()
    if main is not None:
        plan_question(party=main, kind=Kind.APPLIED, due_at=timezone.now() + AFTER_APPLYING)


@receiver(document_returned, dispatch_uid="feedback.returned")
def returned(loan: Loan, document: Document, **_more: Any) -> None:
    """The first paper of each person that came back; what a helper sent is the matter of whom we asked."""
    party = document.request.party if document.request else document.party
    if party is not None and party.role != Party.Role.HELPER:
        plan_question(party=party, kind=Kind.RETURNED, due_at=timezone.now() + AFTER_A_RETURN)


@receiver(events.stage_changed, dispatch_uid="feedback.moved")
def moved(loan: Loan, event: StageEvent, silent: bool = False, **_more: Any) -> None:
    if event.from_stage == Stage.FUNDED:
        drop(loan.surveys.filter(kind__in=SurveyResponse.AFTER_CLOSING), Dropped.REOPENED)
    if silent or event.silent_why:
        return  # nobody was told, so nobody is asked how it was
    if event.to_stage == Stage.CLEAR_TO_CLOSE:
        _plan(loan, Kind.CLEAR, event.at + AFTER_CLEAR)
    if event.to_stage == Stage.FUNDED:
        rules = FeedbackRules.load()
        _plan(loan, Kind.NPS, event.at + timedelta(days=rules.nps_days))
        _plan(loan, Kind.REVIEW, event.at + timedelta(days=rules.review_days))
        for party in loan.parties.borrowers():
            make_referral(party=party)


@receiver(events.stage_undone, dispatch_uid="feedback.taken_back")
def taken_back(loan: Loan, event: StageEvent, **_more: Any) -> None:
    undone = {Stage.CLEAR_TO_CLOSE: (Kind.CLEAR,), Stage.FUNDED: SurveyResponse.AFTER_CLOSING}
    drop(loan.surveys.filter(kind__in=undone.get(Stage(event.to_stage), ())), Dropped.REOPENED)


@receiver(conversation_resolved, dispatch_uid="feedback.resolved")
def resolved(conversation: Conversation, loan: Loan | None, by: User, **_more: Any) -> None:
    """Whoever wrote, about what they wrote last: resolved again without a word of theirs it is the same question."""
    if loan is None:
        return
    said = conversation.messages.filter(is_internal=False, at__gte=timezone.now() - TALKED_WITHIN)
    answers = said.filter(by__isnull=False).exclude(channel=Message.Channel.CALL, minutes=0)
    last_answer = answers.select_related("by").order_by("-at", "-id").first()
    if last_answer is None or last_answer.by is None:
        return  # nobody said anything to them that they could judge
    for party in loan.parties.borrowers():
        asked = said.filter(by__isnull=True, party=party).order_by("-at", "-id").first()
        if asked is not None:
            plan_question(
                party=party, kind=Kind.CONVERSATION, about=str(asked.public_id), officer=last_answer.by,
                due_at=timezone.now() + AFTER_A_CONVERSATION,
            )  # fmt: skip


def _plan(loan: Loan, kind: str, due_at: Any) -> None:
    for party in loan.parties.borrowers().select_related("loan__officer"):
        plan_question(party=party, kind=kind, due_at=due_at)
