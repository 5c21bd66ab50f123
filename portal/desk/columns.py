"""The columns a list of loans can have: which there are, what stands in each on the page and in a spreadsheet."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from loans.models import Loan
from portal.formats import date_text, days_text, local_day, money
from portal.forms.desk import WAITING_ON


@dataclass(frozen=True)
class Column:
    """`value` is what a spreadsheet gets, `shown` what the page says where the template has nothing better."""

    key: str
    label: str | Promise
    value: Callable[[Loan], Any]
    shown: Callable[[Any], str] = str
    is_number: bool = False

    def text(self, loan: Loan) -> str:
        value = self.value(loan)
        return "–" if value is None or value == "" else self.shown(value)

    def cell(self, loan: Loan) -> str:
        """For a spreadsheet: days as 2026-11-09, nothing as an empty cell."""
        value = self.value(loan)
        if isinstance(value, datetime):
            value = local_day(value)
        if isinstance(value, date):
            return value.isoformat()
        return "" if value is None else str(value)


_ALL = (
    Column("home", _("Home"), lambda loan: loan.place),
    Column("officer", _("Officer"), lambda loan: loan.officer.name),
    Column("stage", _("Stage"), lambda loan: str(loan.get_stage_display())),
    Column("in_stage", _("In stage"), lambda loan: loan.stage_since, days_text, is_number=True),
    Column("ball", _("Who has the ball"), lambda loan: str(WAITING_ON[Loan.WaitingOn(loan.waiting_on)])),
    Column(
        "ball_since", _("Has it for"), lambda loan: loan.waiting_since or loan.stage_since, days_text,
        is_number=True,
    ),
    Column("to_review", _("To review"), lambda loan: loan.to_review, is_number=True),
    Column("open_requests", _("Open requests"), lambda loan: loan.open_requests, is_number=True),
    Column("last_word", _("Last word"), lambda loan: loan.last_word_at, days_text, is_number=True),
    Column("unanswered", _("Unanswered for"), lambda loan: loan.unanswered_since, days_text, is_number=True),
    Column("next_update", _("Next update"), lambda loan: loan.next_update_on, date_text),
    Column("closing", _("Closing"), lambda loan: loan.expected_closing, date_text),
    Column("lock", _("Lock ends"), lambda loan: loan.lock_ends_on, date_text),
    Column("amount", _("Loan amount"), lambda loan: loan.amount, money, is_number=True),
    Column("activity", _("Latest activity"), lambda loan: loan.last_activity_at, date_text),
)  # fmt: skip
COLUMNS: dict[str, Column] = {column.key: column for column in _ALL}
USUAL = ("home", "stage", "in_stage", "ball", "to_review", "open_requests", "next_update", "closing")


def columns_of(asked: dict[str, str], user: User) -> list[Column]:
    """The chosen columns in their own order, or the usual ones; those who see every loan also read whose each is."""
    chosen = [key for key in asked.get("columns", "").split(",") if key in COLUMNS]
    if not chosen:
        chosen = [USUAL[0], "officer", *USUAL[1:]] if user.sees_every_loan else [*USUAL]
    return [column for column in _ALL if column.key in chosen]


def keys(columns: Iterable[Column]) -> list[str]:
    return [column.key for column in columns]
