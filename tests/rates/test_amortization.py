"""Paying a loan back: the sums come out to the cent, whatever the loan; and when mortgage insurance ends."""

from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from loans.amortization import ENDS_AT, MAY_ASK_AT, first_at, insurance_ends, level_payment, schedule

amounts = st.decimals("1000", "99999999", places=2)
rates = st.decimals("0", "25", places=3)
terms = st.integers(1, 40).map(lambda years: years * 12)


@settings(max_examples=25, deadline=None)
@given(amount=amounts, steps=st.lists(st.tuples(st.integers(1, 120), rates), min_size=1, max_size=4))
def test_the_last_balance_is_nothing_and_the_principal_is_the_loan(amount, steps):
    rows = schedule(amount, steps)
    assert rows[-1].balance == 0
    assert sum(row.principal for row in rows) == amount
    assert len(rows) <= sum(months for months, _rate in steps)
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    owed = amount
    for row in rows:
        assert row.interest >= 0 and row.principal >= 0
        assert row.balance == owed - row.principal
        assert all(figure == round(figure, 2) for figure in (row.interest, row.principal, row.balance))
        owed = row.balance


@settings(max_examples=25, deadline=None)
@given(amount=amounts, rate=st.decimals("0", "12", places=3), months=terms)
def test_all_payments_but_the_last_are_the_level_one(amount, rate, months):
    level = level_payment(amount, rate, months)
    rows = schedule(amount, [(months, rate)])
    assert {row.payment for row in rows[:-1]} <= {level}


def test_a_loan_that_anybody_can_check():
    """$400,000 at 6.5 percent over 30 years: $2,528.27 a month, the first of it $2,166.67 interest."""
    rows = schedule(Decimal(400_000), [(360, Decimal("6.5"))])
    assert level_payment(Decimal(400_000), Decimal("6.5"), 360) == Decimal("2528.27")
    assert (rows[0].interest, rows[0].principal) == (Decimal("2166.67"), Decimal("361.60"))
    assert len(rows) == 360


@settings(max_examples=25, deadline=None)
@given(amount=st.integers(70_000, 100_000), rate=st.decimals("1", "12", places=3), months=terms)
def test_insurance_ends_at_78_percent_or_in_the_middle_of_the_term(amount, rate, months):
    rows, value = schedule(Decimal(amount), [(months, rate)]), Decimal(100_000)
    last = insurance_ends(rows, value)
    if amount <= 80_000:
        assert last == 0
        return
    assert 0 < last <= (months + 1) // 2
    by_then = rows[last - 1].balance
    assert by_then <= value * ENDS_AT / 100 or last == (months + 1) // 2
    assert last == 1 or rows[last - 2].balance > value * ENDS_AT / 100
    assert first_at(rows, MAY_ASK_AT, value) <= first_at(rows, ENDS_AT, value)
