"""A guide asked for on its own page: the lead, the consents in their words, the mail, and the steps that may follow."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.errors import Refused
from accounts.models import User
from audit import log
from leads import drips, events
from leads.guides import GUIDES
from leads.models import GuideRequest, Lead, LeadConsent
from leads.people import officer_for
from leads.services import find_or_start, wait_for_answer

WORDS = gettext_lazy("Send me this guide at this address.")
# The same guide to the same address is sent once in this time, however often somebody presses.
ONCE_IN = timedelta(days=1)


@transaction.atomic
def ask_for_guide(
    *,
    guide: str,
    name: str,
    email: str,
    home_state: str = "",
    chosen: User | None = None,
    steps: bool = False,
) -> Lead:
    """
    A visitor agreed to be sent this guide, and with `steps` to be sent next steps too; `chosen` is the officer from
    whose page they came. The guide goes at once, whatever the steps do. Whoever is known is the same lead again, and
    their officer's clock starts. Refused when there is no such guide, or nobody here to answer them.
    """
    if guide not in GUIDES:
        raise Refused(_("There is no such guide."))
    name, email = " ".join(name.split()), email.strip().lower()
    officer = officer_for(email=email, home_state=home_state, chosen=chosen)
    if officer is None:
        raise Refused(_("Nobody is here to answer you at the moment. You can read the guide on this page."))
    lead = find_or_start(
        officer=officer, name=name, email=email, home_state=home_state, source=Lead.Source.GUIDE
    )
    _consent(lead, LeadConsent.Kind.GUIDE, email, str(WORDS))
    if steps:
        consent = _consent(lead, LeadConsent.Kind.STEPS, email, str(drips.WORDS))
        drips.begin(lead=lead, consent=consent, guide=guide)
    if not _was_just_sent(lead, guide):
        asked = GuideRequest.objects.create(lead=lead, guide=guide)
        log.record(action="lead.guide_asked", about=lead, detail={"guide": guide})
        events.guide_asked.send(sender=Lead, lead=lead, request=asked)
        wait_for_answer(lead)
    return lead


def _consent(lead: Lead, kind: str, email: str, wording: str) -> LeadConsent:
    here = log.origin.get()
    return LeadConsent.objects.create(
        lead=lead, kind=kind, email=email, wording=wording, address=here.address, agent=here.agent[:300]
    )


def _was_just_sent(lead: Lead, guide: str) -> bool:
    return lead.guides.filter(guide=guide, by=None, at__gt=timezone.now() - ONCE_IN).exists()
