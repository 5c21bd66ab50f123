"""A kind of mail that holds: when a worker dies while it sends one, a person decides. The product has none today."""

from dataclasses import replace

from django.apps import AppConfig

HELD_STAGE = "underwriting"


class Holding(AppConfig):
    name = "tests.faults"
    label = "holding"

    def ready(self) -> None:
        from notifications.catalog import HOLD, KINDS

        KINDS[f"stage_{HELD_STAGE}"] = replace(KINDS[f"stage_{HELD_STAGE}"], on_uncertain=HOLD)
