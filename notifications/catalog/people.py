"""Who looks after a loan, and who follows it: another officer, an estate agent."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from notifications.catalog.shape import (
    BORROWER,
    DESK,
    EXAMPLE_ID,
    LOAN_ADDRESS,
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

NEW_OFFICER = "new_officer"
LOANS_HANDED_OVER = "loans_handed_over"
PARTNER_ASKED = "partner_asked"
PARTNER_LINK = "partner_link"

KINDS = (
    Kind(
        key=NEW_OFFICER,
        name=_("Another officer looks after the loan"),
        topic="application",
        audience=BORROWER,
        gather="new_officer",
        not_a_commitment=True,
        own_fields={
            "number": Field(_("Loan number"), "LN-100042"),
            "officer": Field(_("The officer from now on"), "Otto Weber"),
            "before": Field(_("The officer until now"), "Olga Petrov"),
            "link": Field(_("The loan in the portal"), LOAN_ADDRESS),
        },
        short=_(
            "%(company)s: %(officer)s is your loan officer from now on. How to reach them: %(link)s Reply STOP to end "
            "texts."
        ),
        subject=_("%(officer)s is your loan officer from now on (%(number)s)"),
        heading=_("Your new loan officer"),
        blocks=(
            Paragraph(
                _(
                    "Hello %(first_name)s, %(officer)s has taken over your loan from %(before)s and is the person to "
                    "ask from now on."
                )
            ),
            Paragraph(
                _(
                    "Nothing starts over: what you told us and sent us is all there, and your loan stands where it "
                    "stood. There is nothing you need to do."
                )
            ),
            Button(_("See your loan")),
            Section(_("Whom to call")),
            Contact(),
        ),
    ),
    Kind(
        key=LOANS_HANDED_OVER,
        name=_("Loans were handed to an officer"),
        topic="desk",
        audience=DESK,
        gather="loans_handed_over",
        own_fields={"link": Field(_("The desk"), address("desk:pipeline"))},
        subject=_("Loans were handed to you"),
        heading=_("New at your desk"),
        blocks=(
            Paragraph(
                _(
                    "Hello %(first_name)s, you are the officer of one or more further loans. Their tasks, messages and "
                    "papers are at your desk, and we introduce you to the borrowers."
                )
            ),
            Button(_("Open the desk")),
        ),
        why=_("You get this message because you work here."),
    ),
    Kind(
        key=PARTNER_ASKED,
        name=_("May somebody follow the loan?"),
        topic="application",
        audience=BORROWER,
        gather="partner_asked",
        not_a_commitment=True,
        own_fields={
            "number": Field(_("Loan number"), "LN-100042"),
            "partner": Field(_("Who would follow the loan"), "Ann Lee"),
            "role": Field(_("Who they are"), "Estate agent"),
            "link": Field(_("The people of the loan in the portal"), address("loans:people", EXAMPLE_ID)),
        },
        short=_(
            "%(company)s: may %(partner)s follow the milestones of your loan? You decide here: %(link)s Reply STOP to "
            "end texts."
        ),
        subject=_("May %(partner)s follow your loan? (%(number)s)"),
        heading=_("You decide who follows your loan"),
        blocks=(
            Paragraph(
                _(
                    "Hello %(first_name)s, we would like to let %(partner)s (%(role)s) follow the milestones of your "
                    "loan. They would see which step it has reached and on which day, and nothing else: no papers, no "
                    "figures, no messages."
                )
            ),
            Paragraph(
                _(
                    "They see nothing unless you agree, and you can end it at any time. If you would rather not, there "
                    "is nothing you need to do; it changes nothing about your loan."
                )
            ),
            Button(_("Decide in your portal")),
            Section(_("Whom to call")),
            Contact(),
        ),
    ),
    Kind(
        key=PARTNER_LINK,
        name=_("Link for a partner to follow a loan"),
        topic="account",
        audience=PERSON,
        gather="partner_link",
        secret=True,
        priority=3,
        own_fields={
            "secret": Field(SECRET["secret"].label, address("partner:page", "a-partners-link")),
            "borrower": Field(_("First name of the borrower"), "Bea"),
            "until": Field(_("Last day of the link"), "May 21, 2027"),
        },
        expires_after=timedelta(days=2),
        subject=_("Follow how %(borrower)s’s home loan is coming along"),
        heading=_("A page to follow a loan"),
        blocks=(
            Paragraph(
                _(
                    "Hello %(first_name)s, %(borrower)s has agreed that you may follow the milestones of their home "
                    "loan with %(company)s. The page behind this link shows where it stands. You need no account."
                )
            ),
            Secret(_("Open the page")),
            Paragraph(
                _(
                    "The link is for you alone and good until %(until)s. %(borrower)s and we can end it at any time. "
                    "It shows no papers and no figures."
                )
            ),
            Notice(_("If you do not know %(borrower)s, ignore this message, or call us at %(company)s.")),
        ),
        why=_("You get this message because a borrower agreed that you may follow their loan."),
    ),
)
