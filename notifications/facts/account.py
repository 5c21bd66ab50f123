"""Facts of messages about people's own doors."""

from django.utils.translation import gettext_noop as noop

from accounts.models import Company, Invitation
from notifications import words
from notifications.catalog.account import ACCOUNT_CHANGES
from notifications.facts.shared import Facts, NotWanted
from notifications.models import Notification


def secret_only(row: Notification) -> Facts:
    return {}


def invitation(row: Notification) -> Facts:
    made = Invitation.objects.select_related("invited_by").filter(public_id=row.context["invitation"]).first()
    if made is None or not made.is_usable:
        raise NotWanted(noop("The invitation was used, withdrawn, or replaced by a newer one."))
    return {
        "inviter": made.invited_by.name if made.invited_by else Company.load().name,
        "until": words.long_date(made.expires_at),
        "of_a_loan": made.purpose == Invitation.Purpose.LOAN_PARTY,
    }


def account_notice(row: Notification) -> Facts:
    what = str(row.context["what"])
    return {
        "what": str(ACCOUNT_CHANGES.get(what, what)),
        "when": words.moment(row.created_at),
        "phone": words.phone(Company.load().phone),
    }


GATHERERS = (secret_only, invitation, account_notice)
