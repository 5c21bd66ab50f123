"""Counts anew what lists read from the loan's own row, reports what had drifted, and mends it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction

from conversations.services import reconciling
from documents.services.counters import counted
from loans.models import Loan
from loans.services import reconcile


class Command(BaseCommand):
    help = (
        "Recount open requests, documents to review, names, the end of the lock, words to find it by, who waits for an "
        "answer and open complaints of every loan; report and mend what drifted. Safe while people work."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--number", help="only the loan with this number")

    def handle(self, *args: Any, **options: Any) -> None:
        loans = Loan.objects.order_by("pk")
        if options["number"]:
            loans = loans.filter(number=options["number"])
        seen = drifted = 0
        for pk in list(loans.values_list("pk", flat=True)):
            seen += 1
            if drift := _mended(pk):
                drifted += 1
                self.stdout.write(f"{drift[0]}: {', '.join(drift[1:])}")
        self.stdout.write(f"{seen} loans looked at, {drifted} mended.")


@transaction.atomic
def _mended(pk: int) -> list[str]:
    """Number of the loan and what had drifted; held first, so that nothing changes between counting and storing."""
    loan = Loan.objects.select_for_update().get(pk=pk)
    open_requests, to_review, per_party = counted(loan)
    drift = reconcile(loan=loan, open_requests=open_requests, to_review=to_review, per_party=per_party)
    drift += reconciling.reconcile(loan=loan)
    return [loan.number, *drift] if drift else []
