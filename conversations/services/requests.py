"""What a borrower asked for in their own words: somebody here owns it, answers by a day, and says what was done."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Company, User
from audit import log
from conversations import events
from conversations.models import ServiceRequest
from loans import clocks
from loans.errors import Refused
from loans.models import Loan, Party, Task
from loans.services import complete_task, make_task, must_work_on, touch

MOST_CHARACTERS = 2000


def answer_by(company: Company | None = None) -> date:
    """The day by which we answer what comes in now: the next one on which the offices are open."""
    house = company or Company.load()
    return clocks.add_business_days(
        clocks.today(house), 1, lambda day: clocks.is_general_business_day(day, house)
    )


@transaction.atomic
def make_service_request(
    *, loan: Loan, party: Party | None, words: str, channel: str, source: str
) -> ServiceRequest:
    """
    Put it on the loan, with its officer as owner, a day and a task. Nothing about the loan changes by it. Refused
    without words; the same source again answers the first one.
    """
    words = words.strip()[:MOST_CHARACTERS]
    if not words:
        raise Refused(_("Say what you would like us to do."))
    request, is_new = ServiceRequest.objects.get_or_create(
        source=source,
        defaults={
            "loan": loan, "party": party, "words": words, "channel": channel, "owner": loan.officer,
            "due_on": answer_by(),
        },
    )  # fmt: skip
    if is_new:
        make_task(
            loan=loan, kind=Task.Kind.SERVICE_REQUEST, why=one_line(words), for_user=loan.officer,
            due_on=request.due_on, key=_task_key(request),
        )  # fmt: skip
        touch(loan)
        log.record(
            action="service_request.made", about=request, by=party.user if party else None, loan=loan,
            task="conversations", detail={"channel": channel, "due": str(request.due_on)},
        )  # fmt: skip
        events.service_request_made.send(sender=ServiceRequest, loan=loan, request=request)
    return request


@transaction.atomic
def finish_service_request(*, request: ServiceRequest, by: User, answer: str) -> ServiceRequest:
    """
    It is done, and this is what the borrower is told. Its task goes with it. Refused without words, for people who do
    not work on the loan, and when somebody else was quicker.
    """
    must_work_on(request.loan, by)
    words = answer.strip()[:MOST_CHARACTERS]
    if not words:
        raise Refused(_("Write what was done: the borrower is told."))
    now = timezone.now()
    open_one = ServiceRequest.objects.open().filter(pk=request.pk)
    if not open_one.update(done_at=now, done_by=by, answer=words):
        raise Refused(_("Somebody has answered this request already."))
    request.done_at, request.done_by, request.answer = now, by, words
    if task := Task.objects.filter(key=_task_key(request)).select_related("loan").first():
        complete_task(task=task, by=by)
    log.record(action="service_request.done", about=request, by=by, loan=request.loan)
    events.service_request_done.send(sender=ServiceRequest, loan=request.loan, request=request, by=by)
    return request


def open_service_requests(loan: Loan) -> list[ServiceRequest]:
    """What this loan's borrowers wait for, the most urgent first."""
    return list(loan.service_requests.open().select_related("party", "owner").order_by("due_on", "id"))


def hand_over(loan: Loan) -> int:
    """The loan has another officer: what its borrowers wait for goes with it; returns how many."""
    return loan.service_requests.open().update(owner=loan.officer)


def _task_key(request: ServiceRequest) -> str:
    return f"service_request:{request.public_id}"


def one_line(words: str) -> str:
    """What was said, short enough for a task."""
    line = " ".join(words.split())
    return line if len(line) <= 200 else f"{line[:199]}…"
