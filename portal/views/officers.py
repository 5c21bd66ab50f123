"""The directory of officers, the page of each, and what one takes home from it. Anybody may read them."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import Company, OfficerProfile, User
from accounts.states import STATE_NAMES
from portal.contact_card import CONTENT_TYPE, contact_card
from portal.directory import Asked, directory
from portal.found import about_officer, absolute, consumer_access
from portal.opening import Opening, opening_at
from portal.published import reviews_of
from portal.scanning import code_to_scan
from portal.views.public import public_page


@dataclass(frozen=True)
class Licence:
    state: str
    number: str


@public_page
def officers(request: HttpRequest) -> HttpResponse:
    return render(request, "public/officers.html", {"found": directory(Asked.from_query(request.GET))})


@public_page
def officer(request: HttpRequest, slug: str) -> HttpResponse:
    profile = get_object_or_404(OfficerProfile.objects.public(), slug=slug)
    page = {
        **officer_context(profile),
        "structured": about_officer(profile, Company.load()),
        "shared_picture": profile.photo.url if profile.photo else "",
    }
    return render(request, "public/officer.html", page)


@public_page
def officer_card(request: HttpRequest, slug: str) -> HttpResponse:
    """The contact card, as a file that a telephone takes up."""
    profile = get_object_or_404(OfficerProfile.objects.public(), slug=slug)
    card = contact_card(profile, Company.load(), texts=house_texts())
    return HttpResponse(
        card,
        headers={"Content-Type": CONTENT_TYPE, "Content-Disposition": f'attachment; filename="{slug}.vcf"'},
    )


def house_texts() -> bool:
    """Whether texts to the house are carried, kept and answered; in the demo the outbox screen plays the carrier."""
    return settings.TEXTS_LEAVE_THE_HOUSE or settings.DEMO


def officer_context(profile: OfficerProfile) -> dict[str, Any]:
    """What the page shows of an officer beside the profile itself; the same for a draft that is looked at."""
    licences = sorted(
        (Licence(STATE_NAMES[one.state], one.number) for one in profile.licenses.all()),
        key=lambda licence: licence.state,
    )
    takes = profile.is_taking_applications and bool(licences) and profile.user.role == User.Role.OFFICER
    return {
        "profile": profile,
        "licences": licences,
        "takes_applications": takes,
        "texts": house_texts(),
        "consumer_access": consumer_access("INDIVIDUAL", profile.nmls_id),
        "opening": _opening(),
        "code": _code(profile),
        **reviews_of(profile.user),
    }


def _opening() -> Opening:
    return opening_at(timezone.now(), Company.load())


def _code(profile: OfficerProfile) -> SafeString:
    label = _("Code to scan: the page of %(name)s") % {"name": profile.user.name}
    return code_to_scan(absolute(reverse("public:officer", args=[profile.slug])), label)
