"""
Every message the house sends: one entry a kind (`KINDS`), grouped in the modules beside this one.

An entry says who reads it, what it says, which facts it needs, whether it holds a secret, how long it stays true and
what to do when a crash leaves open whether it went out. To add a message: one entry here, one function that gathers
its facts in `notifications/facts/`, one line that queues it in `notifications/handlers/`.
"""

from loans.stages import Stage
from notifications.catalog import (
    account,
    application,
    archives,
    asking,
    care,
    house,
    leads,
    letters,
    next_steps,
    papers,
    people,
    quiet,
    reminders,
    sharing,
    stages,
    surveys,
    talking,
    texting,
)
from notifications.catalog.house import WORDING_TEST
from notifications.catalog.shape import HOLD, RESEND, Kind

__all__ = ["HOLD", "KINDS", "RESEND", "WORDING_TEST", "Kind", "kind_for", "stage_message"]

_MODULES = (
    account,
    application,
    stages,
    papers,
    people,
    asking,
    sharing,
    archives,
    reminders,
    quiet,
    letters,
    texting,
    talking,
    care,
    leads,
    next_steps,
    surveys,
    house,
)
KINDS: dict[str, Kind] = {kind.key: kind for module in _MODULES for kind in module.KINDS}


def kind_for(key: str) -> Kind:
    """The entry; KeyError for a kind that nobody declared."""
    return KINDS[key]


def stage_message(stage: Stage | str) -> Kind | None:
    """The message that tells borrowers of this stage; None for the stages that have none of their own."""
    return KINDS.get(f"{stages.PREFIX}{Stage(stage).value}")
