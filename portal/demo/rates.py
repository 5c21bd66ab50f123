"""A year of posted rates: each Monday all products, moved by eighths along one made-up market; the last ones today."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import Company, company_kept
from loans import clocks
from loans.models import RatePost
from loans.services.rates import post_rates
from portal.demo.clock import clock_at
from portal.demo.telling import person_of

EIGHTH = Decimal("0.125")
# How many eighths above today's rate the market stood, from a year ago to now; each holds for two weeks.
MARKET = (5, 5, 6, 7, 6, 6, 5, 4, 4, 5, 4, 3, 3, 4, 3, 2, 2, 1, 2, 1, 1, 0, 0, 1, 0, 0)
WEEKS = 2 * len(MARKET)
SHARED = {
    "purpose": "purchase", "term_months": 360, "first_months": 0, "other_charges": Decimal(1_595), "financed_fee": 0,
    "insurance": 0, "home_value": Decimal(450_000), "loan_amount": Decimal(360_000), "credit_score": 740,
    "occupancy": "primary", "lock_days": 45,
}  # fmt: skip
PRODUCTS: tuple[dict[str, Any], ...] = (
    {"kind": "conventional", "rate": Decimal("6.125"), "points": Decimal("0.500")},
    {"kind": "conventional", "rate": Decimal("5.375"), "points": Decimal("0.500"), "term_months": 180},
    {
        "kind": "conventional", "rate": Decimal("5.625"), "points": Decimal("0.250"), "first_months": 60,
        "index_name": "30-day average SOFR", "margin": Decimal("2.750"), "adjusts_every": 6,
        "cap_first": Decimal(2), "cap_next": Decimal(1), "cap_life": Decimal(5),
    },
    {
        "kind": "fha", "rate": Decimal("5.750"), "points": Decimal("0.500"), "loan_amount": Decimal(434_250),
        "insurance": Decimal("0.550"), "financed_fee": Decimal("1.750"), "credit_score": 660,
    },
    {
        "kind": "va", "rate": Decimal("5.625"), "points": Decimal("0.500"), "loan_amount": Decimal(450_000),
        "financed_fee": Decimal("2.150"), "credit_score": 680,
    },
    {
        "kind": "conventional", "rate": Decimal("6.250"), "points": Decimal("0.750"), "purpose": "refinance",
        "loan_amount": Decimal(315_000),
    },
)  # fmt: skip


@transaction.atomic
def tell_rates() -> None:
    """All of it or nothing; a house that has posts is left alone."""
    if RatePost.objects.exists():
        return
    for moment, above in _moments():
        with clock_at(moment), company_kept():
            post_rates(posts=[_terms(product, above, moment) for product in PRODUCTS], by=person_of("mara"))


def _moments() -> Iterator[tuple[datetime, Decimal]]:
    now = timezone.now()
    for week in range(WEEKS - 1, -1, -1):
        local = (now - timedelta(weeks=week)).astimezone(Company.load().zone)
        monday = (local - timedelta(days=local.weekday())).replace(hour=9, minute=5)
        moment = monday if week else now - timedelta(minutes=20)
        yield moment, MARKET[(WEEKS - 1 - week) // 2] * EIGHTH


def _terms(product: dict[str, Any], above: Decimal, moment: datetime) -> RatePost:
    terms = {**SHARED, **product}
    terms["rate"] += above
    if terms["first_months"]:
        terms |= {
            "index_rate": Decimal("3.875") + above,
            "index_on": clocks.local_date(moment) - timedelta(days=3),
        }
    return RatePost(**terms)
