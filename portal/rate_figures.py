"""Posted rates as the page, the chart with its table, and the feed show them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Company
from loans import clocks
from loans.amortization import percent_of
from loans.models import RatePost
from loans.rates import Line
from portal.charts import LineChart, line_chart, scale_of
from portal.formats import phone_text

# Years of a loan in which the payment falls only because its mortgage insurance does are told as one.
FALLING_MONTHS = 24


@dataclass(frozen=True)
class Payments:
    """So many monthly payments of `first` dollars; where mortgage insurance falls each year, down to `last`."""

    count: int
    first: Decimal
    last: Decimal

    @property
    def fall(self) -> bool:
        return self.last < self.first


@dataclass(frozen=True)
class Shown:
    """A post with what is worked out for reading it."""

    post: RatePost
    rates: list[tuple[int, str]]  # months, percent
    payments: list[Payments]
    points_dollars: Decimal
    down_percent: Decimal


@dataclass(frozen=True)
class Chart:
    name: str
    now: Decimal
    lowest: Decimal
    highest: Decimal
    lines: LineChart


@dataclass(frozen=True)
class History:
    charts: list[Chart]
    names: list[str]
    weeks: list[tuple[date, list[Decimal | None]]]  # newest first; one figure a product


def shown(post: RatePost) -> Shown:
    payments = [(int(count), Decimal(amount), str(rate)) for count, amount, rate in post.payments]
    by_rate = groupby(payments, key=lambda payment: payment[2])
    return Shown(
        post=post,
        rates=[(sum(count for count, _amount, _rate in same), rate) for rate, same in by_rate],
        payments=list(_told(payments)),
        points_dollars=percent_of(post.points, post.loan_amount),
        down_percent=(post.down_payment * 100 / post.home_value).quantize(Decimal("0.1")).normalize(),
    )


def _told(payments: list[tuple[int, Decimal, str]]) -> Iterator[Payments]:
    """Thirty years of an FHA loan have thirty payments, each less than the one before: nobody reads thirty lines."""
    told: Payments | None = None
    short, at_rate = False, ""
    for count, amount, rate in payments:
        is_short = count <= FALLING_MONTHS
        if told and short and is_short and rate == at_rate and amount < told.last:
            told = Payments(told.count + count, told.first, amount)
        else:
            if told:
                yield told
            told = Payments(count, amount, amount)
        short, at_rate = is_short, rate
    if told:
        yield told


def history(lines: list[Line], *, since: datetime, until: datetime) -> History | None:
    """Charts on one scale, and the table with the same figures; None where there is no year to tell of."""
    if not lines:
        return None
    scale = scale_of([apr for line in lines for _week, apr in line.points])
    first, last = clocks.local_date(since), clocks.local_date(until)
    charts = [
        Chart(
            name=line.name,
            now=line.points[-1][1],
            lowest=min(apr for _week, apr in line.points),
            highest=max(apr for _week, apr in line.points),
            lines=line_chart(line.points, first=first, last=last, scale=scale),
        )
        for line in lines
    ]
    by_week = [dict(line.points) for line in lines]
    weeks = sorted({week for line in by_week for week in line}, reverse=True)
    return History(
        charts,
        [line.name for line in lines],
        [(week, [line.get(week) for line in by_week]) for week in weeks],
    )


def as_json(posts: list[RatePost], company: Company) -> dict[str, Any]:
    house = {
        "company": company.legal_name or company.name,
        "nmls_id": company.nmls_id,
        "phone": phone_text(company.phone),
        "equal_housing": company.equal_housing_statement,
    }
    if not posts:
        return {**house, "rates": [], "notice": _("No rates are posted at this moment. Please call us.")}
    valid_until = min(post.posted_at for post in posts) + timedelta(hours=company.rate_hours)
    return {
        **house,
        "valid_until": valid_until.isoformat(),
        "notice": _(
            "Not a commitment to lend. Rates may change at any time until yours is locked. Payments do not include "
            "taxes and insurance premiums; the actual payment will be greater."
        ),
        "rates": [_post_as_json(post) for post in posts],
    }


def _post_as_json(post: RatePost) -> dict[str, Any]:
    said = shown(post)
    entry: dict[str, Any] = {
        "product": post.product,
        "name": post.name,
        "annual_percentage_rate": f"{post.apr:.3f}",
        "apr_may_increase": post.is_adjustable,
        "rates": [{"months": months, "rate": rate} for months, rate in said.rates],
        "points": f"{post.points:.3f}",
        "other_finance_charges": f"{post.other_charges:.2f}",
        "payments": [{"count": count, "amount": amount} for count, amount, _rate in post.payments],
        "term_months": post.term_months,
        "loan_amount": f"{post.loan_amount:.2f}",
        "home_value": f"{post.home_value:.2f}",
        "down_payment": f"{post.down_payment:.2f}",
        "financed_fee_percent": f"{post.financed_fee:.3f}",
        "mortgage_insurance_percent": f"{post.insurance:.3f}",
        "credit_score": post.credit_score,
        "occupancy": post.occupancy,
        "purpose": post.purpose,
        "lock_days": post.lock_days,
        "posted_at": post.posted_at.isoformat(),
    }
    if post.is_adjustable:
        entry["adjustable"] = {
            "index": post.index_name,
            "index_rate": f"{post.index_rate:.3f}",
            "index_on": f"{post.index_on:%Y-%m-%d}",
            "margin": f"{post.margin:.3f}",
            "first_change_after_months": post.first_months,
            "then_every_months": post.adjusts_every,
            "caps": [f"{cap:.3f}" for cap in (post.cap_first, post.cap_next, post.cap_life)],
        }
    return entry
