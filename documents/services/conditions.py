"""Conditional approval comes with its conditions, in one write."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from documents.models import Request
from documents.services.dating import usual_due_date
from documents.services.repeats import AskedBefore
from documents.services.requests import add_request
from loans.errors import Refused
from loans.models import Loan, StageEvent
from loans.services.stages import change_stage
from loans.stages import Stage


@transaction.atomic
def move_to_conditional_approval(
    *,
    loan: Loan,
    conditions: Sequence[dict[str, Any]],
    none_for_borrower: bool,
    by: User,
    note: str = "",
    internal_note: str = "",
    words: str = "",
    silent_why: str = "",
    expected_version: int,
) -> StageEvent:
    """
    Move the loan and ask for the conditions (each a dict of party, kind, title, why and what add_request takes; one
    without a day gets the usual one).

    Refused when there is neither a condition nor the tick that the borrower has none to meet, or both; AskedBefore,
    with the `place` of the condition, when one was sent before and no reason is given.
    """
    if not conditions and not none_for_borrower:
        raise Refused(_("Name the conditions, or tick that there are none for the borrower."))
    if conditions and none_for_borrower:
        raise Refused(_("You named conditions and ticked that there are none. Take one of them back."))
    # The conditions first, and silently: the message of the stage, made by the move, names them.
    usual = usual_due_date(loan)
    for place, condition in enumerate(conditions):
        dated = {"due_on": usual, **condition}
        try:
            add_request(loan=loan, by=by, source=Request.Source.CONDITION, silent=True, **dated)
        except AskedBefore as error:
            error.place = place
            raise
    return change_stage(
        loan=loan,
        to=Stage.CONDITIONAL_APPROVAL,
        by=by,
        note=note,
        internal_note=internal_note,
        words=words,
        silent_why=silent_why,
        expected_version=expected_version,
    )
