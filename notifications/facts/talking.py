"""Facts of the message that says that there is a message."""

from django.conf import settings
from django.utils.translation import gettext_noop as noop

from conversations.models import Message, Reading
from notifications.facts.shared import Facts, NotWanted, absolute, loan_of
from notifications.models import Notification


def new_message(row: Notification) -> Facts:
    """Who has read it in the meantime is not told."""
    loan = loan_of(row)
    ours = Message.objects.for_borrower().filter(conversation__loan=loan, by__isnull=False)
    newest = ours.select_related("by").order_by("-pk").first()
    if newest is None or newest.by is None:
        raise NotWanted(noop("There is no message of ours."))
    reader = row.party.user_id if row.party else None
    if Reading.objects.filter(conversation=newest.conversation_id, user=reader, upto__gte=newest.pk).exists():
        raise NotWanted(noop("They have read it already."))
    return {
        "number": loan.number,
        "officer": newest.by.name,
        "by_mail": bool(settings.INBOUND_MAIL_DOMAIN),
        "link": absolute("loans:messages", loan.public_id),
    }


GATHERERS = (new_message,)
