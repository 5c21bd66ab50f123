"""`manage.py dispose`: today's disposal now; with `--dry-run` what it would do, and nothing is destroyed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from documents import disposal, services

SORTS = {
    "due": "due: the next run destroys these",
    "held": "kept by a legal hold",
    "soon": "due within 30 days",
    "undated": "without a date, a person has to record it",
    "records": "records whose time is over, a person decides",
}


class Command(BaseCommand):
    help = (
        "Destroy what is kept no longer (the worker does it every night); --dry-run only says what that is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="destroy nothing, say what would be")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["dry_run"]:
            run = services.dispose()
            if run is None:
                self.stdout.write("Another run does it, or today's is done already.")
                return
            destroyed = run.figures["destroyed"]
            self.stdout.write(f"Destroyed: {destroyed['papers']} files, {destroyed['size']} bytes.")
        self._tell(disposal.survey())

    def _tell(self, found: disposal.Survey) -> None:
        for name, words in SORTS.items():
            listed: disposal.Listed = getattr(found, name)
            self.stdout.write(f"{words}: {listed.count} loans, {listed.papers} files, {listed.size} bytes")
            for loan in listed.loans:
                self.stdout.write(f"  {loan['number']}  {loan['papers'] or ''}".rstrip())
