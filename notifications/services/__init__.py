"""
Everything that writes to the outbox.

`queue` begins a message; `hold`, `release`, `send_now`, `cancel`, `settle_unknown`, `resend` and `edit_letter` are what
people do to one; `cancel_for_loan` and its neighbours are what events do. `preview_stage_message` shows the desk,
before a move, the very words the borrower will read. Sending itself is `notifications/delivery/`, by the worker alone.
What messages say is `services/wording.py`, how they would read `services/trying.py`.
"""

from notifications.services.both_ways import cancel, copies_of, hold, release, send_now
from notifications.services.changing import (
    cancel_for_loan,
    cancel_overtaken,
    resend,
    restore_after_undo,
    settle_unknown,
    stop,
    take_back,
)
from notifications.services.letters import edit_letter, letter_for, letters_of
from notifications.services.preferences import (
    allow_texts,
    choose,
    resubscribe,
    set_preference,
    stop_texts,
    unsubscribe,
)
from notifications.services.previewing import (
    Preview,
    borrowers_of,
    own_words,
    preview_stage_message,
    preview_stage_messages,
    problems_with_words,
    stage_words_with_fields,
)
from notifications.services.printing import mark_printed, take_off_pile
from notifications.services.queueing import Recipient, queue, wake_up
from notifications.services.rules import change_rules

__all__ = [
    "Preview",
    "Recipient",
    "allow_texts",
    "borrowers_of",
    "cancel",
    "cancel_for_loan",
    "cancel_overtaken",
    "change_rules",
    "choose",
    "copies_of",
    "edit_letter",
    "hold",
    "letter_for",
    "letters_of",
    "mark_printed",
    "own_words",
    "preview_stage_message",
    "preview_stage_messages",
    "problems_with_words",
    "queue",
    "release",
    "resend",
    "restore_after_undo",
    "resubscribe",
    "send_now",
    "set_preference",
    "settle_unknown",
    "stage_words_with_fields",
    "stop",
    "stop_texts",
    "take_back",
    "take_off_pile",
    "unsubscribe",
    "wake_up",
]
