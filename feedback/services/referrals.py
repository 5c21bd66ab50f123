"""Links for friends: made at closing, opened by whoever gets one. The friend says themselves what we may know."""

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from audit import log
from feedback.models import Referral, ReferredLead
from leads.models import Lead
from leads.people import officer_for
from leads.services import find_or_start, wait_for_answer
from loans.errors import Refused
from loans.models import Party

LONGEST_NOTE = 1000


def make_referral(*, party: Party) -> Referral:
    """The link of this borrower; one for good."""
    referral, _is_new = Referral.objects.get_or_create(
        party=party, defaults={"loan": party.loan, "officer": party.loan.officer}
    )
    return referral


def answers_friends(referral: Referral) -> User | None:
    """The officer whose link it is, as long as they work here; else who has the loan now; None without either."""
    at_work = (one for one in (referral.officer, referral.loan.officer) if one.is_active)
    return next((one for one in at_work if one.role == User.Role.OFFICER), None)


@transaction.atomic
def welcome_friend(
    *, referral: Referral, name: str, email: str = "", phone: str = "", words: str = ""
) -> Lead:
    """
    Somebody with the link asks to be called or written to: a lead of the same officer, whose clock starts. They agree
    to no more than an answer. Refused without a way to reach them, or nobody here to answer.
    """
    name, email = " ".join(name.split()), email.strip().lower()
    if not email and not phone:
        raise Refused(_("Type an e-mail address or a telephone number; without one nobody can answer."))
    officer = answers_friends(referral) or officer_for(email=email)
    if officer is None:
        raise Refused(_("Nobody is here to answer you at the moment. Please call us."))
    lead = find_or_start(officer=officer, name=name, email=email, phone=phone, source=Lead.Source.REFERRAL)
    if words.strip():
        lead.note = f"{lead.note}\n{words.strip()}".strip()[-LONGEST_NOTE:]
        lead.save(update_fields=["note"])
    ReferredLead.objects.get_or_create(lead=lead, defaults={"referral": referral})
    log.record(
        action="lead.referred", about=lead, task="feedback", detail={"referral": str(referral.public_id)}
    )
    wait_for_answer(lead)
    return lead
