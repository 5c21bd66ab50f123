"""Whether somebody is at the offices now, and when that changes: what a page says beside a telephone number."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import Company
from conversations import clock


@dataclass(frozen=True)
class Opening:
    """`until`: when the offices close, or open again; `zone`: what clocks there are called then (CST)."""

    is_open: bool
    until: datetime
    zone: str


def opening_at(moment: datetime, company: Company) -> Opening:
    opens, closes = clock.open_hours_from(moment, company)
    is_open = opens <= moment
    until = closes if is_open else opens
    return Opening(is_open, until, f"{until.astimezone(company.zone):%Z}")
