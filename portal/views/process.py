"""How a loan goes, as anybody may read it: the steps, what to have ready, the words, strangers who call, and wires."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from leads import writing
from portal import ready
from portal.found import about_terms
from portal.glossary import TERMS
from portal.process import process_steps
from portal.views.public import public_page

STRANGERS, WIRE = "strangers", "wire"


@public_page
def process(request: HttpRequest) -> HttpResponse:
    return render(request, "public/process.html", {"steps": process_steps(), "everybody": ready.piles()[0]})


@public_page
def what_to_have_ready(request: HttpRequest) -> HttpResponse:
    """Everything, or only for the situations that are ticked (`?for=employed&for=va`)."""
    chosen = [key for key in request.GET.getlist("for") if key in ready.BY_KEY]
    context = {"piles": ready.piles(chosen), "situations": ready.SITUATIONS, "chosen": chosen}
    return render(request, "public/ready.html", context)


@public_page
def glossary(request: HttpRequest) -> HttpResponse:
    terms = sorted(TERMS, key=lambda term: str(term.name).casefold())
    return render(request, "public/glossary.html", {"terms": terms, "structured": about_terms(terms)})


@public_page
def strangers(request: HttpRequest) -> HttpResponse:
    return _text(
        request,
        STRANGERS,
        title=_("Why strangers may call"),
        summary=_("After you apply, companies you never spoke to may know of it. Why, and how to stop it."),
    )


@public_page
def wire(request: HttpRequest) -> HttpResponse:
    return _text(
        request,
        WIRE,
        title=_("How to send money safely"),
        summary=_("Wire fraud takes whole down payments. One telephone call prevents it."),
    )


def _text(request: HttpRequest, name: str, *, title: str, summary: str) -> HttpResponse:
    sections = writing.read(name, get_language() or "")
    return render(
        request, "public/text.html", {"title": title, "summary": summary, "sections": sections, "name": name}
    )
