"""The guides: for anybody, in plain words, without a figure that would make them advertising."""

import re

import pytest
from django.test import Client

from leads.guides import GUIDES
from loans.stages import PROMISES
from tests.cast import Cast
from tests.desk.helpers import get, words

pytestmark = pytest.mark.django_db
FIGURE = re.compile(r"\$\s?\d|\d\s?%|\bAPR\b|\bpercent\b")


@pytest.mark.parametrize("slug", GUIDES)
def test_anybody_reads_a_guide_and_it_names_no_rate_and_promises_nothing(
    cast: Cast, visitor: Client, slug: str
) -> None:
    page = get(visitor, "public:guide", slug)
    text = words(page)
    assert page.status_code == 200 and page["Cache-Control"] == "public, max-age=60"
    assert str(GUIDES[slug].title) in text and "NMLS ID 1000048" in text
    assert "commitment to lend" in text
    assert not FIGURE.search(text) and not PROMISES.search(text)


def test_the_list_leads_to_each(cast: Cast, visitor: Client) -> None:
    page = get(visitor, "public:guides").content.decode()
    assert all(f"/guides/{slug}/" in page for slug in GUIDES)


def test_a_guide_that_is_none_is_not_found(cast: Cast, visitor: Client) -> None:
    assert get(visitor, "public:guide", "made-up").status_code == 404
