"""
How long tables of loans are kept: they hold names, addresses and amounts of people who may never become borrowers.

What nobody brought over is deleted after a week, or at once by whoever read it; what became of the lines of a table
that was brought over is kept for 90 days, then only that it was.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from loans.errors import Refused
from loans.models import LoanImport

BROKEN_OFF = timedelta(minutes=10)  # whoever began and says nothing for so long is dead
UNUSED = timedelta(days=7)
RESULTS = timedelta(days=90)
AT_ONCE = 200
State = LoanImport.State


def broken_off(now: datetime) -> Q:
    """Tables whose bringing over has ended in the middle."""
    dead = Q(claimed_at__isnull=True) | Q(claimed_at__lt=now - BROKEN_OFF)
    return Q(dead, state=State.RUNNING)


def idle(now: datetime) -> Q:
    """Tables that nobody brings over, or is about to, and that are not done."""
    return Q(state=State.READ) | broken_off(now)


@transaction.atomic
def delete_import(*, table: LoanImport, by: User) -> None:
    """Whoever read it wants it gone; the loans stay. Refused for others, and while it is brought over."""
    if table.by_id != by.pk:
        raise Refused(_("Whoever read this table deletes it."))
    log.record(action="import.deleted", about=table, by=by, detail={"state": table.state})
    if not LoanImport.objects.filter(idle(timezone.now()) | Q(state=State.DONE), pk=table.pk).delete()[0]:
        raise Refused(_("It is being brought over at this moment. Wait until that is done."))


def tidy_imports() -> int:
    """Delete what nobody brought over, empty what was long ago; returns how many. Twice at once is harmless."""
    now = timezone.now()
    emptied = (
        LoanImport.objects.filter(state=State.DONE, done_at__lt=now - RESULTS)
        .exclude(rows=[])
        .update(rows=[])
    )
    unused = LoanImport.objects.filter(idle(now), created_at__lt=now - UNUSED).defer("rows")
    return emptied + sum(_delete(table, now) for table in unused[:AT_ONCE])


@transaction.atomic
def _delete(table: LoanImport, now: datetime) -> bool:
    if not LoanImport.objects.filter(idle(now), pk=table.pk).delete()[0]:
        return False
    log.record(action="import.deleted", about=table, task="loans", detail={"state": table.state})
    return True
