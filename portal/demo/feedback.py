"""
How it went, in the demo: what was asked when it was due, what some answered, a review with a reply, a score that
somebody makes good and one that was made good. Told after what people say to each other and before the mornings of
messages.py, on which the house asks by itself.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import Company, User
from feedback import services
from feedback.models import Review, SurveyResponse
from feedback.publishing import TEMPLATES
from feedback.services.answering import recovery_key
from loans.models import Loan, Task
from loans.services import complete_task
from notifications import hours, letters
from notifications.models import MessageRules, Notification
from notifications.reminders import surveys
from notifications.services.printing import mark_printed, to_print
from portal.demo.clock import clock_at, in_daytime
from portal.demo.messages import BEGINS, open_mornings, party_of
from portal.demo.messages import at as on_day
from portal.demo.telling import MESSAGES_LEAVE, leave, person_of

Kind = SurveyResponse.Kind
POSTED_AFTER, ANSWERED_AFTER, DEALT_WITH_AFTER = timedelta(days=1), timedelta(hours=3), timedelta(hours=20)
CLOSED = ("vera", "theo", "iris")  # whose letters of thanks somebody took from the pile


@dataclass(frozen=True)
class Said:
    """`score`: stars, for a review. `lately`: on the last open morning. `is_good_again`: somebody called them soon."""

    score: int
    words: str = ""
    lately: bool = False
    with_name: bool = False
    reply_by: str = ""
    is_good_again: bool = False


SAID: dict[tuple[str, str], Said] = {
    ("vera", Kind.APPLIED): Said(3),
    ("vera", Kind.CLEAR): Said(3, "I always knew what came next."),
    ("vera", Kind.NPS): Said(10, "Olga called before I had to ask."),
    ("vera", Kind.REVIEW): Said(
        5, "Clear from the first day to the last. Every call was returned, and nobody asked us for the same thing "
        "twice.", with_name=True, reply_by="olga",
    ),
    ("iris", Kind.APPLIED): Said(3),
    ("iris", Kind.NPS): Said(9),
    ("iris", Kind.REVIEW): Said(
        3, "Friendly, and good with numbers. The appraisal took long, and I would have liked to hear that sooner."
    ),
    ("theo", Kind.APPLIED): Said(3),
    ("theo", Kind.CLEAR): Said(2),
    ("theo", Kind.NPS): Said(
        4, "For two weeks before the closing I heard nothing. I called three times.", lately=True
    ),
    ("noor", Kind.APPLIED): Said(
        1, "I had to type my address twice, and the second time it was gone.", is_good_again=True
    ),
    ("nils", Kind.APPLIED): Said(3),
    ("mona", Kind.APPLIED): Said(3),
    ("omar", Kind.APPLIED): Said(2),
    ("june", Kind.CLEAR): Said(3),
    ("june", Kind.CONVERSATION): Said(5, "Quick, and I understood it."),
    ("bea", Kind.RETURNED): Said(2),
}  # fmt: skip


def tell_feedback() -> None:
    """Once; a house in which somebody has answered already is left alone."""
    if SurveyResponse.objects.answered().exists():
        return
    with transaction.atomic():
        post_letters()
        for moment in when_due():
            ask(moment)
        for (key, kind), said in SAID.items():
            survey = party_of(key).surveys.filter(kind=kind, asked_at__isnull=False).first()
            if survey is not None:
                answer(survey, said)


def post_letters() -> None:
    """The letters of thanks of the loans that closed some time ago were printed the day after they were made."""
    loans = Loan.objects.filter(pk__in=[party_of(key).loan.pk for key in CLOSED])
    for row in to_print(Notification.objects.filter(loan__in=loans, kind=letters.KIND)):
        with clock_at(_by_day(row.due_at + POSTED_AFTER)):
            mark_printed(rows=[row], by=person_of("stef"))


def when_due() -> list[datetime]:
    """When the house may ask what is waiting, in order; what is put off is looked at again by beat."""
    zone, rules = Company.load().zone, MessageRules.load()
    waiting = SurveyResponse.objects.waiting().order_by("due_at").values_list("due_at", flat=True)
    moments = {hours.next_allowed(due_at, zone, rules) for due_at in waiting}
    return sorted(moment for moment in moments if moment < timezone.now())


def ask(moment: datetime) -> None:
    with clock_at(moment):
        surveys.plan()
    leave(moment)
    leave(min(moment + MESSAGES_LEAVE, timezone.now()))


def answer(survey: SurveyResponse, said: Said) -> None:
    assert survey.asked_at is not None
    at = _by_day(survey.asked_at + ANSWERED_AFTER)
    if said.lately:
        at = max(at, on_day(open_mornings(1)[0], BEGINS))
    with clock_at(at):
        if survey.kind == Kind.REVIEW:
            services.write_review(
                survey=survey, stars=said.score, words=said.words, publish=True, with_name=said.with_name
            )
        else:
            services.answer(survey=survey, score=said.score, words=said.words)
    with clock_at(_by_day(at + DEALT_WITH_AFTER)):
        if said.reply_by:
            reply(survey.party.review, person_of(said.reply_by))
        if said.is_good_again:
            task = Task.objects.get(key=recovery_key(survey))
            complete_task(task=task, by=task.for_user)


def reply(review: Review, by: User) -> None:
    services.reply_to_review(review=review, by=by, words=str(TEMPLATES[0]))


def _by_day(moment: datetime) -> datetime:
    return in_daytime(moment, after=moment - timedelta(hours=1))
