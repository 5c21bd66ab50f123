"""What lies behind a figure, row by row, as its list says it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Company
from conversations.figures import in_words
from documents.returns import ReturnReason
from feedback.figures.counting import HOUR
from feedback.figures.shape import Figure, Measure, Words
from loans.models import Loan
from loans.stages import TABLE
from portal.desk.experience import days_in_words
from portal.desk.lists import Mark
from portal.formats import date_text


@dataclass(frozen=True)
class Row:
    """`said` is what the row adds to the figure; `day` alone where the figure knows no hour."""

    at: datetime | date
    who: str
    number: str
    what: Words
    said: Words
    address: str
    counts: bool


@dataclass(frozen=True)
class Reader:
    """Which relations to read along, whose row it is, what it says, and where it leads."""

    along: tuple[str, ...]
    what: Callable[[Any], Words]
    address: Callable[[Any], str]
    loan: Callable[[Any], Loan | None] = lambda row: row.loan


def _of_loan(row: Any) -> str:
    return reverse("desk:loan", args=[row.loan.public_id])


def _answers(row: Any) -> str:
    return reverse("desk:feedback", args=[row.loan.public_id])


def _thread(row: Any) -> str:
    talk = row.conversation
    if talk.loan_id:
        return reverse("desk:thread", args=[talk.loan.public_id])
    return reverse("desk:visitor", args=[talk.public_id])


def _paper(row: Any) -> str:
    return _of_loan(row) if row.disposed_at else reverse("desk:review", args=[row.public_id])


def _asked(row: Any) -> str:
    return reverse("desk:request_edit", args=[row.public_id])


def _move(row: Any) -> str:
    words = {"from": TABLE[row.from_stage].label, "to": TABLE[row.to_stage].label}
    return _("%(from)s, then %(to)s") % words


def _promised(row: Any) -> str:
    if row.kept_at:
        return _("heard from us on %(day)s") % {"day": date_text(row.kept_at)}
    if row.replaced_at:
        return _("another day, or none, was set on %(day)s") % {"day": date_text(row.replaced_at)}
    return _("they heard nothing by then")


def _returned(row: Any) -> str:
    return f"{row.name}: {ReturnReason(row.reason).label}" if row.reason else row.name


MESSAGES = Reader(
    ("conversation__loan",), lambda row: row.get_channel_display(), _thread, lambda row: row.conversation.loan
)
SURVEYS = Reader(("loan",), lambda row: row.words, _answers)
READERS: Mapping[str, Reader] = {
    **dict.fromkeys(("first_answer", "answer", "first_contact", "volume"), MESSAGES),
    **dict.fromkeys(("csat", "nps"), SURVEYS),
    "stage": Reader(("loan",), _move, _of_loan),
    "promise": Reader(("loan",), _promised, _of_loan),
    "repeat": Reader(("loan",), lambda row: row.title, _asked),
    "return": Reader(("loan",), _returned, _paper),
    "reminder": Reader(("loan", "request"), lambda row: row.request.title, _paper),
    "abandoned": Reader(("loan",), lambda row: "", _of_loan),
}


def row_of(figure: Figure, found: Any, house: Company) -> Row:
    reader = READERS[figure.key]
    loan = reader.loan(found)
    return Row(
        at=getattr(found, figure.when),
        who=_who(found, loan),
        number=loan.number if loan else _("Visitor"),
        what=reader.what(found),
        said=_adds(figure, found, house),
        address=reader.address(found),
        counts=found.hit > 0,
    )


def _who(found: Any, loan: Loan | None) -> str:
    """Never empty: it is the link. Who asks in the chat may have no name."""
    if loan is not None:
        return loan.borrower_names or loan.number
    return found.conversation.name or found.conversation.email or _("Somebody in the chat")


def _adds(figure: Figure, found: Any, house: Company) -> Words:
    match figure.measure:
        case Measure.MINUTES:
            return in_words(found.value, house)
        case Measure.HOURS:
            return days_in_words(found.value / HOUR)
        case Measure.EACH:
            return ngettext("%(count)d reminder", "%(count)d reminders", found.value) % {"count": found.value}
        case Measure.SCORE:
            return str(found.score)
        case Measure.COUNT:
            return ""
    said = figure.counts if found.hit > 0 else figure.counts_not
    return f"{said}: {figure.part_name(found.part)}" if found.part else said


def mark_of(figure: Figure, found: Any) -> Mark:
    """Where the next page begins; a day counts as its first moment in UTC."""
    at = getattr(found, figure.when)
    return (at if isinstance(at, datetime) else datetime.combine(at, time.min, UTC)), found.pk


def mark_for(figure: Figure, mark: Mark | None) -> Any:
    """The mark as the field is compared with it."""
    return (mark[0].date(), mark[1]) if mark and figure.when == "on" else mark
