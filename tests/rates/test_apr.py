"""The annual percentage rate: every example of Appendix J, (c)(1) to (c)(5), and what must hold for any loan."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from loans.amortization import level_payment
from loans.apr import Stream, annual_percentage_rate, one_after_another


def part(numerator: int, denominator: int) -> Decimal:
    return Decimal(numerator) / denominator


def stream(amount: str, count: int, start: int = 1, fraction: Decimal = Decimal(0)) -> Stream:
    return Stream(Decimal(amount), count, start, fraction)


# Of 12 CFR 1026, Appendix J: the example, what it says, the advance, the payments, unit periods a year.
EXAMPLES = [
    ("(c)(1)(i)", "9.69", 5000, [stream("230", 24)], 12),
    ("(c)(1)(ii)", "11.82", 6000, [stream("200", 36, 1, part(19, 30))], 12),
    ("(c)(1)(iii)", "10.34", 5000, [stream("219.17", 24, 0, part(6, 15))], 24),
    ("(c)(1)(iv)", "8.97", 10000, [stream("385", 40, 1, part(39, 90))], 4),
    ("(c)(1)(v)", "14.96", 500, [stream("17.60", 30, 4, part(4, 7))], 52),
    ("(c)(2)(i)", "10.08", 5000, [stream("250", 1), stream("230", 23, 2)], 12),
    ("(c)(2)(ii)", "28.50", 400, [stream("39.50", 1, 1, part(5, 28)), stream("38.31", 11, 2, part(5, 28))], 13),
    ("(c)(3)(i)", "10.50", 5000, [stream("230", 23), stream("280", 1, 24)], 12),
    ("(c)(3)(ii)", "12.22", 200, [stream("9.50", 19, 0, part(8, 14)), stream("30", 1, 19, part(8, 14))], 26),
    ("(c)(4)(i)", "10.90", 5000, [stream("250", 1), stream("230", 22, 2), stream("280", 1, 24)], 12),
    ("(c)(4)(ii)", "7.30", 8000,
     [stream("449.36", 1, 0, part(52, 60)), stream("465", 18, 1, part(52, 60)), stream("200", 1, 19, part(52, 60))], 6),
    ("(c)(5)(i)", "11.45", 1000, [stream("1080", 1)], part(365, 255)),
]  # fmt: skip


@pytest.mark.parametrize(("example", "expected", "advance", "payments", "periods"), EXAMPLES)
def test_examples_of_appendix_j(example, expected, advance, payments, periods):
    found = annual_percentage_rate(Decimal(advance), payments, periods_a_year=Decimal(periods))
    assert f"{found:.2f}" == expected, example


@settings(max_examples=25, deadline=None)
@given(
    rate=st.decimals("0.5", "20", places=3),
    months=st.sampled_from([120, 180, 360]),
    points=st.decimals("0", "5", places=3),
)
def test_the_apr_is_the_rate_without_charges_and_more_with_them(rate, months, points):
    lent = Decimal(300_000)
    payments = [(months, level_payment(lent, rate, months))]
    alone = annual_percentage_rate(lent, one_after_another(payments))
    assert abs(alone - rate) < Decimal("0.001")  # the cent a payment is rounded to
    charged = annual_percentage_rate(lent * (100 - points) / 100, one_after_another(payments))
    assert charged >= alone


@settings(max_examples=25, deadline=None)
@given(guess=st.decimals("0", "60", places=2))
def test_what_is_guessed_changes_no_answer(guess):
    answers = {
        f"{annual_percentage_rate(Decimal(5000), [stream('230', 24)], guess=start):.9f}"
        for start in (guess, Decimal(0))
    }
    assert len(answers) == 1


def test_no_interest_is_no_rate_and_less_than_was_lent_is_refused():
    assert annual_percentage_rate(Decimal(1200), [stream("100", 12)]) == 0
    with pytest.raises(ValueError):
        annual_percentage_rate(Decimal(1201), [stream("100", 12)])
    with pytest.raises(ValueError):
        annual_percentage_rate(Decimal(0), [stream("100", 12)])
