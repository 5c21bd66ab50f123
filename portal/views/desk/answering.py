"""What every form of the desk answers: done, refused with the reason at the form, or changed by somebody else."""

from collections.abc import Callable
from typing import Any

from loans.errors import Changed, Refused
from portal.forms.base import DeskForm

REFUSED = 422
CHANGED = 409


def attempt(form: DeskForm, work: Callable[..., Any]) -> int | None:
    """
    Runs `work(**what the form said)`. None when it is done; otherwise the status to answer with, the reason being on
    the form, where the person typed.
    """
    if not form.is_valid():
        return REFUSED
    return carry_out(form, lambda: work(**form.said()))


def carry_out(form: DeskForm, work: Callable[[], Any]) -> int | None:
    """The same for a form that was checked already."""
    try:
        work()
    except Changed as changed:
        form.add_error(None, changed.message)
        form.is_overtaken, form.what_changed = True, list(changed.what)
        return CHANGED
    except Refused as refused:
        form.add_error(None, refused.message)
        return REFUSED
    return None
