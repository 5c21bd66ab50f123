"""
What each kind of paper calls itself: `titles` stand on no other kind, `words` are usual on it.

A paper is said to be another kind only when it has nothing of what was asked for and a title of the other.
"""

import re
from dataclasses import dataclass

from documents.kinds import Kind

TITLE, WORD = 3, 1
SURE_OF_ANOTHER = 4  # a title and a word beside it
NOTHING_OF_IT = 1


@dataclass(frozen=True)
class KindWords:
    titles: tuple[str, ...]
    words: tuple[str, ...]


WORDS: dict[str, KindWords] = {
    Kind.PAY_STUB: KindWords(
        (
            "earnings statement",
            "pay stub",
            "paystub",
            "pay statement",
            "payroll advice",
            "statement of earnings",
        ),
        (
            "pay period",
            "pay date",
            "check date",
            "net pay",
            "gross pay",
            "gross earnings",
            "ytd",
            "year to date",
            "deductions",
        ),
    ),
    Kind.W2: KindWords(
        ("wage and tax statement", "form w-2", "w-2 wage"),
        (
            "wages, tips",
            "social security wages",
            "medicare wages",
            "employer identification",
            "federal income tax withheld",
        ),
    ),
    Kind.FORM_1099: KindWords(
        ("form 1099", "1099-nec", "1099-misc", "1099-r", "1099-int", "nonemployee compensation"),
        ("payer's tin", "recipient's tin", "federal income tax withheld", "payer's name"),
    ),
    Kind.PERSONAL_RETURN: KindWords(
        ("form 1040", "u.s. individual income tax return", "individual income tax return"),
        (
            "filing status",
            "adjusted gross income",
            "standard deduction",
            "taxable income",
            "dependents",
            "schedule c",
        ),
    ),
    Kind.BUSINESS_RETURN: KindWords(
        (
            "form 1120",
            "form 1065",
            "u.s. return of partnership income",
            "s corporation income tax",
            "corporation income tax return",
        ),
        ("gross receipts", "cost of goods sold", "ordinary business income", "schedule k-1", "total assets"),
    ),
    Kind.PROFIT_AND_LOSS: KindWords(
        ("profit and loss", "profit & loss", "income statement"),
        ("total expenses", "net income", "gross profit", "total income", "cost of goods sold"),
    ),
    Kind.BANK_STATEMENT: KindWords(
        (
            "checking statement",
            "savings statement",
            "bank statement",
            "account statement",
            "statement of account",
        ),
        (
            "statement period",
            "beginning balance",
            "ending balance",
            "deposits",
            "withdrawals",
            "opening balance",
            "closing balance",
            "account summary",
            "daily balance",
        ),
    ),
    Kind.RETIREMENT_STATEMENT: KindWords(
        (
            "401(k)",
            "retirement account",
            "retirement plan",
            "retirement savings",
            "ira statement",
            "pension statement",
        ),
        ("vested balance", "contributions", "investment", "rollover", "employer match", "participant"),
    ),
    Kind.MORTGAGE_STATEMENT: KindWords(
        ("mortgage statement", "home loan statement"),
        ("principal balance", "escrow", "amount due", "interest rate", "late charge", "payment due"),
    ),
    Kind.INSURANCE: KindWords(
        (
            "declarations page",
            "homeowners policy",
            "homeowners insurance",
            "insurance binder",
            "policy declarations",
        ),
        ("policy number", "dwelling", "deductible", "premium", "named insured", "coverage"),
    ),
    Kind.PROPERTY_TAX: KindWords(
        ("property tax bill", "real estate tax", "property tax statement"),
        ("parcel", "assessed value", "mill rate", "tax collector", "fiscal year"),
    ),
    Kind.LEASE: KindWords(
        ("lease agreement", "residential lease", "rental agreement"),
        ("landlord", "tenant", "monthly rent", "security deposit", "premises"),
    ),
    Kind.GIFT_LETTER: KindWords(
        ("gift letter",), ("donor", "no repayment", "gift of", "relationship", "not be repaid", "repayment")
    ),
    Kind.PURCHASE_CONTRACT: KindWords(
        ("purchase and sale agreement", "purchase agreement", "contract of sale", "purchase contract"),
        ("seller", "buyer", "earnest money", "closing date", "purchase price"),
    ),
    Kind.AWARD_LETTER: KindWords(
        ("benefit verification letter", "award letter", "notice of award", "pension award"),
        ("monthly benefit", "social security administration", "entitled", "pension", "cost-of-living"),
    ),
    Kind.PHOTO_ID: KindWords(
        ("driver license", "driver's license", "drivers license", "identification card", "passport"),
        ("dob", "date of birth", "sex", "height", "eyes", "class", "expires"),
    ),
    Kind.HOA: KindWords(
        ("homeowners association", "condominium association", "owners association"),
        ("dues", "assessment", "common charges", "reserve fund", "questionnaire"),
    ),
    Kind.DD214: KindWords(
        ("certificate of release or discharge", "dd form 214", "statement of service"),
        ("active duty", "character of service", "branch", "separation date", "pay grade"),
    ),
    Kind.CERTIFICATE_OF_ELIGIBILITY: KindWords(
        ("certificate of eligibility",), ("entitlement", "veteran", "funding fee", "loan guaranty")
    ),
    Kind.DIVORCE_DECREE: KindWords(
        ("decree of divorce", "dissolution of marriage", "divorce decree", "separation agreement"),
        ("petitioner", "respondent", "court", "custody", "support"),
    ),
    Kind.BANKRUPTCY: KindWords(
        ("united states bankruptcy court", "order of discharge", "discharge of debtor"),
        ("debtor", "chapter 7", "chapter 13", "trustee", "creditors"),
    ),
    Kind.RESIDENCY: KindWords(
        ("permanent resident", "employment authorization"),
        ("uscis", "card expires", "country of birth", "category"),
    ),
    Kind.SOCIAL_SECURITY_CARD: KindWords(
        ("this number has been established for",), ("social security", "signature")
    ),
    Kind.OFFER_LETTER: KindWords(
        ("offer of employment", "offer letter", "employment offer"),
        ("pleased to offer", "start date", "base salary", "position", "at-will"),
    ),
    Kind.NOTE: KindWords(
        ("promissory note", "borrower's promise to pay"),
        ("note holder", "principal", "interest", "monthly payments", "lender"),
    ),
}

# Kinds that are as good for a request of the first: nothing is said of them.
AS_GOOD: dict[str, frozenset[str]] = {
    Kind.BANK_STATEMENT: frozenset({Kind.RETIREMENT_STATEMENT, Kind.AWARD_LETTER}),
    Kind.RETIREMENT_STATEMENT: frozenset({Kind.BANK_STATEMENT}),
    Kind.PERSONAL_RETURN: frozenset({Kind.BUSINESS_RETURN}),
    Kind.BUSINESS_RETURN: frozenset({Kind.PERSONAL_RETURN}),
    Kind.RESIDENCY: frozenset({Kind.PHOTO_ID}),
    Kind.PHOTO_ID: frozenset({Kind.RESIDENCY}),
    Kind.INSURANCE: frozenset({Kind.MORTGAGE_STATEMENT}),
    Kind.PAY_STUB: frozenset({Kind.OFFER_LETTER}),
    Kind.AWARD_LETTER: frozenset({Kind.DISABILITY_AWARD, Kind.RETIREMENT_STATEMENT, Kind.FORM_1099}),
}
# Any paper may answer these, or we have no words for it.
JUDGED = frozenset(WORDS) - {
    Kind.OFFER_LETTER, Kind.NOTE, Kind.HOA, Kind.GIFT_LETTER, Kind.LEASE, Kind.DIVORCE_DECREE, Kind.BANKRUPTCY,
}  # fmt: skip


def scores(text: str) -> dict[str, int]:
    """Points of each kind that has any; an OCR's line breaks and spaces do not matter."""
    plain = re.sub(r"\s{1,20}", " ", text).lower().replace("’", "'")
    found = {}
    for kind, entry in WORDS.items():
        titles = sum(_stands_in(title, plain) for title in entry.titles)
        words = sum(_stands_in(word, plain) for word in entry.words)
        if points := TITLE * min(titles, 2) + WORD * words:
            found[str(kind)] = points
    return found


def _stands_in(phrase: str, text: str) -> bool:
    at = text.find(phrase)
    while at >= 0:
        end = at + len(phrase)
        if not (text[at - 1 : at].isalnum() and at) and not (
            text[end : end + 1].isalpha() and phrase[-1].isalpha()
        ):
            return True
        at = text.find(phrase, at + 1)
    return False


def has_title(kind: str, text: str) -> bool:
    plain = re.sub(r"\s{1,20}", " ", text).lower().replace("’", "'")
    return any(_stands_in(title, plain) for title in WORDS[kind].titles)


def other_kind(text: str, asked: str) -> str:
    """The kind it is instead of the one that was asked for; empty when that cannot be said."""
    if asked not in JUDGED:
        return ""
    found = scores(text)
    if found.get(asked, 0) > NOTHING_OF_IT or not found:
        return ""
    best = max(found, key=lambda kind: found[kind])
    if found[best] < SURE_OF_ANOTHER or not has_title(best, text) or best in AS_GOOD.get(asked, ()):
        return ""
    return best
