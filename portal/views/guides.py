"""The guides that anybody may read, and print."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from leads.guides import GUIDES
from portal.views.public import public_page


@public_page
def guide_list(request: HttpRequest) -> HttpResponse:
    return render(request, "public/guides.html", {"guides": GUIDES.values()})


@public_page
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    found = GUIDES.get(slug)
    if found is None:
        raise Http404
    others = [other for other in GUIDES.values() if other is not found]
    return render(request, "public/guide.html", {"guide": found, "others": others})
