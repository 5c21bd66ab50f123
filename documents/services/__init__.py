"""
Every write that matters here, a verb each: what is asked for, what people send, what the check finds, what the loan
team says to it. Each is one transaction, tells the audit log and sends its event.
"""

from documents.services.checking import check_upload
from documents.services.composing import close_group, compose_group, open_group
from documents.services.conditions import move_to_conditional_approval
from documents.services.counters import recount
from documents.services.dating import set_usual_due_dates, usual_due_date
from documents.services.disposing import dispose
from documents.services.exporting import make_archive, request_export
from documents.services.holding import end_hold, may_hold, set_hold
from documents.services.looking import look_on, look_through
from documents.services.moving import Place, belongs_elsewhere, loans_to_move_to, move_document, places_in
from documents.services.plain import take_plain_files, take_plain_upload
from documents.services.receiving import take_in_file
from documents.services.repeats import AskedBefore
from documents.services.requests import (
    add_request,
    ask_again,
    decline_request,
    edit_request,
    make_requests_from_needs,
    withdraw_request,
)
from documents.services.retaining import forget_retention_rule, save_retention_rule, settle_loan
from documents.services.reviewing import (
    accept_document,
    file_document,
    open_requests_of,
    requests_to_file_under,
    return_document,
)
from documents.services.rules import forget_rule, save_rule
from documents.services.stuck import answer_stuck, say_stuck
from documents.services.sweeping import sweep
from documents.services.taking_back import take_back
from documents.services.targets import (
    Target,
    target_of_house_paper,
    target_of_link,
    target_of_request,
    target_unasked,
)
from documents.services.uploading import abort, complete, open_session, sign
from documents.services.wording import forget_wording, save_wording

__all__ = [
    "AskedBefore",
    "Place",
    "Target",
    "abort",
    "accept_document",
    "add_request",
    "answer_stuck",
    "ask_again",
    "belongs_elsewhere",
    "check_upload",
    "close_group",
    "complete",
    "compose_group",
    "decline_request",
    "dispose",
    "edit_request",
    "end_hold",
    "file_document",
    "forget_retention_rule",
    "forget_rule",
    "forget_wording",
    "loans_to_move_to",
    "look_on",
    "look_through",
    "make_archive",
    "make_requests_from_needs",
    "may_hold",
    "move_document",
    "move_to_conditional_approval",
    "open_group",
    "open_requests_of",
    "open_session",
    "places_in",
    "recount",
    "request_export",
    "requests_to_file_under",
    "return_document",
    "save_retention_rule",
    "save_rule",
    "save_wording",
    "say_stuck",
    "set_hold",
    "set_usual_due_dates",
    "settle_loan",
    "sign",
    "sweep",
    "take_back",
    "take_in_file",
    "take_plain_files",
    "take_plain_upload",
    "target_of_house_paper",
    "target_of_link",
    "target_of_request",
    "target_unasked",
    "usual_due_date",
    "withdraw_request",
]
