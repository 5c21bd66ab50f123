"""What the borrowers read when there is nothing new, and nobody has said so."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from notifications.catalog.shape import (
    BORROWER,
    LOAN_ADDRESS,
    Button,
    Contact,
    Field,
    Kind,
    Paragraph,
    Section,
)  # fmt: skip

QUIET_NOTE = "quiet_note"

KINDS = (
    Kind(
        key=QUIET_NOTE,
        name=_("Nothing new yet"),
        topic="stages",
        audience=BORROWER,
        gather="quiet_note",
        must_send=True,
        quiet_hours=True,
        not_a_commitment=True,
        expires_after=timedelta(days=2),
        own_fields={
            "number": Field(_("Loan number"), "LN-100042"),
            "title": Field(_("Title of the stage"), "With the underwriter"),
            "meaning": Field(_("What the stage means"), "The underwriter is reading your file."),
            "waiting": Field(_("Who has the ball"), "The ball is with us. You do not need to do anything."),
            "missed": Field(_("A day for which word was promised and did not come"), "Monday, November 9"),
            "next_update": Field(_("Date of the next update"), "Thursday, November 12"),
            "officer": Field(_("Officer"), "Olga Petrov"),
            "link": Field(_("The loan in the portal"), LOAN_ADDRESS),
        },
        subject=_("Nothing new yet on your home loan (%(number)s)"),
        heading=_("Nothing new yet"),
        blocks=(
            Paragraph(
                _(
                    "Hello %(first_name)s, you have not heard from us for some days, and you should not have to wonder "
                    "why: there is nothing new yet."
                )
            ),
            Paragraph(
                _("We had promised you word by %(missed)s and did not keep to it. We are sorry."),
                when="missed",
            ),
            Section(_("Where it stands")),
            Paragraph(_("%(title)s. %(meaning)s")),
            Paragraph(_("%(waiting)s"), when="waiting"),
            Section(_("When you hear from us")),
            Paragraph(
                _(
                    "By %(next_update)s, even if there is still nothing new. Any question before that: call us."
                )
            ),
            Button(_("See where it stands")),
            Section(_("Whom to call")),
            Contact(),
        ),
    ),
)
