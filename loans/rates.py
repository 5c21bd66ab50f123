"""Posted rates as pages read them: what stands now, the last post of each product, and the year behind."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from accounts.models import Company
from loans import clocks
from loans.advertising import missing
from loans.models import RatePost

YEAR = timedelta(days=365)
RECENT = timedelta(days=45)
KINDS = RatePost.Kind.values
PURPOSES = RatePost.Purpose.values


@dataclass(frozen=True)
class Line:
    """One product over the year: the APR last posted in each week that has a post, oldest first."""

    name: str
    points: list[tuple[date, Decimal]]  # Monday of the week, percent


def standing(now: datetime) -> list[RatePost]:
    """What may be shown: each product's last post, if it is fresh, not withdrawn and complete."""
    company = Company.load()
    latest = _latest(now, timedelta(hours=company.rate_hours))
    return [post for post in latest if not missing(post, company, now)]


def last_posts(now: datetime) -> list[RatePost]:
    """Each product's last post of some weeks, stale or not, unless it was withdrawn: what today's posts begin with."""
    return _latest(now, RECENT)


def _latest(now: datetime, within: timedelta) -> list[RatePost]:
    posts = RatePost.objects.posted_within(within, now=now).select_related("withdrawal")
    latest = {post.product: post for post in posts.order_by("posted_at", "id")}
    return sorted((post for post in latest.values() if not hasattr(post, "withdrawal")), key=_place)


def _place(post: RatePost) -> tuple[int, int, int, int]:
    """Buying before refinancing, long before short, what stays before what changes."""
    kind = KINDS.index(post.kind) if post.kind in KINDS else len(KINDS)
    purpose = PURPOSES.index(post.purpose) if post.purpose in PURPOSES else len(PURPOSES)
    return purpose, kind, post.first_months, -post.term_months


def year_behind(posts: list[RatePost], now: datetime) -> list[Line]:
    """How the APR of these products stood over the last year, by weeks; products with fewer than two are left out."""
    names = {post.product: post.name for post in posts}
    of_year = RatePost.objects.posted_within(YEAR, now=now).filter(product__in=names, withdrawal=None)
    rows = of_year.order_by("posted_at", "id").values_list("product", "posted_at", "apr")
    company = Company.load()
    weeks: dict[str, dict[date, Decimal]] = defaultdict(dict)
    for product, posted_at, apr in rows:
        day = clocks.local_date(posted_at, company)
        if apr is not None:
            weeks[product][day - timedelta(days=day.weekday())] = apr
    return [
        Line(name, list(weeks[product].items())) for product, name in names.items() if len(weeks[product]) > 1
    ]
