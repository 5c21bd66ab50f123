"""Rates for everybody: what is posted now, the same for machines, the two calculators, and a result to keep."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from allauth.core.internal.ratelimit import consume
from allauth.core.ratelimit import respond_429
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe

from accounts.models import Company
from documents.serving import own_pdf
from loans.calculators import Purchase, fitting
from loans.forms.shared import LARGEST_AMOUNT
from loans.models import RatePost
from loans.rates import YEAR, standing, year_behind
from portal.charts import bar_chart
from portal.estimate import estimate_pdf
from portal.forms.calculators import LEAST_PRICE, AffordabilityForm, CalculatorForm, PaymentForm
from portal.rate_figures import as_json, history, shown
from portal.views.public import SHARED_SECONDS, public_page

REFUSED = 422


@public_page
def rates(request: HttpRequest) -> HttpResponse:
    """What may be shown now; when that is nothing, the page says so and whom to call."""
    now = timezone.now()
    posts = standing(now)
    company = Company.load()
    context = {
        "posts": [shown(post) for post in posts],
        "posted_at": max((post.posted_at for post in posts), default=None),
        "valid_until": min((post.posted_at for post in posts), default=now)
        + timedelta(hours=company.rate_hours),
        "government": any(post.kind in (RatePost.Kind.FHA, RatePost.Kind.VA) for post in posts),
        "adjustable": any(post.is_adjustable for post in posts),
        "history": history(year_behind(posts, now), since=now - YEAR, until=now) if posts else None,
    }
    return render(request, "public/rates.html", context)


@public_page
def feed(request: HttpRequest) -> JsonResponse:
    """The same as JSON: numbers as text, APR before rate; without posts, why and whom to call."""
    return JsonResponse(as_json(standing(timezone.now()), Company.load()))


@login_not_required
@require_safe
def payment(request: HttpRequest) -> HttpResponse:
    def result(form: PaymentForm) -> dict[str, Any]:
        purchase = form.purchase()
        years = [(year.principal, year.interest) for year in purchase.by_year]
        return {
            "purchase": purchase,
            "chart": bar_chart(years),
            "every_month": request.GET.get("table") == "months",
            "query": urlencode({field.name: field.value() or "" for field in form}),
        }

    return _calculator(request, PaymentForm, "public/payment.html", result)


@login_not_required
@require_safe
def affordability(request: HttpRequest) -> HttpResponse:
    def result(form: AffordabilityForm) -> dict[str, Any]:
        means = form.means()
        purchase = fitting(means)
        return {"means": means, "purchase": purchase, "query": _query_of(purchase)}

    return _calculator(request, AffordabilityForm, "public/affordability.html", result)


@login_not_required
@require_safe
def payment_pdf(request: HttpRequest) -> HttpResponse:
    """The same numbers to keep. Whoever comes without good ones is led to where they are put in."""
    form = PaymentForm(request.GET)
    if not form.is_valid():
        return redirect(f"{reverse('public:payment')}?{request.GET.urlencode()}".rstrip("?"))
    if consume(request, app="allauth.account", action="estimate_pdf", limit_get=True) is None:
        return respond_429(request)
    return own_pdf(estimate_pdf(form.purchase()), "monthly-cost.pdf")


def _calculator(
    request: HttpRequest, form_class: type[Any], template: str, result: Callable[[Any], dict[str, Any]]
) -> HttpResponse:
    """Empty until something was sent. What is wrong stands beside its field and, for who is typing, in the result."""
    form: CalculatorForm = form_class(request.GET if _asks(request, form_class) else None)
    context: dict[str, Any] = {"form": form}
    status = 200
    if form.is_valid():
        context |= result(form)
    elif form.is_bound and "HX-Request" not in request.headers:
        status = REFUSED
    response = render(request, template, context, status=status)
    if form.is_bound:
        response["Cache-Control"] = "no-store, private"  # somebody's own numbers
    elif request.session.is_empty():
        patch_cache_control(response, public=True, max_age=SHARED_SECONDS)
    patch_vary_headers(response, ["Cookie", "HX-Request"])
    return response


def _query_of(purchase: Purchase | None) -> str:
    """The same numbers for the other calculator, where it takes them."""
    if purchase is None or not purchase.loan or not LEAST_PRICE <= purchase.price <= LARGEST_AMOUNT:
        return ""
    return urlencode({name: getattr(purchase, name) for name in PaymentForm.base_fields})


def _asks(request: HttpRequest, form_class: type[Any]) -> bool:
    return any(name in request.GET for name in form_class.base_fields)
