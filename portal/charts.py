"""
Charts as geometry: numbers in, shapes for an inline SVG out (templates/components/chart_*.html). Colours come from
classes of the style sheet, so that a chart follows light and dark; each stands beside a table of the same figures.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from django.utils import dateformat

WIDTH, HEIGHT = 320, 150
LEFT, RIGHT, TOP, BOTTOM = 44, 8, 10, 22
QUARTER = Decimal("0.25")
MOST_LABELS = 6


@dataclass(frozen=True)
class Mark:
    """A line across or a place below, and what is written there."""

    at: float
    text: str


@dataclass(frozen=True)
class LineChart:
    path: str
    end: tuple[float, float]
    heights: list[Mark]
    days: list[Mark]
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    floor: int = HEIGHT - BOTTOM


@dataclass(frozen=True)
class Bar:
    x: float
    width: float
    top: float
    lower: float  # where the upper part ends and the lower begins
    lower_height: float
    upper_height: float


@dataclass(frozen=True)
class BarChart:
    bars: list[Bar]
    heights: list[Mark]
    below: list[Mark]
    width: int = 640
    height: int = 240
    left: int = 96
    right: int = 632
    floor: int = 214


def scale_of(values: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    """From and to, in whole quarters, with room between: the same for charts that are compared."""
    low = (min(values) / QUARTER).to_integral_value(ROUND_FLOOR) * QUARTER
    high = (max(values) / QUARTER).to_integral_value(ROUND_CEILING) * QUARTER
    return low, high if high > low else low + QUARTER


def line_chart(
    points: Sequence[tuple[date, Decimal]], *, first: date, last: date, scale: tuple[Decimal, Decimal]
) -> LineChart:
    """A stair: each value holds until the next one, the last one until `last`."""
    low, high = scale
    span = max((last - first).days, 1)

    def x(day: date) -> float:
        return round(LEFT + (WIDTH - LEFT - RIGHT) * max((day - first).days, 0) / span, 1)

    def y(value: Decimal) -> float:
        return round(float(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * (value - low) / (high - low)), 1)

    begin, value = points[0]
    steps = "".join(f"H{x(day)}V{y(now)}" for day, now in points[1:])
    end = (x(last), y(points[-1][1]))
    heights = [Mark(y(at), f"{at:.3f}") for at in (low, (low + high) / 2, high)]
    months = [Mark(x(day), dateformat.format(day, "M Y")) for day in (first, last)]
    return LineChart(f"M{x(begin)} {y(value)}{steps}H{end[0]}", end, heights, months)


def bar_chart(parts: Sequence[tuple[Decimal, Decimal]]) -> BarChart:
    """One bar a year of a lower and an upper part, in dollars."""
    blank = BarChart([], [], [])
    most = max(lower + upper for lower, upper in parts) or Decimal(1)
    room, step = blank.floor - TOP, (blank.right - blank.left) / len(parts)

    def tall(amount: Decimal) -> float:
        return round(float(room * amount / most), 1)

    bars = []
    for number, (lower, upper) in enumerate(parts):
        top, middle = blank.floor - tall(lower + upper), blank.floor - tall(lower)
        bars.append(
            Bar(
                x=round(blank.left + number * step + step * 0.12, 1),
                width=round(step * 0.76, 1),
                top=round(top, 1),
                lower=round(middle, 1),
                lower_height=tall(lower),
                upper_height=round(middle - top, 1),
            )
        )
    every = -(-len(parts) // MOST_LABELS)
    numbers = [number for number in range(1, len(parts) + 1) if number % every == 0]
    below = [Mark(round(blank.left + (number - 0.5) * step, 1), str(number)) for number in numbers]
    heights = [
        Mark(round(blank.floor - room * share, 1), f"${most * Decimal(share):,.0f}")
        for share in (0.0, 0.5, 1.0)
    ]
    return BarChart(bars, heights, below)


@dataclass(frozen=True)
class MonthBar:
    x: float
    top: float
    height: float
    month: str
    middle: float


@dataclass(frozen=True)
class MonthChart:
    bars: list[MonthBar]
    heights: list[Mark]
    bar_width: float
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT


def month_chart(
    values: Sequence[float | None],
    months: Sequence[str],
    *,
    most: float | None,
    written: Callable[[float], str],
) -> MonthChart:
    """A bar a month, oldest first, from nothing up or down; None is no bar. `most`: what the scale reaches at least."""
    known = [value for value in values if value is not None]
    high, low = max([*known, most or 0.0]), min([*known, 0.0])
    high = high if high > low else low + 1
    step, room = (WIDTH - LEFT - RIGHT) / max(len(values), 1), HEIGHT - TOP - BOTTOM

    def y(value: float) -> float:
        return round(TOP + room * (high - value) / (high - low), 1)

    bars = []
    for number, (value, month) in enumerate(zip(values, months, strict=True)):
        x = LEFT + number * step
        top, foot = sorted((y(value or 0.0), y(0.0)))
        bars.append(
            MonthBar(round(x + step * 0.14, 1), top, round(foot - top, 1), month, round(x + step / 2, 1))
        )
    marks = dict.fromkeys([low, (low + high) / 2, high] if low == 0 else [low, 0.0, high])
    heights = [Mark(y(at), written(at)) for at in marks]
    return MonthChart(bars, heights, round(step * 0.72, 1))
