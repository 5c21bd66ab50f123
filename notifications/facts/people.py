"""Facts of messages about who looks after a loan and who follows it."""

from django.utils.translation import gettext_noop as noop

from accounts.models import User
from loans.models import Loan, Partner
from notifications import words
from notifications.facts.shared import Facts, NotWanted, absolute, loan_of
from notifications.models import Notification


def new_officer(row: Notification) -> Facts:
    loan = loan_of(row)
    if str(loan.officer.public_id) != row.context["officer"]:
        raise NotWanted(noop("The loan is with another officer by now."))
    before = User.objects.filter(public_id=row.context["before"]).first()
    return {
        "number": loan.number,
        "officer": loan.officer.name,
        "before": before.name if before else "",
        "link": absolute("loans:detail", loan.public_id),
    }


def loans_handed_over(row: Notification) -> Facts:
    loans = Loan.objects.filter(officer__public_id=row.recipient.partition(":")[2])
    if not loans.filter(public_id=row.context["loan"]).exists():
        raise NotWanted(noop("The loan is with another officer by now."))
    return {"link": absolute("desk:pipeline")}


def partner_asked(row: Notification) -> Facts:
    loan = loan_of(row)
    partner = Partner.objects.get(public_id=row.context["partner"])
    if not partner.waits:
        raise NotWanted(noop("A borrower has decided, or it was taken back."))
    return {
        "number": loan.number,
        "partner": partner.name,
        "role": partner.role,
        "link": absolute("loans:people", loan.public_id),
    }


def partner_link(row: Notification) -> Facts:
    partner = Partner.objects.select_related("agreed_by").get(public_id=row.context["partner"])
    if not partner.is_open or partner.agreed_by is None or partner.expires_at is None:
        raise NotWanted(noop("The borrower or we ended it in the meantime."))
    return {"borrower": partner.agreed_by.first_name, "until": words.long_date(partner.expires_at)}


GATHERERS = (new_officer, loans_handed_over, partner_asked, partner_link)
