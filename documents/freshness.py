"""
How old a paper may be when the loan closes.

The days are defaults, counted from the date on the paper to the signing; a house writes its own in the admin
(`KindRule`), where 0 means that the kind never grows old. They follow the common rule that a document about income,
money or debts may be at most four months old on the date of the note: Fannie Mae Selling Guide B1-1-03 ("Allowable Age
of Credit Documents", four months), HUD Handbook 4000.1 II.A.1.a (120 days at disbursement), VA Lenders Handbook chapter
4 (120 days at the note). Condominium papers: 90 days, as lenders usually ask. An investor may want fewer days, which is
why they are settings (the limit was two months for a while in 2020). Tax forms stand for a year and not for a day;
contracts, decrees and identity papers end by what is written in them: none of these grows old here.
"""

from datetime import date, timedelta

from documents.kinds import Kind
from documents.models import Document, KindRule
from loans.clocks import local_date

FOUR_MONTHS = 120
CONDO_PAPERS = 90

DEFAULT_DAYS: dict[str, int] = {
    Kind.PAY_STUB: FOUR_MONTHS,
    Kind.OFFER_LETTER: FOUR_MONTHS,
    Kind.PROFIT_AND_LOSS: FOUR_MONTHS,
    Kind.BUSINESS_LICENCE: FOUR_MONTHS,
    Kind.AWARD_LETTER: FOUR_MONTHS,
    Kind.DISABILITY_AWARD: FOUR_MONTHS,
    Kind.SUPPORT_RECEIPT: FOUR_MONTHS,
    Kind.BANK_STATEMENT: FOUR_MONTHS,
    Kind.RETIREMENT_STATEMENT: FOUR_MONTHS,
    Kind.EARNEST_MONEY: FOUR_MONTHS,
    Kind.MORTGAGE_STATEMENT: FOUR_MONTHS,
    Kind.HOA: CONDO_PAPERS,
}

# Fannie Mae Selling Guide, "Standards for Employment and Income Documentation": a pay stub is dated no earlier than 30
# days before the application.
AT_APPLICATION_DAYS: dict[str, int] = {Kind.PAY_STUB: 30}


def good_for() -> dict[str, int]:
    """Days by kind, the house's own rules included; kinds that never grow old are left out. One query."""
    own = dict(KindRule.objects.filter(good_for_days__isnull=False).values_list("kind", "good_for_days"))
    return {kind: days for kind, days in {**DEFAULT_DAYS, **own}.items() if days}


def good_for_days(kind: str) -> int:
    """The same for one kind; 0 when it never grows old."""
    return good_for().get(kind, 0)


def base_date(document: Document) -> date:
    """The date of the paper; the day it came when nobody read one."""
    return document.dated_on or local_date(document.received_at)


def use_by(document: Document, days: int) -> date | None:
    """The last day of a signing it is good for; None when its kind never grows old (`days` is 0)."""
    return base_date(document) + timedelta(days=days) if days else None


def too_old_at_application(document: Document, applied_on: date) -> int:
    """The most days it may have been old when the loan was applied for, when it was older; else 0."""
    most = AT_APPLICATION_DAYS.get(document.request.kind, 0) if document.request else 0
    if not most or document.dated_on is None:
        return 0
    return most if document.dated_on < applied_on - timedelta(days=most) else 0
