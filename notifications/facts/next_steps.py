"""Facts of a guide that a visitor asked for, and of the next steps they asked for with it."""

from typing import Any

from django.utils.translation import gettext_noop as noop

from documents.facts import Facts as Situation
from documents.needs import needs_of
from leads.guides import GUIDES, Guide
from leads.models import DripEnrolment, Lead
from leads.people import loans_of
from loans.models import Loan
from notifications import letters
from notifications.facts.leads import way_to_apply
from notifications.facts.shared import Facts, NotWanted, absolute
from notifications.models import Notification

Ended = DripEnrolment.Ended
GONE = noop("There is nothing left to send.")
ENDED: dict[str, str] = {
    Ended.APPLIED: noop("They have applied since."),
    Ended.ANSWERED: noop("They have answered since."),
    Ended.UNSUBSCRIBED: noop("They have unsubscribed since."),
    Ended.CLOSED: noop("Their officer has closed it since."),
    Ended.LATE: noop("It came too late to be of use."),
}
# Who reads which guide, as far as a guide tells: for which papers they may look.
PURCHASE, REFINANCE = Loan.Purpose.PURCHASE.value, Loan.Purpose.REFINANCE.value
SITUATIONS: dict[str, Situation] = {
    "first-home": Situation(purpose=PURCHASE, employed=True),
    "refinance": Situation(purpose=REFINANCE, employed=True),
    "self-employed": Situation(self_employed=True),
    "va": Situation(mortgage_type=Loan.MortgageType.VA.value, employed=True),
}
ANYBODY = Situation(employed=True)
READY: dict[str, tuple[str, ...]] = {  # the boxes of the page for them
    "first-home": ("employed", "buying"),
    "refinance": ("employed", "refinancing"),
    "self-employed": ("self-employed",),
    "va": ("employed", "va"),
}


def guide_by_mail(row: Notification) -> Facts:
    lead, guide = _lead(row.context["lead"]), _guide(row.context["guide"])
    return {
        "officer": lead.officer.name,
        "guide": str(guide.title),
        "guide_link": absolute("public:guide", guide.slug),
        "pdf_link": absolute("public:guide_pdf", guide.slug),
        "with_steps": lead.drips.running().filter(sent=0).exists(),
    }


def next_step(row: Notification) -> Facts:
    """Not wanted once the steps have ended otherwise than by the last of them, nor in somebody's trouble or grief."""
    drip = DripEnrolment.objects.filter(public_id=row.context["drip"]).first()
    if drip is None:
        raise NotWanted(GONE)
    if drip.ended_why in ENDED:
        raise NotWanted(ENDED[drip.ended_why])
    lead, guide = _lead(drip.lead.public_id), _guide(drip.guide)
    if why := why_not_now(lead):
        raise NotWanted(why)
    situation = SITUATIONS.get(guide.slug, ANYBODY)
    asked = "&".join(f"for={key}" for key in READY.get(guide.slug, ("employed",)))
    return {
        "officer": lead.officer.name,
        "guide": str(guide.title),
        "guide_link": absolute("public:guide", guide.slug),
        "ready_link": f"{absolute('public:ready')}?{asked}",
        "glossary_link": absolute("public:glossary"),
        "apply_link": way_to_apply(lead),
        "papers": [
            {"title": str(need.title), "detail": str(need.why)} for need in needs_of(situation, main=True)
        ],
        "refinances": situation.refinances,
        "self_employed": situation.self_employed,
        "is_va": situation.is_va,
    }


def why_not_now(lead: Lead) -> str:
    """A complaint or a bereavement on any loan of the same person (in English, for `gettext`); empty: it may go."""
    whys = (letters.is_stopped(loan) for loan in loans_of(lead.email))
    return next((why for why in whys if why), "")


def _lead(public_id: Any) -> Lead:
    lead = Lead.objects.select_related("officer__officer_profile").filter(public_id=public_id).first()
    if lead is None:
        raise NotWanted(GONE)
    return lead


def _guide(slug: str) -> Guide:
    guide = GUIDES.get(slug)
    if guide is None:
        raise NotWanted(GONE)
    return guide


GATHERERS = (guide_by_mail, next_step)
