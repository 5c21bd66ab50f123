"""What visitors ask and what we answer them; complaints, from the first word until somebody says it is settled."""

from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from notifications.catalog.shape import (
    BORROWER,
    DESK,
    DESK_ADDRESS,
    PERSON,
    Button,
    Contact,
    Field,
    Kind,
    Paragraph,
    Quote,
    Secret,
    Section,
    Text,
    address,
)  # fmt: skip

OFFICER = Field(_("Officer"), "Olga Petrov")
PHONE = Field(_("Telephone number to call"), "(512)\u00a0555-0142")

NUMBER = Field(_("Loan number"), "LN-100042")
BORROWERS = Field(_("Borrowers"), "Bea Nguyen")
WORDS = Field(_("What is wrong, in their words"), "Nobody called me back for three days.")


def _for_the_owner(key: str, name: Text, fields: dict[str, Field], **more: Any) -> Kind:
    """What the owner of a complaint hears, also while the loan is paused."""
    return Kind(
        key=key,
        name=name,
        topic="desk",
        audience=DESK,
        gather=key,
        own_fields={
            "number": NUMBER,
            "borrowers": BORROWERS,
            **fields,
            "link": Field(_("The complaint at the desk"), DESK_ADDRESS),
        },
        asked_for=True,
        expires_after=timedelta(days=2),
        priority=3,
        **more,
    )


KINDS: tuple[Kind, ...] = (
    Kind(
        key="visitor_wrote",
        name=_("A visitor asked something, to whoever answers them"),
        topic="desk",
        audience=DESK,
        gather="visitor_wrote",
        asked_for=True,
        expires_after=timedelta(days=2),
        why=_("You get this message because you answer visitors of our site."),
        own_fields={
            "visitor": Field(_("The visitor"), "Vera"),
            "link": Field(_("It at the desk"), DESK_ADDRESS),
        },
        subject=_("A visitor waits for your answer"),
        heading=_("A visitor asked something"),
        blocks=(
            Paragraph(_("%(visitor)s asked us something and waits for an answer.")),
            Paragraph(_("What they say stands at the desk, not in this mail.")),
            Button(_("Read it and answer")),
        ),
    ),
    Kind(
        key="visitor_answer",
        name=_("Our answer to a visitor"),
        topic="application",
        audience=PERSON,
        gather="visitor_answer",
        asked_for=True,
        not_a_commitment=True,
        why=_("You get this message because you asked us something."),
        own_fields={
            "asked": Field(_("What they asked, in their words"), "How long does a refinance take?"),
            "answer": Field(_("The answer, in the officer's words"), "Often about six weeks. Shall we talk?"),
            "officer": OFFICER,
            "phone": PHONE,
        },
        subject=_("The answer to your question"),
        heading=_("Your question"),
        blocks=(
            Paragraph(_("Hello %(first_name)s, thank you for asking. Here is our answer.")),
            Quote(_("You wrote:"), "asked"),
            Quote(_("%(officer)s answers:"), "answer"),
            Section(_("Would you like to talk?")),
            Paragraph(_("Call %(officer)s at %(phone)s.")),
            Contact(),
        ),
    ),
    # --- Complaints
    _for_the_owner(
        "complaint_begun",
        _("A complaint was begun, to its owner"),
        {"day": Field(_("By which day to acknowledge it"), "Monday, November 23")},
        subject=_("A complaint waits for you (%(number)s)"),
        heading=_("A complaint is yours"),
        blocks=(
            Paragraph(_("Something is not right for %(borrowers)s. Tell them by %(day)s that it arrived.")),
            Button(_("Read it")),
        ),
    ),
    _for_the_owner(
        "complaint_came_back",
        _("They say that a complaint is not settled, to its owner"),
        {},
        subject=_("A complaint is not settled (%(number)s)"),
        heading=_("It is not settled"),
        blocks=(
            Paragraph(_("We asked %(borrowers)s whether their complaint is settled, and they said no.")),
            Button(_("Read it")),
        ),
    ),
    Kind(
        key="complaint_acknowledged",
        name=_("A complaint arrived, to whoever made it"),
        topic="application",
        audience=BORROWER,
        gather="complaint_acknowledged",
        asked_for=True,
        not_a_commitment=True,
        own_fields={"number": NUMBER, "words": WORDS, "owner": OFFICER, "phone": PHONE},
        subject=_("We have heard you (%(number)s)"),
        heading=_("We have heard you"),
        blocks=(
            Paragraph(_("Hello %(first_name)s, thank you for telling us that something is not right.")),
            Quote(_("You told us:"), "words"),
            Paragraph(
                _(
                    "%(owner)s looks after it, and writes to you when we know what we can do. To talk about it, call "
                    "%(phone)s."
                )
            ),
            Contact(),
        ),
    ),
    Kind(
        key="complaint_resolved",
        name=_("What was done about a complaint, and is it settled?"),
        topic="application",
        audience=BORROWER,
        gather="complaint_resolved",
        secret=True,  # who reads the outbox must not answer for them
        priority=3,
        asked_for=True,
        not_a_commitment=True,
        expires_after=timedelta(days=14),
        own_fields={
            "number": NUMBER,
            "words": WORDS,
            "resolution": Field(
                _("What was done, in our words"), "I called you on Friday, and call every Monday."
            ),
            "owner": OFFICER,
            "phone": PHONE,
            "secret": Field(
                _("Where they say whether it is settled"), address("public:settled", "a-settled-link")
            ),
        },
        subject=_("Is it settled for you? (%(number)s)"),
        heading=_("What we have done"),
        blocks=(
            Paragraph(_("Hello %(first_name)s, you told us that something was not right.")),
            Quote(_("You told us:"), "words"),
            Quote(_("%(owner)s writes:"), "resolution"),
            Section(_("Is it settled for you?")),
            Paragraph(_("Please tell us, yes or no. It takes one press, without signing in.")),
            Secret(_("Tell us")),
            Paragraph(_("Rather talk? %(owner)s: %(phone)s.")),
            Contact(),
        ),
    ),
)
