"""Counts anew what lists read from the loan's own row, reports what had drifted, and mends it."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from documents.services.counters import counted
from loans.models import Loan
from loans.services import reconcile


class Command(BaseCommand):
    help = "Recount open requests, documents to review and names of every loan; report and mend what drifted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--number", help="only the loan with this number")

    def handle(self, *args: Any, **options: Any) -> None:
        loans = Loan.objects.order_by("pk")
        if options["number"]:
            loans = loans.filter(number=options["number"])
        seen = drifted = 0
        for loan in loans.iterator(chunk_size=200):
            open_requests, to_review, per_party = counted(loan)
            drift = reconcile(
                loan=loan, open_requests=open_requests, to_review=to_review, per_party=per_party
            )
            seen += 1
            if drift:
                drifted += 1
                self.stdout.write(f"{loan.number}: {', '.join(drift)}")
        self.stdout.write(f"{seen} loans looked at, {drifted} mended.")
