"""
What follows from the terms of a posted rate: the payments over the whole term, and the APR.

The first payment falls a month after the money is paid out and months have equal length (odd days before it may be
disregarded, 1026.17(c)(4), as may whole cents, 17(c)(3)). Finance charges are the points, the other charges, a fee
that is added to the loan, and mortgage insurance (1026.4(b)). An adjustable rate counts at its first rate while that
lasts, then moves to index and margin as fast as its caps let it (comment 17(c)(1)-10).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from itertools import groupby
from typing import Any

from loans.amortization import (
    MONTHS_A_YEAR,
    Month,
    cents,
    insurance_ends,
    level_payment,
    percent_of,
    schedule,
)
from loans.apr import annual_percentage_rate, one_after_another
from loans.models import RatePost

THOUSANDTH = Decimal("0.001")
# FHA: eleven years where no more than 90 percent is borrowed, else as long as the loan lasts (HUD Handbook 4000.1).
FHA_MONTHS = 132
FHA_SHORT_AT = Decimal(90)
Step = tuple[int, Decimal]  # months, rate
Payment = tuple[int, Decimal, Decimal]  # how many, dollars, at which rate


# All that payments and APR follow from.
TERMS = (
    "kind", "term_months", "first_months", "rate", "points", "other_charges", "financed_fee", "insurance",
    "home_value", "loan_amount", "index_rate", "margin", "adjusts_every", "cap_first", "cap_next", "cap_life",
)  # fmt: skip


@dataclass(frozen=True)
class Priced:
    payments: list[Payment]
    apr: Decimal


def price(post: RatePost) -> Priced:
    """Payments and APR of these terms. ValueError when no APR follows from them."""
    return _price(tuple(getattr(post, term) for term in TERMS))


@lru_cache(maxsize=512)  # what is shown is checked anew each time
def _price(terms: tuple[Any, ...]) -> Priced:
    post = RatePost(**dict(zip(TERMS, terms, strict=True)))
    steps = list(rate_steps(post))
    borrowed = post.loan_amount + percent_of(post.financed_fee, post.loan_amount)
    rows = schedule(borrowed, steps)
    payments = _payments(post, borrowed, rows, steps)
    received = post.loan_amount - percent_of(post.points, post.loan_amount) - post.other_charges
    streams = one_after_another((count, amount) for count, amount, _rate in payments)
    exact = annual_percentage_rate(received, streams, guess=post.rate)
    return Priced(payments, exact.quantize(THOUSANDTH, ROUND_HALF_UP))


def rate_steps(post: RatePost) -> Iterator[Step]:
    """How many months at which rate, over the whole term, if the index stays as it is."""
    if not post.is_adjustable:
        yield post.term_months, post.rate
        return
    yield post.first_months, post.rate
    left, rate, most = post.term_months - post.first_months, post.rate, post.cap_first or Decimal(0)
    while left > 0:
        rate = _next_rate(post, rate, most)
        settled = _next_rate(post, rate, post.cap_next or Decimal(0)) == rate
        months = left if settled else min(left, post.adjusts_every or left)
        yield months, rate
        left, most = left - months, post.cap_next or Decimal(0)


def _next_rate(post: RatePost, rate: Decimal, most: Decimal) -> Decimal:
    full = (post.index_rate or Decimal(0)) + (post.margin or Decimal(0))
    within = max(min(full, rate + most), rate - most)
    return min(within, post.rate + (post.cap_life or Decimal(0)))


def insured_months(post: RatePost, rows: list[Month]) -> int:
    """For how many months the premium is paid, by the rules of this kind of loan."""
    if not post.insurance:
        return 0
    if post.kind == RatePost.Kind.FHA:
        return min(FHA_MONTHS, len(rows)) if post.share <= FHA_SHORT_AT else len(rows)
    return insurance_ends(rows, post.home_value)


def _payments(post: RatePost, borrowed: Decimal, rows: list[Month], steps: list[Step]) -> list[Payment]:
    """Equal payments in a row as one line, mortgage insurance in them."""
    premiums = _premiums(post, borrowed, rows)
    each: list[tuple[Decimal, Decimal]] = []
    owed, left = borrowed, post.term_months
    for months, rate in steps:
        level = level_payment(owed, rate, left)
        each += [(level + premiums[len(each) + month], rate) for month in range(months)]
        left -= months
        owed = rows[len(each) - 1].balance if len(rows) >= len(each) else Decimal(0)
    return [(len(list(same)), amount, rate) for (amount, rate), same in groupby(each)]


def _premiums(post: RatePost, borrowed: Decimal, rows: list[Month]) -> list[Decimal]:
    """Mortgage insurance of each month while it is due: private of what was lent, FHA's of what is owed then."""
    if post.kind == RatePost.Kind.FHA:
        each = list(_fha_premiums(post, borrowed))
    else:
        each = [cents(post.loan_amount * post.insurance / 100 / MONTHS_A_YEAR)] * post.term_months
    due = insured_months(post, rows)
    return each[:due] + [Decimal(0)] * (post.term_months - due)


def _fha_premiums(post: RatePost, borrowed: Decimal) -> Iterator[Decimal]:
    """
    In the steps of HUD's “Monthly (Periodic) Mortgage Insurance Premium Calculation”: each year anew, of the average
    owed at the beginning of its months at the first rate, less the share that is the premium added to the loan.
    """
    months = schedule(borrowed, [(post.term_months, post.rate)])
    owed = [borrowed, *(month.balance for month in months)]
    for first in range(0, post.term_months, MONTHS_A_YEAR):
        average = sum(owed[first : first + MONTHS_A_YEAR], Decimal(0)) / MONTHS_A_YEAR
        a_year = cents(cents(average * post.insurance / 100) / (1 + post.financed_fee / 100))
        yield from [cents(a_year / MONTHS_A_YEAR)] * MONTHS_A_YEAR
