"""
Every write of this app that matters, one verb each: keyword arguments, one transaction, the person who acts.

Applying: `start_application`, `save_step`, `ask_for_proof`, `prove_email`, `ask_for_resume_link`, `resume`,
`submit_application`. At the desk (each takes `expected_version`; `Changed` says what another did meanwhile):
`change_stage`, `undo_stage_change`, the dates, `change_facts`. People: `add_co_borrower`, `reinvite_party`, `join`,
`give_texting_consent`, `withdraw_texting_consent`, `give_e_delivery_consent`, `withdraw_e_delivery_consent`.
"""

from loans.errors import Changed, Refused
from loans.services.applications import (
    application_of_link,
    ask_for_proof,
    ask_for_resume_link,
    make_link_for_reminder,
    missing_step,
    prove_address,
    prove_email,
    purge_unproved,
    resume,
    save_step,
    start_application,
    submit_application,
)
from loans.services.assigning import (
    assign_officer,
    assign_processor,
    choose_officer,
    may_reassign,
    officers_for,
    reassign_all,
    states_served,
)
from loans.services.by_hand import open_loan_by_hand
from loans.services.consents import give_texting_consent, withdraw_texting_consent
from loans.services.counters import reconcile, store_counters, store_unanswered, touch, word_given
from loans.services.dates import (
    clear_key_date,
    set_expected_closing,
    set_key_date,
    set_next_update,
    set_waiting_on,
)
from loans.services.e_delivery import give_e_delivery_consent, withdraw_e_delivery_consent
from loans.services.facts import change_facts, note_circumstances, record_received_item
from loans.services.locking import must_work_on, what_changed
from loans.services.numbers_call import open_call
from loans.services.people import add_co_borrower, correct_invited, correct_party, join, reinvite_party
from loans.services.quiet import ask_about_quiet_file, promise_after_silence
from loans.services.stages import (
    allowed_moves,
    can_undo,
    change_stage,
    latest_event,
    notice_is_sent,
    reached_stage,
    undo_stage_change,
)
from loans.services.tasks import close_task, close_tasks, complete_task, make_task, waive_task
from loans.services.usual import count_usual_days
from loans.services.waiting import derived_waiting_on, loan_estimate_is_sent

__all__ = [
    "Changed",
    "Refused",
    "add_co_borrower",
    "allowed_moves",
    "application_of_link",
    "ask_about_quiet_file",
    "ask_for_proof",
    "ask_for_resume_link",
    "assign_officer",
    "assign_processor",
    "can_undo",
    "change_facts",
    "change_stage",
    "choose_officer",
    "clear_key_date",
    "close_task",
    "close_tasks",
    "complete_task",
    "correct_invited",
    "correct_party",
    "count_usual_days",
    "derived_waiting_on",
    "give_e_delivery_consent",
    "give_texting_consent",
    "join",
    "latest_event",
    "loan_estimate_is_sent",
    "make_link_for_reminder",
    "make_task",
    "may_reassign",
    "missing_step",
    "must_work_on",
    "note_circumstances",
    "notice_is_sent",
    "officers_for",
    "open_call",
    "open_loan_by_hand",
    "promise_after_silence",
    "prove_address",
    "prove_email",
    "purge_unproved",
    "reached_stage",
    "reassign_all",
    "reconcile",
    "record_received_item",
    "reinvite_party",
    "resume",
    "save_step",
    "set_expected_closing",
    "set_key_date",
    "set_next_update",
    "set_waiting_on",
    "start_application",
    "states_served",
    "store_counters",
    "store_unanswered",
    "submit_application",
    "touch",
    "undo_stage_change",
    "waive_task",
    "what_changed",
    "withdraw_e_delivery_consent",
    "withdraw_texting_consent",
    "word_given",
]
