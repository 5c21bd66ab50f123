"""What borrowers answered when they were asked how it went, by loan; their reviews, replies to them, words hidden."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from feedback import services
from feedback.access import answered_for, review_for
from feedback.models import Review
from feedback.publishing import TEMPLATES
from loans.access import desk_loan_for
from portal.desk.answered import answered_on, reviews_among, words_to_begin_with
from portal.desk.lists import PAGE, Mark, older_than, page_of, read_mark
from portal.forms.base import DeskForm
from portal.forms.surveys import ComplaintForm, HideForm, ReplyForm
from portal.views.desk.answering import attempt


@require_safe
def of_loan(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Every question on this loan and what came of it."""
    loan = desk_loan_for(request.user, public_id)
    answers = answered_on(loan)
    context = {"loan": loan, "answers": answers, "reviews": reviews_among(answers)}
    return render(request, "desk/feedback.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def answer_complaint(request: HttpRequest, survey_id: UUID) -> HttpResponse:
    """What they answered is a complaint; their words are there to begin with."""
    survey = answered_for(request.user, survey_id)
    form, status = ComplaintForm(initial={"words": words_to_begin_with(survey)}), 200
    if request.method == "POST":
        form = ComplaintForm(request.POST)
        begun: list[UUID] = []
        refused = attempt(
            form,
            lambda words: begun.append(
                services.begin_complaint_of(survey=survey, by=request.user, words=words).public_id
            ),
        )
        if refused is None:
            messages.success(request, _("Begun. Tell them that it arrived."))
            return redirect("desk:complaint", begun[0])
        status = refused
    context = {"survey": survey, "loan": survey.loan, "form": form}
    return render(request, "desk/answer_complaint.html", context, status=status)


@require_safe
def reviews(request: HttpRequest) -> HttpResponse:
    """The latest first, of the loans one works on."""
    if not request.user.works_here:
        raise Http404
    mark = read_mark(request.GET.get("after", ""))
    mine = Review.objects.visible_to(request.user).select_related("officer", "party")
    rows = older_than(mine, "written_at", mark)
    page = page_of(
        rows[: PAGE + 1], _mark_of, address=reverse("desk:reviews"), asked={}, after=mark is not None
    )
    return render(request, "desk/reviews.html", {"page": page})


def _mark_of(one: Review) -> Mark:
    return one.written_at, one.pk


@require_safe
def review(request: HttpRequest, review_id: UUID) -> HttpResponse:
    return _page(request, review_for(request.user, review_id))


@require_POST
def reply(request: HttpRequest, review_id: UUID) -> HttpResponse:
    found = review_for(request.user, review_id)
    form = ReplyForm(request.POST)
    status = attempt(form, lambda **said: services.reply_to_review(review=found, by=request.user, **said))
    return _done(request, found, form, status, _("Everybody reads the reply now."))


@require_POST
def hide(request: HttpRequest, review_id: UUID) -> HttpResponse:
    found = review_for(request.user, review_id)
    form = HideForm(request.POST)
    status = attempt(form, lambda **said: services.hide_review(review=found, by=request.user, **said))
    return _done(request, found, form, status, _("Its words are hidden; the stars go on counting."))


@require_POST
def show(request: HttpRequest, review_id: UUID) -> HttpResponse:
    found = review_for(request.user, review_id)
    form = DeskForm(request.POST, slug="show")
    status = attempt(form, lambda: services.show_again(review=found, by=request.user))
    return _done(request, found, form, status, _("Its words are shown again."))


def _done(request: HttpRequest, found: Review, form: DeskForm, status: int | None, told: str) -> HttpResponse:
    if status is not None:
        return _page(request, found, form, status)
    messages.success(request, told)
    return redirect("desk:review_of_borrower", found.public_id)


def _page(
    request: HttpRequest, found: Review, failed: DeskForm | None = None, status: int = 200
) -> HttpResponse:
    if failed is not None:
        found = review_for(request.user, found.public_id)
    user = request.user
    context: dict[str, Any] = {
        "review": found,
        "may_reply": found.is_published and (user.pk == found.officer_id or user.sees_every_loan),
        "may_decide": user.sees_every_loan and user.pk != found.officer_id,
        "reply_form": failed if isinstance(failed, ReplyForm) else ReplyForm(initial=_begin_with(found)),
        "hide_form": failed if isinstance(failed, HideForm) else HideForm(),
        "failed": failed if not isinstance(failed, ReplyForm | HideForm) else None,
    }
    return render(request, "desk/review_of_borrower.html", context, status=status)


def _begin_with(found: Review) -> dict[str, str]:
    """The reply that stands, else a sentence that fits the stars and tells nothing."""
    return {"words": found.reply or str(TEMPLATES[0 if found.stars > 3 else 1])}
