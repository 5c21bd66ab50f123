"""An archive of papers that somebody asked for is ready."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from notifications.catalog.shape import EXAMPLE_ID, PERSON, Button, Field, Kind, Notice, Paragraph, address

KINDS = (
    Kind(
        key="export_ready",
        name=_("The archive of papers is ready"),
        topic="papers",
        audience=PERSON,
        gather="export_ready",
        asked_for=True,
        expires_after=timedelta(hours=47),
        own_fields={
            "number": Field(_("Loan number"), "LN-100042"),
            "until": Field(_("The day it is deleted"), "November 24, 2026"),
            "link": Field(_("The page to fetch it from"), address("loans:archive", EXAMPLE_ID)),
        },
        subject=_("Your documents as one file are ready (%(number)s)"),
        heading=_("Ready to download"),
        why=_("You get this message because you asked for your documents as one file."),
        blocks=(
            Paragraph(
                _(
                    "Hello %(first_name)s, the documents of loan %(number)s are ready as one file, with a list."
                )
            ),
            Button(_("Go to the download")),
            Paragraph(_("You can download it until %(until)s; then it is deleted, and you can ask again.")),
            Notice(_("If you did not ask for it, please call us: somebody may be using your account.")),
        ),
    ),
)
