"""
How the house is found: the pages that search engines may list, the one address of each, and what a page says of the
house and its people in the words of schema.org. Whatever is not listed here asks not to be.
"""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote, urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.languages import code_of
from accounts.models import Company, OfficerLicense, OfficerProfile
from accounts.states import STATE_NAMES
from leads.guides import GUIDES
from portal.glossary import Term

# A page of its own, by the name of its view; of officers and guides there is one for each.
PAGES = (
    "public:front", "public:process", "public:ready", "public:glossary", "public:strangers", "public:wire",
    "public:officers", "public:rates", "public:payment", "public:affordability", "public:guides", "apply:start",
    "public:privacy", "public:accessibility",
)  # fmt: skip
OF_MANY = ("public:officer", "public:guide")
CARD = "card.png"
CITY_LINE = re.compile(r"(?P<city>.+?),\s*(?P<state>[A-Z]{2})\s+(?P<zip>\d{5}(?:-\d{4})?)")
CONSUMER_ACCESS = "https://www.nmlsconsumeraccess.org/EntityDetails.aspx"
WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
Said = dict[str, Any]


def absolute(path: str) -> str:
    return settings.PUBLIC_URL + path


def may_be_found(request: HttpRequest) -> bool:
    match = request.resolver_match
    return bool(match) and match.view_name in (*PAGES, *OF_MANY)  # type: ignore[union-attr]


def canonical(request: HttpRequest) -> str:
    """The one address of the page, whatever was asked of it after the question mark."""
    return absolute(request.path)


class PublicPages(Sitemap):
    """Every page that may be listed, and answers to anybody."""

    def items(self) -> list[str]:
        slugs = OfficerProfile.objects.listed().values_list("slug", flat=True)
        return [
            *(reverse(name) for name in PAGES),
            *(reverse("public:officer", args=[slug]) for slug in slugs),
            *(reverse("public:guide", args=[slug]) for slug in GUIDES),
        ]

    def location(self, item: str) -> str:
        return item

    def get_protocol(self, protocol: str | None = None) -> str:
        return urlsplit(settings.PUBLIC_URL).scheme

    def get_domain(self, site: Any = None) -> str:
        """The house has one name, whatever the machine was called by whoever asks."""
        return urlsplit(settings.PUBLIC_URL).netloc


# --- In the words of schema.org ------------------------------------------------------------------------------


def consumer_access(kind: str, nmls_id: str) -> str:
    """Where anybody can look up the licences behind this number; `kind` is COMPANY or INDIVIDUAL."""
    return f"{CONSUMER_ACCESS}/{kind}/{quote(nmls_id, safe='')}"


def about_company(company: Company) -> Said:
    """The house as a FinancialService."""
    states = (
        OfficerLicense.objects.filter(officer__in=OfficerProfile.objects.listed())
        .order_by("state")
        .values_list("state", flat=True)
        .distinct()
    )
    return _known(
        {
            "@context": "https://schema.org",
            "@type": "FinancialService",
            **_identity(company),
            "legalName": company.legal_name,
            "image": absolute(company.logo.url if company.logo else static(CARD)),
            "telephone": _number(company.phone),
            "email": company.email,
            "address": _address(company),
            "openingHoursSpecification": _hours(company),
            "areaServed": [{"@type": "State", "name": STATE_NAMES[state]} for state in states],
            "identifier": _nmls(company.nmls_id),
            "sameAs": consumer_access("COMPANY", company.nmls_id) if company.nmls_id else "",
        }
    )


def about_officer(profile: OfficerProfile, company: Company) -> Said:
    """One of its people."""
    return _known(
        {
            "@context": "https://schema.org",
            "@type": "Person",
            "name": profile.user.name,
            "jobTitle": profile.title,
            "url": absolute(reverse("public:officer", args=[profile.slug])),
            "image": absolute(profile.photo.url) if profile.photo else "",
            "telephone": _number(profile.direct_phone or company.phone),
            "email": profile.user.mail_address,
            "description": profile.bio.partition("\n")[0],
            "knowsLanguage": [code_of(name) for name in profile.languages],
            "knowsAbout": profile.speciality_names,
            "identifier": _nmls(profile.nmls_id),
            "sameAs": consumer_access("INDIVIDUAL", profile.nmls_id),
            "worksFor": {"@type": "FinancialService", **_identity(company)},
        }
    )


def about_terms(terms: Iterable[Term]) -> Said:
    """The glossary as questions and answers."""
    return {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": _("What does “%(term)s” mean?") % {"term": term.name},
                "url": absolute(f"{reverse('public:glossary')}#{term.key}"),
                "acceptedAnswer": {"@type": "Answer", "text": str(term.meaning)},
            }
            for term in terms
        ],
    }


def _identity(company: Company) -> Said:
    return {"@id": absolute("/#company"), "name": company.name, "url": absolute("/")}


def _nmls(number: str) -> Said:
    return {"@type": "PropertyValue", "propertyID": "NMLS ID", "value": number} if number else {}


def _number(phone: Any) -> str:
    return phone.as_e164 if phone else ""


def _address(company: Company) -> Said:
    if not company.address:
        return {}
    street = {"@type": "PostalAddress", "streetAddress": company.address, "addressCountry": "US"}
    place = CITY_LINE.fullmatch(company.city_line.strip())
    if place is None:
        return {**street, "addressLocality": company.city_line}
    return {
        **street,
        "addressLocality": place["city"],
        "addressRegion": place["state"],
        "postalCode": place["zip"],
    }


def _hours(company: Company) -> Said:
    days = WEEK if company.open_on_saturday else WEEK[:-1]
    return {
        "@type": "OpeningHoursSpecification",
        "dayOfWeek": list(days),
        "opens": f"{company.opens_at:%H:%M}",
        "closes": f"{company.closes_at:%H:%M}",
    }


def _known(said: Said) -> Said:
    """Without what nobody has told us: machines take an empty word for a fact."""
    return {name: value for name, value in said.items() if value}
