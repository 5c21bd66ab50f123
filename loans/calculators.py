"""
Sums with a visitor's own numbers: what a home may cost a month, and which price fits a monthly amount.

Nothing here knows of rates that are posted, of persons or of what anybody would lend. Dollars are Decimal, to the cent
where they are paid; rates and shares are in percent; tax and insurance are per year, dues per month.
"""

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from functools import cached_property

from loans.amortization import (
    MAY_ASK_AT,
    MONTHS_A_YEAR,
    Month,
    cents,
    first_at,
    insurance_ends,
    level_payment,
    payment_factor,
    schedule,
)

HUNDRED = Decimal(100)
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Year:
    number: int
    interest: Decimal
    principal: Decimal
    balance: Decimal


@dataclass(frozen=True)
class Purchase:
    """A home, how it is paid for, and what owning it costs."""

    price: Decimal
    down: Decimal
    years: int
    rate: Decimal
    tax: Decimal = NOTHING
    insurance: Decimal = NOTHING
    dues: Decimal = NOTHING
    mortgage_insurance: Decimal = (
        NOTHING  # percent of the loan a year, while more than 80 percent is borrowed
    )

    @property
    def loan(self) -> Decimal:
        return self.price - self.down

    @property
    def share(self) -> Decimal:
        """The loan as percent of the price."""
        return self.loan * 100 / self.price

    @cached_property
    def rows(self) -> list[Month]:
        return schedule(self.loan, [(self.years * MONTHS_A_YEAR, self.rate)])

    @cached_property
    def principal_and_interest(self) -> Decimal:
        return level_payment(self.loan, self.rate, self.years * MONTHS_A_YEAR)

    @property
    def monthly_tax(self) -> Decimal:
        return cents(self.tax / MONTHS_A_YEAR)

    @property
    def monthly_insurance(self) -> Decimal:
        return cents(self.insurance / MONTHS_A_YEAR)

    @property
    def wants_insurance(self) -> bool:
        return self.share > MAY_ASK_AT

    @property
    def premium(self) -> Decimal:
        """Mortgage insurance a month, while it is paid."""
        if not self.wants_insurance:
            return NOTHING
        return cents(self.loan * self.mortgage_insurance / 100 / MONTHS_A_YEAR)

    @cached_property
    def insured_months(self) -> int:
        return insurance_ends(self.rows, self.price) if self.premium else 0

    @cached_property
    def may_ask_month(self) -> int:
        """After this payment 80 percent of the price is owed: one may ask in writing to end mortgage insurance."""
        return min(first_at(self.rows, MAY_ASK_AT, self.price), self.insured_months) if self.premium else 0

    @property
    def monthly(self) -> Decimal:
        """All of it, while mortgage insurance is paid."""
        return self.monthly_later + self.premium

    @property
    def monthly_later(self) -> Decimal:
        """All of it, once mortgage insurance has ended."""
        return self.principal_and_interest + self.monthly_tax + self.monthly_insurance + self.dues

    @cached_property
    def total_interest(self) -> Decimal:
        return sum((row.interest for row in self.rows), NOTHING)

    @property
    def total_premiums(self) -> Decimal:
        return self.premium * self.insured_months

    @cached_property
    def by_year(self) -> list[Year]:
        parts = [
            self.rows[start : start + MONTHS_A_YEAR] for start in range(0, len(self.rows), MONTHS_A_YEAR)
        ]
        return [
            Year(
                number,
                sum((row.interest for row in part), NOTHING),
                sum((row.principal for row in part), NOTHING),
                part[-1].balance,
            )
            for number, part in enumerate(parts, start=1)
        ]


@dataclass(frozen=True)
class Means:
    """What comes in and goes out a month before the home, and which shares of it somebody wants to keep within."""

    income: Decimal
    debts: Decimal
    down: Decimal
    years: int
    rate: Decimal
    tax_rate: Decimal = NOTHING  # percent of the price a year
    insurance: Decimal = NOTHING
    dues: Decimal = NOTHING
    mortgage_insurance: Decimal = NOTHING
    home_share: Decimal = Decimal(28)
    total_share: Decimal = Decimal(36)

    @property
    def for_home(self) -> Decimal:
        return cents(self.income * self.home_share / 100)

    @property
    def after_debts(self) -> Decimal:
        return cents(self.income * self.total_share / 100) - self.debts

    @property
    def budget(self) -> Decimal:
        """What may go to the home each month: the smaller of the two shares."""
        return max(min(self.for_home, self.after_debts), NOTHING)

    @property
    def debts_decide(self) -> bool:
        return self.after_debts < self.for_home


def fitting(means: Means) -> Purchase | None:
    """The highest price, in whole hundreds, whose monthly costs stay within the budget; None when none does."""
    price = (_price(means) / HUNDRED).to_integral_value(ROUND_FLOOR) * HUNDRED
    while price > 0:
        purchase = _purchase(means, price)
        if purchase.loan == 0 or purchase.monthly <= means.budget:
            return purchase
        price -= HUNDRED  # rounding to cents took the last dollar
    return None


def _purchase(means: Means, price: Decimal) -> Purchase:
    return Purchase(
        price=price,
        down=min(means.down, price),
        years=means.years,
        rate=means.rate,
        tax=cents(price * means.tax_rate / 100),
        insurance=means.insurance,
        dues=means.dues,
        mortgage_insurance=means.mortgage_insurance,
    )


def _price(means: Means) -> Decimal:
    """Solved for the price: the payment grows with the loan, the tax with the price, the rest stays."""
    left = means.budget - means.insurance / MONTHS_A_YEAR - means.dues
    if left <= 0:
        return NOTHING
    tax = means.tax_rate / 100 / MONTHS_A_YEAR
    payment = payment_factor(means.rate, means.years * MONTHS_A_YEAR)
    premium = means.mortgage_insurance / 100 / MONTHS_A_YEAR
    without = (left + means.down * payment) / (payment + tax)
    if without <= means.down:  # the tax alone decides: nothing is borrowed
        return min(means.down, left / tax) if tax else means.down
    most_without_insurance = means.down / (1 - MAY_ASK_AT / 100)
    if without <= most_without_insurance:
        return without
    insured = (left + means.down * (payment + premium)) / (payment + premium + tax)
    return max(insured, most_without_insurance)
