"""
The annual percentage rate by the actuarial method: Regulation Z, Appendix J to 12 CFR 1026, general equation (b)(8).

One advance, paid back in streams of equal payments, each a whole number of unit periods and perhaps a fraction of one
after the advance. Amounts and rates are Decimal throughout; rates are in percent a year.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, localcontext

MONTHS = Decimal(12)
# Far within the eighth of a percentage point that 1026.22(a)(2) allows.
CLOSE_ENOUGH = Decimal("1e-14")
MOST_STEPS = 200
DIGITS = 34


@dataclass(frozen=True)
class Stream:
    """`count` payments of `amount`, one a unit period; the first `start` whole periods and `fraction` of one later."""

    amount: Decimal
    count: int
    start: int = 1
    fraction: Decimal = Decimal(0)


def one_after_another(payments: Iterable[tuple[int, Decimal]]) -> list[Stream]:
    """Streams for (how many, how much) in order, the first payment one unit period after the advance."""
    streams, start = [], 1
    for count, amount in payments:
        streams.append(Stream(amount, count, start))
        start += count
    return streams


def annual_percentage_rate(
    advance: Decimal,
    streams: Sequence[Stream],
    *,
    periods_a_year: Decimal = MONTHS,
    guess: Decimal = Decimal(0),
) -> Decimal:
    """
    Percent a year at which the payments are worth the advance. `guess` (percent) saves steps and changes no answer.
    ValueError when less is paid back than was advanced, for then there is no rate.
    """
    if advance <= 0 or sum(stream.amount * stream.count for stream in streams) < advance:
        raise ValueError("less is paid back than was advanced")
    with localcontext() as context:
        context.prec = DIGITS
        return 100 * periods_a_year * _rate_a_period(advance, streams, guess / 100 / periods_a_year)


def _rate_a_period(advance: Decimal, streams: Sequence[Stream], guess: Decimal) -> Decimal:
    """Newton's method from the left: the worth falls ever more slowly as the rate grows, so no step goes too far."""
    rate = guess if guess > 0 and _worth(streams, guess)[0] >= advance else Decimal(0)
    for _step in range(MOST_STEPS):
        worth, slope = _worth(streams, rate)
        change = (advance - worth) / slope
        rate += change
        if abs(change) < CLOSE_ENOUGH:
            return rate
    raise ValueError("no rate was found")  # pragma: no cover - every step comes closer


def _worth(streams: Sequence[Stream], rate: Decimal) -> tuple[Decimal, Decimal]:
    """What the payments are worth on the day of the advance at this rate a period, and how that changes with it."""
    discount = 1 / (1 + rate)
    worth = slope = Decimal(0)
    for stream in streams:
        odd = 1 / (1 + stream.fraction * rate)
        value = stream.amount * odd * discount**stream.start
        for period in range(stream.start, stream.start + stream.count):
            worth += value
            slope -= value * (period * discount + stream.fraction * odd)
            value *= discount
    return worth, slope
