"""
What people say to us and what we do about it: one thread a loan or visitor, and the complaints and service requests
that come out of it.

`Message` is append-only but for the clock of its answer; a note among us is one that no borrower sees. A
`ServiceRequest` has an owner and a day, and is done when somebody here says so; nothing about the loan changes by it.
"""

from conversations.models.care import Complaint, ServiceRequest, ServiceRequestQuerySet
from conversations.models.threads import (
    UNNAMED,
    Attachment,
    Conversation,
    Draft,
    Message,
    MessageQuerySet,
    QuickReply,
    Reading,
    ReplyAddress,
    ReplyFigures,
    ToldItem,
)

__all__ = [
    "UNNAMED",
    "Attachment",
    "Complaint",
    "Conversation",
    "Draft",
    "Message",
    "MessageQuerySet",
    "QuickReply",
    "Reading",
    "ReplyAddress",
    "ReplyFigures",
    "ServiceRequest",
    "ServiceRequestQuerySet",
    "ToldItem",
]
