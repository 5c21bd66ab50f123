"""What was asked on a loan, what came of it, and what follows from it: who makes it good until when, or a complaint."""

from dataclasses import dataclass

from conversations.models import Complaint
from feedback.models import Review, SurveyResponse
from feedback.services.answering import complaint_source, recovery_key
from loans.models import Loan, Task
from portal.asking import label_of, question_of

Kind = SurveyResponse.Kind
MOST_ANSWERS = 60


@dataclass(frozen=True)
class Answered:
    survey: SurveyResponse
    label: str
    task: Task | None
    complaint: Complaint | None


def answered_on(loan: Loan) -> list[Answered]:
    """The latest first; the reviews come along."""
    asked = loan.surveys.select_related("party__review__officer", "officer")
    surveys = asked.order_by("-created_at", "-pk")[:MOST_ANSWERS]
    tasks = loan.tasks.filter(kind=Task.Kind.RECOVERY).select_related("for_user", "done_by")
    by_key = {task.key: task for task in tasks}
    by_source = {complaint.source: complaint for complaint in loan.complaints.all()}
    return [
        Answered(
            survey,
            label_of(survey),
            by_key.get(recovery_key(survey)),
            by_source.get(complaint_source(survey)),
        )
        for survey in surveys
    ]


def reviews_among(answered: list[Answered]) -> list[Review]:
    written = [one.survey for one in answered if one.survey.kind == Kind.REVIEW and one.survey.answered_at]
    return [survey.party.review for survey in written]


def words_to_begin_with(survey: SurveyResponse) -> str:
    """For a complaint: what they wrote, else what they pressed."""
    if survey.kind == Kind.REVIEW:
        return survey.party.review.words
    return survey.words or f"{question_of(survey).title} {label_of(survey)}"
