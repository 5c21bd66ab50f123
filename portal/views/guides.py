"""The guides that anybody may read, print and have as a PDF."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from documents.serving import own_pdf
from leads.guides import GUIDES, Guide
from notifications.letters import guide as paper
from portal.views.public import public_page


@public_page
def guide_list(request: HttpRequest) -> HttpResponse:
    return render(request, "public/guides.html", {"guides": GUIDES.values()})


@public_page
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    found = guide_called(slug)
    others = [other for other in GUIDES.values() if other is not found]
    return render(request, "public/guide.html", {"guide": found, "others": others})


@public_page
def guide_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """About nobody, and so kept by caches like the page."""
    found = guide_called(slug)
    response = own_pdf(paper.guide_pdf(found), f"{found.slug}.pdf")
    del response["Cache-Control"]
    return response


def guide_called(slug: str) -> Guide:
    found = GUIDES.get(slug)
    if found is None:
        raise Http404
    return found
