"""
Claim, write, send, commit: how rows leave the house (docs/decisions/0020-outbox.md, 0023-channels.md).

A batch of one channel is claimed in one short transaction with a fresh token. Then, without a transaction, each row is
looked at again (its loan may have ended, it may be night where its reader lives), written from today's facts and sent
in a fixed order; its end is committed at once. So after a crash only the first unsent row of a claim can have left: it
follows `on_uncertain` of its kind, all others go straight back. Twice the same copy is recognisable by Message-ID and
Date. A sender stops at half its lease, so that a slow server never overlaps with a reclaim; each channel has a slot of
its own, so that it never holds the others.

`claiming`: who holds which rows. `rules`: what is looked at before a row leaves. `sending`: the way out. `ending`: what
became of a try, committed. One sender a channel and machine: `documents/slots.py`.
"""

from documents.slots import Slot
from notifications.delivery.claiming import LEASE, beat_heart, claim, give_back, mine, return_dead_claims
from notifications.delivery.ending import LADDER
from notifications.delivery.rules import not_before, why_not
from notifications.delivery.sending import channels_due, deliver_due, send_batch, send_one

__all__ = [
    "LADDER",
    "LEASE",
    "Slot",
    "beat_heart",
    "channels_due",
    "claim",
    "deliver_due",
    "give_back",
    "mine",
    "not_before",
    "return_dead_claims",
    "send_batch",
    "send_one",
    "why_not",
]
