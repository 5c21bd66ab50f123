"""Posting at the desk: figures are checked before they go out, and everybody else finds nothing there."""

import pytest
from django.utils import timezone
from lxml import html

from loans.models import RatePost
from loans.rates import standing
from tests.desk.helpers import queries
from tests.rates.terms import FIXED, adjustable, fixed, va
from tests.rates.test_page import said, text_of

DESK, NEW = "/desk/rates/", "/desk/rates/new/"
TYPED = {name: str(value) for name, value in FIXED.items()} | {"adjusts_every": "", "index_name": ""}


@pytest.fixture
def mara(cast, client_for):
    return client_for(cast.mara)


def test_only_managers_and_staff_find_it(cast, client_for):
    for who, code in ((cast.mara, 200), (cast.stef, 200), (cast.olga, 404), (cast.bea, 404)):
        assert client_for(who).get(DESK).status_code == code
        assert client_for(who).get(NEW).status_code == code
    assert 'href="/desk/rates/"' in text_of(client_for(cast.mara).get(DESK))
    assert 'href="/desk/rates/"' not in text_of(client_for(cast.olga).get("/desk/today/"))


def test_a_product_is_seen_as_everybody_will_read_it_and_then_posted(mara, visitor):
    checked = mara.post(NEW, {**TYPED, "do": "check"})
    (card,) = html.fromstring(checked.content).find_class("rate-card")
    assert checked.status_code == 200 and "6.587%" in said(card)
    assert not RatePost.objects.exists()  # nothing is out yet
    assert mara.post(NEW, {**TYPED, "do": "post"}).status_code == 302
    assert "6.587%" in text_of(visitor.get("/rates/"))


@pytest.mark.parametrize(
    "field", ["rate", "points", "home_value", "loan_amount", "credit_score", "lock_days"]
)
def test_what_is_missing_is_named_and_nothing_goes_out(mara, field):
    answer = mara.post(NEW, {**TYPED, field: "", "do": "post"})
    assert answer.status_code == 422 and "This field is required" in text_of(answer)
    assert not RatePost.objects.exists()


def test_a_refusal_says_what_the_rules_ask_for(mara):
    answer = mara.post(NEW, {**TYPED, "loan_amount": "450000", "do": "post"})
    assert answer.status_code == 422
    assert "needs mortgage insurance: say what it costs" in text_of(answer)


def test_a_new_product_may_begin_like_an_earlier_post(mara, post):
    (earlier,) = post(adjustable())
    page = html.fromstring(mara.get(f"{NEW}?like={earlier.public_id}").content)
    assert page.xpath("//input[@name='index_name']/@value") == ["30-day average SOFR"]
    assert page.xpath("//select[@name='first_months']/option[@selected]/@value") == ["60"]
    assert mara.get(f"{NEW}?like=nonsense").status_code == 200


def test_todays_figures_of_all_products_go_out_at_one_hour(mara, post):
    post(fixed(), adjustable(), va())
    before = RatePost.objects.count()
    figures = {
        "conventional-purchase-360-0-rate": "6.375", "conventional-purchase-360-0-points": "0.25",
        "conventional-purchase-360-0-offered": "on",
        "conventional-purchase-360-60-rate": "5.75", "conventional-purchase-360-60-points": "0",
        "conventional-purchase-360-60-offered": "on", "conventional-purchase-360-60-index_rate": "4.2",
        "conventional-purchase-360-60-index_on": f"{timezone.now():%Y-%m-%d}",
        "va-purchase-360-0-rate": "not today",  # not ticked: whatever stands there
    }  # fmt: skip
    checked = text_of(mara.post(DESK, {**figures, "do": "check"}))
    assert RatePost.objects.count() == before
    assert "Post these rates" in checked and "APR 6.4" in checked
    assert mara.post(DESK, {**figures, "do": "post"}).status_code == 302
    new = RatePost.objects.order_by("-id")[:2]
    assert {str(row.rate) for row in new} == {"6.375", "5.750"}
    assert len({row.posted_at for row in new}) == 1
    assert len(standing(timezone.now())) == 3  # the third still stands as posted before


def test_one_wrong_figure_holds_all_of_them_back(mara, post):
    post(fixed(), va())
    before = RatePost.objects.count()
    figures = {
        f"{product}-purchase-360-0-{name}": value
        for product in ("conventional", "va")
        for name, value in (("offered", "on"), ("rate", "6"), ("points", "0"))
    }
    answer = mara.post(DESK, {**figures, "va-purchase-360-0-rate": "60", "do": "post"})
    assert answer.status_code == 422 and "between 0.001 and 25 percent" in text_of(answer)
    assert mara.post(DESK, {"do": "post"}).status_code == 422  # none ticked
    assert RatePost.objects.count() == before


def test_taken_off_at_once_and_the_history_says_by_whom(cast, mara, post, visitor):
    (made,) = post(fixed())
    assert mara.post(f"/desk/rates/{made.public_id}/withdraw/").status_code == 302
    assert "No rates are posted right now" in text_of(visitor.get("/rates/"))
    assert f"by {cast.mara.name}: No longer to be had" in text_of(mara.get(DESK))


def test_the_page_costs_the_same_however_much_was_posted(mara, post):
    for _day in range(12):
        post(fixed(), va(), adjustable())
    assert len(queries(mara, DESK)) <= 8
    page = mara.get(DESK)
    assert len(html.fromstring(page.content).xpath("//section[@aria-labelledby='all-posts']//tbody/tr")) == 25
    (older,) = html.fromstring(page.content).xpath("//a[contains(@href, 'after=')]/@href")
    assert (
        len(
            html.fromstring(mara.get(older).content).xpath(
                "//section[@aria-labelledby='all-posts']//tbody/tr"
            )
        )
        == 11
    )
