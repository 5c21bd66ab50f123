"""Facts of reminders and digests."""

from django.utils import timezone
from django.utils.translation import gettext_noop as noop
from django.utils.translation import ngettext

from accounts.models import User
from loans import clocks
from loans.models import Application
from loans.stages import Stage
from notifications import words
from notifications.facts.shared import Facts, NotWanted, absolute, loan_of, paper_lines
from notifications.models import MessageRules, Notification
from notifications.reminders import ladder, waiting


def needs_reminder(row: Notification) -> Facts:
    """The whole list of what is open and has a day; asked again whether it is still time to say so."""
    loan = loan_of(row)
    if row.party is None:
        raise NotWanted(noop("The borrower is no longer on the loan."))
    standing = ladder.standing_of(row.party, timezone.now(), leave_out=row.event_key)
    # Sent again by hand, it need not be the day for it.
    if not (standing.papers if row.resend_of_id else standing.is_due(MessageRules.load())):
        raise NotWanted(noop("Nothing is due any more, or they have done something since."))
    count = len(standing.papers)
    return {
        "number": loan.number,
        "needs": paper_lines(standing.papers, with_dates=True),
        "how_many": ngettext("one paper", "%(count)d papers", count) % {"count": count},
        "officer": loan.officer.name,
        "link": absolute("loans:documents", loan.public_id),
    }


def application_unfinished(row: Notification) -> Facts:
    application = Application.objects.filter(loan=row.loan_id).first() if row.loan_id else None
    if application is None or application.submitted_at or loan_of(row).stage != Stage.STARTED:
        raise NotWanted(noop("The application was sent, or is over."))
    if application.resume_number != row.context["link"] or application.email != row.address:
        raise NotWanted(noop("A newer link was asked for."))
    if application.saved_at > row.created_at:
        raise NotWanted(noop("They have gone on with it since."))
    return {}


def officer_digest(row: Notification) -> Facts:
    user = User.objects.filter(public_id=row.recipient.partition(":")[2], is_active=True).first()
    lines = waiting.lines_of(user) if user else []
    if not lines:
        raise NotWanted(noop("Nothing waits any more."))
    return {
        "day": words.weekday(clocks.today()),
        "waiting": lines,
        "link": absolute("desk:today"),
    }


GATHERERS = (needs_reminder, application_unfinished, officer_digest)
