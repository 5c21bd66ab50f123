"""Papers asked for, sent back, received."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from notifications.catalog.application import NEEDS_EXAMPLE, OPTIONAL_FOR_NOW
from notifications.catalog.shape import (
    BORROWER,
    DESK,
    DESK_ADDRESS,
    PAPERS_ADDRESS,
    Bullets,
    Button,
    Contact,
    Field,
    Kind,
    Paragraph,
    Section,
)  # fmt: skip

TOPIC = "papers"
LINK = Field(_("The needs list in the portal"), PAPERS_ADDRESS)
RETURNED = [
    {
        "title": "Bank statements",
        "detail": "Some pages are missing. Please send every page, even an empty one. "
        "Olga Petrov writes: “Page 3 of 5 is the one I need.”",
    },
    {"title": "One more paper, see your portal", "detail": ""},
]
REFUSED = [
    {
        "title": "Bank statements",
        "detail": "This PDF is locked by a password, so we cannot open it. Open it with the password, choose “Print”, "
        "then “Save as PDF”, and send the new file.",
    }
]

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
        short=_(
            "%(company)s: there is something new on your list of papers. See it here: %(link)s Reply STOP to end texts."
        ),
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
            "how_many": Field(_("How many papers, in words"), "2 papers"),
            "papers": Field(_("Which, what was wrong and how to mend it, without sensitive names"), RETURNED),
            "optional_for_now": Field(_("No Loan Estimate was sent yet"), False),
            "officer": Field(_("Officer"), "Olga Petrov"),
            "link": LINK,
        },
        short=_(
            "%(company)s: please look at your list of papers, one of them came back to you. What to do: %(link)s "
            "Reply STOP to end texts."
        ),
        subject=_("Please send %(how_many)s again (%(number)s)"),
        heading=_("To send once more: %(how_many)s"),
        blocks=(
            Paragraph(_("Hello %(first_name)s, thank you for what you sent. This we cannot use yet:")),
            Bullets("papers"),
            OPTIONAL_FOR_NOW,
            Button(_("Open your list")),
            Section(_("Whom to call")),
            Contact(),
        ),
    ),
    Kind(
        key="upload_refused",
        name=_("A file could not be taken"),
        topic=TOPIC,
        audience=BORROWER,
        gather="upload_refused",
        not_a_commitment=True,
        expires_after=timedelta(days=2),
        own_fields={
            "number": Field(_("Loan number"), "LN-100042"),
            "how_many": Field(_("How many files, in words"), "one file"),
            "files": Field(
                _("For which paper, what was wrong and how to mend it, without sensitive names"), REFUSED
            ),
            "optional_for_now": Field(_("No Loan Estimate was sent yet"), False),
            "link": LINK,
        },
        subject=_("We could not take %(how_many)s of yours (%(number)s)"),
        heading=_("Almost there"),
        blocks=(
            Paragraph(
                _(
                    "Hello %(first_name)s, thank you for sending papers. When they were checked, %(how_many)s could "
                    "not be taken:"
                )
            ),
            Bullets("files"),
            Paragraph(_("Your list shows each file that came, and what is still open.")),
            OPTIONAL_FOR_NOW,
            Button(_("Open your list")),
            Section(_("Whom to call")),
            Contact(),
        ),
    ),
    Kind(
        key="documents_received",
        name=_("Papers came in, to the officer"),
        topic=TOPIC,
        audience=DESK,
        gather="documents_received",
        expires_after=timedelta(days=2),
        own_fields={
            "number": Field(_("Loan number"), "LN-100042"),
            "borrowers": Field(_("Borrowers"), "Bea Nguyen"),
            "news": Field(_("All of it in a few words"), "3 to review, 1 does not apply"),
            "count": Field(_("How many wait for review; empty when none does"), 3),
            "declined": Field(
                _("Papers that do not apply, says the borrower; without sensitive names"), ["Gift letter"]
            ),
            "refused": Field(
                _("Files that could not be taken, for which paper and why; without sensitive names"),
                [{"title": "Bank statements", "detail": "This PDF is locked by a password."}],
            ),
            "link": Field(_("The loan at the desk"), DESK_ADDRESS),
        },
        subject=_("Papers for %(number)s: %(news)s"),
        heading=_("Papers of %(borrowers)s"),
        blocks=(
            Paragraph(_("Waiting for your review on %(number)s: %(count)s."), when="count"),
            Section(_("Said not to apply"), when="declined"),
            Bullets("declined"),
            Section(_("Could not be taken"), when="refused"),
            Bullets("refused"),
            Paragraph(
                _("Nothing better has come for it yet; the borrower reads how to mend it."), when="refused"
            ),
            Button(_("Open the loan")),
        ),
    ),
)
