"""
One deed on several loans: each is a write of its own, so that one that is refused, or was changed meanwhile, keeps none
of the others back. Every verb answers what became of each.

Conditional approval (its conditions are each loan's own), paused and ended loans are moved one by one.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.models import User
from loans.errors import Refused
from loans.models import Loan, StageEvent
from loans.services.stages import allowed_moves, change_stage, undo_stage_change
from loans.stages import Stage


@dataclass(frozen=True)
class Outcome:
    """`event` is the move that was made or taken back; None when the loan stayed, and `refused` says why."""

    loan: Loan
    event: StageEvent | None = None
    refused: Refused | None = None


def moves_with_others(loan: Loan, user: User) -> list[Stage]:
    """Where this person may move the loan together with others."""
    if loan.stage in (*Stage.quiet(), Stage.FUNDED):
        return []
    return [to for to in allowed_moves(loan, user) if to != Stage.CONDITIONAL_APPROVAL]


def must_go_with_others(loan: Loan, to: str, by: User) -> None:
    """Refused where the loan cannot go to this stage together with others."""
    if to not in moves_with_others(loan, by):
        words = {"stage": loan.get_stage_display()}
        raise Refused(_("It cannot go from “%(stage)s” to there together with others.") % words)


def change_stages(
    *,
    seen: Iterable[tuple[Loan, int]],
    to: str,
    by: User,
    note: str = "",
    internal_note: str = "",
    words: str = "",
    silent_why: str = "",
) -> list[Outcome]:
    """Move loans to one stage, as `change_stage` does; `seen` are the loans with the version that was looked at."""
    outcomes = []
    for loan, version in seen:
        try:
            must_go_with_others(loan, to, by)
            event = change_stage(
                loan=loan, to=to, by=by, note=note, internal_note=internal_note, words=words, silent_why=silent_why,
                expected_version=version,
            )  # fmt: skip
        except Refused as refused:
            outcomes.append(Outcome(loan, refused=refused))
        else:
            outcomes.append(Outcome(loan, event))
    return outcomes


def undo_stage_changes(*, moved: Iterable[tuple[StageEvent, int]], by: User) -> list[Outcome]:
    """Take moves back, as `undo_stage_change` does; `moved` are the moves with the version that each left its loan."""
    outcomes = []
    for event, version in moved:
        try:
            outcomes.append(
                Outcome(event.loan, undo_stage_change(event=event, by=by, expected_version=version))
            )
        except Refused as refused:
            outcomes.append(Outcome(event.loan, refused=refused))
    return outcomes
