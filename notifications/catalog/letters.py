"""
Letters, and the mails that carry them: thanks a week after closing, papers for taxes, and once a year a word.

The first two are between people who did something together: no advertising, no way out needed. Anniversary and yearly
review invite to talk, which is marketing: whoever wants no more of them says so by one click or one line on paper.
"""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from notifications.catalog.shape import BORROWER, PAPERS_ADDRESS, Button, Contact, Field, Kind, Paragraph

ABOUT = {
    "names": Field(_("First names of the borrowers"), "Bea and Cole"),
    "place": Field(_("The home"), "12 Elm Street, Austin"),
    "closing_date": Field(_("Day of the closing"), "November 9, 2026"),
    "officer": Field(_("Loan officer of today"), "Olga Petrov"),
    "purchase": Field(_("Set when a home was bought to live in; empty after a refinance"), True),
}

THANK_YOU = _(
    "Dear {{ names }},\n\n"
    "{{ when purchase }} On {{ closing_date }} you closed on {{ place }}. Now that the papers are put away, we want to "
    "say it properly: thank you.\n\n"
    "{{ when not purchase }} On {{ closing_date }} the new loan on {{ place }} was closed. Now that the papers are put "
    "away, we want to say it properly: thank you.\n\n"
    "{{ when purchase }} Thank you for your trust, for every paper you went and found, and for your patience where the "
    "process asked for it. Buying a home is a large step, and it meant something to all of us at {{ company }} to walk "
    "a part of it with you.\n\n"
    "{{ when not purchase }} Thank you for your trust, for every paper you went and found, and for your patience where "
    "the process asked for it. It meant something to all of us at {{ company }} to do this with you.\n\n"
    "{{ when purchase }} We wish you good years there. If a question about your loan ever comes up, my number is below "
    "and it still reaches me.\n\n"
    "{{ when not purchase }} If a question about your loan ever comes up, my number is below and it still reaches me."
)
CLOSING_BINDER = _(
    "Dear {{ names }},\n\n"
    "Tax season is close, and a loan that was closed in {{ tax_year }} brings a few papers with it. This letter names "
    "them in one place, so that your evening with the shoebox may be a short one.\n\n"
    "From the folder of your closing on {{ closing_date }}, a tax preparer usually asks for:\n\n"
    "- the Closing Disclosure, and with it the settlement statement of the title or escrow company\n"
    "- the property tax bills that were paid in {{ tax_year }}, at the closing or apart from it\n"
    "- a mortgage credit certificate, if you were given one\n\n"
    "{{ when papers }} In your portal, under Documents, you still find {{ papers }} from the time of the "
    "application.\n\n"
    "{{ when not papers }} What you sent us for the application is still in your portal, under Documents.\n\n"
    "Form 1098, which shows the mortgage interest, does not come from us. It comes from the company that you make your "
    "payments to, usually by the end of January. If the loan went to another company during the year, each of them "
    "sends its own.\n\n"
    "What counts for you is for your tax preparer to say; we give no tax advice. But if a paper of the closing cannot "
    "be found, call me, and we look for it together."
)
FIRST_ANNIVERSARY = _(
    "Dear {{ names }},\n\n"
    "{{ when purchase }} A year ago, on {{ closing_date }}, you closed on {{ place }}. By now you know its sounds, and "
    "where the light falls in the morning, and we hope that it feels like yours.\n\n"
    "{{ when not purchase }} A year ago, on {{ closing_date }}, the new loan on {{ place }} was closed. We hope that "
    "the year since then has been a kind one.\n\n"
    "The first year of a loan brings papers that nobody explains: the first escrow statement, a new assessment, a "
    "change of insurance. If one of them lies on your table and makes no sense, call me or bring it along. You do not "
    "need a reason beyond that.\n\n"
    "And if you would like to look once at how loan, insurance and plans fit together after a year, I am glad to take "
    "half an hour for it, on the phone or over a cup of coffee. It costs nothing and binds you to nothing."
)
YEARLY_REVIEW = _(
    "Dear {{ names }},\n\n"
    "{{ when purchase }} It is {{ years }} now since you closed on {{ place }}, and once a year we like to ask how you "
    "are getting on there.\n\n"
    "{{ when not purchase }} It is {{ years }} now since your loan on {{ place }} was closed, and once a year we like "
    "to ask how you are getting on.\n\n"
    "A year changes things. Work is new, a roof wants doing, a plan has grown. None of that is a reason to change a "
    "loan, but it can be a reason to know where you stand.\n\n"
    "If you would like to, we go through it together: what is owed, what is insured, what comes next. Half an hour is "
    "enough. I cannot say beforehand what comes of it, and perhaps the answer is that everything is well as it is."
)

KINDS = (
    Kind(
        key="thank_you",
        name=_("Letter of thanks"),
        topic="letters",
        audience=BORROWER,
        gather="thank_you",
        must_send=False,
        expires_after=timedelta(days=30),
        own_fields=ABOUT,
        subject=_("Thank you, %(names)s"),
        heading=_("Thank you"),
        letter=THANK_YOU,
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
    Kind(
        key="closing_binder",
        name=_("Closing papers for taxes"),
        topic="letters",
        audience=BORROWER,
        gather="closing_binder",
        must_send=False,
        expires_after=timedelta(days=75),
        own_fields={
            **ABOUT,
            "tax_year": Field(_("Year of the closing"), "2026"),
            "papers": Field(
                _("Papers in the portal that a tax preparer may want; empty when there are none"),
                "the property tax bill",
            ),
            "link": Field(_("Documents of the loan"), PAPERS_ADDRESS),
        },
        subject=_("Your closing papers, ready for taxes"),
        heading=_("Your closing papers, ready for taxes"),
        letter=CLOSING_BINDER,
        blocks=(
            Paragraph(
                _(
                    "Dear %(names)s, tax season is close. The letter attached says which papers of your closing a tax "
                    "preparer usually asks for, and where to find each of them."
                )
            ),
            Paragraph(
                _("Form 1098, with the mortgage interest, comes from the company you make your payments to.")
            ),
            Button(_("Open your documents")),
            Contact(),
        ),
    ),
    Kind(
        key="first_anniversary",
        name=_("Letter on the first anniversary"),
        topic="news",
        audience=BORROWER,
        gather="first_anniversary",
        must_send=False,
        marketing=True,
        expires_after=timedelta(days=21),
        own_fields=ABOUT,
        subject=_("A year since your closing"),
        heading=_("A year already"),
        letter=FIRST_ANNIVERSARY,
        blocks=(
            Paragraph(
                _(
                    "Dear %(names)s, a year ago our mails to you were about papers. This one only brings a letter from "
                    "%(officer)s; it is attached."
                )
            ),
            Paragraph(
                _("If something of that year would be good to talk over, the number below reaches a person.")
            ),
            Contact(),
        ),
    ),
    Kind(
        key="yearly_review",
        name=_("Letter once a year"),
        topic="news",
        audience=BORROWER,
        gather="yearly_review",
        must_send=False,
        marketing=True,
        expires_after=timedelta(days=21),
        own_fields={**ABOUT, "years": Field(_("How long ago the closing was"), "3 years")},
        subject=_("%(years)s since your closing"),
        heading=_("How are you getting on?"),
        letter=YEARLY_REVIEW,
        blocks=(
            Paragraph(
                _("Dear %(names)s, once a year %(officer)s writes to you. This year's letter is attached.")
            ),
            Paragraph(
                _("If you would like to talk through where you stand, call or answer; it binds you to nothing.")
            ),
            Contact(),
        ),
    ),
)  # fmt: skip
