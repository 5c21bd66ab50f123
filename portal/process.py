"""The seven steps as anybody may read them: the stage table, in the house's own words where staff gave some."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loans.models import StageWording
from loans.stages import STEPS, TABLE, Stage, StageEntry

Text = str | Promise

# What nearly everybody is asked for; a borrower's own list is made from their answers (documents/needs.py).
USUAL_PAPERS: tuple[Text, ...] = (
    _("A photo ID"),
    _("Statements of the last two months for each account you will use"),
    _("Pay stubs of the last 30 days and W-2 forms of two years, or tax returns if you work for yourself"),
    _("Award letters, if you are retired or receive benefits"),
    _("The signed purchase contract, once you have found a home"),
    _("The current mortgage statement, if you refinance"),
)


@dataclass(frozen=True)
class StageText:
    meaning: Text
    next: Text
    usual_days: str


@dataclass(frozen=True)
class ProcessStep:
    number: int
    title: Text
    stages: list[StageText]


def process_steps() -> list[ProcessStep]:
    """The seven steps with what each of their stages means; usual days are empty until the house supplies them."""
    wording = {row.stage: row for row in StageWording.objects.all()}
    line = [TABLE[stage] for stage in Stage.line() if stage != Stage.STARTED]
    return [
        ProcessStep(
            number, title, [_text(entry, wording.get(entry.key)) for entry in line if entry.step == number]
        )
        for number, title in STEPS.items()
    ]


def _text(entry: StageEntry, own: StageWording | None) -> StageText:
    if own is None:
        return StageText(entry.meaning, entry.next, entry.usual_days)
    return StageText(own.meaning or entry.meaning, own.next or entry.next, own.usual_days or entry.usual_days)
