"""Facts of messages about papers."""

from django.utils.translation import gettext_noop as noop

from documents.models import Document, Request
from documents.returns import return_words
from loans.services import loan_estimate_is_sent
from notifications.facts.shared import (
    SENSITIVE_WORDS,
    Facts,
    NotWanted,
    absolute,
    desk_facts,
    is_sensitive,
    loan_of,
    open_requests,
    paper_lines,
    paper_name,
)  # fmt: skip
from notifications.models import Notification


def requests_added(row: Notification) -> Facts:
    loan = loan_of(row)
    owed = open_requests(row.party)
    if not owed:
        raise NotWanted(noop("Everything that was asked for is here."))
    optional = not loan_estimate_is_sent(loan)
    return {
        "number": loan.number,
        "needs": paper_lines(owed, with_dates=not optional),
        "optional_for_now": optional,
        "link": absolute("loans:documents", loan.public_id),
    }


def document_returned(row: Notification) -> Facts:
    loan = loan_of(row)
    document = Document.objects.select_related("request").filter(public_id=row.context["document"]).first()
    if document is None or document.review != Document.Review.RETURNED:
        raise NotWanted(noop("The paper is no longer sent back."))
    request = document.request
    if request is not None and request.state != Request.State.RETURNED:
        raise NotWanted(noop("A new paper has arrived, or it is no longer needed."))
    named = request if request is not None and not is_sensitive(request) else None
    said = return_words(document.reason) if named else None
    return {
        "number": loan.number,
        "paper": paper_name(named) if named else "",
        "wrong": str(said.wrong) if said else "",
        "mend": str(said.mend) if said else "",
        "note": document.note.strip() if named and not SENSITIVE_WORDS.search(document.note) else "",
        "optional_for_now": not loan_estimate_is_sent(loan),
        "officer": loan.officer.name,
        "link": absolute("loans:documents", loan.public_id),
    }


def documents_received(row: Notification) -> Facts:
    loan = loan_of(row)
    count = loan.documents.filter(review=Document.Review.PENDING, disposed_at__isnull=True).count()
    if not count:
        raise NotWanted(noop("Everything that arrived has been reviewed."))
    return {**desk_facts(loan), "count": count}


GATHERERS = (requests_added, document_returned, documents_received)
