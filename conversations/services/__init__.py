"""
Every write about what is said, a verb each.

`receive_message`, `receive_from_visitor` and `receive_in_chat`: something came in. `write`: a message here, from either
side. `say`: what one of us told them elsewhere; `log_call`, `note`: for ourselves. `mark_read`, `save_draft`: where
somebody stands. `set_aside`, `bring_back`: what nobody has to answer, and what was a question after all.
`make_service_request`, `finish_service_request`: what they ask us to do.

The same `source` twice is one row, so that what brought it (a text, a form) may come again without harm.
"""

from conversations.services.answering import answered, locked, recount, thread_of
from conversations.services.mail import (
    adopt_mail,
    is_address_of,
    keep_unknown_mail,
    reply_address,
    reply_address_at,
)
from conversations.services.messages import receive_message, say, source_of
from conversations.services.reading import draft_of, mark_read, save_draft
from conversations.services.requests import (
    answer_by,
    finish_service_request,
    make_service_request,
    open_service_requests,
)
from conversations.services.visitors import (
    bring_back,
    receive_from_visitor,
    receive_in_chat,
    set_aside,
    tell_how_to_answer,
    visitor_has_read,
)
from conversations.services.writing import attach, log_call, must_answer, note, write

__all__ = [
    "adopt_mail",
    "answer_by",
    "answered",
    "attach",
    "bring_back",
    "draft_of",
    "finish_service_request",
    "is_address_of",
    "keep_unknown_mail",
    "locked",
    "log_call",
    "make_service_request",
    "mark_read",
    "must_answer",
    "note",
    "open_service_requests",
    "receive_from_visitor",
    "receive_in_chat",
    "receive_message",
    "recount",
    "reply_address",
    "reply_address_at",
    "save_draft",
    "say",
    "set_aside",
    "source_of",
    "tell_how_to_answer",
    "thread_of",
    "visitor_has_read",
    "write",
]
