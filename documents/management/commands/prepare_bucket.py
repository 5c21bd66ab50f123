"""Tells the bucket what it must know: CORS for PUBLIC_URL, default encryption, what it forgets by itself."""

from typing import Any

from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from documents.storage.preparing import origin_of, prepare
from documents.storage.s3 import store_of_settings


class Command(BaseCommand):
    help = (
        "Set CORS, default encryption and lifecycle of the bucket that the settings name. Safe to run again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--create", action="store_true", help="make the bucket when there is none")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.AWS_STORAGE_BUCKET_NAME:
            raise CommandError("Set AWS_STORAGE_BUCKET_NAME first.")
        try:
            origin = origin_of(settings.PUBLIC_URL)
            not_known = prepare(store_of_settings(), origin=origin, create=options["create"])
        except (ClientError, BotoCoreError) as error:
            raise CommandError(f"The storage refused: {error}", returncode=1) from error
        for what in not_known:
            self.stdout.write(f"The server knows no such thing as {what}: see to it by its own means.")
        self.stdout.write(
            f"The bucket {settings.AWS_STORAGE_BUCKET_NAME} is prepared. Now: manage.py check_storage"
        )
