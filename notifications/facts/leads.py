"""Facts of messages to people who are no borrowers yet."""

from django.utils.translation import gettext_noop as noop

from leads.guides import GUIDES
from leads.models import Lead
from notifications.facts.shared import Facts, NotWanted, absolute
from notifications.models import Notification


def caller_answer(row: Notification) -> Facts:
    lead = (
        Lead.objects.select_related("officer__officer_profile").filter(public_id=row.context["lead"]).first()
    )
    guide = GUIDES.get(row.context["guide"])
    if lead is None or not (guide or row.context["with_link"]):
        raise NotWanted(noop("There is nothing left to send."))
    return {
        "officer": lead.officer.name,
        "guide": str(guide.title) if guide else "",
        "guide_link": absolute("public:guide", guide.slug) if guide else "",
        "apply_link": way_to_apply(lead) if row.context["with_link"] else "",
    }


def way_to_apply(lead: Lead) -> str:
    """The officer's own, while their page is public."""
    profile = getattr(lead.officer, "officer_profile", None)
    return absolute("apply:with", profile.slug) if profile and profile.is_public else absolute("apply:start")


GATHERERS = (caller_answer,)
