"""A paper from the loan team is there; somebody outside is asked to send one."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from notifications.catalog.shape import (
    BORROWER,
    PAPERS_ADDRESS,
    PERSON,
    SECRET,
    Button,
    Contact,
    Field,
    Kind,
    Notice,
    Paragraph,
    Secret,
    Section,
    address,
)  # fmt: skip

KINDS = (
    Kind(
        key="document_shared",
        name=_("The loan team gave a paper"),
        topic="papers",
        audience=BORROWER,
        gather="document_shared",
        not_a_commitment=True,
        own_fields={
            "number": Field(_("Loan number"), "LN-100042"),
            "paper": Field(_("What kind of paper, in plain words"), "Pre-approval letter"),
            "link": Field(_("The documents in the portal"), PAPERS_ADDRESS),
        },
        short=_(
            "%(company)s: your loan team put a paper for you into your portal. Read it here: %(link)s Reply STOP to "
            "end texts."
        ),
        subject=_("There is a paper for you in your portal (%(number)s)"),
        heading=_("A paper from your loan team"),
        blocks=(
            Paragraph(_("Hello %(first_name)s, your loan team put a paper into your portal: %(paper)s.")),
            Paragraph(_("It is not in this e-mail. You find it under “From your loan team”.")),
            Button(_("Open your documents")),
            Section(_("Whom to call")),
            Contact(),
        ),
    ),
    Kind(
        key="upload_link",
        name=_("Link for a helper to send a paper"),
        topic="account",
        audience=PERSON,
        gather="upload_link",
        secret=True,
        priority=2,
        own_fields={
            "secret": Field(SECRET["secret"].label, address("send:page", "a-helpers-link")),
            "asker": Field(_("First name of the borrower"), "Bea"),
            "until": Field(_("Last day of the link"), "December 5, 2026"),
        },
        expires_after=timedelta(days=2),
        subject=_("%(asker)s asks you to send a paper to %(company)s"),
        heading=_("A paper to send"),
        blocks=(
            Paragraph(
                _(
                    "Hello %(first_name)s, %(asker)s asks you to send a paper to %(company)s. The page behind this "
                    "link says which one, and takes it safely. You need no account."
                )
            ),
            Secret(_("Open the page")),
            Paragraph(
                _("The link is for you alone and good until %(until)s. You can use it more than once.")
            ),
            Notice(
                _(
                    "If you do not know %(asker)s, ignore this message, or call %(company)s before you send anything."
                )
            ),
            Contact(),
        ),
        why=_("You get this message because somebody asked us to send you a link for a paper."),
    ),
)
