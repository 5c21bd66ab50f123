"""Facts of messages that follow from asking for papers."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as noop

from accounts.models import User
from documents.models import Request
from documents.renewals import Renewal
from loans.services import loan_estimate_is_sent
from notifications import words
from notifications.facts.shared import (
    SENSITIVE_WORDS,
    Facts,
    NotWanted,
    absolute,
    is_sensitive,
    loan_of,
    paper_name,
)
from notifications.models import Notification
from notifications.reminders import renewals

MOST_LINES = 12


def paper_help_answered(row: Notification) -> Facts:
    loan = loan_of(row)
    request = Request.objects.filter(public_id=row.context["request"], loan=loan).first()
    if request is None or not request.is_open or not request.stuck_answer:
        raise NotWanted(noop("A paper came in the meantime, or it is asked for in other words."))
    said = f"{request.stuck_note} {request.stuck_answer}"
    hidden = is_sensitive(request) or bool(SENSITIVE_WORDS.search(said))
    return {
        "number": loan.number,
        "paper": "" if hidden else paper_name(request),
        "asked": "" if hidden else request.stuck_note,
        "answer": "" if hidden else request.stuck_answer,
        "officer": loan.officer.name,
        "optional_for_now": not loan_estimate_is_sent(loan),
        "link": absolute("loans:documents", loan.public_id),
    }


def papers_to_renew(row: Notification) -> Facts:
    user = User.objects.filter(public_id=row.recipient.partition(":")[2], is_active=True).first()
    found = renewals.due_for([user])[user.pk] if user else []
    if not found:
        raise NotWanted(noop("They were asked for anew, or need not be renewed any more."))
    return {
        "count": len(found),
        "papers": [_line(one) for one in found[:MOST_LINES]],
        "link": absolute("desk:renewals"),
    }


def _line(one: Renewal) -> dict[str, str]:
    request = one.request
    told = {
        "number": request.loan.number,
        "name": request.party.name,
        "until": words.write("date_text", one.use_by),
        "closing": words.write("date_text", one.closing_on) if one.closing_on else "",
    }
    detail = _("%(number)s, %(name)s: good until %(until)s")
    if one.closing_on:
        detail = _("%(number)s, %(name)s: good until %(until)s; closing %(closing)s")
    title = _("A paper, see the list") if is_sensitive(request) else paper_name(request)
    return {"title": title, "detail": detail % told}


GATHERERS = (paper_help_answered, papers_to_renew)
