"""Terms as staff type them: complete ones of each sort, to be changed by a test."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from loans.models import RatePost

FIXED: dict[str, Any] = {
    "kind": "conventional",
    "purpose": "purchase",
    "term_months": 360,
    "first_months": 0,
    "rate": Decimal("6.500"),
    "points": Decimal("0.500"),
    "other_charges": Decimal("1595.00"),
    "financed_fee": Decimal(0),
    "insurance": Decimal(0),
    "home_value": Decimal("500000.00"),
    "loan_amount": Decimal("400000.00"),
    "credit_score": 740,
    "occupancy": "primary",
    "lock_days": 45,
}


def fixed(**changed: Any) -> RatePost:
    return RatePost(**{**FIXED, **changed})


def adjustable(**changed: Any) -> RatePost:
    arm = {
        "first_months": 60, "rate": Decimal("5.875"), "index_name": "30-day average SOFR",
        "index_rate": Decimal("4.320"), "index_on": timezone.now().date() - timedelta(days=3),
        "margin": Decimal("2.750"),
        "adjusts_every": 6, "cap_first": Decimal("2.000"), "cap_next": Decimal("1.000"), "cap_life": Decimal("5.000"),
    }  # fmt: skip
    return fixed(**{**arm, **changed})


def insured(**changed: Any) -> RatePost:
    """Five percent down, with private mortgage insurance."""
    return fixed(**{"loan_amount": Decimal("475000.00"), "insurance": Decimal("0.580"), **changed})


def fha(**changed: Any) -> RatePost:
    said = {
        "kind": "fha", "loan_amount": Decimal("482500.00"), "rate": Decimal("6.125"), "insurance": Decimal("0.550"),
        "financed_fee": Decimal("1.750"), "credit_score": 660,
    }  # fmt: skip
    return fixed(**{**said, **changed})


def va(**changed: Any) -> RatePost:
    said = {
        "kind": "va", "loan_amount": Decimal("500000.00"), "rate": Decimal("6.000"), "financed_fee": Decimal("2.150"),
    }  # fmt: skip
    return fixed(**{**said, **changed})
