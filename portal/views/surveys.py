"""
How it went, asked by mail: answered without sign-in, by a press and never by opening the page. And the link that
somebody who closed here gave to a friend.
"""

import hashlib
from typing import Any

from allauth.core.ratelimit import consume, respond_429
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from feedback import services
from feedback.access import referral_of, survey_of
from feedback.models import Referral, Review, SurveyResponse
from feedback.services.referrals import answers_friends
from loans.errors import Refused
from loans.models import Party
from portal.asking import question_of
from portal.forms.surveys import FriendForm, ReviewForm, ScoreForm, WordsForm

CAME_BACK = 422


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """One question; its page shows what was answered once it was."""
    survey = survey_of(token)
    with translation.override(_language(survey.party)):
        if request.method != "POST":
            return _page(request, survey)
        if request.user.is_authenticated and request.user.works_here:
            raise Http404  # the answer is theirs whom we asked
        if not consume(request, action="survey", key=hashlib.sha256(token.encode()).hexdigest()):
            return respond_429(request)
        form = _form_for(survey, request)
        if form is None:
            return redirect(request.path)
        if not form.is_valid():
            return _page(request, survey, form, CAME_BACK)
        try:
            _keep(survey, form)
        except Refused:
            pass  # answered before: the page says so
        return redirect(request.path)


def _language(party: Party) -> str:
    return (party.user.language if party.user else party.language) or "en"


def _form_for(survey: SurveyResponse, request: HttpRequest) -> Any:
    """What was sent; None for an answer that is there already, as by a second tap: the page says so."""
    is_review = survey.kind == SurveyResponse.Kind.REVIEW
    if survey.answered_at is None:
        return (ReviewForm if is_review else ScoreForm)(request.POST)
    return None if is_review or "score" in request.POST else WordsForm(request.POST)


def _keep(survey: SurveyResponse, form: Any) -> None:
    said = form.cleaned_data
    if isinstance(form, ReviewForm):
        services.write_review(survey=survey, **said)
    elif isinstance(form, ScoreForm):
        services.answer(survey=survey, score=said["score"])
    else:
        services.add_words(survey=survey, words=said["words"])


@login_not_required
@require_http_methods(["POST"])
def withdraw(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever wrote a review takes back that it is published."""
    survey = survey_of(token)
    if request.user.is_authenticated and request.user.works_here:
        raise Http404
    review = Review.objects.filter(party=survey.party).first()
    if survey.kind != SurveyResponse.Kind.REVIEW or review is None:
        raise Http404
    services.withdraw_review(review=review)
    return redirect("public:answer", token)


def _page(request: HttpRequest, survey: SurveyResponse, form: Any = None, status: int = 200) -> HttpResponse:
    is_review = survey.kind == SurveyResponse.Kind.REVIEW
    context: dict[str, Any] = {"survey": survey, "question": question_of(survey), "failed": form}
    template = "public/surveys/question.html"
    if survey.answered_at is not None:
        template = "public/surveys/thanks.html"
        context["form"] = form if isinstance(form, WordsForm) else WordsForm()
        context["review"] = Review.objects.filter(party=survey.party).first() if is_review else None
        context["token"] = request.resolver_match.kwargs["token"] if request.resolver_match else ""
    elif is_review:
        template = "public/surveys/review.html"
        context["form"] = form or ReviewForm()
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "no-store"
    return response


# Without a token of the session, as the forms of guides: what machines send is kept out by the form itself and limits.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def friend(request: HttpRequest, token: str) -> HttpResponse:
    """The same officer, for somebody who was sent by somebody. Opening the page changes and counts nothing."""
    referral = referral_of(token)
    if request.method != "POST":
        return _friends_page(request, referral, FriendForm())
    form = FriendForm(request.POST)
    if form.is_noise:
        return render(request, "public/surveys/friend_thanks.html", _of_friend(referral))
    if not form.is_valid():
        return _friends_page(request, referral, form, CAME_BACK)
    if not consume(request, action="friend", key=hashlib.sha256(token.encode()).hexdigest()):
        return respond_429(request)
    try:
        services.welcome_friend(referral=referral, **form.said())
    except Refused as refused:
        form.add_error(None, refused.message)
        return _friends_page(request, referral, form, CAME_BACK)
    return render(request, "public/surveys/friend_thanks.html", _of_friend(referral))


def _friends_page(
    request: HttpRequest, referral: Referral, form: FriendForm, status: int = 200
) -> HttpResponse:
    context = {**_of_friend(referral), "form": form}
    response = render(request, "public/surveys/friend.html", context, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response


def _of_friend(referral: Referral) -> dict[str, Any]:
    officer = answers_friends(referral)
    profile = getattr(officer, "officer_profile", None)
    return {"officer": officer, "profile": profile if profile and profile.is_public else None}
