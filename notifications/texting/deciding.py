"""
A text that perhaps says stop: a person decides what it meant, and after one business day the clock does.

"It meant stop" ends texting as STOP does. "It did not" ends the pause; what they wrote is on the thread already.
Whichever way it ends, only they can start texting again.
"""

import logging

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from loans.errors import Refused
from loans.services import must_work_on
from notifications.models import InboundText
from notifications.texting import opting, todo
from notifications.texting.senders import sender_of

logger = logging.getLogger(__name__)
Decision = InboundText.Decision
BY_PERSON = (Decision.STOP, Decision.GO_ON)
AT_ONCE = 200


@transaction.atomic
def decide(*, text: InboundText, decision: str, by: User) -> InboundText:
    """
    What a person found: it meant stop, or it did not. Refused for people who do not work on its loan (for a number
    nobody knows: who are no staff), and when it was settled in the meantime.
    """
    if text.loan is not None:
        must_work_on(text.loan, by)
    elif not by.is_staff:
        raise Refused(_("Only staff decide about numbers nobody knows."))
    if decision not in BY_PERSON:
        raise Refused(_("Choose what the text meant."))
    if not _settle(text, decision, by):
        text.refresh_from_db()
        raise Refused(
            _("This was settled in the meantime: %(what)s.") % {"what": text.get_decision_display()}
        )
    return text


def decide_overdue() -> int:
    """Nobody decided in time: it counts as stop. Returns how many; one that fails must not stop the others."""
    late = InboundText.objects.undecided().filter(decide_by__lte=timezone.now())
    count = 0
    for text in late.select_related("loan").order_by("decide_by")[:AT_ONCE]:
        try:
            with transaction.atomic():
                count += _settle(text, Decision.UNDECIDED, None)
        except Exception:
            logger.exception("Text %s cannot be settled.", text.public_id)
    return count


def _settle(text: InboundText, decision: str, by: User | None) -> bool:
    now = timezone.now()
    if (
        not InboundText.objects.undecided()
        .filter(pk=text.pk)
        .update(decision=decision, decided_by=by, decided_at=now)
    ):
        return False
    text.decision, text.decided_by, text.decided_at = decision, by, now
    log.record(
        action="text.decided",
        about=text,
        by=by,
        loan=text.loan,
        task="texting",
        detail={"decision": decision},
    )
    todo.settled(text, by=by)
    if decision == Decision.GO_ON:
        opting.go_on(text.sender)
    else:
        opting.stop_after_all(text, sender_of(text.sender))
    return True
