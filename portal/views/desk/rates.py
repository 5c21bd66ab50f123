"""Posting rates: today's figures of all products, one product with everything, and taking one off the page."""

from uuid import UUID

from django.contrib import messages
from django.forms import model_to_dict
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Company
from loans.errors import Refused
from loans.models import RatePost
from loans.rates import last_posts, standing
from loans.services.rates import may_post_rates, post_rates, withdraw_rate
from portal.desk.lists import PAGE, Mark, Page, older_than, page_of, read_mark
from portal.forms.rates import RateForm, TodayForm
from portal.rate_figures import shown

REFUSED = 422


@require_http_methods(["GET", "HEAD", "POST"])
def rates(request: HttpRequest) -> HttpResponse:
    """Today's figures: checked first, with the APR they come to, then posted at one hour."""
    _must(request)
    now = timezone.now()
    is_sent = request.method == "POST"
    lines = [TodayForm(request.POST if is_sent else None, last=post) for post in last_posts(now)]
    status = 200
    if is_sent:
        wanted = [line for line in lines if _is_offered(line)]
        offered = [line for line in wanted if line.is_priced()]
        is_whole = offered == wanted
        if is_whole and offered and request.POST.get("do") == "post":
            return _posted(request, [line.post for line in offered if line.post])
        status = 200 if is_whole and offered else REFUSED
    context = {
        "lines": lines,
        "is_checked": is_sent and status == 200,
        "nothing_offered": is_sent and not any(_is_offered(line) for line in lines),
        "standing": {post.pk for post in standing(now)},
        "hours": Company.load().rate_hours,
        "page": _history(request),
    }
    return render(request, "desk/rates.html", context, status=status)


def _is_offered(line: TodayForm) -> bool:
    """A line that is not posted may say whatever it likes."""
    return bool(line["offered"].value())


def _posted(request: HttpRequest, posts: list[RatePost]) -> HttpResponse:
    post_rates(posts=posts, by=request.user)
    count = len(posts)
    said = ngettext("%(count)d rate is posted.", "%(count)d rates are posted.", count) % {"count": count}
    messages.success(request, said)
    return redirect("desk:rates")


def _history(request: HttpRequest) -> Page:
    """Every post there was, the latest first, with who posted it."""
    mark = read_mark(request.GET.get("after", ""))
    rows = RatePost.objects.select_related("posted_by", "withdrawal__by")

    def mark_of(post: RatePost) -> Mark:
        return post.posted_at, post.pk

    return page_of(
        older_than(rows, "posted_at", mark)[: PAGE + 1],
        mark_of,
        address=reverse("desk:rates"),
        asked={},
        after=mark is not None,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def rate_new(request: HttpRequest) -> HttpResponse:
    """One product, from nothing or (`?like=`) from an earlier post."""
    _must(request)
    form = RateForm(request.POST if request.method == "POST" else None, initial=_like(request))
    status = 200
    if request.method == "POST":
        if form.is_priced() and form.post and request.POST.get("do") == "post":
            return _posted(request, [form.post])
        status = 200 if form.post else REFUSED
    checked = shown(form.post) if form.post else None
    return render(request, "desk/rate_new.html", {"form": form, "said": checked}, status=status)


def _like(request: HttpRequest) -> dict[str, object]:
    try:
        like = UUID(request.GET.get("like", ""))
    except ValueError:
        return {}
    return model_to_dict(get_object_or_404(RatePost, public_id=like), fields=RatePost.terms())


@require_POST
def rate_withdraw(request: HttpRequest, post_id: UUID) -> HttpResponse:
    _must(request)
    post = get_object_or_404(RatePost, public_id=post_id)
    why = request.POST.get("why", "").strip()[:200] or _("No longer to be had")
    try:
        withdraw_rate(post=post, why=why, by=request.user)
        messages.success(request, _("%(name)s is off the page.") % {"name": post.name})
    except Refused as refused:
        messages.error(request, refused.message)
    return redirect("desk:rates")


def _must(request: HttpRequest) -> None:
    if not may_post_rates(request.user):
        raise Http404
