"""Does the chain of the audit log hold? Exit code 1 when an entry was changed or is gone."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from audit import log
from audit.models import Entry


class Command(BaseCommand):
    help = "Prove that no sealed entry of the audit log was changed, removed or slipped in; exit code 1 on faults."

    def handle(self, *args: Any, **options: Any) -> None:
        faults = log.verify()
        if faults:
            raise CommandError("The chain of the audit log is broken:\n" + "\n".join(faults))
        last = Entry.objects.exclude(position__isnull=True).order_by("-position").first()
        waiting = Entry.objects.unsealed().count()
        if last is None:
            self.stdout.write(f"The audit log is empty; {waiting} wait to be sealed.")
            return
        # A copy of this line kept elsewhere shows later whether the end of the log was cut off.
        self.stdout.write(
            f"The audit log holds: {last.position} entries, last hash {last.hash}; {waiting} wait to be sealed."
        )
