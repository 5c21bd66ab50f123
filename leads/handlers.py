"""What this app hears: somebody applied, or a loan was opened for them; somebody wrote to us."""

from typing import Any

from django.dispatch import receiver

from conversations.events import message_received, message_written
from conversations.models import Conversation, Message
from leads import drips, services
from leads.models import DripEnrolment
from loans import events
from loans.models import Application, Loan


@receiver(events.application_submitted, dispatch_uid="leads.applied")
def applied(loan: Loan, application: Application, **_more: Any) -> None:
    services.link_to_loan(loan=loan, email=application.email)


@receiver(events.loan_opened, dispatch_uid="leads.opened")
def opened(loan: Loan, **_more: Any) -> None:
    for party in loan.parties.borrowers():
        services.link_to_loan(loan=loan, email=party.email)


@receiver(message_received, dispatch_uid="leads.wrote")
def wrote(message: Message, **_more: Any) -> None:
    """Whoever writes to us, on whatever way, is answered by a person and needs no next steps."""
    addresses = {message.sender, message.conversation.email}
    if message.party is not None:
        addresses |= {message.party.email, message.party.mail_address}
    drips.end_for_addresses(addresses, DripEnrolment.Ended.ANSWERED)


@receiver(message_written, dispatch_uid="leads.answered")
def answered(conversation: Conversation, **_more: Any) -> None:
    if conversation.loan_id is None:
        services.answered_in_thread(conversation=conversation)
