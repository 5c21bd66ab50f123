"""`manage.py rotate_master_key`: every document's key is wrapped anew; the documents themselves are not touched."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from documents.services import rewrapping
from loans.errors import Refused


class Command(BaseCommand):
    help = (
        "Make a new master key and wrap the key of every document by it; with DOCUMENTS_MASTER_KEY set, by the first "
        "key named there. May be cut off and run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--drop-old",
            action="store_true",
            help="only forget the old keys, when nothing is wrapped by them",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["drop_old"]:
            self._drop_old()
            return
        if rewrapping.new_first_key():
            self.stdout.write("A new master key is the first now.")
        result = rewrapping.rewrap_all()
        self.stdout.write(f"{result.done} keys of documents wrapped anew.")
        if result.lost:
            raise CommandError(f"{result.lost} keys are opened by no master key of this house.", returncode=1)
        if settings.DOCUMENTS_MASTER_KEY_FILE is None:
            self.stdout.write("DOCUMENTS_MASTER_KEY needs to name only its first key from now on.")
        else:
            self.stdout.write(
                "In an hour, run it with --drop-old to forget the old key; backups need it longer."
            )

    def _drop_old(self) -> None:
        try:
            count = rewrapping.drop_old_keys()
        except Refused as error:
            raise CommandError(error.message, returncode=1) from None
        self.stdout.write(f"{count} old keys forgotten.")
