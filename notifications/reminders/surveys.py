"""
Questions how it went (`feedback/` keeps what and when): queued in the minute in which they may leave, on days and at
hours at which reminders go out here.

Nothing is asked before the thank-you letter has left, or while a complaint or a bereavement stands on any loan of the
same person: those wait. Whoever does not want such mails is not asked at all.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import Company
from feedback import services as feedback
from feedback.access import token_for
from feedback.models import FeedbackRules, SurveyResponse
from feedback.services.asking import is_asked, is_too_late
from notifications import hours, permission, services
from notifications.facts.surveys import FOR_NOW, why_not_now, why_over
from notifications.models import MessageRules, Notification
from notifications.reminders.batches import each

AT_ONCE = 200
LOOK_AGAIN = timedelta(days=1)
Asked, Dropped = SurveyResponse.Kind, SurveyResponse.Dropped
KINDS: dict[str, str] = {
    Asked.APPLIED: "survey_applied",
    Asked.RETURNED: "survey_returned",
    Asked.CLEAR: "survey_clear",
    Asked.CONVERSATION: "survey_conversation",
    Asked.NPS: "survey_nps",
    Asked.REVIEW: "review_invitation",
}


def plan() -> int:
    """Ask what may be asked now; returns how many."""
    now = timezone.now()
    if hours.next_allowed(now, Company.load().zone, MessageRules.load()) != now:
        return 0
    return each(list(SurveyResponse.objects.due(now).values_list("pk", flat=True)[:AT_ONCE]), _ask)


@transaction.atomic
def _ask(pk: int) -> bool:
    """Whatever happened since it was listed counts."""
    now = timezone.now()
    found = SurveyResponse.objects.due(now).filter(pk=pk).select_related("party__user", "loan", "officer")
    survey = found.select_for_update(of=("self",)).first()
    if survey is None:
        return False
    if why := _why_dropped(survey):
        feedback.drop(SurveyResponse.objects.filter(pk=pk), why)
        return False
    if why_not_now(survey):
        feedback.put_off(survey, now + LOOK_AGAIN)
        return False
    if not feedback.claim(survey):
        return False
    services.queue(
        kind=KINDS[survey.kind],
        event_key=f"survey:{survey.public_id}",
        recipient=survey.party,
        loan=survey.loan,
        context={"survey": str(survey.public_id)},
        secret=settings.PUBLIC_URL + reverse("public:answer", args=[token_for(survey)]),
    )
    return True


def _why_dropped(survey: SurveyResponse) -> str:
    """Why it is never asked; empty: it is, now or later."""
    if not is_asked(survey.kind, FeedbackRules.load()):
        return Dropped.OFF
    if is_too_late(survey, timezone.now()):
        return Dropped.LATE
    if why := why_over(survey):
        return Dropped.REOPENED if why in FOR_NOW else Dropped.OVER
    return Dropped.UNWANTED if _is_unwanted(survey) else ""


def _is_unwanted(survey: SurveyResponse) -> bool:
    row = Notification(kind=KINDS[survey.kind], party=survey.party, channel=Notification.Channel.EMAIL)
    return permission.refusal(row) is not None
