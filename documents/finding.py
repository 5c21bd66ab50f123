"""
Where people find a paper of each kind, said to whoever cannot find it: one entry a kind.

Facts that hold anywhere in the country, in plain words, without links or names of companies. What differs from place to
place, the loan officer knows: every page that shows this offers to ask them.
"""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from documents.kinds import Kind

Places = Sequence[str | Promise]

AT_THE_BANK = _(
    "Sign in on your bank's website and open “Statements”, “eStatements” or “Documents”. Choose the month, then "
    "“Download” or “Save as PDF”."
)
BRANCH = _("A branch can print statements for you, often the same day.")
IRS_TRANSCRIPT = _(
    "The IRS keeps copies: sign in to your account on irs.gov and open “Tax Records”, or ask for a transcript by mail."
)
TAX_PREPARER = _("Whoever prepared your taxes keeps copies; tax software keeps them under the year.")
COURT = _("The clerk of the court that decided it gives copies, for a small fee and often by mail.")
AGENT = _("Your real estate agent has a complete copy and can send it to you the same day.")
IN_YOUR_MAIL = _("Look through your e-mail for the words in its title.")

FINDING: dict[str, Places] = {
    Kind.PHOTO_ID: (
        _("A driver's licence, a state ID or a passport will do. Lay it on a table and take a picture of both sides."),
        _("If it is lost, your state's motor vehicle office gives a temporary one on paper while the new one comes."),
    ),
    Kind.PAY_STUB: (
        _("Most employers show pay stubs online: look for “Pay”, “Payroll” or “Payslips” in the system of your work."),
        _("Otherwise ask the payroll or personnel office. They send the last ones by e-mail on the day you ask."),
    ),
    Kind.W2: (
        _("Your employer sends it in January, on paper or in the system where your pay stubs are."),
        IRS_TRANSCRIPT,
        TAX_PREPARER,
    ),
    Kind.FORM_1099: (
        _("Whoever paid you sends it in January or February, by mail or on their website."),
        IRS_TRANSCRIPT,
        TAX_PREPARER,
    ),
    Kind.PERSONAL_RETURN: (TAX_PREPARER, IRS_TRANSCRIPT),
    Kind.BUSINESS_RETURN: (
        TAX_PREPARER,
        _("The IRS sends copies of business returns by mail when you ask with Form 4506; that takes some weeks."),
    ),
    Kind.PROFIT_AND_LOSS: (
        _("Bookkeeping software makes it under “Reports”: choose this year, then “Profit and loss”."),
        _("Without software, a list of what came in and what you spent, month by month, dated and signed, will do."),
    ),
    Kind.BUSINESS_LICENCE: (
        _("The city, the county or the state that gave it keeps it, often online under “Business search”."),
        _("Instead, your accountant may write a short letter that says since when the business exists."),
    ),
    Kind.AWARD_LETTER: (
        _("For Social Security: sign in to “my Social Security” on ssa.gov and choose “Benefit verification letter”."),
        _("For a pension or an annuity: the office that pays it sends the letter when you call."),
        _("For VA benefits: sign in on va.gov and choose “Download VA benefit letters”."),
    ),
    Kind.BANK_STATEMENT: (AT_THE_BANK, _("We need the statement itself, with all its pages, not a list on the screen."),
                          BRANCH),
    Kind.RETIREMENT_STATEMENT: (
        _("Sign in on the website of the plan (its name is on your pay stub or in the yearly letter) and open "
          "“Statements”. The newest one, monthly or quarterly, is right."),
        _("The personnel office at work can tell you who runs the plan."),
    ),
    Kind.GIFT_LETTER: (
        _("This is a short letter that the person who gives you the money signs: who they are to you, how much it is, "
          "and that it need not be paid back."),
        _("Your loan officer has a form for it."),
    ),
    Kind.PURCHASE_CONTRACT: (AGENT, _("If you signed it online, the signed copy came to you by e-mail.")),
    Kind.EARNEST_MONEY: (
        _("It is the copy of the check or the receipt of the transfer, and your bank statement that shows it leaving."),
        AT_THE_BANK,
        _("The title or escrow company that holds it gives a receipt."),
    ),
    Kind.MORTGAGE_STATEMENT: (
        _("It comes every month from the company you pay, by mail or on their website under “Statements”."),
        _("Call the number on your last payment slip, and they send one."),
    ),
    Kind.NOTE: (
        _("It is among the papers of your last closing, a few pages headed “Note”."),
        _("The title company of that closing, or the company you pay now, has a copy."),
    ),
    Kind.INSURANCE: (
        _("Your insurance agent sends the first page of the policy (the “declarations page”) on the day you ask."),
        _("It is also on the insurer's website, under “Policy documents”."),
    ),
    Kind.PROPERTY_TAX: (
        _("The county's tax office shows the bill online: search by your address."),
        _("If your mortgage payment includes taxes, the company you pay has the bill."),
    ),
    Kind.LEASE: (
        _("The signed lease with your tenant: you, the tenant, or whoever manages the home has a copy."),
        _("If there is none in writing, tell your loan officer: there are other ways to show the rent."),
    ),
    Kind.HOA: (
        _("The association or the company that manages it sends them when you ask; its name is on the dues bill."),
        _("When you are buying, the seller or their agent has them."),
    ),
    Kind.CERTIFICATE_OF_ELIGIBILITY: (
        _("Sign in on va.gov and search for “Certificate of Eligibility”; most people get it at once."),
        _("Your loan officer can also ask for it for you."),
    ),
    Kind.DD214: (
        _("The National Archives keep service records: ask on archives.gov under “Veterans' service records”, or by "
          "mail with Standard Form 180."),
        _("While you serve, your unit's personnel office writes the statement of service."),
    ),
    Kind.DIVORCE_DECREE: (COURT, _("The lawyer who helped you has a copy.")),
    Kind.SUPPORT_RECEIPT: (
        _("Bank statements that show the payments coming in will do."),
        AT_THE_BANK,
        _("If a state office passes the money on, it gives a list of payments, often online."),
    ),
    Kind.BANKRUPTCY: (
        _("The court keeps them: copies are online at pacer.uscourts.gov or from the clerk."),
        _("The lawyer who filed it has the whole file."),
    ),
    Kind.DISABILITY_AWARD: (
        _("For Social Security: sign in to “my Social Security” on ssa.gov and choose “Benefit verification letter”."),
        _("For VA benefits: sign in on va.gov and choose “Download VA benefit letters”."),
        _("For an insurance: the company that pays sends the letter when you call."),
    ),
    Kind.RESIDENCY: (
        _("A picture of both sides of your card will do, or of the page with the visa."),
        _("If a new card is on its way, the receipt of your application shows it; you find it on uscis.gov."),
    ),
    Kind.SOCIAL_SECURITY_CARD: (
        _("If you cannot find the card, ask for a new one on ssa.gov: it is free and comes by mail."),
        _("Another paper may do in its place, for example a W-2; ask your loan officer."),
    ),
    Kind.EXPLANATION: (
        _("You write this one yourself: a few lines in your own words, with the date and your signature. By hand is "
          "fine, and a picture of the page will do."),
    ),
    Kind.OFFER_LETTER: (
        IN_YOUR_MAIL,
        _("The personnel office of the new employer sends it again when you ask."),
    ),
    Kind.OTHER: (
        IN_YOUR_MAIL,
        _("Whoever made the paper usually keeps a copy and sends it when you call."),
    ),
}  # fmt: skip


def places_for(kind: str) -> Places:
    """Where a paper of this kind is found, the easiest way first."""
    return FINDING[kind]
