"""
Reviews: written by who was asked, published with their consent, hidden for a reason that is kept.

Every closed borrower is asked, whatever they answered before, and what they publish stands at once: nobody here sees
it first. Hiding takes the words away, not the stars.
"""

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import must_work_here
from audit import log
from feedback import events
from feedback.models import PublishingConsent, Review, SurveyResponse
from feedback.publishing import CONSENT, what_is_wrong
from feedback.services.answering import LONGEST_WORDS, keep_answer, make_good
from loans.errors import Refused

BAD_STARS = 2
LONGEST_REPLY = 600


@transaction.atomic
def write_review(
    *, survey: SurveyResponse, stars: int, words: str, publish: bool, with_name: bool = False
) -> Review:
    """
    The answer to an invitation. Without `publish` it is for us alone. Few stars are made good like any bad answer, and
    published like any other. Refused a second time.
    """
    if survey.kind != SurveyResponse.Kind.REVIEW or not 1 <= stars <= 5:
        raise Refused(_("Choose how many stars."))
    keep_answer(survey, score=None)
    review = Review.objects.create(
        party=survey.party,
        loan=survey.loan,
        officer=survey.officer,
        stars=stars,
        words=words.strip()[:LONGEST_WORDS],
        shown_name=survey.party.first_name[:60] if with_name else "",
        consent=_consent(survey) if publish else None,
        published_at=timezone.now() if publish else None,
    )
    log.record(
        action="review.written", about=review, task="feedback", loan=survey.loan,
        detail={"stars": stars, "published": publish},
    )  # fmt: skip
    if stars <= BAD_STARS:
        make_good(survey)
    events.review_written.send(sender=Review, review=review)
    return review


def _consent(survey: SurveyResponse) -> PublishingConsent:
    here, language = log.origin.get(), translation.get_language() or "en"
    return PublishingConsent.objects.create(
        party=survey.party,
        wording=str(CONSENT),
        language=language,
        address=here.address,
        agent=here.agent[:300],
    )


@transaction.atomic
def withdraw_review(*, review: Review) -> Review:
    """They take their consent back: it is published no longer, stars and all. Twice is once."""
    now = timezone.now()
    if Review.objects.published().filter(pk=review.pk).update(withdrawn_at=now):
        review.withdrawn_at = now
        log.record(action="review.withdrawn", about=review, task="feedback", loan=review.loan)
    return review


@transaction.atomic
def hide_review(*, review: Review, by: User, because: str, why: str) -> Review:
    """
    Take its words from the page, for one of two reasons and with what exactly it is. Its stars go on counting. Refused
    without both, and for everybody but managers: whom it is about does not decide.
    """
    must_decide(review, by)
    if because not in Review.Because.values or not why.strip():
        raise Refused(_("Choose why, and say what exactly it is. A low score is no reason."))
    review.refresh_from_db(from_queryset=Review.objects.select_for_update())
    if review.is_hidden:
        raise Refused(_("Its words are hidden already."))
    review.hidden_at, review.hidden_by = timezone.now(), by
    review.hidden_because, review.hidden_why = because, why.strip()[:300]
    review.save(update_fields=["hidden_at", "hidden_by", "hidden_because", "hidden_why"])
    log.record(
        action="review.hidden", about=review, by=by, loan=review.loan,
        detail={"because": because, "why": review.hidden_why, "stars": review.stars},
    )  # fmt: skip
    return review


@transaction.atomic
def show_again(*, review: Review, by: User) -> Review:
    """It was hidden by mistake. Twice is once."""
    must_decide(review, by)
    if Review.objects.filter(pk=review.pk, hidden_at__isnull=False).update(
        hidden_at=None, hidden_by=None, hidden_because="", hidden_why=""
    ):
        log.record(action="review.shown", about=review, by=by, loan=review.loan)
    review.refresh_from_db()
    return review


@transaction.atomic
def reply_to_review(*, review: Review, by: User, words: str) -> Review:
    """
    Answer in public, as the house; a new reply replaces the old one. Refused when the words tell anything of the loan,
    and for everybody but the officer it is about and managers.
    """
    must_work_here(by)
    if not (by.pk == review.officer_id or by.sees_every_loan):
        raise Refused(_("The officer it is about replies, or a manager."))
    said = " ".join(words.split())[:LONGEST_REPLY]
    if not said:
        raise Refused(_("Write the reply first."))
    if not review.is_published:
        raise Refused(_("It is not published; nobody would read the reply."))
    if wrong := what_is_wrong(said, review):
        raise Refused(wrong)
    review.reply, review.reply_at, review.reply_by = said, timezone.now(), by
    review.save(update_fields=["reply", "reply_at", "reply_by"])
    log.record(action="review.replied", about=review, by=by, loan=review.loan, detail={"reply": said})
    return review


def must_decide(review: Review, by: User) -> None:
    must_work_here(by)
    if not by.sees_every_loan or by.pk == review.officer_id:
        raise Refused(_("A manager decides what is hidden, never whom it is about."))
