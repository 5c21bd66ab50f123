"""The guides: for anybody, in plain words, without a figure that would make them advertising; as page and as PDF."""

import io
import re

import pikepdf
import pypdfium2
import pytest
from django.test import Client

from accounts.models import Company
from leads.guides import GUIDES, Guide
from loans.stages import PROMISES
from notifications.letters.guide import guide_pdf
from tests.cast import Cast
from tests.desk.helpers import get, words
from tests.notifications.lettering import words_of

pytestmark = pytest.mark.django_db
FIGURE = re.compile(r"\$\s?\d|\d\s?%|\bAPR\b|\bpercent\b")
COMPLETE = ("first-home", "refinance", "self-employed", "va")
FEWEST_WORDS = 1200
SOURCES = {
    "first-home": ("Consumer Financial Protection Bureau", "12 CFR 1026.19", "1681j"),
    "refinance": ("Consumer Financial Protection Bureau", "12 CFR 1026.19, 1026.23", "12 U.S.C. 4902"),
    "self-employed": ("12 CFR 1026.43(c)", "Fannie Mae, Selling Guide", "Form 4506-C"),
    "va": ("Department of Veterans Affairs, VA.gov", "38 U.S.C. 3709, 3710 and 3729", "38 CFR 36.4303"),
}


def said_in(guide: Guide) -> str:
    return " ".join(section.words for section in guide.sections)


@pytest.mark.parametrize("slug", GUIDES)
def test_anybody_reads_a_guide_and_it_names_no_rate_and_promises_nothing(
    cast: Cast, visitor: Client, slug: str
) -> None:
    page = get(visitor, "public:guide", slug)
    text = words(page)
    assert page.status_code == 200 and page["Cache-Control"] == "public, max-age=60"
    assert str(GUIDES[slug].title) in text and "NMLS ID 1000048" in text
    assert "commitment to lend" in text
    assert not FIGURE.search(text) and not PROMISES.search(text) and "fraud" not in text.lower()


@pytest.mark.parametrize("slug", COMPLETE)
def test_a_guide_is_whole_and_names_its_sources(slug: str) -> None:
    guide = GUIDES[slug]
    sources = next(section for section in guide.sections if section.heading == "Sources")
    counted = len(re.findall(r"[A-Za-z’']+", said_in(guide))) - len(re.findall(r"[A-Za-z’']+", sources.words))
    assert counted >= FEWEST_WORDS
    said = " ".join(sources.words.split())
    for source in SOURCES[slug]:
        assert source in said, source


@pytest.mark.parametrize("slug", GUIDES)
def test_sections_can_be_linked_to_and_no_markdown_is_left(visitor: Client, cast: Cast, slug: str) -> None:
    page = get(visitor, "public:guide", slug).content.decode()
    anchors = [section.anchor for section in GUIDES[slug].sections]
    assert len(set(anchors)) == len(anchors)
    for anchor in anchors:
        assert page.count(f'id="{anchor}"') == 1
    body = words(get(visitor, "public:guide", slug))
    assert "**" not in body and "](" not in body and "## " not in body


def test_the_list_leads_to_each(cast: Cast, visitor: Client) -> None:
    page = get(visitor, "public:guides").content.decode()
    assert all(f"/guides/{slug}/" in page for slug in GUIDES)


def test_a_guide_that_is_none_is_not_found(cast: Cast, visitor: Client) -> None:
    assert get(visitor, "public:guide", "made-up").status_code == 404
    assert get(visitor, "public:guide_pdf", "made-up").status_code == 404


# --- On paper ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slug", GUIDES)
def test_the_pdf_is_tagged_and_says_what_the_page_says(cast: Cast, visitor: Client, slug: str) -> None:
    answer = get(visitor, "public:guide_pdf", slug)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer["Cache-Control"] == "public, max-age=60" and f"{slug}.pdf" in answer["Content-Disposition"]
    with pikepdf.open(io.BytesIO(answer.content)) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked) and str(pdf.Root.Lang) == "en"
        assert "pdfuaid" in pdf.Root.Metadata.read_bytes().decode()
        assert str(pdf.docinfo.Title) == str(GUIDES[slug].title)
        tags = [
            str(thing.S) for thing in pdf.objects if isinstance(thing, pikepdf.Dictionary) and "/S" in thing
        ]
        pages = len(pdf.pages)
    assert tags.count("/H1") == 1 and tags.count("/H2") == len(GUIDES[slug].sections)
    said = words_of(answer.content)
    for section in GUIDES[slug].sections:
        assert section.heading in said, section.heading
    for number in range(1, pages + 1):
        assert f"{number} / {pages}" in said
    assert said.count("NMLS ID 1000048") == pages and "Equal Housing" in said and "commitment to lend" in said


def test_the_pdf_carries_the_company_as_it_is_now(cast: Cast) -> None:
    before = guide_pdf(GUIDES["va"])
    assert guide_pdf(GUIDES["va"]) is before, "the same words are set once"
    Company.objects.update(nmls_id="777")
    assert "NMLS ID 777" in words_of(guide_pdf(GUIDES["va"]))


def test_every_line_of_a_pdf_stands_within_the_page(cast: Cast) -> None:
    for page in pypdfium2.PdfDocument(guide_pdf(GUIDES["self-employed"])):
        width, height = page.get_size()
        for thing in page.get_objects():
            left, bottom, right, top = thing.get_bounds()
            assert left >= 0 and bottom >= 0 and right <= width and top <= height
