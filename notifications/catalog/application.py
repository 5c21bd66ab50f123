"""The application arrived: what the borrower, the officer and the managers are told."""

from django.utils.translation import gettext_lazy as _

from notifications.catalog.shape import (
    BORROWER,
    DESK,
    DESK_ADDRESS,
    PORTAL_ADDRESS,
    Bullets,
    Button,
    Contact,
    Field,
    Kind,
    Notice,
    Paragraph,
    Secret,
    Section,
)  # fmt: skip

TOPIC = "application"
NEEDS_EXAMPLE = [
    {"title": "Photo ID", "detail": "The law asks us to know who you are."},
    {"title": "Pay stubs", "detail": "They show your income of today."},
    {"title": "One more paper, see your portal", "detail": ""},
]
OPTIONAL_FOR_NOW = Notice(
    _("These papers may be sent now; they are not needed for the Loan Estimate."), when="optional_for_now"
)

KINDS = (
    Kind(
        key="application_received",
        name=_("The application arrived"),
        topic=TOPIC,
        audience=BORROWER,
        gather="application_received",
        secret=True,
        priority=2,
        not_a_commitment=True,
        own_fields={
            "number": Field(_("Loan number"), "LN-100042"),
            "place": Field(_("The home, or its state"), "12 Elm Street, Austin, TX"),
            "officer": Field(_("Officer"), "Olga Petrov"),
            "needs": Field(_("Papers that help, without sensitive names"), NEEDS_EXAMPLE),
            "optional_for_now": Field(_("No Loan Estimate was sent yet"), True),
            "sets_up": Field(_("The link sets up the sign-in"), True),
            "portal": Field(_("The portal, for those who have a sign-in"), PORTAL_ADDRESS),
        },
        short=_(
            "%(company)s: your application arrived. What comes next is in our e-mail and in your portal: %(portal)s "
            "Reply STOP to end texts."
        ),
        subject=_("We have your application %(number)s"),
        heading=_("Your application arrived"),
        blocks=(
            Paragraph(_("Hello %(first_name)s, your application %(number)s (%(place)s) is with us.")),
            Section(_("What happens next")),
            Paragraph(_("%(officer)s reads it and calls or writes to you if anything is unclear.")),
            Paragraph(
                _(
                    "Once we have what the law counts as a full application, a Loan Estimate comes within three "
                    "business days. It shows rate, costs and payments, and you decide then whether to go on."
                )
            ),
            Section(_("Papers that help"), when="needs"),
            OPTIONAL_FOR_NOW,
            Bullets("needs", when="needs"),
            Section(_("Your portal")),
            Paragraph(
                _("Set a password or a passkey once, and you see every step and can send papers safely."),
                when="sets_up",
            ),
            Paragraph(_("You see every step there and can send papers safely."), when="not sets_up"),
            Secret(_("Open your portal")),
            Section(_("Whom to call")),
            Contact(),
        ),
    ),
    Kind(
        key="application_received_officer",
        name=_("A new application, to the officer"),
        topic=TOPIC,
        audience=DESK,
        gather="desk_application",
        priority=3,
        own_fields={
            "number": Field(_("Loan number"), "LN-100042"),
            "borrowers": Field(_("Borrowers"), "Bea Nguyen"),
            "place": Field(_("The home, or its state"), "12 Elm Street, Austin, TX"),
            "purpose": Field(_("Purpose"), "Buy a home"),
            "link": Field(_("The loan at the desk"), DESK_ADDRESS),
        },
        subject=_("New application %(number)s: %(borrowers)s"),
        heading=_("A new application is yours"),
        blocks=(
            Paragraph(_("%(borrowers)s applied: %(purpose)s, %(place)s.")),
            Paragraph(
                _("They were told that it arrived, what comes next, and that you are the one to call.")
            ),
            Button(_("Open the loan")),
        ),
    ),
    Kind(
        key="six_items",
        name=_("The application is complete under TRID"),
        topic=TOPIC,
        audience=DESK,
        gather="six_items",
        priority=3,
        own_fields={
            "number": Field(_("Loan number"), "LN-100042"),
            "borrowers": Field(_("Borrowers"), "Bea Nguyen"),
            "officer": Field(_("Officer"), "Olga Petrov"),
            "due_on": Field(_("Last day for the Loan Estimate"), "Thursday, November 12"),
            "link": Field(_("The loan at the desk"), DESK_ADDRESS),
        },
        subject=_("Loan Estimate for %(number)s due by %(due_on)s"),
        heading=_("The six items are here"),
        blocks=(
            Paragraph(
                _(
                    "Name, income, Social Security number, address, estimated value and loan amount of %(number)s "
                    "(%(borrowers)s) have all arrived. That makes it an application under TRID."
                )
            ),
            Paragraph(_("The Loan Estimate must go out by %(due_on)s. Officer: %(officer)s.")),
            Button(_("Open the loan")),
        ),
    ),
)
