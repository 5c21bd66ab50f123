"""Facts of questions how it went, and what speaks against asking."""

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext_noop as noop

from conversations.models import Conversation
from feedback.models import SurveyResponse
from leads.people import loans_of
from loans.models import Loan, Party
from loans.stages import Stage
from notifications import letters
from notifications.facts.shared import Facts, NotWanted
from notifications.models import Notification

State = Notification.State
# With whom the thank-you letter is: one that came back or that nobody knows about has not left.
LEFT = (State.SENT, State.DELIVERED, State.PRINTED)
AFTER_THE_LETTER = timedelta(days=3)
GONE = noop("There is nothing left to ask.")
NO_LETTER = noop("The thank-you letter has not left.")
PAUSED = noop("The loan has paused or ended.")
TALKING = noop("The conversation goes on.")
FELL_BACK = noop("The loan has gone back on its way.")
# What is over for now and may come again; then the question is taken up once more.
FOR_NOW = (TALKING, FELL_BACK)
CLEARED = (Stage.CLEAR_TO_CLOSE, Stage.CLOSING, Stage.FUNDED)


def survey(row: Notification) -> Facts:
    asked = (
        SurveyResponse.objects.select_related("officer", "party__user", "loan")
        .filter(public_id=row.context["survey"])
        .first()
    )
    if asked is None or asked.answered_at:
        raise NotWanted(GONE)
    if why := why_over(asked) or why_not_now(asked):
        raise NotWanted(why)
    return {"officer": asked.officer.name}


def why_over(asked: SurveyResponse) -> str:
    """Why the thing is no longer there to ask about (in English, for `gettext`); empty: it is."""
    if asked.kind in SurveyResponse.AFTER_CLOSING:
        return "" if asked.loan.stage == Stage.FUNDED else PAUSED
    if asked.kind == SurveyResponse.Kind.CONVERSATION and not is_resolved(asked.loan):
        return TALKING
    if asked.loan.stage in Stage.quiet():
        return PAUSED
    is_clear = asked.kind != SurveyResponse.Kind.CLEAR or asked.loan.stage in CLEARED
    return "" if is_clear else FELL_BACK


def is_resolved(loan: Loan) -> bool:
    """Whether its thread still is; nobody is asked how it went in the middle of it."""
    return Conversation.objects.filter(loan=loan, status=Conversation.Status.RESOLVED).exists()


def why_not_now(asked: SurveyResponse) -> str:
    """Why nothing may be asked for now: trouble or grief on any loan of theirs, or a letter that has not left."""
    if why := next(filter(None, map(letters.is_stopped, _loans_of(asked.party))), ""):
        return why
    if asked.kind in SurveyResponse.AFTER_CLOSING and not _letter_left(asked.loan):
        return NO_LETTER
    return ""


def _loans_of(party: Party) -> list[Loan]:
    """This one, and those on which any address of this person stands."""
    addresses = {party.mail_address, party.email, party.user.email if party.user else ""} - {""}
    others = {loan.pk: loan for address in sorted(addresses) for loan in loans_of(address)}
    others.pop(party.loan_id, None)
    return [Loan.objects.get(pk=party.loan_id), *others.values()]


def _letter_left(loan: Loan) -> bool:
    """The letter of thanks for the closing that stands, some days ago, and none of its copies waits any more."""
    rows = Notification.objects.filter(loan=loan, kind=letters.KIND).order_by()
    states = [(row.state, row.sent_at) for row in rows if row.context.get("closing") == loan.closings]
    waits = (State.QUEUED, State.HELD, State.SENDING, State.READY_TO_PRINT)
    if any(state in waits for state, _at in states):
        return False
    long_ago = timezone.now() - AFTER_THE_LETTER
    return any(state in LEFT and at is not None and at <= long_ago for state, at in states)


GATHERERS = (survey,)
