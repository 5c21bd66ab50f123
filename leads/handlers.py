"""What this app hears from loans: somebody applied, or a loan was opened for them."""

from typing import Any

from django.dispatch import receiver

from leads import services
from loans import events
from loans.models import Application, Loan


@receiver(events.application_submitted, dispatch_uid="leads.applied")
def applied(loan: Loan, application: Application, **_more: Any) -> None:
    services.link_to_loan(loan=loan, email=application.email)


@receiver(events.loan_opened, dispatch_uid="leads.opened")
def opened(loan: Loan, **_more: Any) -> None:
    for party in loan.parties.borrowers():
        services.link_to_loan(loan=loan, email=party.email)
