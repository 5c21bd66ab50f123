"""
What is asked of whom: one table, one entry a need (DOMAIN 2.2).

`applies` reads the facts of the application (`documents/facts.py`); `who` says whether every borrower is asked or only
the main one, who answered the questions. `why` and `what_counts` are the borrower's words; the house may put its own
in their place (`NeedWording`, in the admin) or switch a need off. Nothing here is required before the Loan Estimate:
the pages and mails say so (12 CFR 1026.19(e)(2)(iii)).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import Enum

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from documents.facts import Facts
from documents.kinds import Kind

Text = str | Promise


class Who(Enum):
    EACH = "each borrower"
    MAIN = "main borrower"
    CO = "co-borrower"


def any_time(today: date) -> str:
    return ""


def last_two_years(today: date) -> str:
    """The two calendar years that are over."""
    return gettext("%(first)d and %(second)d") % {"first": today.year - 2, "second": today.year - 1}


def this_year(today: date) -> str:
    return gettext("%(year)d so far") % {"year": today.year}


def last_thirty_days(today: date) -> str:
    return gettext("last 30 days")


def last_two_months(today: date) -> str:
    return gettext("last two months")


def last_twelve_months(today: date) -> str:
    return gettext("last twelve months")


@dataclass(frozen=True)
class Need:
    key: str
    kind: Kind
    applies: Callable[[Facts], bool]
    title: Text
    why: Text
    what_counts: Text
    who: Who = Who.MAIN
    period: Callable[[date], str] = any_time


def everyone(facts: Facts) -> bool:
    return True


NEEDS: tuple[Need, ...] = (
    # Everyone
    Need(
        "photo_id", Kind.PHOTO_ID, everyone, _("Photo ID"),
        _("The law asks us to make sure that you are you."),
        _("Driver's licence, state ID or passport that has not expired; front and back, all corners in view."),
        who=Who.EACH,
    ),
    Need(
        "bank_statements", Kind.BANK_STATEMENT, everyone, _("Bank statements"),
        _("They show the money for the down payment, the closing costs and a reserve."),
        _("The two newest monthly statements of every account you want to use, all pages, even blank ones. If there "
          "is an unusual deposit, add a line on where it came from."),
        who=Who.EACH, period=last_two_months,
    ),
    # Employed
    Need(
        "pay_stubs", Kind.PAY_STUB, lambda facts: facts.employed, _("Pay stubs"),
        _("They show what you earn now."),
        _("All pay stubs of the last 30 days, with the year-to-date figures."),
        period=last_thirty_days,
    ),
    Need(
        "w2", Kind.W2, lambda facts: facts.employed, _("W-2 forms"),
        _("They show what you earned in the last two years."),
        _("One from each employer for each of the two years, all copies readable."),
        period=last_two_years,
    ),
    Need(
        "employment_gap", Kind.EXPLANATION, lambda facts: facts.employed and facts.under_two_years_in_job,
        _("Letter about your work before this job"),
        _("We look at two years of work. You have been in your present job for less."),
        _("A few signed lines: where you worked or studied before, and the reason for any time in between. If the "
          "job is quite new, add the offer letter."),
    ),
    # Own business, 1099, commission, rent: everything that stands in a tax return
    Need(
        "personal_returns", Kind.PERSONAL_RETURN,
        lambda facts: facts.self_employed or facts.contractor or facts.rents_out,
        _("Personal tax returns"),
        _("Income that changes from month to month is worked out from two years of returns."),
        _("Federal returns (1040) with all schedules and pages, signed."),
        period=last_two_years,
    ),
    Need(
        "business_returns", Kind.BUSINESS_RETURN, lambda facts: facts.self_employed, _("Business tax returns"),
        _("They show how the business you own a quarter or more of is doing."),
        _("Forms 1065, 1120 or 1120-S with all schedules and K-1s. None if you file Schedule C only: then say so."),
        period=last_two_years,
    ),
    Need(
        "profit_and_loss", Kind.PROFIT_AND_LOSS, lambda facts: facts.self_employed,
        _("Profit and loss statement"),
        _("It shows how this year is going."),
        _("This year's profit and loss up to last month, and a balance sheet if you keep one; your own is fine."),
        period=this_year,
    ),
    Need(
        "business_licence", Kind.BUSINESS_LICENCE, lambda facts: facts.self_employed,
        _("Business licence or letter from your accountant"),
        _("It shows that the business exists and for how long."),
        _("A current licence, a registration, or a letter from a CPA that knows the business."),
    ),
    Need(
        "form_1099", Kind.FORM_1099, lambda facts: facts.contractor, _("1099 forms"),
        _("They show what your customers or your employer paid you."),
        _("Every 1099 of the two years."),
        period=last_two_years,
    ),
    # Retired, benefits
    Need(
        "award_letters", Kind.AWARD_LETTER, lambda facts: facts.retired, _("Award letters"),
        _("They show how much you receive and for how long."),
        _("The newest letter for each: Social Security, pension, annuity or veterans' benefits."),
    ),
    Need(
        "benefit_receipt", Kind.BANK_STATEMENT, lambda facts: facts.retired or facts.benefits,
        _("Proof that the payments arrive"),
        _("We match the letters with what reaches your account."),
        _("Bank statements with the payments on them. If those you sent for your accounts show them, say so."),
        period=last_two_months,
    ),
    Need(
        "retirement_statement", Kind.RETIREMENT_STATEMENT, lambda facts: facts.retired, _("Retirement statement"),
        _("It shows savings you can draw on."),
        _("The newest statement of each account (401(k), IRA, pension), all pages."),
    ),
    Need(
        "benefit_award", Kind.DISABILITY_AWARD, lambda facts: facts.benefits, _("Benefit award letter"),
        _("It shows how much you receive and for how long."),
        _("The newest award letter. We need nothing about your health."),
    ),
    # Other homes
    Need(
        "leases", Kind.LEASE, lambda facts: facts.rents_out, _("Leases"),
        _("They show the rent you receive."),
        _("The current lease of every home you rent out, signed, all pages."),
    ),
    Need(
        "other_homes", Kind.MORTGAGE_STATEMENT, lambda facts: facts.owns_other_homes,
        _("Papers for each other home you own"),
        _("What those homes cost counts too."),
        _("For each: mortgage statement, property tax bill, insurance page and, where there is one, the HOA bill."),
    ),
    # Gift
    Need(
        "gift_letter", Kind.GIFT_LETTER, lambda facts: facts.gift, _("Gift letter"),
        _("It says that the money is a gift and need not be paid back."),
        _("Our form or a letter of the giver: amount, how you are related, no repayment, signed by both."),
    ),
    Need(
        "gift_source", Kind.BANK_STATEMENT, lambda facts: facts.gift, _("Where the gift comes from"),
        _("We must see that the giver had the money."),
        _("A statement of the giver's account. The giver may cover the other figures."),
    ),
    Need(
        "gift_transfer", Kind.BANK_STATEMENT, lambda facts: facts.gift, _("Transfer of the gift"),
        _("We must see that the money reached you."),
        _("The transfer or check, and your statement or receipt that shows the deposit."),
    ),
    # Buying, when the home is found
    Need(
        "purchase_contract", Kind.PURCHASE_CONTRACT, lambda facts: facts.buys_a_found_home,
        _("Purchase contract"),
        _("It says what you pay for the home and by when."),
        _("As soon as it is signed: the contract with everyone's signature, all pages and addenda."),
    ),
    Need(
        "earnest_money", Kind.EARNEST_MONEY, lambda facts: facts.buys_a_found_home, _("Earnest money proof"),
        _("It counts towards your down payment."),
        _("The check or transfer, and a statement or receipt that shows it was paid."),
    ),
    Need(
        "agents", Kind.OTHER, lambda facts: facts.buys_a_found_home, _("Names of the agents"),
        _("We talk to them so that you need not carry messages."),
        _("A note or a photo of the cards: your agent and the seller's, name, telephone, e-mail."),
    ),
    Need(
        "insurance_agent", Kind.INSURANCE, lambda facts: facts.buys_a_found_home,
        _("Homeowners insurance quote"),
        _("The home must be insured from the day it is yours."),
        _("The quote or binder, or the name and telephone of your insurance agent."),
    ),
    # Refinance
    Need(
        "mortgage_statement", Kind.MORTGAGE_STATEMENT, lambda facts: facts.refinances, _("Mortgage statement"),
        _("It says what is owed on the loan that the new one replaces."),
        _("The newest monthly statement, all pages; one more for a second mortgage or HELOC if there is one."),
    ),
    Need(
        "note", Kind.NOTE, lambda facts: facts.refinances, _("Promissory note"),
        _("It holds the terms of your present loan."),
        _("A copy from the papers of your last closing."),
    ),
    Need(
        "homeowners_insurance", Kind.INSURANCE, lambda facts: facts.refinances, _("Homeowners insurance"),
        _("We must see that the home is insured."),
        _("The declarations page of the current policy."),
    ),
    Need(
        "title_policy", Kind.OTHER, lambda facts: facts.refinances, _("Title policy or survey, if you have it"),
        _("It can save you money at closing."),
        _("From the papers of your last closing. If you cannot find it, say so: we can do without."),
    ),
    # Kinds of mortgage
    Need(
        "certificate_of_eligibility", Kind.CERTIFICATE_OF_ELIGIBILITY, lambda facts: facts.is_va,
        _("Certificate of Eligibility"),
        _("It shows that you may have a VA loan."),
        _("From va.gov; if you do not have it, say so and we ask for it with you."),
    ),
    Need(
        "service_record", Kind.DD214, lambda facts: facts.is_va, _("DD-214 or statement of service"),
        _("It shows when you served."),
        _("DD-214 (member 4 copy); on active duty a statement of service signed by your command."),
    ),
    Need(
        "va_forms", Kind.OTHER, lambda facts: facts.is_va, _("Child care and nearest relative"),
        _("The VA asks for both on every loan."),
        _("A few signed lines: what child care costs you a month (or none), and a relative's name and address."),
    ),
    Need(
        "social_security_card", Kind.SOCIAL_SECURITY_CARD, lambda facts: facts.is_fha, _("Social Security card"),
        _("FHA loans ask for proof of the number."),
        _("The card, or another paper of the government with your name and the full number."),
    ),
    # The home
    Need(
        "hoa_papers", Kind.HOA, lambda facts: facts.in_association, _("Condo or HOA papers"),
        _("The dues count towards your payment and the association must be in order."),
        _("Name and telephone of the association, the newest dues bill, and its questionnaire if you have it."),
    ),
    # Life
    Need(
        "divorce_decree", Kind.DIVORCE_DECREE, lambda facts: facts.support_counts or facts.pays_support,
        _("Decree or separation agreement"),
        _("You told us of support to count, or of payments you make; the paper says how much and until when."),
        _("The signed decree or agreement, all pages."),
    ),
    Need(
        "support_receipt", Kind.SUPPORT_RECEIPT, lambda facts: facts.support_counts, _("Proof of support received"),
        _("You asked us to count it; we must see that it arrives."),
        _("Twelve months of statements, or a print-out of the agency that pays it."),
        period=last_twelve_months,
    ),
    Need(
        "bankruptcy", Kind.BANKRUPTCY, lambda facts: facts.bankruptcy, _("Bankruptcy papers"),
        _("They show that it is behind you."),
        _("The discharge and all schedules, and a few signed lines on what happened."),
    ),
    Need(
        "residency", Kind.RESIDENCY, lambda facts: facts.not_a_citizen, _("Residency or work permit"),
        _("It shows that you may live and work here."),
        _("Permanent resident card, both sides; or visa and work authorisation, not expired."),
    ),
    # The second borrower, whose work we have not been told
    Need(
        "co_borrower_income", Kind.PAY_STUB, everyone, _("Proof of your income"),
        _("Your income may count for the loan too."),
        _("Employed: pay stubs of the last 30 days and two years of W-2s. Own business: two years of tax returns. "
          "Retired: award letters. No income to count: say so."),
        who=Who.CO,
    ),
)  # fmt: skip
BY_KEY = {need.key: need for need in NEEDS}


def needs_of(facts: Facts, *, main: bool) -> Iterator[Need]:
    """What this borrower is asked, in the order of the table."""
    mine = (Who.EACH, Who.MAIN) if main else (Who.EACH, Who.CO)
    return (need for need in NEEDS if need.who in mine and need.applies(facts))


def choices() -> list[tuple[str, str]]:
    """For the admin: every need by key and title."""
    return [(need.key, str(need.title)) for need in NEEDS]
