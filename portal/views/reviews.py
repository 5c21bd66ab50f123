"""All that borrowers published about one officer. Anybody may read it."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from accounts.models import OfficerProfile
from feedback.models import Review
from portal.desk.lists import PAGE, Mark, older_than, page_of, read_mark
from portal.published import latest, reviews_of
from portal.views.public import public_page


@public_page
def of_officer(request: HttpRequest, slug: str) -> HttpResponse:
    profile = get_object_or_404(OfficerProfile.objects.public(), slug=slug)
    mark = read_mark(request.GET.get("after", ""))
    rows = older_than(latest(profile.user), "published_at", mark)
    address = reverse("public:officer_reviews", args=[slug])
    page = page_of(rows[: PAGE + 1], mark_of, address=address, asked={}, after=mark is not None)
    context = {"profile": profile, "officer": profile.user, "page": page, **reviews_of(profile.user)}
    return render(request, "public/officer_reviews.html", context)


def mark_of(review: Review) -> Mark:
    assert review.published_at is not None  # all of these are
    return review.published_at, review.pk
