"""
Every write that matters here, a verb each: what is asked for, what people send, what the check finds, what the loan
team says to it. Each is one transaction, tells the audit log and sends its event.
"""

from documents.services.checking import check_upload, sweep
from documents.services.conditions import move_to_conditional_approval
from documents.services.counters import recount
from documents.services.dating import set_usual_due_dates, usual_due_date
from documents.services.looking import look_through
from documents.services.receiving import take_in_file
from documents.services.requests import (
    add_request,
    ask_again,
    decline_request,
    edit_request,
    make_requests_from_needs,
    withdraw_request,
)
from documents.services.repeats import AskedBefore
from documents.services.reviewing import (
    accept_document,
    file_document,
    requests_to_file_under,
    return_document,
)
from documents.services.rules import forget_rule, save_rule
from documents.services.stuck import answer_stuck, say_stuck
from documents.services.taking_back import finish_taking_back, take_back
from documents.services.uploading import abort, complete, open_session, sign, take_plain_upload
from documents.services.wording import forget_wording, save_wording

__all__ = [
    "AskedBefore",
    "abort",
    "accept_document",
    "add_request",
    "answer_stuck",
    "ask_again",
    "check_upload",
    "complete",
    "decline_request",
    "edit_request",
    "file_document",
    "finish_taking_back",
    "forget_rule",
    "forget_wording",
    "look_through",
    "make_requests_from_needs",
    "move_to_conditional_approval",
    "open_session",
    "recount",
    "requests_to_file_under",
    "return_document",
    "save_rule",
    "save_wording",
    "say_stuck",
    "set_usual_due_dates",
    "sign",
    "sweep",
    "take_back",
    "take_in_file",
    "take_plain_upload",
    "usual_due_date",
    "withdraw_request",
]
