"""
What must stand beside a rate that is shown to everybody, and what is missing: 12 CFR 1026.24 and the house's own block.

`missing` is asked twice: before anything is posted, and again each time a post is about to be shown, so that neither a
house that lost its NMLS ID nor a row that came in another way puts half an advertisement on the page.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.models import Company
from loans import clocks
from loans.models import RatePost
from loans.pricing import price

Sentence = str | Promise
# "Reasonably current" for what stands on a screen: in effect within the last 30 days (commentary to 1026.24(f)).
INDEX_DAYS = 30
TERMS = {120, 180, 240, 300, 360}
HIGHEST = Decimal(25)
MOST_POINTS = Decimal(5)
NO_INSURANCE_AT = Decimal(80)
APR_TOLERANCE = Decimal("0.125")  # 1026.22(a)(2)
MOST_FEE = Decimal(5)
MOST_INSURANCE = Decimal(3)


def missing(post: RatePost, company: Company, now: datetime) -> list[Sentence]:
    """What keeps these terms from being shown, one sentence each; empty when nothing is missing."""
    said = [
        *_of_company(company),
        *_of_terms(post),
        *_of_assumptions(post),
        *_of_kind(post),
        *_of_arm(post, company, now),
    ]
    return said or list(_of_figures(post))


def _of_company(company: Company) -> Iterator[Sentence]:
    """12 CFR 1007.105 and what every page of ours carries."""
    if not _says(company.name):
        yield _("The company has no name yet.")
    if not _says(company.nmls_id):
        yield _("The company has no NMLS ID yet.")
    if not _says(company.phone):
        yield _("The company has no telephone number yet; people must be able to ask.")
    if not _says(company.equal_housing_statement):
        yield _("The company has no Equal Housing statement yet.")


def _of_terms(post: RatePost) -> Iterator[Sentence]:
    if post.kind not in RatePost.Kind.values or post.purpose not in RatePost.Purpose.values:
        yield _("Say which kind of loan it is, and for what.")
    if post.term_months not in TERMS:
        yield _("The term is 10, 15, 20, 25 or 30 years.")
    if not _within(post.rate, Decimal("0.001"), HIGHEST):
        yield _("The rate is between 0.001 and %(most)s percent.") % {"most": HIGHEST}
    if not _within(post.points, Decimal(0), MOST_POINTS):
        yield _("Points are between 0 and %(most)s percent.") % {"most": MOST_POINTS}
    if not _within(post.financed_fee, Decimal(0), MOST_FEE) or not _within(
        post.insurance, Decimal(0), MOST_INSURANCE
    ):
        yield _("A fee added to the loan is at most 5 percent, mortgage insurance at most 3 percent a year.")


def _of_assumptions(post: RatePost) -> Iterator[Sentence]:
    """What a reader needs to see whether the terms could be theirs; down payment: 1026.24(d)(2)(i)."""
    if not _within(post.home_value, Decimal(1000), Decimal(99_999_999)):
        yield _("The price of the home is needed: the down payment follows from it.")
    elif not _within(post.loan_amount, Decimal(1000), post.home_value):
        yield _("The loan amount is needed, at most as high as the price of the home.")
    elif not _within(post.other_charges, Decimal(0), post.loan_amount / 10):
        yield _("Other finance charges are needed (0 when there are none), at most a tenth of the loan.")
    if not _within(post.credit_score, 300, 850):
        yield _("The credit score is between 300 and 850.")
    if not _within(post.lock_days, 1, 365):
        yield _("Say for how many days the rate is locked.")
    if post.occupancy not in RatePost.Occupancy.values:
        yield _("Say how the home is used.")


def _of_kind(post: RatePost) -> Iterator[Sentence]:
    """Charges that every loan of the kind has, or none of it can have."""
    if not post.home_value or not post.loan_amount or post.insurance is None:
        return
    private = post.kind in (RatePost.Kind.CONVENTIONAL, RatePost.Kind.JUMBO)
    if private and post.insurance and post.share <= NO_INSURANCE_AT:
        yield _("A loan of at most 80 percent of the price needs no mortgage insurance.")
    if private and not post.insurance and post.share > NO_INSURANCE_AT:
        yield _("A loan of more than 80 percent of the price needs mortgage insurance: say what it costs.")
    if post.kind == RatePost.Kind.FHA and not (post.insurance and post.financed_fee):
        yield _("An FHA loan has a yearly and an up-front insurance premium: say what they cost.")
    if post.kind == RatePost.Kind.VA and post.insurance:
        yield _("A VA loan has no mortgage insurance; its funding fee is the fee added to the loan.")
    if post.kind in (RatePost.Kind.FHA, RatePost.Kind.VA) and post.occupancy != RatePost.Occupancy.PRIMARY:
        yield _("FHA and VA loans are for homes that the borrower lives in.")


def _of_arm(post: RatePost, company: Company, now: datetime) -> Iterator[Sentence]:
    """Each rate and its time, from a reasonably current index and margin: 1026.24(f)(2)."""
    if not post.is_adjustable:
        return
    if not 12 <= post.first_months < post.term_months or post.first_months % 12:
        yield _("The first rate lasts whole years, and fewer than the loan.")
    if not _within(post.adjusts_every, 1, 60):
        yield _("Say every how many months the rate may change then.")
    if (
        not _says(post.index_name)
        or not _within(post.index_rate, Decimal(0), HIGHEST)
        or not _within(post.margin, Decimal(0), 10)
    ):
        yield _("Name the index, how high it stands, and the margin.")
    if not all(
        _within(cap, Decimal("0.001"), HIGHEST) for cap in (post.cap_first, post.cap_next, post.cap_life)
    ):
        yield _("Say by how much the rate may change: at first, later, and over all years.")
    today = clocks.local_date(now, company)
    if not post.index_on or not today - timedelta(days=INDEX_DAYS) <= post.index_on <= today:
        yield _("The index is to be of the last 30 days.")


def _of_figures(post: RatePost) -> Iterator[Sentence]:
    """The APR and the payments over the full term: there, and what the terms come to (1026.24(c), (d)(2), (f)(3))."""
    try:
        priced = price(post)
    except (ValueError, ArithmeticError):
        yield _("No APR follows from these terms.")
        return
    if post.apr is None or abs(post.apr - priced.apr) > APR_TOLERANCE:
        yield _("The APR is missing or does not follow from the terms.")
    if post.payments != as_kept(priced.payments):
        yield _("The payments are missing or do not follow from the terms.")


def as_kept(payments: list[tuple[int, Decimal, Decimal]]) -> list[list[int | str]]:
    """As the row keeps them: JSON, amounts and rates as text."""
    return [[count, f"{amount:.2f}", f"{rate:.3f}"] for count, amount, rate in payments]


def _within(value: Decimal | int | None, least: Decimal | int, most: Decimal | int) -> bool:
    return value is not None and least <= value <= most


def _says(value: object) -> bool:
    """Something that can be read: blanks are nothing."""
    return bool(value) and bool(str(value).strip())
