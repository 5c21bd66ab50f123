"""
Every write about what is said on a loan, a verb each: something came in, we said something, a request was made or done.

The same `source` twice is one row, so that what brought it (a text, a form) may come again without harm.
"""

from conversations.services.messages import receive_message, say
from conversations.services.requests import (
    answer_by,
    finish_service_request,
    make_service_request,
    open_service_requests,
)

__all__ = [
    "answer_by",
    "finish_service_request",
    "make_service_request",
    "open_service_requests",
    "receive_message",
    "say",
]
