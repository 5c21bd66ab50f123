"""
What a message tells, read anew when it is claimed: a loan that changed meanwhile cannot send yesterday's text.

One function a kind (`gather` of its catalog entry), in the module of its subject and listed in its `GATHERERS`. It
answers exactly the fields the entry declares, or raises `NotWanted` when what the message was to tell has been dealt
with. Sensitive kinds of paper are never named here. No amounts, no account or Social Security numbers, no papers.
"""

from collections.abc import Callable

from notifications.facts import (
    account,
    application,
    archives,
    asking,
    care,
    closing,
    house,
    leads,
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
from notifications.facts.shared import SENSITIVE_WORDS, Facts, NotWanted, is_sensitive
from notifications.facts.stages import is_behind, stage_facts
from notifications.models import Notification

__all__ = [
    "GATHERERS",
    "SENSITIVE_WORDS",
    "Facts",
    "NotWanted",
    "gather",
    "is_behind",
    "is_sensitive",
    "stage_facts",
]

GATHERERS: dict[str, Callable[[Notification], Facts]] = {
    function.__name__: function
    for module in (
        account, application, stages, papers, asking, sharing, archives, closing, reminders, quiet, texting, talking,
        care, leads, next_steps, surveys, people, house,
    )
    for function in module.GATHERERS
}  # fmt: skip


def gather(row: Notification, name: str) -> Facts:
    """The own facts of this row; common ones are added by the renderer."""
    return GATHERERS[name](row)
