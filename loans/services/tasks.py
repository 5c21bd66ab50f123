"""The one to-do table of desk, clocks and watchdogs."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from loans.errors import Refused
from loans.events import task_made
from loans.models import Loan, Task
from loans.services.locking import must_work_on

LONGEST_WHY = 300


@transaction.atomic
def make_task(*, loan: Loan, kind: str, why: str, for_user: User, due_on: date, key: str) -> Task:
    """A task for somebody here; the same key twice is one task."""
    task, is_new = Task.objects.get_or_create(
        key=key, defaults={"loan": loan, "kind": kind, "why": why, "for_user": for_user, "due_on": due_on}
    )
    if is_new:
        log.record(
            action="task.made", about=task, task="loans", loan=loan, detail={"kind": kind, "due": str(due_on)}
        )
        task_made.send(sender=Task, loan=loan, task=task)
    return task


@transaction.atomic
def complete_task(*, task: Task, by: User) -> Task:
    """Tick it off. Doing so twice is harmless; Refused for people who do not work on the loan."""
    if task.for_user_id != by.pk:
        must_work_on(task.loan, by)
    now = timezone.now()
    if Task.objects.filter(pk=task.pk, done_at__isnull=True).update(done_at=now, done_by=by):
        task.done_at, task.done_by = now, by
        log.record(action="task.done", about=task, by=by, loan=task.loan, detail={"kind": task.kind})
    return task


@transaction.atomic
def waive_task(*, task: Task, by: User, why: str) -> Task:
    """
    Close it undone, with the reason. Refused without one, for a kind that cannot be waived, for what is closed already,
    and for people who do not work on the loan.
    """
    must_work_on(task.loan, by)
    if task.kind not in Task.MAY_BE_WAIVED:
        raise Refused(_("A task of this kind cannot be waived; do it and tick it off."))
    if not why.strip():
        raise Refused(_("Say why it is not needed."))
    values = {"done_at": timezone.now(), "done_by": by, "waived_why": why.strip()[:LONGEST_WHY]}
    if not Task.objects.filter(pk=task.pk, done_at__isnull=True).update(**values):
        raise Refused(_("Somebody has closed this task already."))
    task.refresh_from_db()
    log.record(
        action="task.waived",
        about=task,
        by=by,
        loan=task.loan,
        detail={"kind": task.kind, "why": task.waived_why},
    )
    return task


def close_tasks(*, loan: Loan, kinds: list[str], by: User | None) -> int:
    """What made these tasks necessary is done or gone; returns how many were open."""
    return Task.objects.filter(loan=loan, kind__in=kinds, done_at__isnull=True).update(
        done_at=timezone.now(), done_by=by
    )


@transaction.atomic
def close_task(*, key: str, by: User | None) -> bool:
    """What made the task with this key necessary is settled; False when it was done, or there is none."""
    task = Task.objects.filter(key=key, done_at__isnull=True).select_related("loan").first()
    if task is None or not Task.objects.filter(pk=task.pk, done_at__isnull=True).update(
        done_at=timezone.now(), done_by=by
    ):
        return False
    log.record(
        action="task.done", about=task, by=by, task="loans", loan=task.loan, detail={"kind": task.kind}
    )
    return True
