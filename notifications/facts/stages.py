"""Facts of messages about stages."""

from copy import copy

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from documents.models import Request
from loans import clocks
from loans.models import Loan, Party, StageEvent
from loans.progress import stage_words, wordings
from loans.services import loan_estimate_is_sent
from loans.stages import Stage
from notifications import words
from notifications.facts.shared import Facts, NotWanted, absolute, loan_of, open_requests, paper_lines
from notifications.models import Notification
from notifications.once import once


def stage(row: Notification) -> Facts:
    loan = loan_of(row)
    event = StageEvent.objects.filter(public_id=row.context["event"]).first()
    if event is None or event.undone_at:
        raise NotWanted(noop("The move was taken back before its message went out."))
    if is_behind(loan.stage, event.to_stage):
        raise NotWanted(noop("The loan has moved back since."))
    return stage_facts(loan, row.party, to=event.to_stage, note=event.note)


def is_behind(now: str, told: str) -> bool:
    """Whether the loan stands before the stage a message tells of; conditions may go to and fro."""
    line = Stage.line()
    if now not in line or told not in line:
        return False
    return line.index(_pair(now)) < line.index(_pair(told))


def _pair(stage: str) -> str:
    return Stage.CONDITIONAL_APPROVAL if stage == Stage.CONDITIONS_REVIEW else stage


def stage_facts(
    loan: Loan, party: Party | None, *, to: str, note: str, extra_requests: list[Request] | None = None
) -> Facts:
    """What the message of stage `to` tells this party; `extra_requests` are conditions not written down yet."""
    said = stage_words(_standing_at(loan, to), once("stages", wordings))
    owed = [*open_requests(party), *(extra_requests or [])] if to != Stage.FUNDED else []
    optional = not loan_estimate_is_sent(loan)
    lines = paper_lines(owed, with_dates=not optional)
    next_text = str(said.next)
    if to == Stage.CONDITIONAL_APPROVAL and not lines:
        next_text = _("We settle the conditions, and the underwriter then looks at your file again.")
    promised = loan.next_update_on
    return {
        "number": loan.number,
        "place": loan.place,
        "title": str(said.title),
        "meaning": str(said.meaning),
        "next": next_text,
        "note": note.strip(),
        "officer": loan.officer.name,
        "todo": [] if optional else lines,
        "helpful": lines if optional else [],
        "next_update": words.weekday(promised) if promised and promised >= clocks.today() else "",
        "link": absolute("loans:detail", loan.public_id),
    }


def _standing_at(loan: Loan, to: str) -> Loan:
    """The same loan as it is, or will be, at stage `to`; never saved."""
    if loan.stage == to:
        return loan
    moved = copy(loan)
    moved.stage = to
    return moved


GATHERERS = (stage,)
