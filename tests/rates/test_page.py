"""The public page and its feed: whole advertisements or none, the APR first, and the year behind."""

import json
import re
from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from lxml import html

from accounts.models import Company
from loans.models import RatePost
from loans.services.rates import complete, withdraw_rate
from tests.rates.terms import adjustable, fha, fixed, insured, va
from tests.running import ROOT

# Pages are too dear to look for the smallest example: the one that failed says enough.
ONCE = (Phase.explicit, Phase.reuse, Phase.generate)
EVERY_SORT = (fixed, adjustable, insured, fha, va)


def text_of(response) -> str:
    return " ".join(response.content.decode().replace("\u00a0", " ").replace("&nbsp;", " ").split())


def cards(response) -> list[html.HtmlElement]:
    return html.fromstring(response.content).find_class("rate-card")


def said(element: html.HtmlElement) -> str:
    """Words as a reader has them; those of neighbouring elements do not run together."""
    return " ".join(" ".join(element.itertext()).split())


# --- What every advertisement holds


def lacks(card, page: str) -> list[str]:
    """What 12 CFR 1026.24 and our own block ask for and this card, or the page around it, does not say."""
    words = said(card)
    asked = {
        "the term “annual percentage rate”": r"Annual percentage rate \(APR\) \d+\.\d{3}%",
        "the rate": r"Interest rate \d+\.\d{3}%",
        "points": r"Points \d\.\d{3} \(\$[\d,.]+\)",
        "the payments over the full term": r"Payments over the full term: \d+ monthly payments?[^$]* \$[\d,.]+",
        "taxes and insurance": r"not include amounts for taxes and insurance premiums; the actual payment will be gr",
        "down payment or value": r"down payment \$[\d,]+ \([\d.]+%\)|Refinance of a home worth \$",
        "the amount and the term": r"Loan of \$[\d,]+ over \d+ years",
        "credit, use and lock": r"Credit score of \d{3} or more; .+; rate locked for \d+ days",
        "other finance charges": r"Other finance charges paid at closing: \$",
        "the hour": r"Posted \w{3} \d+.*, \d+(:\d\d)? [ap]\.m\.|Posted .* (noon|midnight)",
    }
    if "ARM" in words:
        asked |= {
            "that the APR may rise": r"annual percentage rate may increase after closing",
            "how long each rate holds": r"Interest rate \d+\.\d{3}% for \d+ months.* \d+\.\d{3}% for \d+ months",
            "index and margin": r"\(\d+\.\d{3}% on \w+ \d+.*\) plus a margin of \d+\.\d{3}%",
            "the caps": r"Then changes every \d+ months: by at most",
        }
    missing = [what for what, pattern in asked.items() if not re.search(pattern, words)]
    counts = [int(count) for count in re.findall(r"(\d+) monthly payments?(?: of|, falling)", words)]
    months = 12 * int(re.search(r"over (\d+) years", words).group(1)) if "over" in words else 0
    if sum(counts) != months:
        missing.append("payments that add up to the term")
    around = {"NMLS": "NMLS ID 1000048", "phone": "tel:", "no commitment": "not a commitment to lend",
              "housing": "Equal Housing Lender"}  # fmt: skip
    return missing + [what for what, words in around.items() if words not in page]


def test_every_sort_of_product_is_a_whole_advertisement(cast, post, visitor):
    post(*[sort() for sort in EVERY_SORT if sort is not insured])
    post(insured(purpose="refinance"))
    answer = visitor.get("/rates/")
    shown = cards(answer)
    assert len(shown) == 5
    assert {
        said(card)[:40]: lacks(card, text_of(answer)) for card in shown if lacks(card, text_of(answer))
    } == {}


FIELDS = {
    "rate": [Decimal(0), Decimal("30")], "points": [Decimal(-1), Decimal(50)], "other_charges": [Decimal(-5)],
    "home_value": [Decimal(0), Decimal(1)], "loan_amount": [Decimal(0), Decimal(900_000)], "credit_score": [0, 999],
    "occupancy": ["", "boat"], "lock_days": [0], "kind": ["", "gift"], "purpose": [""], "term_months": [0, 359, 360],
    "apr": [None, Decimal(0), Decimal("5.000")], "payments": [[], [[12, "10.00", "6.500"]]],
    "index_name": [""], "index_rate": [None, Decimal(-1)], "index_on": [None], "margin": [None], "adjusts_every": [0],
    "cap_first": [None], "cap_next": [None], "cap_life": [None], "first_months": [0, 7, 360],
    "insurance": [Decimal(0), Decimal("0.550"), Decimal(9)], "financed_fee": [Decimal(0), Decimal(9)],
}  # fmt: skip
HOUSE = st.fixed_dictionaries({}, optional={field: st.just("") for field in
                                            ("name", "nmls_id", "phone", "equal_housing_statement")})  # fmt: skip
BROKEN = st.fixed_dictionaries(
    {}, optional={field: st.sampled_from(values) for field, values in FIELDS.items()}
)
ROW = st.tuples(st.sampled_from(EVERY_SORT), BROKEN | st.just({}), st.integers(-2, 60))


@pytest.mark.django_db
@settings(max_examples=20, deadline=None, phases=ONCE, suppress_health_check=list(HealthCheck))
@given(rows=st.lists(ROW, min_size=1, max_size=3), house=HOUSE | st.just({}))
def test_no_page_ever_shows_an_advertisement_that_lacks_something(rows, house, cast, visitor):
    """Whatever rows came into the table, by whatever way: a card is whole, fresh and of a house with its own block."""
    RatePost.objects.all()._raw_delete("default")
    now = timezone.now()
    for sort, broken, hours in rows:
        made = complete(sort())
        for field, value in {
            **broken,
            "posted_at": now - timedelta(hours=hours),
            "posted_by": cast.mara,
        }.items():
            setattr(made, field, value)
        made.save()
    whole_house = Company(
        **{field.attname: getattr(cast.company, field.attname) for field in Company._meta.fields}
    )
    for field, value in house.items():
        setattr(whole_house, field, value)
    whole_house.save()
    answer = visitor.get("/rates/")
    assert answer.status_code == 200
    for card in cards(answer):
        assert lacks(card, text_of(answer)) == []
    fresh = [row for row in rows if 0 <= row[2] < 24]
    listed = json.loads(visitor.get("/rates/feed.json").content)["rates"]
    assert len(listed) == len(cards(answer)) <= len(fresh)
    if house or not fresh:
        assert not listed and "No rates are posted right now" in text_of(answer)
    if not house and fresh and len(rows) == 1 and not rows[0][1]:
        assert len(listed) == 1  # and what is whole is shown
    cast.company.save()


# --- The APR is never less prominent


def test_the_apr_stands_before_the_rate_in_page_and_feed(cast, post, visitor):
    post(fixed(), adjustable())
    for card in cards(visitor.get("/rates/")):
        names = [said(term) for term in card.iter("dt")]
        assert names[:2] == ["Annual percentage rate (APR)", "Interest rate"]
    for entry in json.loads(visitor.get("/rates/feed.json").content)["rates"]:
        keys = list(entry)
        assert keys.index("annual_percentage_rate") < keys.index("rates")


def test_the_apr_is_set_at_least_as_large_as_the_rate():
    css = (ROOT / "assets" / "css" / "rates.css").read_text()
    tokens = dict(
        re.findall(r"--(size-\d+): ([\d.]+)rem", (ROOT / "assets" / "css" / "tokens.css").read_text())
    )
    rule = {
        what: re.search(rf"\.rate-{what} dd {{([^}}]*)}}", css).group(1) for what in ("apr", "rate", "points")
    }
    named = {what: re.search(r"font-size: var\(--(size-\d+)\)", text).group(1) for what, text in rule.items()}
    size = {what: float(tokens[name]) for what, name in named.items()}
    weight = {what: int(re.search(r"font-weight: (\d+)", text).group(1)) for what, text in rule.items()}
    assert size["apr"] >= max(size.values()) and weight["apr"] >= max(weight.values())
    assert "order:" not in css.split("/* Charts")[0].replace(
        "border:", ""
    )  # as in the page, so on the screen
    others = [path.name for path in (ROOT / "assets" / "css").glob("*.css") if path.name != "rates.css"]
    changed = [
        name
        for name in others
        if re.search(r"\.rate-(apr|rate|points|figures)\b", (ROOT / "assets" / "css" / name).read_text())
    ]
    assert not changed and not re.search(r"@media[^{]*{[^}]*\.rate-(apr|rate|points|figures)\b", css)


def test_nothing_about_the_apr_is_hidden_or_smaller_than_the_rate(cast, post, visitor):
    """Both figures are of one kind, in one list, the APR first; neither is put away behind a class or an attribute."""
    post(fixed(), adjustable(), fha())
    for card in cards(visitor.get("/rates/")):
        (list_of_figures,) = card.find_class("rate-figures")
        assert [figure.get("class") for figure in list_of_figures] == ["rate-apr", "rate-rate", "rate-points"]
        assert len({figure.tag for figure in list_of_figures}) == 1
        (apr,) = card.find_class("rate-apr")
        for element in [apr, *apr.iterdescendants(), *apr.iterancestors()]:
            assert "hidden" not in element.attrib and "style" not in element.attrib
            assert not {"visually-hidden", "d-none", "small", "quiet", "text-muted"} & set(
                (element.get("class") or "").split()
            )


def test_no_rate_stands_anywhere_else_on_public_pages(cast, post, visitor):
    """A rate without its APR would be an advertisement of its own: calculators begin empty."""
    post(fixed(rate=Decimal("6.375")))
    for address in ("/", "/rates/payment/", "/rates/affordability/"):
        assert "6.375" not in text_of(visitor.get(address))


# --- None, and whom to call


def test_without_rates_the_page_says_so_kindly_and_whom_to_call(cast, post, visitor):
    for _state in ("never posted", "too old"):
        text = text_of(visitor.get("/rates/"))
        assert "No rates are posted right now" in text and "We are glad to tell you" in text
        assert 'href="tel:' in text and cast.company.business_hours in text
        assert not re.search(r"\d\.\d{3}%", text)
        feed = json.loads(visitor.get("/rates/feed.json").content)
        assert feed["rates"] == [] and feed["phone"] and "call" in feed["notice"]
        with time_machine.travel(timezone.now() - timedelta(hours=25), tick=False):
            post(fixed())


def test_what_was_taken_off_is_gone_at_once(cast, post, visitor):
    stays, goes = post(fixed(), va())
    withdraw_rate(post=goes, why="Gone", by=cast.mara)
    assert [said(card).split(" Annual")[0] for card in cards(visitor.get("/rates/"))] == [stays.name]


# --- The year


@pytest.fixture
def year(cast, post):
    now = timezone.now()
    for weeks in range(50, -1, -5):
        with time_machine.travel(now - timedelta(weeks=weeks, minutes=1), tick=False):
            post(
                fixed(rate=Decimal("6.5") + Decimal(weeks) / 100), va(rate=Decimal("6") + Decimal(weeks) / 50)
            )


def test_chart_and_table_of_the_year_have_the_same_figures(year, visitor):
    page = html.fromstring(visitor.get("/rates/").content)
    charts = page.find_class("chart-card")
    assert len(charts) == 2
    rows = [[said(cell) for cell in row.iter("td")] for row in page.xpath("//tbody/tr")]
    assert len(rows) == 11
    for column, chart in enumerate(charts):
        figures = [Decimal(row[column]) for row in rows if row[column] != "–"]
        told = said(chart)
        assert f"{min(figures)}%" in told and f"{max(figures)}%" in told
        (path,) = chart.xpath(".//path/@d")
        assert path.count("V") == len(figures) - 1  # a step each week
        assert "APR over the last year" in chart.xpath(".//svg/@aria-label")[0]


def test_the_page_costs_the_same_after_a_year(year, visitor, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        assert visitor.get("/rates/").status_code == 200


def test_anybody_may_keep_it_for_a_minute_and_it_is_described(cast, post, visitor):
    post(fixed())
    answer = visitor.get("/rates/")
    assert "max-age=60" in answer["Cache-Control"] and not answer.cookies
    page = html.fromstring(answer.content)
    assert "Mortgage rates" in page.findtext(".//title")
    assert "APR" in page.xpath("//meta[@name='description']/@content")[0]
    assert page.xpath("//nav//a[@href='/rates/'][@aria-current]")
    assert visitor.get("/rates/feed.json")["Content-Type"] == "application/json"
