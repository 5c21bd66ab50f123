"""`manage.py seal_documents`: seals what came before anything was sealed. `manage.py run` does it at its start."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from documents.services.earlier import seal_earlier


class Command(BaseCommand):
    help = "Seal documents of an earlier version that still lie readable on the disk."

    def handle(self, *args: Any, **options: Any) -> None:
        done, failed = seal_earlier()
        if options["verbosity"] or done:
            self.stdout.write(f"{done} documents sealed.")
        if failed and options["verbosity"]:
            raise CommandError(f"{failed} could not be: their bytes are missing or others.", returncode=1)
