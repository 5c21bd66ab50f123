"""
The guides that anybody may read and an officer sends after a call: one table, one entry a guide.

What is said here is true for every loan of the house and depends on nobody's own figures. No rates, no payments and no
promises: a page that named one would be advertising with duties of its own (12 CFR 1026.24).
"""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class Section:
    heading: Text
    text: tuple[Text, ...] = ()
    points: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Guide:
    slug: str
    title: Text
    summary: Text
    sections: tuple[Section, ...]


_ESTIMATE = Section(
    _("Papers can wait for the Loan Estimate"),
    (
        _(
            "You do not have to send any paper to get your Loan Estimate, the federal form that shows the terms and "
            "costs of the loan. Until you have had it, every paper is optional; sending some early only saves time "
            "later."
        ),
    ),
)
_WIRE = Section(
    _("Before you send money"),
    (
        _(
            "We never send or change instructions for a wire by e-mail. Before you wire any money, call us on a number "
            "you already know."
        ),
    ),
)

WHAT_TO_BRING = Guide(
    slug="what-to-bring",
    title=_("What to have at hand"),
    summary=_("The papers that most people are asked for, and why each one is needed."),
    sections=(
        Section(
            _("Everybody"),
            points=(
                _("A photo ID that has not expired. The law asks us to know who you are."),
                _(
                    "Statements of the last two months for each account you will use, all pages, even blank ones. "
                    "They show the money for the down payment and the closing."
                ),
                _("A short note on any deposit that is much larger than usual: where it came from."),
            ),
        ),
        Section(
            _("Your income"),
            points=(
                _("Paid by an employer: pay stubs of the last 30 days, and W-2 forms of the last two years."),
                _(
                    "Your own business: signed tax returns of two years with all schedules, and how the business did "
                    "this year so far."
                ),
                _("Contractor, commission or bonus: 1099 forms and tax returns of two years."),
                _("Retired or on benefits: the award letters, and a statement that shows the payments."),
                _("Rent from property: the leases, and tax returns with Schedule E."),
            ),
        ),
        Section(
            _("The home"),
            points=(
                _("Buying: the signed purchase contract with all pages, once you have found a home."),
                _("Refinancing: the current mortgage statement and your home insurance."),
                _("A condominium: whom to ask at the owners' association."),
                _("A gift towards the down payment: tell us early; the giver signs a short letter."),
            ),
        ),
        _ESTIMATE,
        Section(
            _("How to send them"),
            (
                _(
                    "In your portal, as a photo or a PDF. Please do not send papers by e-mail: it can be read on its "
                    "way."
                ),
                _("Your own list comes within a minute of applying, with the reason for each paper on it."),
            ),
        ),
    ),
)

HOW_LONG = Guide(
    slug="how-long-it-takes",
    title=_("How long it takes"),
    summary=_(
        "What happens in which order, which waiting times the law sets, and what you can do to save days."
    ),
    sections=(
        Section(
            _("The order of things"),
            points=(
                _("You apply. It takes about fifteen minutes, and you can stop and come back."),
                _(
                    "Your Loan Estimate comes within three business days of the moment we have the six items that make "
                    "an application: name, income, Social Security number, address of the home, its estimated value "
                    "and the amount of the loan."
                ),
                _("If you want to go on, you say so. Then come papers, appraisal and title."),
                _("An underwriter reads the whole file and often asks for a few more things."),
                _(
                    "When everything is cleared you get the Closing Disclosure, then you sign, then the loan is funded."
                ),
            ),
        ),
        Section(
            _("Waiting times that the law sets"),
            (_("They protect you, and nobody here can shorten them by being quicker."),),
            (
                _("At least seven business days lie between sending the Loan Estimate and the closing."),
                _("You must have the Closing Disclosure at least three business days before the closing."),
                _(
                    "For many refinances of the home you live in, three more business days pass after signing before "
                    "the loan is paid out, so that you can still change your mind."
                ),
            ),
        ),
        Section(
            _("What costs days, and what saves them"),
            points=(
                _("Missing pages: send all pages of a statement, even the empty ones."),
                _("New debts, a new job or large transfers on the way: talk to us first."),
                _("The appraisal and the title company have calendars of their own; ask early."),
                _("Answer questions of the underwriter the same day if you can."),
            ),
        ),
        Section(
            _("Where you can look"),
            (
                _(
                    "Your page in the portal says at any time where the loan stands, who has to do something next, and "
                    "when you hear from us again."
                ),
            ),
        ),
    ),
)

FIRST_HOME = Guide(
    slug="first-home",
    title=_("Your first home"),
    summary=_("From “can we afford it?” to the keys: what to do in which order, and what to ask."),
    sections=(
        Section(
            _("Before you look at homes"),
            points=(
                _("Write down what comes in and what goes out each month, debts included."),
                _(
                    "Get your credit reports; they are free at AnnualCreditReport.com. Have mistakes corrected before "
                    "you apply."
                ),
                _(
                    "Think of more than the price: down payment, closing costs, the move, and something left over for "
                    "the first repair."
                ),
                _(
                    "Talk to us about a pre-approval. Sellers like to see one; it is not yet a commitment to lend."
                ),
            ),
        ),
        Section(
            _("Kinds of mortgage you will hear of"),
            points=(
                _("Conventional: not backed by a federal agency."),
                _("FHA: insured by the Federal Housing Administration, often with a smaller down payment."),
                _("VA: for veterans, people in service and some surviving spouses."),
                _("USDA: for homes in many rural places, with limits on income."),
                _(
                    "Many states and counties help people who buy for the first time. Ask which of these your loan "
                    "could go with."
                ),
            ),
        ),
        Section(
            _("When you have found the home"),
            points=(
                _("Have it inspected. An appraisal is for the lender; an inspection is for you."),
                _("Send us the signed contract with all its pages."),
                _("Compare Loan Estimates of more than one lender. The form is made for that."),
                _(
                    "Do not change jobs, open new credit or buy on credit before the closing without a word to us."
                ),
            ),
        ),
        _ESTIMATE,
        _WIRE,
    ),
)

REFINANCE = Guide(
    slug="refinance",
    title=_("Refinancing"),
    summary=_("When it can make sense, what it costs, and how it goes."),
    sections=(
        Section(
            _("Reasons people have"),
            points=(
                _("A lower payment each month, or a shorter time until the house is paid off."),
                _("From an interest rate that can change to one that stays the same."),
                _("Taking out some of what the home is worth, for example to rebuild."),
                _("Taking somebody off the loan, or adding somebody."),
            ),
        ),
        Section(
            _("Is it worth it?"),
            (
                _(
                    "A new loan has closing costs. Divide them by what you save each month: that is how many months "
                    "you should still want to keep the house for it to pay."
                ),
                _(
                    "A lower payment over a longer time can cost more in all. The Loan Estimate shows both; ask us to "
                    "go through it with you."
                ),
            ),
        ),
        Section(
            _("What to have at hand"),
            points=(
                _("The current mortgage statement, and that of a second loan on the home if there is one."),
                _("Your home insurance."),
                _("Pay stubs of the last 30 days and W-2 forms of two years, or tax returns of two years."),
                _("A photo ID."),
            ),
        ),
        _ESTIMATE,
        Section(
            _("Time to change your mind"),
            (
                _(
                    "For many refinances of the home you live in, the law gives you until midnight of the third "
                    "business day after signing to call it off, without a reason. The money is paid out after that."
                ),
            ),
        ),
        _WIRE,
    ),
)

GUIDES: dict[str, Guide] = {guide.slug: guide for guide in (WHAT_TO_BRING, HOW_LONG, FIRST_HOME, REFINANCE)}


def guide_choices() -> list[tuple[str, Text]]:
    return [(guide.slug, guide.title) for guide in GUIDES.values()]
