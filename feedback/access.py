"""
Reaching questions, reviews and links for friends; and the link by which a question is answered without sign-in.

The link names one question, signed. Who has it may answer in that person's place, so it is a secret of the mail and
shown to nobody here. It ends LINK_LIVES after the question was asked.
"""

from datetime import timedelta
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, Signer
from django.db.models import Q
from django.http import Http404
from django.utils import timezone

from accounts.models import User
from feedback.models import Referral, Review, SurveyResponse

LINK_LIVES = timedelta(days=60)
_SALT = "feedback.answer"


def token_for(survey: SurveyResponse) -> str:
    return Signer(salt=_SALT).sign_object({"survey": str(survey.public_id)})


def survey_of(token: str) -> SurveyResponse:
    """
    The question of this link; Http404 for a link we did not make, one of a question that was not asked (yet), and one
    that has ended. Of a review that was written it never ends: by it they take their consent back at any time.
    """
    try:
        public_id = Signer(salt=_SALT).unsign_object(token)["survey"]
        rows = SurveyResponse.objects.select_related("party__user", "loan__officer", "officer")
        lives = Q(asked_at__gt=timezone.now() - LINK_LIVES)
        written = Q(kind=SurveyResponse.Kind.REVIEW, answered_at__isnull=False)
        found = rows.filter(lives | written, public_id=public_id).first()
    except (BadSignature, KeyError, TypeError, ValidationError):
        raise Http404 from None
    if found is None:
        raise Http404
    return found


def answered_for(user: User | AnonymousUser, public_id: UUID | str) -> SurveyResponse:
    """The question with its answer, when this person works on its loan; Http404 otherwise, or before the answer."""
    rows = SurveyResponse.objects.answered().visible_to(user)
    found = rows.select_related("party", "loan__officer", "officer").filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def referral_of(token: str) -> Referral:
    """The link for friends with this token; Http404 for any other."""
    found = Referral.objects.select_related("officer__officer_profile", "loan").filter(token=token).first()
    if found is None:
        raise Http404
    return found


def review_for(user: User | AnonymousUser, public_id: UUID | str) -> Review:
    """The review, when this person works on its loan; Http404 otherwise."""
    rows = Review.objects.visible_to(user).select_related(
        "party", "loan__officer", "officer", "consent", "hidden_by"
    )
    found = rows.filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found
