"""
Everything that writes to the outbox.

`queue` begins a message; `hold`, `release`, `send_now`, `resend` and `edit_letter` are what people do to one;
`cancel_for_loan` and its neighbours are what events do. `preview_stage_message` shows the desk, before a move, the
very words the borrower will read. Sending itself is `notifications/delivery.py`, by the worker alone.
"""

from notifications.services.changing import (
    cancel_for_loan,
    cancel_overtaken,
    hold,
    release,
    resend,
    restore_after_undo,
    send_now,
    stop,
    take_back,
)
from notifications.services.letters import edit_letter, letter_for
from notifications.services.previewing import Preview, borrowers_of, preview_stage_message
from notifications.services.queueing import Recipient, queue, wake_up

__all__ = [
    "Preview",
    "Recipient",
    "borrowers_of",
    "cancel_for_loan",
    "cancel_overtaken",
    "edit_letter",
    "hold",
    "letter_for",
    "preview_stage_message",
    "queue",
    "release",
    "resend",
    "restore_after_undo",
    "send_now",
    "stop",
    "take_back",
    "wake_up",
]
