"""
The APR once more, by other means than the product's: from the terms that the feed tells, month by month and not
rounded, and by halving the span in which the rate must lie (12 CFR 1026, Appendix J, (b)(8): the rate at which the
payments are worth what was received).
"""

from decimal import Decimal, localcontext
from typing import Any

HALVINGS = 32
HIGHEST_A_MONTH = Decimal("0.1")
Entry = dict[str, Any]


def apr_again(entry: Entry) -> Decimal:
    """Percent a year, of one of the feed's `rates`."""
    with localcontext() as context:
        context.prec = 18
        lent = Decimal(entry["loan_amount"])
        received = lent * (1 - Decimal(entry["points"]) / 100) - Decimal(entry["other_finance_charges"])
        payments = payments_again(entry)
        low, high = Decimal(0), HIGHEST_A_MONTH
        for _halving in range(HALVINGS):
            middle = (low + high) / 2
            low, high = (middle, high) if worth(payments, middle) > received else (low, middle)
        return low * 1200


def worth(payments: list[Decimal], a_month: Decimal) -> Decimal:
    """On the day the money is paid out, the first payment a month later."""
    total = Decimal(0)
    for payment in reversed(payments):
        total = (total + payment) / (1 + a_month)
    return total


def payments_again(entry: Entry) -> list[Decimal]:
    """Principal, interest and mortgage insurance of each month."""
    lent, fee = Decimal(entry["loan_amount"]), Decimal(entry["financed_fee_percent"]) / 100
    left, owed = entry["term_months"], lent * (1 + fee)
    at_start: list[Decimal] = []
    level: list[Decimal] = []
    for step in entry["rates"]:
        a_month = Decimal(step["rate"]) / 1200
        payment = owed * a_month / (1 - (1 + a_month) ** -left)
        for _month in range(step["months"]):
            at_start.append(owed)
            level.append(payment)
            owed = owed * (1 + a_month) - payment
        left -= step["months"]
    insurance = insurance_again(entry, at_start)
    return [payment + premium for payment, premium in zip(level, insurance, strict=True)]


def insurance_again(entry: Entry, at_start: list[Decimal]) -> list[Decimal]:
    """
    Private: a twelfth of the yearly percentage of the loan, through the payment after which 78 percent of the value is
    owed, at most half the term (12 USC 4902). FHA: of the year's average, without the premium that was financed;
    eleven years up to 90 percent of the value, else always.
    """
    months = len(at_start)
    lent, value = Decimal(entry["loan_amount"]), Decimal(entry["home_value"])
    a_month = Decimal(entry["mortgage_insurance_percent"]) / 1200
    if not a_month:
        return [Decimal(0)] * months
    if entry["product"].startswith("fha"):
        financed = 1 + Decimal(entry["financed_fee_percent"]) / 100
        due = 132 if lent <= value * 90 / 100 else months
        years = [sum(at_start[first : first + 12], Decimal(0)) / 12 for first in range(0, months, 12)]
        each = [years[month // 12] * a_month / financed for month in range(months)]
    else:
        due = min(sum(owed > value * 78 / 100 for owed in at_start), months // 2)
        each = [lent * a_month] * months
    return [premium if month < due else Decimal(0) for month, premium in enumerate(each)]
