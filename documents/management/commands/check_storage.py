"""Is the bucket fit for papers of borrowers? `manage.py run` asks this before it starts anything."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError


class Command(BaseCommand):
    help = (
        "Try out the bucket: signatures, privacy, encryption, browsers, a round trip. Exit code 1 on faults."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.AWS_STORAGE_BUCKET_NAME:
            self.stdout.write("Files lie in DATA_DIR: there is no bucket to look at.")
            return
        from documents.storage.s3 import store_of_settings
        from documents.storage.startup import faults

        if found := faults(store_of_settings()):
            raise CommandError("Doorstep does not start with this bucket.\n" + "\n".join(found), returncode=1)
        if options["verbosity"]:
            self.stdout.write(f"The bucket {settings.AWS_STORAGE_BUCKET_NAME} is fit for papers.")
