"""The figures of experience of the last thirteen months, counted anew from the rows."""

from typing import Any

from django.core.management.base import BaseCommand

from feedback.figures.counting import count_all


class Command(BaseCommand):
    help = "Count the figures of experience of the last thirteen months anew."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{count_all()} figures kept.")
