"""
"I can't find it", "I can't get it": a borrower is stuck with a paper, and somebody here helps.

The officer gets one task for it, however often the borrower says so. It ends when the officer answers, changes or takes
back what is asked for, when a file comes, or when the borrower says that it does not apply after all.
"""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Company, User
from audit import log
from documents import events
from documents.models import Request
from loans import clocks
from loans.errors import Refused
from loans.models import Task
from loans.services.counters import touch
from loans.services.locking import must_work_on
from loans.services.tasks import close_task, make_task

LONGEST = 400
NOBODY_WAITS: dict[str, Any] = {"stuck": "", "stuck_note": "", "stuck_at": None, "stuck_answer": ""}


@transaction.atomic
def say_stuck(*, request: Request, by: User, how: str, note: str = "") -> Request:
    """
    The borrower cannot find it, or cannot get it and says why. Said again, the words are the new ones and the task is
    the same. Refused for others, for what is not open, and without words where somebody must know what to help with.
    """
    if request.party.user_id != by.pk:
        raise Refused(_("Only the person who is asked can say that."))
    if how not in Request.Stuck.values:
        raise Refused(_("Please choose what the trouble is."))
    if how == Request.Stuck.CANNOT_GET and not note.strip():
        raise Refused(_("Please say in a few words what stands in the way."))
    asked = _locked(request)
    if not asked.is_open:
        raise Refused(_("We are not waiting for this any more."))
    at = asked.stuck_at if asked.stuck and asked.stuck_at else timezone.now()
    _change(request, stuck=how, stuck_note=note.strip()[:LONGEST], stuck_at=at, stuck_answer="")
    _ask_the_officer(request)
    log.record(action="request.stuck", about=request, by=by, loan=request.loan, detail={"how": how})
    touch(request.loan)
    events.request_stuck.send(sender=Request, loan=request.loan, request=request, by=by)
    return request


@transaction.atomic
def answer_stuck(*, request: Request, by: User, answer: str, expected_version: int) -> Request:
    """
    A line to the borrower, who reads it on the paper's line and in a mail. Refused when nobody waits for one: answered
    by somebody else, or a file came.
    """
    must_work_on(request.loan, by)
    if not answer.strip():
        raise Refused(_("Write a line: the borrower waits for it."))
    asked = _locked(request)
    if not asked.stuck or asked.version != expected_version:
        raise Refused(_("Something was changed in the meantime. Look at it again."))
    key = task_key(asked)
    _change(request, stuck="", stuck_answer=answer.strip()[:LONGEST])
    close_task(key=key, by=by)
    log.record(action="request.stuck_answered", about=request, by=by, loan=request.loan)
    touch(request.loan)
    events.stuck_answered.send(sender=Request, loan=request.loan, request=request, by=by)
    return request


def end_stuck(request: Request, *, by: User | None) -> dict[str, Any]:
    """Nobody waits for help with it any more: ends the task. Returns the fields to write with the change at hand."""
    if not (request.stuck_at or request.stuck):
        return {}
    close_task(key=task_key(request), by=by)
    return dict(NOBODY_WAITS)


def task_key(request: Request) -> str:
    """One task for one cry for help: a later one has another moment."""
    at = request.stuck_at
    return f"paper-help:{request.public_id}:{int(at.timestamp() * 1000) if at else 0}"


def _ask_the_officer(request: Request) -> Task:
    company = Company.load()
    due_on = clocks.add_business_days(
        clocks.today(company), 1, lambda day: clocks.is_general_business_day(day, company)
    )
    words = {"name": request.party.name, "title": request.title}
    cannot_find = request.stuck == Request.Stuck.CANNOT_FIND
    why = _("%(name)s cannot find “%(title)s”.") if cannot_find else _("%(name)s cannot get “%(title)s”.")
    return make_task(
        loan=request.loan,
        kind=Task.Kind.PAPER_HELP,
        why=(why % words)[:300],
        for_user=request.loan.officer,
        due_on=due_on,
        key=task_key(request),
    )


def _locked(request: Request) -> Request:
    return Request.objects.select_for_update().get(pk=request.pk)


def _change(request: Request, **values: Any) -> None:
    """Of a row that the caller has locked."""
    Request.objects.filter(pk=request.pk).update(**values, version=F("version") + 1)
    request.refresh_from_db(fields=[*values, "version"])
