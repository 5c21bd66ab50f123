"""Papers asked for, sent back, received."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from notifications.catalog.application import NEEDS_EXAMPLE, OPTIONAL_FOR_NOW
from notifications.catalog.shape import (
    BORROWER,
    DESK,
    Bullets,
    Button,
    Contact,
    Field,
    Kind,
    Paragraph,
    Quote,
    Section,
)  # fmt: skip

TOPIC = "papers"
LINK = Field(_("The needs list in the portal"), "https://portal.example/loans/1/documents/")

KINDS = (
    Kind(
        key="requests_added",
        name=_("More papers are asked for"),
        topic=TOPIC,
        audience=BORROWER,
        gather="requests_added",
        not_a_commitment=True,
        own_fields={
            "number": Field(_("Loan number"), "LN-100042"),
            "needs": Field(_("What is open, without sensitive names"), NEEDS_EXAMPLE),
            "optional_for_now": Field(_("No Loan Estimate was sent yet"), True),
            "link": LINK,
        },
        subject=_("Papers for your loan %(number)s"),
        heading=_("Papers we ask for"),
        blocks=(
            Paragraph(_("Hello %(first_name)s, this is what is open on your list today:")),
            Bullets("needs"),
            OPTIONAL_FOR_NOW,
            Paragraph(_("Your list in the portal says for each paper why we ask and what counts.")),
            Button(_("Open your list")),
            Section(_("Whom to call")),
            Contact(),
        ),
    ),
    Kind(
        key="document_returned",
        name=_("A paper must be sent again"),
        topic=TOPIC,
        audience=BORROWER,
        gather="document_returned",
        not_a_commitment=True,
        own_fields={
            "number": Field(_("Loan number"), "LN-100042"),
            "paper": Field(_("Which paper; empty for a sensitive one"), "Bank statements"),
            "wrong": Field(_("What was wrong"), "Some pages are missing."),
            "mend": Field(_("How to mend it"), "Please send every page, even an empty one."),
            "note": Field(_("The officer's own line"), "Page 3 of 5 is the one I need."),
            "optional_for_now": Field(_("No Loan Estimate was sent yet"), False),
            "officer": Field(_("Officer"), "Olga Petrov"),
            "link": LINK,
        },
        subject=_("Please send one paper again (%(number)s)"),
        heading=_("One paper to send again"),
        blocks=(
            Paragraph(_("Hello %(first_name)s, thank you for what you sent. We cannot use one of them yet.")),
            Paragraph(
                _("It is one more paper on your list; see your portal for which one and why."),
                when="not paper",
            ),
            Section(_("%(paper)s"), when="paper"),
            Paragraph(_("%(wrong)s"), when="wrong"),
            Section(_("How to mend it"), when="mend"),
            Paragraph(_("%(mend)s"), when="mend"),
            Quote(_("A line from %(officer)s:"), "note", when="note"),
            OPTIONAL_FOR_NOW,
            Button(_("Send it again")),
            Section(_("Whom to call")),
            Contact(),
        ),
    ),
    Kind(
        key="documents_received",
        name=_("Papers arrived, to the officer"),
        topic=TOPIC,
        audience=DESK,
        gather="documents_received",
        expires_after=timedelta(days=2),
        own_fields={
            "number": Field(_("Loan number"), "LN-100042"),
            "borrowers": Field(_("Borrowers"), "Bea Nguyen"),
            "count": Field(_("How many wait for review"), 3),
            "link": Field(_("The loan at the desk"), "https://portal.example/desk/loans/1/"),
        },
        subject=_("Papers to review for %(number)s"),
        heading=_("Papers arrived"),
        blocks=(
            Paragraph(_("Papers came in for %(number)s (%(borrowers)s).")),
            Paragraph(_("Waiting for your review: %(count)s.")),
            Button(_("Open the loan")),
        ),
    ),
)
