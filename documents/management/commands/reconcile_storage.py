"""`manage.py reconcile_storage`: rows without bytes, bytes without a row. Opens nothing; `audit_storage` does."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from documents import reconciling


class Command(BaseCommand):
    help = "Compare database and storage in both directions; exit code 1 when bytes are missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--remove",
            action="store_true",
            help="delete what lies in quarantine for over a day and belongs to nothing",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        lacking = orphaned = removed = 0
        for missing in reconciling.missing():
            lacking += 1
            self.stdout.write(f"{missing.what} {missing.row}: {missing.key}: {missing.fault}")
        for orphan in reconciling.orphans(remove=options["remove"]):
            orphaned += 1
            removed += orphan.removed
            of = f" (upload {orphan.upload_id})" if orphan.upload_id else ""
            done = "removed" if orphan.removed else "belongs to nothing"
            self.stdout.write(f"{orphan.key}{of}: {done}")
        self.stdout.write(f"{lacking} missing, {orphaned} orphans, {removed} of them removed.")
        if lacking:
            raise CommandError(f"{lacking} are not in the storage.", returncode=1)
