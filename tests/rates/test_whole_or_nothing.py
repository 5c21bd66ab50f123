"""
All that the advertising rules ask for, or no rate at all (12 CFR 1026.24, 1007.105): each item is broken alone, with
APR and payments worked out anew, so that nothing else is wrong; and what is whole says every item, with the right APR.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import Company
from leads.guides import GUIDES
from loans.advertising import as_kept, missing
from loans.models import RatePost
from loans.pricing import price
from loans.services.rates import complete, post_rates, withdraw_rate
from portal.formats import datetime_text
from portal.public_list import PUBLIC_ADDRESSES
from tests.cast import Cast
from tests.rates.again import apr_again
from tests.rates.terms import adjustable, fha, fixed, insured, va
from tests.rates.test_page import ONCE, cards, said, text_of

pytestmark = pytest.mark.django_db
Sort = Callable[..., RatePost]
DRAWN = re.compile(r"<svg.*?</svg>", re.DOTALL)  # the coordinates of an icon are no rates
RATE = re.compile(r"\d\.\d{3}\s?%")
TODAY = timezone.now().date()

# What is broken alone, and the words in which whoever posts is told.
KIND, TERM, SAY_RATE, SAY_POINTS = (
    "which kind of loan",
    "The term is",
    "The rate is between",
    "Points are between",
)
HOME, AMOUNT, CHARGES = "price of the home is needed", "loan amount is needed", "Other finance charges"
NAME_INDEX, CAPS, DAY = (
    "Name the index",
    "by how much the rate may change",
    "index is to be of the last 30 days",
)
ITEMS: list[tuple[Sort, dict[str, Any], str]] = [
    (fixed, {"kind": ""}, KIND), (fixed, {"kind": "gift"}, KIND), (fixed, {"purpose": ""}, KIND),
    (fixed, {"term_months": 359}, TERM), (fixed, {"term_months": 480}, TERM),
    (fixed, {"rate": Decimal(0)}, SAY_RATE), (fixed, {"rate": Decimal("25.001")}, SAY_RATE),
    (fixed, {"points": Decimal("-0.125")}, SAY_POINTS), (fixed, {"points": Decimal("5.001")}, SAY_POINTS),
    (va, {"financed_fee": Decimal("5.001")}, "A fee added to the loan"),
    (fixed, {"financed_fee": Decimal("-0.001")}, "A fee added to the loan"),
    (insured, {"insurance": Decimal("3.001")}, "mortgage insurance at most"),
    (fixed, {"home_value": Decimal(0)}, HOME),
    (fixed, {"loan_amount": Decimal(999), "home_value": Decimal(2000), "other_charges": Decimal(0)}, AMOUNT),
    (insured, {"loan_amount": Decimal(500_001)}, AMOUNT),
    (fixed, {"other_charges": Decimal(-1)}, CHARGES), (fixed, {"other_charges": Decimal(40_001)}, CHARGES),
    (fixed, {"credit_score": 0}, "credit score"), (fixed, {"credit_score": 851}, "credit score"),
    (fixed, {"lock_days": 0}, "how many days the rate is locked"),
    (fixed, {"occupancy": ""}, "how the home is used"), (fixed, {"occupancy": "boat"}, "how the home is used"),
    (fixed, {"insurance": Decimal("0.500")}, "needs no mortgage insurance"),
    (fixed, {"loan_amount": Decimal(400_001)}, "needs mortgage insurance: say"),
    (fha, {"insurance": Decimal(0)}, "An FHA loan has"), (fha, {"financed_fee": Decimal(0)}, "An FHA loan has"),
    (va, {"insurance": Decimal("0.500")}, "A VA loan has no"),
    (fha, {"occupancy": "second"}, "borrower lives in"), (va, {"occupancy": "investment"}, "borrower lives in"),
    (adjustable, {"first_months": 66}, "whole years"), (adjustable, {"first_months": 360}, "whole years"),
    (adjustable, {"first_months": 6}, "whole years"),
    (adjustable, {"adjusts_every": 0}, "every how many months"),
    (adjustable, {"index_name": ""}, NAME_INDEX), (adjustable, {"index_name": " "}, NAME_INDEX),
    (adjustable, {"index_rate": None}, NAME_INDEX), (adjustable, {"margin": None}, NAME_INDEX),
    (adjustable, {"cap_first": None}, CAPS), (adjustable, {"cap_next": None}, CAPS),
    (adjustable, {"cap_life": None}, CAPS),
    (adjustable, {"index_on": None}, DAY), (adjustable, {"index_on": TODAY - timedelta(days=32)}, DAY),
    (adjustable, {"index_on": TODAY + timedelta(days=2)}, DAY),
    (fixed, {"apr": None}, "The APR is missing"), (fixed, {"apr": Decimal("6.461")}, "The APR is missing"),
    (fixed, {"apr": Decimal("6.713")}, "The APR is missing"), (adjustable, {"apr": Decimal("5.875")}, "The APR is"),
    (fixed, {"payments": []}, "The payments are missing"),
    (fixed, {"payments": [[360, "2528.26", "6.500"]]}, "The payments are missing"),
    (fha, {"payments": [[360, "2983.02", "6.125"]]}, "The payments are missing"),
]  # fmt: skip
HOUSE = {
    "name": "no name yet", "nmls_id": "no NMLS ID yet", "phone": "no telephone number",
    "equal_housing_statement": "no Equal Housing statement",
}  # fmt: skip


def with_one_wrong(sort: Sort, wrong: dict[str, Any], cast: Cast) -> RatePost:
    """Saved past every check, as an import or a hand in the database might."""
    made = complete(sort())
    for field, value in wrong.items():
        setattr(made, field, value)
    if not {"apr", "payments"} & set(wrong):
        priced = price(made)
        made.apr, made.payments = priced.apr, as_kept(priced.payments)
    made.posted_by = cast.mara
    made.save()
    return made


def no_rate_stands(visitor: Client) -> bool:
    page, feed = visitor.get("/rates/"), json.loads(visitor.get("/rates/feed.json").content)
    text = text_of(page)
    return not cards(page) and not RATE.search(text) and "No rates are posted" in text and feed["rates"] == []


def other_pages() -> Iterator[str]:
    """Every page of the house that anybody may read, without the one for rates and its feed."""
    of_many = {
        "public:officer": [["olga-haddad"]], "public:officer_reviews": [["olga-haddad"]],
        "public:officer_card": [["olga-haddad"]], "public:guide": [[slug] for slug in GUIDES],
    }  # fmt: skip
    tokens_or_machines = {
        "public:media", "public:metrics", "public:guide_pdf", "public:guide_mail", "public:guide_sent",
        "public:payment_pdf", "public:settled", "public:answer", "public:answer_withdraw", "public:friend",
    }  # fmt: skip
    named = {name for name in PUBLIC_ADDRESSES if name.startswith("public:")} | {"apply:start", "chat:room"}
    for name in sorted(named - tokens_or_machines - {"public:rates", "public:rates_feed"}):
        yield from (reverse(name, args=args) for args in of_many.get(name, [[]]))


def figures_of(post: RatePost) -> list[str]:
    return [f"{post.rate:.3f}", f"{post.apr or 0:.3f}", *{amount for _count, amount, _rate in post.payments}]


# --- One item is missing


def test_with_any_one_item_missing_whoever_posts_is_told_and_nobody_sees_a_rate(
    cast: Cast, visitor: Client
) -> None:
    wrong = {}
    for sort, changed, words in ITEMS:
        RatePost.objects.all()._raw_delete("default")
        made = with_one_wrong(sort, changed, cast)
        told = [str(sentence) for sentence in missing(made, cast.company, timezone.now())]
        if len(told) != 1 or words not in told[0] or not no_rate_stands(visitor):
            wrong[str(changed)] = told
    assert wrong == {}


def test_a_house_without_its_own_block_shows_no_rate(cast: Cast, visitor: Client) -> None:
    post_rates(posts=[fixed(), adjustable(), fha(), va()], by=cast.mara)
    assert len(cards(visitor.get("/rates/"))) == 4
    wrong = {}
    for field, words in HOUSE.items():
        for nothing in ("", " ") if field != "phone" else ("",):
            whole = getattr(Company.objects.get(), field)
            Company.objects.update(**{field: nothing})
            told = missing(complete_terms(), Company.load(), timezone.now())
            if len(told) != 1 or words not in str(told[0]) or not no_rate_stands(visitor):
                wrong[field] = told
            Company.objects.update(**{field: whole})
    assert wrong == {}
    assert len(cards(visitor.get("/rates/"))) == 4


def complete_terms() -> RatePost:
    made = fixed()
    made.apr, made.payments = price(made).apr, as_kept(price(made).payments)
    return made


@pytest.mark.parametrize(
    ("hours", "shown"), [(-0.1, False), (0, True), (23.9, True), (24.1, False), (24 * 400, False)]
)
def test_only_what_was_posted_within_the_set_hours_is_shown(
    cast: Cast, visitor: Client, hours: float, shown: bool
) -> None:
    made = complete(fixed())
    made.posted_at, made.posted_by = timezone.now() - timedelta(hours=hours), cast.mara
    made.save()
    assert no_rate_stands(visitor) is not shown


def test_what_was_taken_off_is_shown_nowhere(cast: Cast, visitor: Client) -> None:
    (made,) = post_rates(posts=[fixed()], by=cast.mara)
    withdraw_rate(post=made, why="Gone", by=cast.mara)
    assert no_rate_stands(visitor)


# --- Pages that are not for rates


@settings(max_examples=4, deadline=None, phases=ONCE, suppress_health_check=list(HealthCheck))
@given(item=st.none() | st.sampled_from(ITEMS), thousandths=st.integers(4001, 7999))
@example(item=None, thousandths=4198)
def test_no_other_public_page_shows_a_rate_whole_or_not(
    item: tuple[Sort, dict[str, Any], str] | None, thousandths: int, cast: Cast, visitor: Client
) -> None:
    """Home, officers, guides, calculators, what machines read: a rate there would lack all that stands beside it."""
    RatePost.objects.all()._raw_delete("default")
    rate = Decimal(thousandths) / 1000
    if item:
        sort, changed, _words = item
        made = with_one_wrong(sort, {"rate": rate, **changed}, cast)
    else:
        (made,) = post_rates(posts=[fixed(rate=rate)], by=cast.mara)
        assert f"{rate:.3f}%" in text_of(visitor.get("/rates/"))
    for address in other_pages():
        answer = visitor.get(address)
        assert answer.status_code == 200, address
        body = DRAWN.sub("", text_of(answer))
        assert not RATE.search(body), address
        assert not [figure for figure in figures_of(made) if figure in body.replace(",", "")], address


def test_each_public_page_is_walked(cast: Cast, visitor: Client) -> None:
    pages = list(other_pages())
    assert {"/", "/officers/", "/officers/olga-haddad/", "/rates/payment/", "/guides/va/", "/apply/"} <= set(
        pages
    )
    assert "application/ld+json" in visitor.get("/").content.decode()


# --- All of it


@st.composite
def terms(draw: st.DrawFn) -> RatePost:
    """Whole terms of any sort that a house might post."""
    sort = draw(st.sampled_from((fixed, adjustable, insured, fha, va)))
    whole = sort()
    changed: dict[str, Any] = {
        "rate": Decimal(draw(st.integers(2000, 9999))) / 1000,
        "points": Decimal(draw(st.integers(0, 3000))) / 1000,
        "other_charges": Decimal(draw(st.integers(0, 900_000))) / 100,
        "term_months": draw(st.sampled_from((120, 180, 240, 300, 360))),
        "credit_score": draw(st.integers(580, 800)),
        "lock_days": draw(st.integers(15, 90)),
        "purpose": draw(st.sampled_from(RatePost.Purpose.values)),
    }
    percent = {fixed: (30, 80), adjustable: (30, 80), insured: (81, 97), fha: (70, 96), va: (70, 100)}[sort]
    changed["loan_amount"] = whole.home_value * draw(st.integers(*percent)) / 100
    return sort(**changed)


@settings(max_examples=10, deadline=None, phases=ONCE, suppress_health_check=list(HealthCheck))
@given(wanted=terms())
@example(wanted=fha())
@example(wanted=fha(term_months=180, loan_amount=Decimal(450_000)))
@example(wanted=fha(loan_amount=Decimal(390_000)))
def test_what_is_whole_says_each_item_and_the_apr_is_right(
    wanted: RatePost, cast: Cast, visitor: Client
) -> None:
    RatePost.objects.all()._raw_delete("default")
    (made,) = post_rates(posts=[wanted], by=cast.mara)
    page = visitor.get("/rates/")
    (card,) = cards(page)
    words, around = said(card), text_of(page)
    (entry,) = json.loads(visitor.get("/rates/feed.json").content)["rates"]

    again = apr_again(entry)
    printed = re.search(r"Annual percentage rate \(APR\) (\d+\.\d{3})% Interest rate (\d+\.\d{3})%", words)
    assert printed, words
    apr, rate = Decimal(printed[1]), Decimal(printed[2])
    assert abs(apr - again) < Decimal("0.01")  # 1026.22(a)(2) would allow 0.125
    assert apr == Decimal(entry["annual_percentage_rate"]) == made.apr and rate == made.rate
    assert sum(payment["count"] for payment in entry["payments"]) == made.term_months

    say = {
        "points": f"Points {made.points:.3f} (",
        "loan and term": f"Loan of {dollars(made.loan_amount)} over {made.years} years",
        "home": dollars(made.home_value),
        "down payment": f"down payment {dollars(made.down_payment)}" if made.purpose == "purchase" else "home worth",
        "credit": f"Credit score of {made.credit_score} or more",
        "lock": f"rate locked for {made.lock_days} days",
        "charges": f"Other finance charges paid at closing: {dollars(made.other_charges)}",
        "first payment": dollars(Decimal(made.payments[0][1])),
        "last payment": dollars(Decimal(made.payments[-1][1])),
        "hour": f"Posted {datetime_text(made.posted_at)}".replace("\u00a0", " "),
        "fee": f"a fee of {made.financed_fee:.3f}% is added" if made.financed_fee else "",
        "insurance": f"Mortgage insurance of {made.insurance:.3f}% of the loan a year" if made.insurance else "",
        "index": f"{made.index_name} ({made.index_rate:.3f}% on" if made.is_adjustable else "",
        "margin": f"plus a margin of {made.margin:.3f}%" if made.is_adjustable else "",
        "may rise": "annual percentage rate may increase after closing" if made.is_adjustable else "",
        "tax and insurance": "do not include amounts for taxes and insurance premiums; the actual payment will be",
    }  # fmt: skip
    house = [cast.company.name, "NMLS ID 1000048", "Equal Housing Lender", "tel:", "not a commitment to lend"]
    assert [item for item, wording in say.items() if wording not in words.replace("\u00a0", " ")] == []
    assert [wording for wording in house if wording not in around] == []


def dollars(amount: Decimal) -> str:
    return f"${amount:,.2f}".removesuffix(".00")
