"""The seven steps as anybody may read them: the stage table, in the house's own words where staff gave some."""

from dataclasses import dataclass

from django.forms import model_to_dict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loans.models import StageWording, UsualDays
from loans.stages import STEPS, TABLE, Stage, StageEntry
from loans.usual import days_text

Text = str | Promise


@dataclass(frozen=True)
class Sides:
    """What each side does in a step."""

    you: tuple[Text, ...]
    we: tuple[Text, ...]


SIDES: dict[int, Sides] = {
    1: Sides(
        you=(
            _("Answer the questions: about fifteen minutes, and you can stop and come back."),
            _("Read the Loan Estimate, compare it with others, and say whether you want to go on."),
        ),
        we=(
            _("Say within a minute that your application arrived, with the list of papers for your situation."),
            _("Send the Loan Estimate within three business days of the six items that make an application."),
            _("Charge nothing but the credit report until you have said that you want to go on."),
        ),
    ),
    2: Sides(
        you=(
            _("Send what is on your list, as photos or PDFs, and say what does not apply to you."),
            _("Choose an insurance for the home."),
        ),
        we=(
            _("Look at each paper and take it, or say exactly what is missing and how to fix it."),
            _("Order the appraisal and the title search, and send you a copy of every appraisal."),
        ),
    ),
    3: Sides(
        you=(
            _("Answer questions the same day if you can."),
            _("Change nothing about job, debts and accounts without a word to us first."),
        ),
        we=(
            _("Bring the whole file before an underwriter, who reads income, debts, savings and the home together."),
            _("Tell you when we write next, and keep to it."),
        ),
    ),
    4: Sides(
        you=(_("Send what the conditions ask of you; each says why."),),
        we=(
            _("Settle what is ours or others’ to bring, such as title and insurance."),
            _("Have the underwriter look again at all of it."),
        ),
    ),
    5: Sides(
        you=(_("Lay the Closing Disclosure beside your Loan Estimate and ask about every line that differs."),),
        we=(
            _("Send the Closing Disclosure so that you have it at least three business days before you sign."),
            _("Call you and go through the numbers, so that nothing is new at the table."),
        ),
    ),
    6: Sides(
        you=(
            _("Look at the home once more, bring your photo ID, read, and sign."),
            _("Before you send any money, call us on a number you already know."),
        ),
        we=(
            _("Prepare the papers with the title company and be there by telephone while you sign."),
            _("Never send or change instructions for money by e-mail."),
        ),
    ),
    7: Sides(
        you=(_("Keep the papers where you find them at tax time, and note the day of the first payment."),),
        we=(
            _("Pay out the money and say so at once."),
            _("Keep your closing papers ready in your portal."),
        ),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class StageText:
    meaning: Text
    next: Text
    usual_days: str  # in the house's own words
    counted_days: str  # from its own loans


@dataclass(frozen=True)
class ProcessStep:
    number: int
    title: Text
    stages: list[StageText]
    sides: Sides


def process_steps() -> list[ProcessStep]:
    """
    The seven steps with what each of their stages means. Usual days are the house's words, else what was counted from
    its own loans; empty where there were too few of them.
    """
    wording = {row.stage: row for row in StageWording.objects.all()}
    counted = {row.stage: row for row in UsualDays.objects.all()}
    line = [TABLE[stage] for stage in Stage.line() if stage != Stage.STARTED]
    return [
        ProcessStep(
            number,
            title,
            [
                _text(entry, wording.get(entry.key), counted.get(entry.key))
                for entry in line
                if entry.step == number
            ],
            SIDES[number],
        )
        for number, title in STEPS.items()
    ]


def _text(entry: StageEntry, own: StageWording | None, counted: UsualDays | None) -> StageText:
    in_words = (own and own.usual_days) or entry.usual_days
    return StageText(
        meaning=(own and own.meaning) or entry.meaning,
        next=(own and own.next) or entry.next,
        usual_days=in_words,
        counted_days="" if in_words or counted is None else days_text(model_to_dict(counted)),
    )
