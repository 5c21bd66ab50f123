"""One of us wrote to the borrowers on the thread of their loan. What was said stands there, never in the message."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from notifications.catalog.shape import (
    BORROWER,
    EXAMPLE_ID,
    Button,
    Contact,
    Field,
    Kind,
    Paragraph,
    Section,
    address,
)

NEW_MESSAGE = "new_message"

KINDS = (
    Kind(
        key=NEW_MESSAGE,
        name=_("A message of the loan team"),
        topic="application",
        audience=BORROWER,
        gather="new_message",
        asked_for=True,
        not_a_commitment=True,
        expires_after=timedelta(days=3),
        own_fields={
            "number": Field(_("Loan number"), "LN-100042"),
            "officer": Field(_("Who of us wrote"), "Olga Petrov"),
            "by_mail": Field(_("Answers by mail arrive on the thread"), True),
            "link": Field(_("The messages in the portal"), address("loans:messages", EXAMPLE_ID)),
        },
        short=_(
            "%(company)s: %(officer)s wrote to you about your loan. Read it here: %(link)s Reply STOP to end texts."
        ),
        subject=_("A message for you about your loan (%(number)s)"),
        heading=_("A message from your loan team"),
        blocks=(
            Paragraph(_("Hello %(first_name)s, %(officer)s wrote to you in your portal.")),
            Paragraph(_("What it says is not in this e-mail.")),
            Button(_("Read the message")),
            Paragraph(
                _(
                    "You can answer there, or answer this e-mail: your words reach the loan team and stand with the "
                    "other messages."
                ),
                when="by_mail",
            ),
            Section(_("Whom to call")),
            Contact(),
        ),
    ),
)
