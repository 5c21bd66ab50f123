"""What a figure is made of."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.functional import Promise

from feedback.figures.months import Month

Words = str | Promise
Rows = QuerySet[Any, Any]


class Measure(StrEnum):
    """How a figure is read: `numerator` of `denominator`, or the median and the ninetieth percentile of `value`."""

    SHARE = "share"
    COUNT = "count"
    SCORE = "score"  # from -100 to 100
    MINUTES = "minutes"  # of office hours
    HOURS = "hours"  # of any day, said in days
    EACH = "each"  # so many for each row


@dataclass(frozen=True)
class Figure:
    """
    `rows` are what is counted in a month: annotated with `officer_of` and `processor_of` (who works on it), `part`,
    `hit` (1 counts, 0 does not) and `value`; `when` names the field by which they belong to the month. `meaning` is
    what people read beside it. Of a share, each part is seen against all rows.
    """

    key: str
    title: Words
    meaning: Words
    measure: Measure
    rows: Callable[[Month], Rows]
    when: str
    parts: Mapping[str, Words] = field(default_factory=dict)
    part_title: Words = ""
    has_total: bool = True
    counts: Words = ""  # what a row that counts is called on its list, and one that does not
    counts_not: Words = ""
    more_is_better: bool | None = None

    @property
    def has_values(self) -> bool:
        return self.measure in (Measure.MINUTES, Measure.HOURS, Measure.EACH)

    def part_name(self, part: str) -> Words:
        return self.parts.get(part, part)


def of_loan(rows: Rows, loan: str = "loan") -> Rows:
    """
    Whose work these rows are: who works on the loan now. Not as bare columns: a database would begin at all the loans
    somebody ever had and sort what it finds there, where the month alone is little to read.
    """
    officer, processor = (Coalesce(F(f"{loan}__{role}_id"), Value(None)) for role in ("officer", "processor"))
    return rows.annotate(officer_of=officer, processor_of=processor)
