"""Facts of answers and notices about text messages."""

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext_noop as noop

from accounts.models import Company
from conversations.models import Conversation, ServiceRequest
from conversations.services import open_service_requests
from loans.models import Loan
from loans.progress import current_step
from loans.stages import STEPS, Stage
from notifications import words
from notifications.facts.shared import Facts, NotWanted, absolute, borrowers, loan_of, officers_loan
from notifications.models import InboundText, Notification


def plain_answer(row: Notification) -> Facts:
    return {}


def house_answer(row: Notification) -> Facts:
    return {"phone": words.phone(Company.load().phone), "site": absolute("home:home")}


def texting_on_or_off(row: Notification) -> Facts:
    return house_answer(row)


def officer_answer(row: Notification) -> Facts:
    loan = loan_of(row)
    return {"officer": loan.officer.name, "phone": officer_phone(loan)}


def status_answer(row: Notification) -> Facts:
    loan = loan_of(row)
    if not tells_its_step(loan):
        raise NotWanted(noop("The loan has left the main line since."))
    step = current_step(loan)
    return {
        **officer_answer(row),
        "number": loan.number,
        "step": step,
        "steps": len(STEPS),
        "title": str(STEPS[step]),
    }


def docs_answer(row: Notification) -> Facts:
    return {"count": row.context["count"], "site": absolute("home:home")}


def dated_answer(row: Notification) -> Facts:
    return {**officer_answer(row), "day": words.weekday(date.fromisoformat(row.context["day"]))}


def service_request_answered(row: Notification) -> Facts:
    loan = loan_of(row)
    request = (
        ServiceRequest.objects.select_related("done_by").filter(public_id=row.context["request"]).first()
    )
    if request is None or request.done_at is None:
        raise NotWanted(noop("The request is no longer answered."))
    return {
        "number": loan.number,
        "asked": request.words,
        "answer": request.answer,
        "officer": request.done_by.name if request.done_by else loan.officer.name,
        "phone": officer_phone(loan),
    }


def message_received_officer(row: Notification) -> Facts:
    loan = officers_loan(row)
    conversation = Conversation.objects.filter(loan=loan, status=Conversation.Status.OPEN).first()
    if conversation is None:
        raise NotWanted(noop("It was answered in the meantime."))
    link = absolute("desk:thread", loan.public_id)
    return {**_desk(loan), "link": link, "count": unanswered(conversation)}


def service_request_officer(row: Notification) -> Facts:
    loan = officers_loan(row)
    waiting = open_service_requests(loan)
    if not waiting:
        raise NotWanted(noop("It was answered in the meantime."))
    return {**_desk(loan), "count": len(waiting), "day": words.weekday(waiting[0].due_on)}


def unclear_text_officer(row: Notification) -> Facts:
    loan = officers_loan(row)
    text = InboundText.objects.undecided().filter(public_id=row.context["text"]).first()
    if text is None or text.decide_by is None:
        raise NotWanted(noop("It was decided in the meantime."))
    return {**_desk(loan), "until": words.moment(text.decide_by)}


# --- What they share -------------------------------------------------------------------------------------------


def tells_its_step(loan: Loan) -> bool:
    """Only the main line is told in a text; all else, and what has not begun, is said by a person."""
    return loan.stage in Stage.line() and loan.stage != Stage.STARTED


def officer_phone(loan: Loan) -> str:
    """The officer's own number, else the house's."""
    profile = getattr(loan.officer, "officer_profile", None)
    direct = profile.direct_phone if profile else ""
    return words.phone(direct or loan.officer.phone or Company.load().phone)


def unanswered(conversation: Conversation) -> int:
    """How many messages came in since one of us last said something."""
    said = conversation.messages.filter(by__isnull=False).order_by("-at", "-id").first()
    inbound = conversation.messages.filter(by__isnull=True)
    return (inbound.filter(at__gt=said.at) if said else inbound).count()


def _desk(loan: Loan) -> Facts:
    link = absolute("desk:loan_texts", loan.public_id)
    return {"number": loan.number, "borrowers": borrowers(loan), "link": link}


GATHERERS: tuple[Callable[[Notification], Facts], ...] = (
    plain_answer, house_answer, texting_on_or_off, officer_answer, status_answer, docs_answer, dated_answer,
    service_request_answered, message_received_officer, service_request_officer, unclear_text_officer,
)  # fmt: skip
