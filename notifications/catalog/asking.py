"""What follows from asking for papers: an answer to somebody who is stuck, papers that grow too old."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from notifications.catalog.application import OPTIONAL_FOR_NOW
from notifications.catalog.shape import (
    BORROWER,
    DESK,
    PAPERS_ADDRESS,
    Bullets,
    Button,
    Contact,
    Field,
    Kind,
    Paragraph,
    Quote,
    Section,
    address,
)  # fmt: skip

PAPER_HELP_ANSWERED = "paper_help_answered"
PAPERS_TO_RENEW = "papers_to_renew"
RENEW_EXAMPLE = [
    {"title": "Pay stubs", "detail": "LN-100042, Bea Nguyen: good until Nov 20, 2026; closing Dec 1, 2026"},
    {
        "title": "Bank statements",
        "detail": "LN-100047, Nils Abram: good until Nov 24, 2026; closing Dec 9, 2026",
    },
]

KINDS = (
    Kind(
        key=PAPER_HELP_ANSWERED,
        name=_("A question about a paper was answered"),
        topic="papers",
        audience=BORROWER,
        gather="paper_help_answered",
        not_a_commitment=True,
        own_fields={
            "number": Field(_("Loan number"), "LN-100042"),
            "paper": Field(_("The paper; empty when its kind is never named"), "Bank statements"),
            "asked": Field(_("What they wrote, if anything"), "My old bank was closed last year."),
            "answer": Field(
                _("The officer's line; empty when it may name what mails never name"),
                "The bank that took it over has them. A letter of theirs will do as well.",
            ),
            "officer": Field(_("Officer"), "Olga Petrov"),
            "optional_for_now": Field(_("No Loan Estimate was sent yet"), False),
            "link": Field(_("The needs list in the portal"), PAPERS_ADDRESS),
        },
        short=_(
            "%(company)s: %(officer)s has answered your question about a paper. See it here: %(link)s Reply STOP to "
            "end texts."
        ),
        subject=_("Your question about a paper (%(number)s)"),
        heading=_("An answer for you"),
        blocks=(
            Paragraph(
                _(
                    "Hello %(first_name)s, you told us that you need help with “%(paper)s”. Here is the answer."
                ),
                when="paper",
            ),
            Paragraph(
                _(
                    "Hello %(first_name)s, you told us that you need help with a paper. %(officer)s has answered."
                ),
                when="not paper",
            ),
            Quote(_("You wrote:"), "asked"),
            Quote(_("%(officer)s answers:"), "answer"),
            Paragraph(_("The answer stands beside the paper in your portal."), when="not answer"),
            OPTIONAL_FOR_NOW,
            Button(_("Open your list")),
            Section(_("Whom to call")),
            Contact(),
        ),
    ),
    Kind(
        key=PAPERS_TO_RENEW,
        name=_("Papers that will be too old, in the morning"),
        topic="desk",
        audience=DESK,
        gather="papers_to_renew",
        must_send=False,
        quiet_hours=True,
        expires_after=timedelta(hours=8),
        own_fields={
            "count": Field(_("How many papers"), 2),
            "papers": Field(_("Which, of which loan, and until when they are good"), RENEW_EXAMPLE),
            "link": Field(_("The list at the desk"), address("desk:renewals")),
        },
        subject=_("Papers that grow too old: %(count)s"),
        heading=_("To renew before the closing"),
        blocks=(
            Paragraph(
                _(
                    "Good morning, %(first_name)s. These papers are too old for the day of the closing within a week. "
                    "At the desk one press asks for a newer one."
                )
            ),
            Bullets("papers"),
            Button(_("Open the list")),
        ),
        why=_("You get this message because you work here. You can switch it off under “Messages to you”."),
    ),
)
