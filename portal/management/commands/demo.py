import json
from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.demo.build import build
from portal.demo.sign_ins import sign_ins


class Command(BaseCommand):
    help = "Makes the demo's cast and loans (twice changes nothing), or prints what the cast signs in with."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--accounts", action="store_true", help="print the sign-ins as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(
                "This is no demo. Set DEMO=1 (only with PUBLIC_URL on http://localhost) to make one."
            )
        if options["accounts"]:
            self.stdout.write(json.dumps([asdict(entry) for entry in sign_ins()], indent=2))
            return
        added = build()
        self.stdout.write(f"{added} demo loans added." if added else "The demo stands; nothing was added.")
