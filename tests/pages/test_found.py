"""How the house is found: sitemap, one address a page, the card of a shared link, and data for search engines."""

import json
import re
from html import unescape
from pathlib import Path
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

import pytest
from django.conf import settings
from PIL import Image

from accounts.models import Company, OfficerLicense, OfficerProfile, User
from portal.found import OF_MANY, PAGES
from portal.public_list import PUBLIC_ADDRESSES
from tests.pages.test_public import words

ROOT = Path(__file__).resolve().parent.parent.parent
HOUSE = "https://loans.lantern.example"
OLGA = "/officers/olga-haddad/"
# Public addresses that nobody should come upon by a search, by how they begin: links of one person, what a machine
# asks, files beside a page, and all of an application but its first page.
NOT_LISTED = (
    "accounts:", "admin:", "apply:", "chat:", "mail_webhooks:", "partner:", "preferences:", "public:answer",
    "public:friend", "public:guide_", "public:healthz", "public:media", "public:metrics", "public:officer_",
    "public:payment_pdf", "public:rates_feed", "public:readyz", "public:robots", "public:settled", "public:sitemap",
    "send:", "texting:", "uploads:",
)  # fmt: skip


@pytest.fixture(autouse=True)
def at_home(settings, cast):
    settings.PUBLIC_URL = HOUSE


def listed(visitor) -> list[str]:
    answer = visitor.get("/sitemap.xml")
    assert answer.status_code == 200 and answer["Content-Type"] == "application/xml"
    return [
        entry.text for entry in ElementTree.fromstring(answer.content).iter() if entry.tag.endswith("loc")
    ]


def head(visitor, path: str) -> dict[str, str]:
    """The link and meta tags of a page, by what they are called."""
    text = words(visitor.get(path))
    tags = re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', text)
    canonical = re.findall(r'<link rel="canonical" href="([^"]+)"', text)
    title = re.search(r"<title>(.*?)</title>", text)
    return {
        **dict(tags),
        "title": title[1] if title else "",
        **({"canonical": canonical[0]} if canonical else {}),
    }


def data_of(visitor, path: str) -> dict:
    [block] = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>', visitor.get(path).content.decode(), re.DOTALL
    )
    return json.loads(block)


# --- The list ----------------------------------------------------------------------------------------------------


def test_the_sitemap_names_public_pages_that_answer_and_call_themselves_the_same(visitor):
    addresses = listed(visitor)
    assert len(addresses) == len(set(addresses)) > 10
    assert {HOUSE + "/", HOUSE + OLGA, HOUSE + "/officers/", HOUSE + "/apply/"} <= set(addresses)
    titles = set()
    for address in addresses:
        assert address.startswith(HOUSE)
        path = address.removeprefix(HOUSE)
        assert visitor.get(path).status_code == 200, path
        said = head(visitor, path)
        assert said["canonical"] == said["og:url"] == address
        assert said["og:title"] and said["title"].startswith(said["og:title"]) and "robots" not in said
        titles.add(said["title"])
    assert len(titles) == len(addresses)  # no two pages are called the same


def test_an_officer_who_is_not_shown_is_not_listed(visitor, cast):
    assert HOUSE + "/officers/otto-weber/" in listed(visitor)
    OfficerLicense.objects.filter(officer__user=cast.otto).delete()
    assert HOUSE + "/officers/otto-weber/" not in listed(visitor)
    OfficerProfile.objects.filter(user=cast.olga).update(is_public=False)
    assert HOUSE + OLGA not in listed(visitor)


def test_every_public_page_is_listed_or_has_a_reason_not_to_be():
    forgotten = {name for name in PUBLIC_ADDRESSES if not name.startswith(NOT_LISTED)} - {*PAGES, *OF_MANY}
    assert not forgotten, "list them in portal/found.py, or here with the reason why not"
    assert {*PAGES, *OF_MANY} <= set(PUBLIC_ADDRESSES)


@pytest.mark.parametrize("path", ["/accounts/login/", "/apply/olga-haddad/", "/nowhere/"])
def test_what_is_not_listed_asks_not_to_be(visitor, path):
    said = head(visitor, path)
    assert "canonical" not in said and "og:url" not in said
    assert path == "/nowhere/" or said["robots"] == "noindex"


def test_robots_find_the_sitemap_and_every_page_in_it(visitor):
    text = visitor.get("/robots.txt").content.decode()
    assert f"\nSitemap: {HOUSE}/sitemap.xml" in text and "\nAllow: /apply/$\n" in text
    rules = RobotFileParser()
    rules.parse(text.splitlines())
    shut = [address for address in listed(visitor) if not rules.can_fetch("*", address)]
    assert shut == [HOUSE + "/apply/"]  # Python's reader knows no "$", which search engines do


# --- One page ----------------------------------------------------------------------------------------------------


def test_a_search_has_the_address_of_the_directory(visitor):
    assert head(visitor, "/officers/?state=ME&name=olga")["canonical"] == HOUSE + "/officers/"


def test_the_card_of_a_shared_link(visitor, cast):
    said = head(visitor, "/")
    assert said["og:site_name"] == "Lantern Home Loans" and len(said["description"]) > 50
    assert said["og:description"] == said["description"]
    assert said["og:image"] == f"{HOUSE}/static/card.png"
    assert Image.open(ROOT / "assets" / "images" / "card.png").size == (1200, 630)
    OfficerProfile.objects.filter(user=cast.olga).update(photo="officers/olga.jpg")
    assert head(visitor, OLGA)["og:image"] == f"{HOUSE}/media/officers/olga.jpg"


def test_names_end_no_attribute_and_no_script(visitor, cast):
    wild = 'O"lga <b>&</script><script>alert(1)</script>'
    User.objects.filter(pk=cast.olga.pk).update(name=wild)
    answer = visitor.get(OLGA)
    assert b"<script>alert" not in answer.content and b"<b>" not in answer.content
    assert data_of(visitor, OLGA)["name"] == wild
    title = re.search(r'og:title" content="([^"]*)"', words(answer))
    assert title and unescape(title[1]).startswith(wild)


# --- Data ---------------------------------------------------------------------------------------------------------


def test_the_front_page_says_who_the_house_is(visitor):
    said = data_of(visitor, "/")
    assert (said["@context"], said["@type"]) == ("https://schema.org", "FinancialService")
    assert (said["name"], said["url"], said["telephone"]) == (
        "Lantern Home Loans",
        HOUSE + "/",
        "+12075550148",
    )
    assert said["address"] == {
        "@type": "PostalAddress", "streetAddress": "48 Commercial Street", "addressLocality": "Portland",
        "addressRegion": "ME", "postalCode": "04101", "addressCountry": "US",
    }  # fmt: skip
    assert said["identifier"]["value"] == "1000048" and said["sameAs"].endswith("/COMPANY/1000048")
    assert [state["name"] for state in said["areaServed"]] == ["Maine", "New Hampshire"]
    hours = said["openingHoursSpecification"]
    assert (hours["opens"], hours["closes"], len(hours["dayOfWeek"])) == ("08:30", "17:30", 5)


def test_an_officers_page_says_who_they_are(visitor, cast):
    OfficerProfile.objects.filter(user=cast.olga).update(
        languages=["English", "Spanish"], specialities=["va"]
    )
    said = data_of(visitor, OLGA)
    assert (said["@type"], said["name"], said["url"]) == ("Person", "Olga Haddad", HOUSE + OLGA)
    assert said["worksFor"]["@id"] == data_of(visitor, "/")["@id"]
    assert (said["jobTitle"], said["telephone"]) == ("Loan officer", "+12075550161")
    assert said["identifier"]["value"] == "1200001" and said["sameAs"].endswith("/INDIVIDUAL/1200001")
    assert (said["knowsLanguage"], said["knowsAbout"]) == (["en", "es"], ["VA loans"])


def test_a_house_that_said_little_claims_nothing(visitor):
    Company.objects.all().delete()
    said = data_of(visitor, "/")
    assert not {"telephone", "email", "address", "identifier", "sameAs", "legalName"} & set(said)
    Company(
        pk=1, name="X", address="1 Road", city_line="Somewhere far", nmls_id="1", phone="", email=""
    ).save()
    assert data_of(visitor, "/")["address"]["addressLocality"] == "Somewhere far"


def test_no_page_loads_anything_from_elsewhere(visitor):
    for address in listed(visitor):
        text = words(visitor.get(address.removeprefix(HOUSE)))
        loads = re.findall(r'<(?:script|img|iframe|source)\b[^>]*\ssrc="([^"]+)"', text)
        loads += re.findall(r'<link rel="(?:stylesheet|icon|preload)" href="([^"]+)"', text)
        assert all(source.startswith(("/", "data:")) and not source.startswith("//") for source in loads), (
            address
        )


def test_settings_name_the_house_in_the_sitemap_not_the_visitor(client):
    """Whoever asks under another name of the machine gets the same addresses."""
    answer = client.get("/sitemap.xml", headers={"host": settings.ALLOWED_HOSTS[-1]})
    assert b"127.0.0.1" not in answer.content and HOUSE.encode() in answer.content
