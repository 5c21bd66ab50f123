"""How it works, what to have ready, the words of the trade, strangers who call and wires: what each page promises."""

import json
import re

import pytest
from django.test import Client

from documents.models import NeedWording
from documents.needs import NEEDS, Who
from leads.guides import GUIDES
from loans.models import UsualDays
from loans.stages import STEPS, Stage
from portal import ready
from portal.glossary import TERMS
from portal.process import SIDES
from tests.cast import Cast
from tests.desk.helpers import get, words

pytestmark = pytest.mark.django_db
PAGES = ("process", "ready", "glossary", "strangers", "wire")
LINK = re.compile(r'href="(/[^"#?]*)(?:\?[^"#]*)?(#[^"]*)?"')


def said(visitor: Client, name: str, **asked: str) -> str:
    return words(get(visitor, f"public:{name}", **asked))


# --- Every page ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_anybody_reads_it_it_says_what_it_is_not_and_is_cheap(
    cast: Cast, visitor: Client, name: str, django_assert_max_num_queries
) -> None:
    with django_assert_max_num_queries(6):
        page = get(visitor, f"public:{name}")
    assert page.status_code == 200 and "max-age=60" in page["Cache-Control"]
    text = words(page)
    assert "commitment to lend" in text and "NMLS ID 1000048" in text
    head = page.content.decode().split("</head>")[0]
    title = re.search(r"<title>(.+?) · Lantern Home Loans</title>", head)
    about = re.search(r'<meta name="description" content="([^"]{60,200})"', head)
    assert title and about and "Apply for a home loan with" not in about[1], "words of its own"


@pytest.mark.parametrize("name", [name for name in PAGES if name != "wire"])
def test_the_word_stands_on_the_wire_page_alone(cast: Cast, visitor: Client, name: str) -> None:
    assert "fraud" not in said(visitor, name).lower()
    assert "fraud" in said(visitor, "wire").lower()


def test_every_link_of_these_pages_and_of_the_guides_leads_somewhere(cast: Cast, visitor: Client) -> None:
    """Also the ones inside the texts, and the anchors they name."""
    addresses = [f"/process/{name}" for name in ("", "ready/", "glossary/", "calls/", "wire/")]
    addresses += ["/guides/", *(f"/guides/{slug}/" for slug in GUIDES)]
    wanted: set[tuple[str, str]] = set()
    for address in addresses:
        found = LINK.findall(visitor.get(address).content.decode())
        assert found, address
        wanted |= {(path, anchor) for path, anchor in found if not path.startswith("/static/")}
    pages = {path: visitor.get(path) for path in {path for path, _anchor in wanted}}
    broken = {path: page.status_code for path, page in pages.items() if page.status_code != 200}
    assert broken == {}
    for path, anchor in wanted:
        if anchor:
            assert f'id="{anchor[1:]}"' in pages[path].content.decode(), path + anchor


# --- The seven steps -----------------------------------------------------------------------------------------


def test_each_step_says_what_each_side_does(cast: Cast, visitor: Client) -> None:
    text = said(visitor, "process")
    assert set(SIDES) == set(STEPS)
    for sides in SIDES.values():
        for line in (*sides.you, *sides.we):
            assert str(line) in text, line


def test_usual_days_come_from_our_own_loans(cast: Cast, visitor: Client) -> None:
    assert "Usual days here" not in said(visitor, "process")
    at = cast.loan.created_at
    UsualDays.objects.create(stage=Stage.PROCESSING, loans=25, median=9, ninetieth=16, counted_at=at)
    text = said(visitor, "process")
    assert "Usual days here: About 9 days; nine in ten loans within 16 days." in text
    assert text.count("Usual days here") == 1, "a stage with too few loans says nothing"


# --- What to have ready --------------------------------------------------------------------------------------


@pytest.mark.parametrize("situation", ready.SITUATIONS, ids=lambda situation: situation.key)
def test_each_situation_is_on_the_page_with_what_it_needs(
    cast: Cast, visitor: Client, situation: ready.Situation
) -> None:
    everybody, mine = ready.piles([situation.key])
    text = said(visitor, "ready", **{"for": situation.key})
    assert str(situation.title) in text
    for paper in (*everybody.papers, *mine.papers):
        assert str(paper.title) in text and str(paper.why) in text and str(paper.what_counts) in text


def test_everything_the_house_may_ask_is_on_the_whole_list(cast: Cast) -> None:
    """A need that no situation leads to would come as a surprise after applying."""
    listed = {str(paper.title) for pile in ready.piles() for paper in pile.papers}
    assert listed == {str(need.title) for need in NEEDS}
    assert {need.who for need in NEEDS} == set(Who)


def test_a_list_of_ones_own_names_each_paper_once_and_nothing_else(cast: Cast, visitor: Client) -> None:
    made = ready.piles(["self-employed", "contractor", "landlord"])
    titles = [str(paper.title) for pile in made for paper in pile.papers]
    assert len(titles) == len(set(titles)) and "Personal tax returns" in titles
    text = said(visitor, "ready", **{"for": "va"})
    assert "Certificate of Eligibility" in text and "Gift letter" not in text
    assert "Gift letter" in said(visitor, "ready", **{"for": "made-up"}), "what is no situation is not heard"


def test_the_list_speaks_in_the_houses_own_words_and_leaves_out_what_it_does_not_ask(
    cast: Cast, visitor: Client
) -> None:
    NeedWording.objects.create(need="photo_id", why="So that nobody else borrows in your name.")
    NeedWording.objects.create(need="social_security_card", is_asked=False)
    text = said(visitor, "ready")
    assert "So that nobody else borrows in your name." in text
    assert "Social Security card" not in text


# --- The words -----------------------------------------------------------------------------------------------


def test_the_glossary_has_the_words_of_the_trade_each_with_an_anchor(cast: Cast, visitor: Client) -> None:
    assert len(TERMS) >= 35 and len({term.key for term in TERMS}) == len(TERMS)
    page = get(visitor, "public:glossary")
    for term in TERMS:
        assert page.content.decode().count(f'id="{term.key}"') == 1
        assert f"{term.name} {term.meaning}" in words(page)
        assert 4 <= len(str(term.meaning).split()) <= 60, term.key
    data = page.content.decode().split('type="application/ld+json">')[1].split("</script>")[0]
    questions = json.loads(data)["mainEntity"]
    assert {one["acceptedAnswer"]["text"] for one in questions} == {str(term.meaning) for term in TERMS}
    shown = [str(term.name) for term in page.context["terms"]]
    assert shown == sorted(shown, key=str.casefold)


# --- Strangers and wires -------------------------------------------------------------------------------------


def test_strangers_names_the_law_and_the_way_out(cast: Cast, visitor: Client) -> None:
    text = said(visitor, "strangers")
    for part in ("Public Law 119-36", "March 2026", "optoutprescreen.com", "1-888-567-8688", "donotcall.gov"):
        assert part in text, part


def test_wire_says_the_rule_whom_to_call_and_what_to_do_when_it_happened(cast: Cast, visitor: Client) -> None:
    text = said(visitor, "wire")
    for part in (
        "call us on a number that you already know",
        "(207) 555-0148",
        "ic3.gov",
        "recall of the wire",
    ):
        assert part in text, part
