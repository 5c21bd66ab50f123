"""
From a thing that happened to the question about it. The mail is queued above, by `notifications/reminders/surveys.py`,
in the transaction of `claim`.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from audit import log
from feedback.models import FeedbackRules, SurveyResponse
from feedback.models.surveys import SurveyQuerySet
from loans.models import Party

Kind, Dropped = SurveyResponse.Kind, SurveyResponse.Dropped
# After these a question is of no use; those after closing wait for the letter, and for complaints.
TOO_LATE_AFTER = {
    **dict.fromkeys(SurveyResponse.PULSES, timedelta(days=10)),
    Kind.CONVERSATION: timedelta(days=7),
    # More than the latest day on which staff may have them asked.
    **dict.fromkeys(SurveyResponse.AFTER_CLOSING, timedelta(days=270)),
}


@transaction.atomic
def plan_question(
    *, party: Party, kind: str, due_at: datetime, about: str = "", officer: User | None = None
) -> SurveyResponse | None:
    """
    Ask this person about this thing from `due_at` on. The same thing again is no second question; one that was dropped
    because the thing was undone, and had not been asked, is taken up again. None while such are not asked here.
    """
    if not is_asked(kind, FeedbackRules.load()):
        return None
    officer = officer or party.loan.officer
    survey, is_new = SurveyResponse.objects.get_or_create(
        party=party,
        kind=kind,
        about=about,
        defaults={"loan": party.loan, "officer": officer, "due_at": due_at},
    )
    if not is_new:
        undone = SurveyResponse.objects.filter(
            pk=survey.pk, asked_at__isnull=True, dropped_why=Dropped.REOPENED
        )
        undone.update(
            created_at=timezone.now(), due_at=due_at, officer=officer, dropped_at=None, dropped_why=""
        )
    return survey


def is_asked(kind: str, rules: FeedbackRules) -> bool:
    """Whether the house asks questions of this kind."""
    switches = {Kind.CONVERSATION: rules.conversations, Kind.NPS: rules.nps, Kind.REVIEW: rules.reviews}
    return switches.get(Kind(kind), rules.pulses)


def is_too_late(survey: SurveyResponse, now: datetime) -> bool:
    return now > survey.created_at + TOO_LATE_AFTER[Kind(survey.kind)]


def drop(surveys: SurveyQuerySet, why: str) -> int:
    """Those of these that wait are not asked; returns how many. Twice is once."""
    return surveys.waiting().update(dropped_at=timezone.now(), dropped_why=why)


def put_off(survey: SurveyResponse, until: datetime) -> None:
    """Something is in the way for now: look again then."""
    SurveyResponse.objects.waiting().filter(pk=survey.pk).update(due_at=until)


def claim(survey: SurveyResponse) -> bool:
    """
    Mark it as asked; False when it is not due, was asked or dropped. Call it inside the transaction that queues the
    mail: whoever changes the row first asks, and nobody after them.
    """
    now = timezone.now()
    if SurveyResponse.objects.due(now).filter(pk=survey.pk).order_by().update(asked_at=now) != 1:
        return False
    survey.asked_at = now
    log.record(
        action="survey.asked", about=survey, task="feedback", loan=survey.loan, detail={"kind": survey.kind}
    )
    return True
