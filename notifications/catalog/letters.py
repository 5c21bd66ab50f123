"""Letters, and the mails that carry them."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from notifications.catalog.shape import BORROWER, Contact, Field, Kind, Paragraph

KINDS = (
    Kind(
        key="thank_you",
        name=_("Letter of thanks"),
        topic="letters",
        audience=BORROWER,
        gather="thank_you",
        expires_after=timedelta(days=30),
        own_fields={
            "names": Field(_("Borrowers"), "Bea and Cole"),
            "place": Field(_("The home"), "12 Elm Street, Austin, TX"),
            "officer": Field(_("Officer"), "Olga Petrov"),
        },
        subject=_("Thank you, %(names)s"),
        heading=_("Thank you"),
        blocks=(
            Paragraph(_("Dear %(names)s, a letter from %(officer)s is attached, with our thanks.")),
            Paragraph(
                _(
                    "If a question comes up about your loan or your home, the number below still reaches a person."
                )
            ),
            Contact(),
        ),
    ),
)
