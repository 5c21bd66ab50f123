"""Posting rates: who may, what is refused, what follows from the terms, and that nothing posted ever changes."""

from datetime import timedelta
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone

from accounts.models import Company
from audit.models import Entry
from loans.errors import Refused
from loans.models import RatePost, RateWithdrawal
from loans.models.rates import PostedForGood
from loans.pricing import price, rate_steps
from loans.rates import last_posts, standing, year_behind
from loans.services.rates import post_rates, withdraw_rate
from tests.rates.terms import adjustable, fha, fixed, insured, va


def apr_of(post: RatePost) -> Decimal:
    return price(post).apr


# --- What follows from the terms


def test_payments_and_apr_of_a_fixed_rate(post):
    """$400,000 at 6.5 with half a point and $1,595: $396,405 received, 360 payments of $2,528.27."""
    (made,) = post(fixed())
    assert made.payments == [[360, "2528.27", "6.500"]]
    assert made.apr == Decimal("6.587")
    assert made.product == "conventional-purchase-360-0"


def test_charges_raise_the_apr():
    plain = apr_of(fixed(points=Decimal(0), other_charges=Decimal(0)))
    assert plain == Decimal("6.500")
    assert plain < apr_of(fixed(points=Decimal(0))) < apr_of(fixed()) < apr_of(fixed(points=Decimal(1)))


def test_private_insurance_is_paid_until_78_percent_and_counts_as_a_charge(post):
    (made,) = post(insured())
    (first, with_it, _rate), (later, without, _same) = made.payments
    assert first + later == 360 and first == 135
    assert Decimal(with_it) - Decimal(without) == Decimal("229.58")  # 0.58 % of 475,000 a year
    assert made.apr > apr_of(fixed(loan_amount=Decimal(475_000), other_charges=Decimal(1595)))


def test_fha_premium_lasts_eleven_years_or_as_long_as_the_loan(post):
    (long,) = post(fha())
    assert [count for count, _amount, _rate in long.payments] == [12] * 30
    short = price(fha(loan_amount=Decimal(450_000)))
    assert [count for count, _amount, _rate in short.payments] == [12] * 11 + [228]


def test_fha_premium_is_of_what_is_owed_in_the_year():
    """As HUD works it out. A premium that stayed as in the first year would put the APR at 7.064: too high by 0.14."""
    priced = price(fha())
    level = Decimal("2983.03")
    first, *_between, last = [amount - level for _count, amount, _rate in priced.payments]
    # 488,274.16 owed on average; 0.55 percent of it, without the 1.75 that was added to the loan
    assert first == Decimal("219.94")
    assert last == Decimal("8.53")
    assert priced.apr == Decimal("6.920")


def test_a_fee_added_to_the_loan_is_paid_back_with_it():
    with_fee, without = price(va()), price(va(financed_fee=Decimal(0)))
    assert with_fee.payments[0][1] > without.payments[0][1]
    assert with_fee.apr > without.apr


def test_an_adjustable_rate_goes_to_index_and_margin_as_fast_as_its_caps_let_it():
    assert list(rate_steps(adjustable())) == [(60, Decimal("5.875")), (300, Decimal("7.070"))]
    far = adjustable(
        index_rate=Decimal("6.500")
    )  # 9.25 in full: two percent more first, then one each half-year
    assert list(rate_steps(far)) == [
        (60, Decimal("5.875")), (6, Decimal("7.875")), (6, Decimal("8.875")), (288, Decimal("9.250")),
    ]  # fmt: skip
    top = adjustable(index_rate=Decimal(20))
    assert max(rate for _months, rate in rate_steps(top)) == Decimal(
        "10.875"
    )  # five over the first, whatever comes
    down = adjustable(index_rate=Decimal(1))
    assert list(rate_steps(down)) == [(60, Decimal("5.875")), (6, Decimal("3.875")), (294, Decimal("3.750"))]


def test_an_adjustable_apr_lies_between_its_rates():
    apr = apr_of(adjustable(points=Decimal(0), other_charges=Decimal(0)))
    assert Decimal("5.875") < apr < Decimal("7.070")


# --- Refusals

WRONG = [
    ("rate", None), ("rate", Decimal(0)), ("rate", Decimal(-1)), ("rate", Decimal(26)), ("points", None),
    ("points", Decimal(-1)), ("points", Decimal(6)), ("other_charges", None), ("other_charges", Decimal(-1)),
    ("other_charges", Decimal(90_000)), ("home_value", None), ("home_value", Decimal(0)), ("loan_amount", None),
    ("loan_amount", Decimal(0)), ("loan_amount", Decimal(600_000)), ("credit_score", None), ("credit_score", 0),
    ("lock_days", None), ("lock_days", 0), ("occupancy", ""), ("kind", ""), ("purpose", ""), ("term_months", None),
    ("term_months", 0), ("term_months", 361), ("insurance", None), ("financed_fee", None),
    ("loan_amount", Decimal(450_000)),  # above 80 percent without insurance
    ("insurance", Decimal("0.5")),  # insurance that nobody needs
]  # fmt: skip


@pytest.mark.parametrize(("field", "value"), WRONG)
def test_nothing_is_posted_when_something_is_missing(cast, field, value):
    with pytest.raises(Refused):
        post_rates(
            posts=[fixed(rate=Decimal("6.25"), purpose="refinance"), fixed(**{field: value})], by=cast.mara
        )
    assert not RatePost.objects.exists()


@pytest.mark.parametrize(
    "field",
    ["index_name", "index_rate", "index_on", "margin", "adjusts_every", "cap_first", "cap_next", "cap_life"],
)
def test_an_adjustable_rate_says_how_it_adjusts(cast, field):
    nothing = {"index_name": "", "adjusts_every": 0}.get(field)
    with pytest.raises(Refused):
        post_rates(posts=[adjustable(**{field: nothing})], by=cast.mara)


def test_an_index_is_of_the_last_thirty_days(cast):
    today = timezone.localdate()
    for day in (today - timedelta(days=40), today + timedelta(days=5)):
        with pytest.raises(Refused, match="30 days"):
            post_rates(posts=[adjustable(index_on=day)], by=cast.mara)


@pytest.mark.parametrize("field", ["name", "nmls_id", "phone", "equal_housing_statement"])
def test_a_house_without_its_own_block_posts_nothing(cast, field):
    Company.objects.update(**{field: ""})
    with pytest.raises(Refused):
        post_rates(posts=[fixed()], by=cast.mara)


def test_special_kinds_have_their_charges(cast):
    for wrong in (fha(insurance=Decimal(0)), fha(financed_fee=Decimal(0)), va(insurance=Decimal("0.5")),
                  va(occupancy="investment")):  # fmt: skip
        with pytest.raises(Refused):
            post_rates(posts=[wrong], by=cast.mara)


def test_only_managers_and_staff_post(cast, post):
    (made,) = post(fixed())
    for who in (cast.olga, cast.bea):
        with pytest.raises(Refused):
            post_rates(posts=[fixed()], by=who)
        with pytest.raises(Refused):
            withdraw_rate(post=made, why="", by=who)
    assert post_rates(posts=[fixed()], by=cast.stef)


def test_one_product_is_posted_once_at_a_time(cast):
    with pytest.raises(Refused, match="twice"):
        post_rates(posts=[fixed(), fixed(rate=Decimal(7))], by=cast.mara)


# --- History


def test_a_post_is_never_changed_or_deleted(cast, post):
    (made,) = post(fixed())
    made.rate = Decimal(1)
    rows = RatePost.objects.filter(pk=made.pk)
    for attempt in (made.save, made.delete, rows.delete, lambda: rows.update(rate=1),
                    lambda: RatePost.objects.bulk_update([made], ["rate"])):  # fmt: skip
        with pytest.raises(PostedForGood):
            attempt()
    made.refresh_from_db()
    assert made.rate == Decimal("6.500") and made.posted_by == cast.mara


def test_who_posted_what_stands_in_the_audit_log(cast, post):
    (made,) = post(fixed())
    withdraw_rate(post=made, why="A typing mistake", by=cast.stef)
    posted, withdrawn = Entry.objects.about("loans.ratepost", made.public_id).order_by("id")
    assert (posted.action, posted.actor_name, posted.detail["apr"]) == (
        "rate.posted",
        cast.mara.name,
        "6.587",
    )
    assert (withdrawn.action, withdrawn.actor_name) == ("rate.withdrawn", cast.stef.name)


def test_the_last_post_counts_and_the_year_is_kept(cast, post):
    now = timezone.now()
    for days, rate in ((400, "8"), (30, "7"), (10, "6.75"), (0, "6.5")):
        with time_machine.travel(now - timedelta(days=days, minutes=1), tick=False):
            post(fixed(rate=Decimal(rate)))
    (shown,) = standing(timezone.now())
    assert shown.rate == Decimal("6.500")
    (line,) = year_behind([shown], timezone.now())
    assert len(line.points) == 3  # what is older than a year stays in the table, not on the chart
    assert [apr for _week, apr in line.points] == sorted((apr for _week, apr in line.points), reverse=True)
    assert RatePost.objects.count() == 4


def test_what_is_too_old_is_not_shown(cast, post):
    post(fixed())
    with time_machine.travel(timezone.now() + timedelta(hours=23, minutes=59), tick=False):
        assert standing(timezone.now())
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1), tick=False):
        assert not standing(timezone.now())
        assert last_posts(timezone.now())  # and is still there to begin tomorrow with
    Company.objects.update(rate_hours=48)
    with time_machine.travel(timezone.now() + timedelta(hours=24, minutes=1), tick=False):
        assert standing(timezone.now())


def test_what_is_taken_off_does_not_bring_the_one_before_back(cast, post):
    post(fixed(rate=Decimal(6)))
    (wrong,) = post(fixed(rate=Decimal("0.65")))
    withdraw_rate(post=wrong, why="A typing mistake", by=cast.mara)
    assert not standing(timezone.now())
    with pytest.raises(Refused):
        withdraw_rate(post=wrong, why="Again", by=cast.mara)
    assert RateWithdrawal.objects.count() == 1
