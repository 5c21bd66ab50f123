"""
The stages of a loan: one table, one entry a stage, the borrower's wording beside it.

Main line: started, application received, processing, underwriting, conditional approval (and conditions review, which
may loop), clear to close, closing, funded. Beside it: suspended, and the ends withdrawn, denied, incomplete. Only
funded counts as closed with a loan. `moves` lists what the desk may do next; `reopens` what a manager may do, with a
reason, after an end. Before clear to close no wording promises anything (a test reads every default).
Writes go through `services.change_stage`, which asks this table and nothing else.
"""

import re
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


class Stage(models.TextChoices):
    STARTED = "started", _("Started")
    APPLICATION_RECEIVED = "application_received", _("Application received")
    PROCESSING = "processing", _("Processing")
    UNDERWRITING = "underwriting", _("Underwriting")
    CONDITIONAL_APPROVAL = "conditional_approval", _("Conditional approval")
    CONDITIONS_REVIEW = "conditions_review", _("Conditions review")
    CLEAR_TO_CLOSE = "clear_to_close", _("Clear to close")
    CLOSING = "closing", _("Closing")
    FUNDED = "funded", _("Funded")
    SUSPENDED = "suspended", _("Suspended")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DENIED = "denied", _("Denied")
    INCOMPLETE = "incomplete", _("Closed as incomplete")

    @classmethod
    def line(cls) -> list[str]:
        """The main line, in order."""
        return [
            cls.STARTED, cls.APPLICATION_RECEIVED, cls.PROCESSING, cls.UNDERWRITING, cls.CONDITIONAL_APPROVAL,
            cls.CONDITIONS_REVIEW, cls.CLEAR_TO_CLOSE, cls.CLOSING, cls.FUNDED,
        ]  # fmt: skip

    @classmethod
    def closed(cls) -> list[str]:
        return [cls.FUNDED, cls.WITHDRAWN, cls.DENIED, cls.INCOMPLETE]

    @classmethod
    def ended(cls) -> list[str]:
        """Ended without a loan; only a manager reopens these (and a funded one), with a reason."""
        return [cls.WITHDRAWN, cls.DENIED, cls.INCOMPLETE]

    @classmethod
    def quiet(cls) -> list[str]:
        """Moving here cancels every waiting message of the loan and sends nothing."""
        return [cls.SUSPENDED, *cls.ended()]


# What nobody may read before a loan is clear to close.
PROMISES = re.compile(r"(?<!conditionally )approved|guarantee|congratulat", re.IGNORECASE)
MAY_PROMISE = (Stage.CLEAR_TO_CLOSE, Stage.CLOSING, Stage.FUNDED)
MONEY_MOVES = (Stage.CLEAR_TO_CLOSE, Stage.CLOSING)  # somebody may try to send wrong payment instructions

STEPS: dict[int, Text] = {
    1: _("Applied"),
    2: _("Documents"),
    3: _("Underwriting"),
    4: _("Conditional approval"),
    5: _("Clear to close"),
    6: _("Closing"),
    7: _("Funded"),
}
IF_ALL_GOES_WELL: Text = _("if all goes well")

_OUTCOME_MEANING = _("There is news about your application that we would like to tell you ourselves.")
_OUTCOME_NEXT = _("Please call your loan officer. A written notice follows.")
_CALL_TITLE = _("Please call your loan officer")


@dataclass(frozen=True)
class StageEntry:
    """
    One stage. `step` is the borrower's step (None: beside the line, the step stays where the loan was).
    `waiting_on` is a value of Loan.WaitingOn; with `papers` the ball is the borrower's while papers are owed.
    `message` is a kind in notifications/catalog.py, or None: this stage sends nothing.
    `named_title` and `named_meaning` name an outcome; borrowers read them only after the written notice is recorded.
    """

    key: Stage
    step: int | None
    title: Text
    meaning: Text
    next: Text
    waiting_on: str
    message: str | None
    moves: tuple[Stage, ...]
    usual_days: str = ""
    papers: bool = False
    uploads_open: bool = True
    reopens: tuple[Stage, ...] = ()
    named_title: Text = ""
    named_meaning: Text = ""
    named_next: Text = ""

    @property
    def is_quiet(self) -> bool:
        return self.key in Stage.quiet()

    @property
    def label(self) -> Text:
        """What the desk calls it."""
        return self.key.label


# Where a loan may go on from a pause or an end: never further than it had come (services check that), and never
# past clear to close, so that nothing reaches funded around it.
_BACK = (
    Stage.PROCESSING,
    Stage.UNDERWRITING,
    Stage.CONDITIONAL_APPROVAL,
    Stage.CONDITIONS_REVIEW,
    Stage.CLEAR_TO_CLOSE,
)
_ASIDE = (Stage.SUSPENDED, Stage.WITHDRAWN, Stage.DENIED, Stage.INCOMPLETE)

_ENTRIES = (
    StageEntry(
        key=Stage.STARTED,
        step=1,
        title=_("Your application is not finished yet"),
        meaning=_("We have your first answers; the application is not with us yet."),
        next=_("Finish the remaining questions and send it. It takes a few minutes."),
        waiting_on="borrower",
        message=None,
        uploads_open=False,
        # To application_received only by sending the application (services.submit_application).
        moves=(Stage.APPLICATION_RECEIVED, Stage.WITHDRAWN, Stage.INCOMPLETE),
    ),
    StageEntry(
        key=Stage.APPLICATION_RECEIVED,
        step=1,
        title=_("Application received"),
        meaning=_("Your application has arrived and your loan officer is reading it."),
        next=_("Your officer calls or writes if anything is unclear, then we prepare your Loan Estimate."),
        waiting_on="lender",
        message="application_received",
        moves=(Stage.PROCESSING, *_ASIDE),
    ),
    StageEntry(
        key=Stage.PROCESSING,
        step=2,
        title=_("We are checking your documents"),
        meaning=_("Your loan team is putting your file together and checking what you have sent."),
        next=_("When the file is complete it goes to the underwriter."),
        waiting_on="lender",
        papers=True,
        message="stage_processing",
        moves=(Stage.UNDERWRITING, *_ASIDE),
    ),
    StageEntry(
        key=Stage.UNDERWRITING,
        step=3,
        title=_("With the underwriter"),
        meaning=_("The underwriter is reading your file and deciding whether the loan can go on."),
        next=_("The underwriter either asks for more or sets conditions. Your officer tells you which."),
        waiting_on="lender",
        message="stage_underwriting",
        moves=(Stage.CONDITIONAL_APPROVAL, Stage.PROCESSING, *_ASIDE),
    ),
    StageEntry(
        key=Stage.CONDITIONAL_APPROVAL,
        step=4,
        title=_("Conditionally approved"),
        meaning=_("Your loan is conditionally approved: it can go on once the conditions are met."),
        next=_(
            "What is open on your list is yours to send; we settle the rest. Then the underwriter looks again."
        ),
        waiting_on="lender",
        papers=True,
        message="stage_conditional_approval",
        moves=(Stage.CONDITIONS_REVIEW, Stage.CLEAR_TO_CLOSE, Stage.UNDERWRITING, *_ASIDE),
    ),
    StageEntry(
        key=Stage.CONDITIONS_REVIEW,
        step=4,
        title=_("Reviewing what you sent"),
        meaning=_("The underwriter is looking at what you sent for the conditions."),
        next=_("If the conditions are met, we prepare the closing. If something is missing, we ask you."),
        waiting_on="lender",
        message="stage_conditions_review",
        moves=(Stage.CLEAR_TO_CLOSE, Stage.CONDITIONAL_APPROVAL, Stage.UNDERWRITING, *_ASIDE),
    ),
    StageEntry(
        key=Stage.CLEAR_TO_CLOSE,
        step=5,
        title=_("Ready to close"),
        meaning=_("All conditions are met and the papers for your closing can be prepared."),
        next=_("You receive the Closing Disclosure at least three business days before you sign."),
        waiting_on="lender",
        message="stage_clear_to_close",
        moves=(Stage.CLOSING, Stage.CONDITIONS_REVIEW, *_ASIDE),
    ),
    StageEntry(
        key=Stage.CLOSING,
        step=6,
        title=_("Closing"),
        meaning=_("The papers are being prepared for you to sign."),
        next=_("Sign at the appointment. Before you send any money, call us on a number you already know."),
        waiting_on="third_party",
        message="stage_closing",
        moves=(Stage.FUNDED, Stage.CLEAR_TO_CLOSE, *_ASIDE),
    ),
    StageEntry(
        key=Stage.FUNDED,
        step=7,
        title=_("Your loan is funded"),
        meaning=_("The money has been paid out and the loan is closed."),
        next=_("Keep your closing papers in a safe place. Your first payment date is in them."),
        waiting_on="nobody",
        message="stage_funded",
        uploads_open=False,
        moves=(),
        reopens=(Stage.CLOSING,),
    ),
    StageEntry(
        key=Stage.SUSPENDED,
        step=None,
        title=_CALL_TITLE,
        meaning=_OUTCOME_MEANING,
        next=_OUTCOME_NEXT,
        named_title=_("Your application is paused"),
        named_meaning=_("We cannot go on with your application for now. The written notice says why."),
        named_next=_("Call your loan officer to talk about what would let it go on."),
        waiting_on="lender",
        message=None,
        moves=(*_BACK, Stage.WITHDRAWN, Stage.DENIED, Stage.INCOMPLETE),
    ),
    StageEntry(
        key=Stage.WITHDRAWN,
        step=None,
        title=_CALL_TITLE,
        meaning=_OUTCOME_MEANING,
        next=_OUTCOME_NEXT,
        named_title=_("Your application was withdrawn"),
        named_meaning=_(
            "This application is closed because it was withdrawn. The written notice confirms it."
        ),
        named_next=_("If this is not what you wanted, call your loan officer."),
        waiting_on="nobody",
        message=None,
        uploads_open=False,
        moves=(),
        reopens=(Stage.STARTED, *_BACK),
    ),
    StageEntry(
        key=Stage.DENIED,
        step=None,
        title=_CALL_TITLE,
        meaning=_OUTCOME_MEANING,
        next=_OUTCOME_NEXT,
        named_title=_("We could not offer this loan"),
        named_meaning=_("The written notice gives the reasons and tells you about your rights."),
        named_next=_("Your loan officer can go through the notice with you."),
        waiting_on="nobody",
        message=None,
        uploads_open=False,
        moves=(),
        reopens=_BACK,
    ),
    StageEntry(
        key=Stage.INCOMPLETE,
        step=None,
        title=_CALL_TITLE,
        meaning=_OUTCOME_MEANING,
        next=_OUTCOME_NEXT,
        named_title=_("Your application was closed as incomplete"),
        named_meaning=_("Something we needed did not arrive in time. The written notice says what it was."),
        named_next=_("Call your loan officer if you would like to go on."),
        waiting_on="nobody",
        message=None,
        uploads_open=False,
        moves=(),
        reopens=(Stage.STARTED, *_BACK),
    ),
)

TABLE: dict[str, StageEntry] = {entry.key: entry for entry in _ENTRIES}


def entry_for(stage: str) -> StageEntry:
    return TABLE[stage]


def position(stage: str) -> int:
    """How far along the main line, from 0; -1 beside it."""
    line = Stage.line()
    return line.index(stage) if stage in line else -1


def moves_from(stage: str, *, came_from: str, manager: bool) -> list[Stage]:
    """
    Where the desk may move a loan from `stage`; what only a manager may is left out for others. From a pause or an
    end it goes on no further than `came_from`, the last stage on the main line it had reached.
    """
    entry = TABLE[stage]
    targets = [*entry.moves, *(entry.reopens if manager else ())]
    if stage == Stage.STARTED:
        targets.remove(Stage.APPLICATION_RECEIVED)
    if stage not in Stage.quiet():
        return targets
    return [to for to in targets if _may_go_on(to, came_from)]


def _may_go_on(to: Stage, came_from: str) -> bool:
    if to in Stage.quiet():
        return True
    if Stage.STARTED in (to, came_from):
        return to == came_from
    # An application paused before anybody worked on it goes on with processing.
    furthest = max(position(came_from), position(Stage.PROCESSING))
    return position(to) <= furthest


def is_reopening(stage: str, to: str) -> bool:
    """Only a manager may do this, with a reason."""
    return to in TABLE[stage].reopens
