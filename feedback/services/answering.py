"""What they answered, and who makes a bad answer good. Their words stand at the desk alone, never in a mail or task."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Company, User
from audit import log
from conversations.models import Complaint
from conversations.services.complaints import begin_complaint
from feedback import events
from feedback.models import FeedbackRules, SurveyResponse
from loans import clocks
from loans.errors import Refused
from loans.models import Task
from loans.services.tasks import close_task, make_task

LONGEST_WORDS = 2000
Kind = SurveyResponse.Kind


@transaction.atomic
def answer(*, survey: SurveyResponse, score: int, words: str = "") -> SurveyResponse:
    """
    What they pressed; the first answer counts. A bad one becomes a task for somebody with a name. Refused for an answer
    that is not on the scale, and once there is one.
    """
    if score not in survey.scale:
        raise Refused(_("Choose one of the answers."))
    keep_answer(survey, score=score, words=words.strip()[:LONGEST_WORDS])
    if survey.is_bad:
        make_good(survey)
    events.survey_answered.send(sender=SurveyResponse, survey=survey)
    return survey


@transaction.atomic
def add_words(*, survey: SurveyResponse, words: str) -> SurveyResponse:
    """What they want to say beside their answer, once. Refused without an answer, or when there are words already."""
    said = words.strip()[:LONGEST_WORDS]
    if not said:
        raise Refused(_("Write a few words first."))
    unsaid = SurveyResponse.objects.answered().filter(pk=survey.pk, words="")
    if not unsaid.update(words=said):
        raise Refused(_("You have told us already. Thank you."))
    survey.words = said
    log.record(action="survey.words", about=survey, task="feedback", loan=survey.loan)
    return survey


def keep_answer(survey: SurveyResponse, *, score: int | None, words: str = "") -> None:
    """Store it once; Refused when there is an answer already, or nobody was asked. In a transaction."""
    now = timezone.now()
    unanswered = SurveyResponse.objects.filter(pk=survey.pk, answered_at__isnull=True, asked_at__isnull=False)
    if not unanswered.update(score=score, words=words, answered_at=now):
        raise Refused(_("You have answered already. Thank you."))
    survey.score, survey.words, survey.answered_at = score, words, now
    log.record(
        action="survey.answered", about=survey, task="feedback", loan=survey.loan,
        detail={"kind": survey.kind} if score is None else {"kind": survey.kind, "score": score},
    )  # fmt: skip


def make_good(survey: SurveyResponse) -> Task:
    """A task with a day for somebody with a name; once a question."""
    house, rules = Company.load(), FeedbackRules.load()
    due_on = clocks.add_business_days(
        clocks.today(house), rules.recovery_days, lambda day: clocks.is_general_business_day(day, house)
    )
    why = _("%(name)s is not content (%(what)s). Read what they said, and call.")
    return make_task(
        loan=survey.loan,
        kind=Task.Kind.RECOVERY,
        why=why % {"name": survey.party.name, "what": survey.get_kind_display()},
        for_user=who_makes_good(survey),
        due_on=due_on,
        key=recovery_key(survey),
    )


def recovery_key(survey: SurveyResponse) -> str:
    """Of the task to make its answer good."""
    return f"recovery:{survey.public_id}"


def who_makes_good(survey: SurveyResponse) -> User:
    """
    The officer of the loan; a manager where the answer is about what that officer wrote or did in a conversation, so
    that nobody is asked to call about themselves, or where the officer has left. Without a manager, who is left of
    those that work on the loan.
    """
    officer, processor = survey.loan.officer, survey.loan.processor
    about_themselves = survey.kind == Kind.CONVERSATION and survey.officer_id == officer.pk
    if officer.is_active and not about_themselves:
        return officer
    managers = User.objects.filter(role=User.Role.MANAGER, is_active=True)
    if manager := managers.exclude(pk=survey.officer_id).order_by("pk").first():
        return manager
    return processor if processor and processor.is_active and not officer.is_active else officer


@transaction.atomic
def begin_complaint_of(*, survey: SurveyResponse, by: User, words: str) -> Complaint:
    """
    What they answered is a complaint, in these words of theirs: its clock takes the place of the task to make it good.
    Twice is one. Refused without an answer, without words, and for people who do not work on the loan.
    """
    if survey.answered_at is None:
        raise Refused(_("They have not answered yet."))
    complaint = begin_complaint(
        loan=survey.loan, by=by, words=words, source=complaint_source(survey), party=survey.party
    )
    close_task(key=recovery_key(survey), by=by)
    return complaint


def complaint_source(survey: SurveyResponse) -> str:
    return f"survey:{survey.public_id}"
