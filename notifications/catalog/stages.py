"""
One message for each stage that has one: what happened, what to do, what happens next, whom to call.

Title, meaning and next steps are the words of the stage (`loans/stages.py`, or the house's own from the admin), so
page and mail never differ. Started and received have no message of their own (the application's says it), the quiet
stages send nothing at all.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from loans.stages import MAY_PROMISE, Stage, entry_for
from notifications.catalog.shape import (
    BORROWER,
    LOAN_ADDRESS,
    Block,
    Bullets,
    Button,
    Contact,
    Field,
    Kind,
    Notice,
    Paragraph,
    Quote,
    Section,
    Text,
    WireFraud,
)  # fmt: skip

TOPIC = "stages"
PREFIX = "stage_"
FIELDS = {
    "number": Field(_("Loan number"), "LN-100042"),
    "place": Field(_("The home, or its state"), "12 Elm Street, Austin, TX"),
    "title": Field(_("Title of the stage"), "Underwriting"),
    "meaning": Field(_("What the stage means"), "An underwriter reads your file."),
    "next": Field(_("What happens next"), "You hear from us when they are done."),
    "note": Field(_("The officer's own line"), "Thank you for being so quick."),
    "officer": Field(_("Officer"), "Olga Petrov"),
    "todo": Field(_("What is open for this person, without sensitive names"), ["Bank statements, March"]),
    "helpful": Field(_("The same before the Loan Estimate: nothing of it is owed"), []),
    "next_update": Field(_("Date of the next update"), "Thursday, November 12"),
    "link": Field(_("The loan in the portal"), LOAN_ADDRESS),
}
NOTHING_TO_DO = _("Nothing right now.")
# As a text: the step alone. A telephone lies open on a table; what is said of the loan is behind the sign-in.
SHORT = _(
    "%(company)s: your home loan is at a new step: %(title)s. See what is next: %(link)s Reply STOP to end texts."
)
SHORT_WIRE = _(
    "%(company)s: your home loan is at a new step: %(title)s. See what is next: %(link)s We never text wire "
    "instructions. Reply STOP to end texts."
)


def _fields_of(stage: Stage) -> dict[str, Field]:
    """With the words of this stage as examples; once it is funded nothing is owed and no update is promised."""
    entry = entry_for(stage)
    said: dict[str, Any] = {"title": entry.title, "meaning": entry.meaning, "next": entry.next}
    if stage == Stage.FUNDED:
        said |= {"todo": [], "next_update": ""}
    return FIELDS | {name: Field(FIELDS[name].label, example) for name, example in said.items()}


def stage_kind(
    stage: Stage, *, subject: Text, happened: Text, todo: Text, nothing: Text, wire: bool = False
) -> Kind:
    blocks: tuple[Block, ...] = (
        Paragraph(_("Hello %(first_name)s,")),
        Section(_("What happened")),
        Paragraph(happened),
        Paragraph(_("%(meaning)s"), when="meaning"),
        Quote(_("A line from %(officer)s:"), "note", when="note"),
        Section(_("What you need to do")),
        Paragraph(todo, when="todo"),
        Bullets("todo", when="todo"),
        Paragraph(nothing, when="not todo"),
        Notice(_("These papers may be sent now; they are not needed for the Loan Estimate."), when="helpful"),
        Bullets("helpful", when="helpful"),
        Section(_("What happens next")),
        Paragraph(_("%(next)s"), when="next"),
        Paragraph(_("You hear from us again by %(next_update)s."), when="next_update"),
        Button(_("See your loan")),
        *([WireFraud()] if wire else []),
        Section(_("Whom to call")),
        Contact(),
    )
    return Kind(
        key=PREFIX + stage.value,
        name=stage.label,
        topic=TOPIC,
        audience=BORROWER,
        gather="stage",
        own_fields=_fields_of(stage),
        waits_for_undo=True,
        not_a_commitment=stage != Stage.FUNDED,
        after_clear_to_close=stage in MAY_PROMISE,
        short=SHORT_WIRE if wire else SHORT,
        subject=subject,
        heading=_("%(title)s"),
        blocks=blocks,
    )


KINDS = (
    stage_kind(
        Stage.PROCESSING,
        subject=_("We are working on your file (%(number)s)"),
        happened=_("Your loan for %(place)s moved to a new step: %(title)s."),
        todo=_("These papers are on your list:"),
        nothing=NOTHING_TO_DO,
    ),
    stage_kind(
        Stage.UNDERWRITING,
        subject=_("Your file is with an underwriter (%(number)s)"),
        happened=_("Your file for %(place)s went to an underwriter."),
        todo=_("These papers are still open on your list:"),
        nothing=NOTHING_TO_DO,
    ),
    stage_kind(
        Stage.CONDITIONAL_APPROVAL,
        subject=_("Your loan is conditionally approved (%(number)s)"),
        happened=_("The underwriter has read your file for %(place)s and set conditions."),
        todo=_("These points are yours to settle:"),
        nothing=_("None of the conditions is yours. We settle them and tell you."),
    ),
    stage_kind(
        Stage.CONDITIONS_REVIEW,
        subject=_("Your conditions are being read (%(number)s)"),
        happened=_("What was asked for went back to the underwriter."),
        todo=_("These points are still open on your list:"),
        nothing=NOTHING_TO_DO,
    ),
    stage_kind(
        Stage.CLEAR_TO_CLOSE,
        subject=_("You are clear to close (%(number)s)"),
        happened=_(
            "The underwriter has signed off your loan for %(place)s. Now the closing is being prepared."
        ),
        todo=_("These points are still open on your list:"),
        nothing=_(
            "Keep job, debts and accounts as they are until you have signed, and tell us before anything changes."
        ),
        wire=True,
    ),
    stage_kind(
        Stage.CLOSING,
        subject=_("Your closing is being prepared (%(number)s)"),
        happened=_("Your loan for %(place)s moved to a new step: the closing."),
        todo=_("These points are still open on your list:"),
        nothing=_("Bring a photo ID to the signing, and read the Closing Disclosure before you sign."),
        wire=True,
    ),
    stage_kind(
        Stage.FUNDED,
        subject=_("Your loan is funded (%(number)s)"),
        happened=_("Your loan for %(place)s is complete."),
        todo=_("These points are still open on your list:"),
        nothing=NOTHING_TO_DO,
        wire=True,
    ),
)
