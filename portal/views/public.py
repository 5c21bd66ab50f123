"""Pages that anybody may read. Each one is on the written list in `portal/public_list.py`."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps import views as sitemaps
from django.core.exceptions import SuspiciousFileOperation
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_safe
from django.views.static import serve

from accounts.models import Company, OfficerProfile
from portal.found import PublicPages, about_company, absolute

View = Callable[..., HttpResponseBase]
SHARED_SECONDS = 60
PHOTO_SECONDS = 86400
TEASER_OFFICERS = 4


def public_page(view: View) -> View:
    """Open to all; caches keep it a minute when it holds nothing of one visitor: no session, message or form token."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        patch_vary_headers(response, ["Cookie"])
        holds_token = bool(request.META.get("CSRF_COOKIE_NEEDS_UPDATE"))
        if request.session.is_empty() and not request.COOKIES.get("messages") and not holds_token:
            patch_cache_control(response, public=True, max_age=SHARED_SECONDS)
        return response

    return login_not_required(require_safe(answer))


@public_page
def front(request: HttpRequest) -> HttpResponse:
    officers = OfficerProfile.objects.listed()[:TEASER_OFFICERS]
    page = {"officers": officers, "structured": about_company(Company.load())}
    return render(request, "public/front.html", page)


@public_page
def privacy(request: HttpRequest) -> HttpResponse:
    return render(request, "public/privacy.html")


@public_page
def accessibility(request: HttpRequest) -> HttpResponse:
    return render(request, "public/accessibility.html")


@public_page
def robots(request: HttpRequest) -> HttpResponse:
    page = {"sitemap": absolute(reverse("public:sitemap"))}
    return render(request, "public/robots.txt", page, content_type="text/plain; charset=utf-8")


@public_page
def sitemap(request: HttpRequest) -> HttpResponse:
    return sitemaps.sitemap(request, {"pages": PublicPages})


@login_not_required
@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """Officer photos and logos: pictures that this house made itself from what was uploaded."""
    if Path(path).suffix.lower() not in {".jpg", ".jpeg", ".png", ".webp"}:
        raise Http404
    try:
        response = serve(request, path, document_root=settings.MEDIA_ROOT)
    except SuspiciousFileOperation as error:
        raise Http404 from error
    patch_cache_control(response, public=True, max_age=PHOTO_SECONDS)
    return response
