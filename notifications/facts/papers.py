"""
Facts of messages about papers. Several of a kind leave as one message: `since` in the context says when the first of
what it tells happened, and what was dealt with in the meantime is left out.
"""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from conversations.private_numbers import without_private_numbers
from documents.models import Document, Request, UploadSession
from documents.progress import refusal_of, refused_since
from documents.returns import good_pages_words, mend_words, return_words
from loans.models import Loan
from loans.services import loan_estimate_is_sent
from notifications.facts.shared import (
    SENSITIVE_WORDS,
    Facts,
    NotWanted,
    absolute,
    counted_only,
    desk_facts,
    is_sensitive,
    loan_of,
    officers_loan,
    open_requests,
    paper_lines,
    paper_name,
)  # fmt: skip
from notifications.models import Notification

Line = dict[str, str]


def since(row: Notification) -> datetime:
    said = row.context.get("since")
    return datetime.fromisoformat(said) if said else row.created_at


# --- To borrowers --------------------------------------------------------------------------------------------


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
    asked, unasked = _still_returned(row)
    count = len(asked) + len(unasked)
    if not count:
        raise NotWanted(noop("A new paper has arrived, or it is no longer needed."))
    mended = [(request, _how_to_mend(request, loan)) for request in asked]
    return {
        "number": loan.number,
        "how_many": ngettext("one paper", "%(count)d papers", count) % {"count": count},
        "papers": _listed([*mended, *((None, _how_to_mend(document, loan)) for document in unasked)]),
        "optional_for_now": not loan_estimate_is_sent(loan),
        "officer": loan.officer.name,
        "link": absolute("loans:documents", loan.public_id),
    }


def _still_returned(row: Notification) -> tuple[list[Request], list[Document]]:
    """
    What was sent back since the first of them, and has not been sent anew or taken off the list: papers that were
    asked for, and those that came unasked.
    """
    back = {"review": Document.Review.RETURNED, "reviewed_at__gte": since(row)}
    documents = Document.objects.filter(**back, loan=row.loan, disposed_at__isnull=True)
    asked = Request.objects.filter(
        party=row.party, state=Request.State.RETURNED, pk__in=documents.values("request")
    )
    unasked = documents.filter(request__isnull=True, party__isnull=False, party=row.party)
    return list(asked.order_by("id")), list(unasked.order_by("id"))


def _how_to_mend(back: Request | Document, loan: Loan) -> str:
    said, document = return_words(back.reason), _returned(back)
    good = document.good_pages if document else ""
    parts = [str(said.wrong), str(mend_words(back.reason, good)), _pages(document)] if said else []
    if back.note.strip() and not SENSITIVE_WORDS.search(back.note):
        note = _("%(officer)s writes: “%(note)s”")
        parts.append(
            note % {"officer": loan.officer.name, "note": without_private_numbers(back.note.strip())}
        )
    return " ".join(filter(None, parts))


def _returned(back: Request | Document) -> Document | None:
    """The paper that stands returned."""
    if isinstance(back, Document):
        return back
    returned = back.documents.papers().filter(review=Document.Review.RETURNED)
    return returned.order_by("reviewed_at", "id").last()


def _pages(document: Document | None) -> str:
    """Which pages of it are fine and which to send again."""
    return good_pages_words(document.good_pages, document.pages, document.reason) if document else ""


def upload_refused(row: Notification) -> Facts:
    loan = loan_of(row)
    refused = [session for session in refused_since(loan, since(row)) if session.owner_id == row.party_id]
    if not refused:
        raise NotWanted(noop("They have sent another file since, or it is no longer needed."))
    count = len(refused)
    return {
        "number": loan.number,
        "how_many": ngettext("one file", "%(count)d files", count) % {"count": count},
        "files": _listed([(session.request, _why_refused(session, mend=True)) for session in refused]),
        "optional_for_now": not loan_estimate_is_sent(loan),
        "link": absolute("loans:documents", loan.public_id),
    }


# --- To the officer ------------------------------------------------------------------------------------------


def documents_received(row: Notification) -> Facts:
    loan = officers_loan(row)
    count = loan.documents.filter(review=Document.Review.PENDING, disposed_at__isnull=True).count()
    declined = list(
        loan.requests.filter(state=Request.State.NOT_APPLICABLE, changed_at__gte=since(row)).order_by("id")
    )
    refused = refused_since(loan, since(row))
    if not (count or declined or refused):
        raise NotWanted(noop("Everything that arrived has been dealt with."))
    return {
        **desk_facts(loan),
        "news": _in_short(count, len(declined), len(refused)),
        "count": count or "",
        "declined": _listed([(request, "") for request in declined]),
        "refused": _listed([(session.request, _why_refused(session, mend=False)) for session in refused]),
    }


def _in_short(count: int, declined: int, refused: int) -> str:
    parts = (
        (count, _("%(count)d to review")),
        (declined, ngettext("%(count)d does not apply", "%(count)d do not apply", declined)),
        (refused, _("%(count)d could not be taken")),
    )
    return ", ".join(words % {"count": number} for number, words in parts if number)


# --- Both ----------------------------------------------------------------------------------------------------


def _why_refused(session: UploadSession, *, mend: bool) -> str:
    said = refusal_of(session)
    if said is None:
        return ""
    return f"{said.wrong} {said.mend}" if mend else str(said.wrong)


def _listed(papers: list[tuple[Request | None, str]]) -> list[Line]:
    """One line a paper; those of a sensitive kind are only counted, and what came unasked has no name."""
    hidden = [request for request, _detail in papers if request is not None and is_sensitive(request)]
    lines = [
        {"title": paper_name(request) if request else _("Sent without being asked for"), "detail": detail}
        for request, detail in papers
        if request is None or not is_sensitive(request)
    ]
    return lines + counted_only(len(hidden))


GATHERERS = (requests_added, document_returned, upload_refused, documents_received)
