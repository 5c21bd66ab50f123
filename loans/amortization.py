"""
How a loan is paid back: the level payment, each month's interest and principal, and when mortgage insurance ends.

Dollars are Decimal, to the cent, halves rounded up; rates are in percent a year; months have equal length. Interest of
a month is rounded by itself, as lenders' statements do it, and the last payment takes up what rounding left over.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
MONTHS_A_YEAR = 12
# Homeowners Protection Act, 12 USC 4901-4902: of the original value of the home, by the schedule first agreed.
MAY_ASK_AT = Decimal(80)
ENDS_AT = Decimal(78)


@dataclass(frozen=True)
class Month:
    number: int
    interest: Decimal
    principal: Decimal
    balance: Decimal

    @property
    def payment(self) -> Decimal:
        return self.interest + self.principal


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def percent_of(percent: Decimal, amount: Decimal) -> Decimal:
    return cents(amount * percent / 100)


def level_payment(amount: Decimal, rate: Decimal, months: int) -> Decimal:
    """The equal monthly payment of principal and interest."""
    if not rate:
        return cents(amount / months)
    return cents(amount * payment_factor(rate, months))


def payment_factor(rate: Decimal, months: int) -> Decimal:
    """The level payment for each dollar borrowed, not rounded."""
    if not rate:
        return Decimal(1) / months
    monthly = rate / 100 / MONTHS_A_YEAR
    return monthly / (1 - (1 + monthly) ** -months)


def schedule(amount: Decimal, steps: Sequence[tuple[int, Decimal]]) -> list[Month]:
    """
    Every month of the loan. `steps` are (how many months, at which rate); at each step the payment is worked out anew
    for what is still owed and all months that are left. Amounts so small that a cent a month is too much end early.
    """
    left = sum(months for months, _rate in steps)
    rows: list[Month] = []
    for months, rate in steps:
        payment = level_payment(_owed(amount, rows), rate, left)
        for _month in range(months):
            owed = _owed(amount, rows)
            if not owed:
                return rows
            interest = cents(owed * rate / 100 / MONTHS_A_YEAR)
            is_last = left == 1 or payment - interest >= owed
            principal = owed if is_last else max(payment - interest, Decimal(0))
            rows.append(Month(len(rows) + 1, interest, principal, owed - principal))
            left -= 1
    return rows


def _owed(amount: Decimal, rows: Sequence[Month]) -> Decimal:
    return rows[-1].balance if rows else amount


def first_at(rows: Sequence[Month], share: Decimal, value: Decimal) -> int:
    """The month after whose payment no more than `share` percent of the home's value is owed; 0 when none is needed."""
    limit = value * share / 100
    if rows and rows[0].balance + rows[0].principal <= limit:
        return 0
    return next(row.number for row in rows if row.balance <= limit)


def insurance_ends(rows: Sequence[Month], value: Decimal) -> int:
    """
    The last month of private mortgage insurance: when 78 percent of the original value is reached by the schedule, at
    the latest in the middle of the term (12 USC 4902(b), (c)); 0 when at most 80 percent is borrowed: none is needed.
    """
    if not first_at(rows, MAY_ASK_AT, value):
        return 0
    return min(first_at(rows, ENDS_AT, value), -(-len(rows) // 2))
