"""
What is heard from the apps below, and which rows it makes or stops: one module a subject. Each handler runs inside the
transaction of what happened: row and event are written together or not at all. Nobody is told of what they did
themselves.
"""

from notifications.handlers import (
    account,
    application,
    archives,
    asking,
    care,
    closing,
    conversations,
    leads,
    papers,
    people,
    reminders,
    sharing,
    stages,
    texting,
    words_given,
)  # fmt: skip

__all__ = [
    "account",
    "application",
    "archives",
    "asking",
    "care",
    "closing",
    "conversations",
    "leads",
    "papers",
    "people",
    "reminders",
    "sharing",
    "stages",
    "texting",
    "words_given",
]
