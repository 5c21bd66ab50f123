"""Facts of messages about an application that arrived."""

from loans import clocks
from loans.models import KeyDate
from loans.services import loan_estimate_is_sent
from notifications import words
from notifications.facts.shared import (
    Facts,
    absolute,
    desk_facts,
    desk_loan,
    loan_of,
    open_requests,
    paper_lines,
)
from notifications.models import Notification


def application_received(row: Notification) -> Facts:
    loan = loan_of(row)
    optional = not loan_estimate_is_sent(loan)
    return {
        "number": loan.number,
        "place": loan.place,
        "officer": loan.officer.name,
        "needs": paper_lines(open_requests(row.party), with_dates=not optional),
        "optional_for_now": optional,
        "sets_up": bool(row.context.get("sets_up")),
        "portal": absolute("home:home"),
    }


def desk_application(row: Notification) -> Facts:
    loan = desk_loan(row)
    return {**desk_facts(loan), "place": loan.place, "purpose": loan.get_purpose_display()}


def six_items(row: Notification) -> Facts:
    loan = desk_loan(row)
    due = loan.key_dates.filter(kind=KeyDate.Kind.LOAN_ESTIMATE_DUE).first()
    due_on = due.on if due else clocks.date.fromisoformat(row.context["due_on"])
    return {**desk_facts(loan), "officer": loan.officer.name, "due_on": words.weekday(due_on)}


GATHERERS = (application_received, desk_application, six_items)
