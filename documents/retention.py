"""
How long papers and records are kept: one entry a class (`TABLE`), and the arithmetic. Nothing here reads the database;
`documents/keeping.py` brings what is known of a loan, `services/disposing.py` destroys what is over.

Each class counts months from an anchor: the last use, the written notice of the outcome, the consummation (the day of
signing). While the anchor is not known there is no end, and nothing is destroyed. A house may keep longer
(`RetentionRule`), never shorter. Sources: 16 CFR 314.4(c)(6), 12 CFR 1002.12(b), 12 CFR 1026.25(c).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db import models
from django.utils import dateformat
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext, pgettext

from loans.stages import Stage

Text = str | Promise


class RetentionClass(models.TextChoices):
    PROSPECT = "prospect", gettext_lazy("Never applied")
    APPLIED = "applied", gettext_lazy("Applied, no loan made")
    CLOSED = "closed", gettext_lazy("Closed loan")
    LOAN_ESTIMATE = "loan_estimate", gettext_lazy("Closed loan: Loan Estimate")
    CLOSING_DISCLOSURE = "closing_disclosure", gettext_lazy("Closed loan: Closing Disclosure and its papers")


class Anchor(StrEnum):
    LAST_USE = "last_use"
    NOTICE = "notice"
    CONSUMMATION = "consummation"


@dataclass(frozen=True)
class Entry:
    """One class: so many months from its anchor. `since` is why, for the borrower, with the day as `%(day)s`."""

    key: RetentionClass
    months: int
    anchor: Anchor
    source: str
    since: Text


_SIGNED = gettext_lazy("That is %(period)s from the day of signing, %(day)s.")

TABLE: dict[str, Entry] = {
    entry.key: entry
    for entry in (
        Entry(
            RetentionClass.PROSPECT, 24, Anchor.LAST_USE, "16 CFR 314.4(c)(6)",
            gettext_lazy("That is %(period)s after something last happened here, %(day)s."),
        ),
        Entry(
            RetentionClass.APPLIED, 25, Anchor.NOTICE, "12 CFR 1002.12(b)",
            gettext_lazy("That is %(period)s from our written notice about your application, %(day)s."),
        ),
        Entry(RetentionClass.CLOSED, 36, Anchor.CONSUMMATION, "12 CFR 1026.25(c)", _SIGNED),
        Entry(RetentionClass.LOAN_ESTIMATE, 36, Anchor.CONSUMMATION, "12 CFR 1026.25(c)(1)(i)", _SIGNED),
        Entry(RetentionClass.CLOSING_DISCLOSURE, 60, Anchor.CONSUMMATION, "12 CFR 1026.25(c)(1)(ii)", _SIGNED),
    )
}  # fmt: skip

# Papers from the house that the rule on disclosures names, by `HousePaper.Kind`.
OF_HOUSE_PAPERS: dict[str, RetentionClass] = {
    "loan_estimate": RetentionClass.LOAN_ESTIMATE,
    "closing_disclosure": RetentionClass.CLOSING_DISCLOSURE,
    "executed": RetentionClass.CLOSING_DISCLOSURE,
}


@dataclass(frozen=True)
class Standing:
    """
    What a loan's ends are counted from. `notice_on` and `signed_on` are None while they are not recorded for the
    outcome the loan stands at: what was recorded before it was opened again counts not.
    """

    stage: str
    has_applied: bool
    last_use: date
    notice_on: date | None = None
    signed_on: date | None = None


@dataclass(frozen=True)
class Kept:
    """How long one paper, or the record of a loan, is kept. It may be destroyed on the days after `destroy_after`."""

    entry: Entry
    months: int
    anchor_on: date | None
    is_open: bool  # the loan is on its way: no outcome yet

    @property
    def retention_class(self) -> str:
        return str(self.entry.key)

    @property
    def label(self) -> Text:
        return self.entry.key.label

    @property
    def destroy_after(self) -> date | None:
        return add_months(self.anchor_on, self.months) if self.anchor_on else None

    @property
    def is_undated(self) -> bool:
        """It is over, and the day its end is counted from was never recorded: a person has to."""
        return self.anchor_on is None and not self.is_open

    @property
    def period(self) -> str:
        return period_text(self.months)

    @property
    def why(self) -> str:
        """For the borrower: what the day is counted from. Empty while it is not known."""
        if self.anchor_on is None:
            return ""
        return str(self.entry.since) % {"period": self.period, "day": _day(self.anchor_on)}

    @property
    def missing(self) -> str:
        """What the desk has to record before an end is known; empty when nothing, or nothing yet."""
        return str(MISSING[self.entry.anchor]) if self.is_undated else ""


MISSING: dict[str, Text] = {
    Anchor.NOTICE: gettext_lazy("The day of the written notice is not recorded."),
    Anchor.CONSUMMATION: gettext_lazy("The day of signing is not recorded."),
}


def class_of(standing: Standing, house_paper: str = "") -> RetentionClass:
    """The class of a paper (`house_paper`: its kind, when the loan team gave it)."""
    if standing.stage == Stage.FUNDED:
        return OF_HOUSE_PAPERS.get(house_paper, RetentionClass.CLOSED)
    return RetentionClass.APPLIED if standing.has_applied else RetentionClass.PROSPECT


def record_class(standing: Standing) -> RetentionClass:
    """The class of the record itself; of a closed loan it is the evidence of its disclosures."""
    found = class_of(standing)
    return RetentionClass.CLOSING_DISCLOSURE if found == RetentionClass.CLOSED else found


def kept(standing: Standing, of: RetentionClass, rules: Mapping[str, int]) -> Kept:
    """`rules` are the house's own months by class; a shorter one than the table's counts not."""
    entry = TABLE[of]
    anchors = {
        Anchor.LAST_USE: standing.last_use,
        Anchor.NOTICE: standing.notice_on if standing.stage in Stage.ended() else None,
        Anchor.CONSUMMATION: standing.signed_on,
    }
    is_open = standing.stage not in Stage.closed() and entry.anchor != Anchor.LAST_USE
    return Kept(entry, max(entry.months, rules.get(of, 0)), anchors[entry.anchor], is_open)


def add_months(day: date, months: int) -> date:
    """The same day so many months later; where that month has no such day, the first of the next: never too early."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    try:
        return day.replace(year=year, month=month + 1)
    except ValueError:
        year, month = divmod(year * 12 + month + 1, 12)
        return date(year, month + 1, 1)


def _day(day: date) -> str:
    return dateformat.format(day, pgettext("date format: November 9, 2026", "F j, Y"))


def period_text(months: int) -> str:
    if months % 12:
        return ngettext("%(count)d month", "%(count)d months", months) % {"count": months}
    years = months // 12
    return ngettext("%(count)d year", "%(count)d years", years) % {"count": years}
