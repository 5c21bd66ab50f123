"""Letters and cards, each a few sentences; and the writer of every kind."""

from collections.abc import Callable
from dataclasses import replace

from benchmarks.preflight import papers
from benchmarks.preflight.papers import Sheet, long, us, window
from benchmarks.preflight.people import Sent
from documents.kinds import Kind

Writer = Callable[[Sent], list[Sheet]]


def letter(title: str, issuer: tuple[str, ...], *sentences: str) -> Writer:
    def write(sent: Sent) -> list[Sheet]:
        said = tuple(
            sentence.format(who=sent.who, amount=sent.money(), employer=sent.employer, year=sent.day.year)
            for sentence in sentences
        )
        return [
            Sheet(issuer, window(sent), title, [], sentences=(long(sent.day), f"Dear {sent.who},", *said))
        ]

    return write


def card(title: str, *lines: str) -> Writer:
    """An identity card; its last day is a while after the paper's."""

    def write(sent: Sent) -> list[Sheet]:
        last = sent.day.replace(year=sent.day.year + 4, day=min(sent.day.day, 28))
        said = [
            line.format(who=sent.who, last=us(last), born="04/12/1988", street=sent.street, city=sent.city)
            for line in lines
        ]
        return [Sheet((), (), title, [], sentences=tuple(said))]

    return write


WRITERS: dict[str, Writer] = {
    Kind.BANK_STATEMENT: papers.statement,
    Kind.PAY_STUB: papers.pay_stub,
    Kind.W2: papers.w2,
    Kind.FORM_1099: papers.form_1099,
    Kind.PERSONAL_RETURN: papers.personal_return,
    Kind.BUSINESS_RETURN: papers.business_return,
    Kind.PROFIT_AND_LOSS: papers.profit_and_loss,
    Kind.BUSINESS_LICENCE: papers.licence,
    Kind.RETIREMENT_STATEMENT: papers.retirement,
    Kind.MORTGAGE_STATEMENT: papers.mortgage_statement,
    Kind.INSURANCE: papers.insurance,
    Kind.PROPERTY_TAX: papers.property_tax,
    Kind.PURCHASE_CONTRACT: papers.contract,
    Kind.PHOTO_ID: card(
        "MAINE DRIVER LICENSE",
        "DL 0148 221",
        "{who}",
        "{street}",
        "{city}",
        "DOB {born}",
        "EXP {last}",
        "CLASS C  SEX F  EYES BRO  HGT 5-06",
    ),
    Kind.RESIDENCY: card(
        "PERMANENT RESIDENT",
        "UNITED STATES OF AMERICA",
        "Name {who}",
        "Category IR6",
        "Country of Birth Portugal",
        "Card Expires: {last}",
    ),
    Kind.SOCIAL_SECURITY_CARD: card(
        "SOCIAL SECURITY", "THIS NUMBER HAS BEEN ESTABLISHED FOR", "{who}", "SIGNATURE"
    ),
    Kind.AWARD_LETTER: letter(
        "Benefit Verification Letter",
        ("Social Security Administration",),
        "You are entitled to a monthly benefit of ${amount} before deductions.",
        "There is a cost-of-living adjustment each December.",
    ),
    Kind.DISABILITY_AWARD: letter(
        "Notice of Award",
        ("Department of Veterans Affairs",),
        "Your monthly benefit is ${amount}.",
        "You are entitled to it from the first of the month.",
    ),
    Kind.GIFT_LETTER: letter(
        "Gift Letter",
        ("Doris Klein", "8 Bridge Street", "Bath, ME 04530"),
        "I, Doris Klein, give a gift of ${amount} to {who}, my nephew.",
        "No repayment is expected. The donor's account is at Norwood Trust Company.",
    ),
    Kind.OFFER_LETTER: letter(
        "Offer of Employment",
        ("Stillwater Freight Corp.", "9 Rail Yard", "Albany, NY 12207"),
        "We are pleased to offer you the position of dispatcher.",
        "Your base salary is ${amount}; your start date is the first Monday of next month.",
    ),
    Kind.EXPLANATION: letter(
        "To Whom It May Concern",
        (),
        "Between June 2023 and January 2024 I cared for my mother and did not work.",
        "I have worked at {employer} since then.",
    ),
    Kind.LEASE: letter(
        "Residential Lease Agreement",
        (),
        "The Landlord, {who}, lets the premises to the Tenant, Gustav Holmberg.",
        "The monthly rent is ${amount}, the security deposit one month.",
    ),
    Kind.HOA: letter(
        "Condominium Association Dues",
        ("Seaview Owners Association",),
        "The monthly assessment is ${amount}.",
        "The reserve fund is reviewed each year.",
    ),
    Kind.EARNEST_MONEY: letter(
        "Receipt for Earnest Money",
        ("Coastline Realty", "1 Dock Square", "Bath, ME 04530"),
        "We received ${amount} and hold it in escrow.",
        "Seller: Walter Pennington. Buyer: {who}.",
    ),
    Kind.NOTE: letter(
        "Promissory Note",
        ("Granite Home Lending",),
        "1. BORROWER'S PROMISE TO PAY. In return for a loan I promise to pay ${amount} (principal) to the Lender.",
        "The Note Holder is entitled to monthly payments.",
    ),
    Kind.CERTIFICATE_OF_ELIGIBILITY: letter(
        "Certificate of Eligibility",
        ("Department of Veterans Affairs", "Loan Guaranty"),
        "Name of Veteran: {who}",
        "Entitlement code 10, funding fee not exempt.",
    ),
    Kind.DD214: letter(
        "Certificate of Release or Discharge from Active Duty",
        ("DD Form 214",),
        "Branch: Army. Character of service: honorable.",
        "Separation date as shown in block 12b.",
    ),
    Kind.DIVORCE_DECREE: letter(
        "Decree of Divorce",
        ("District Court, Cumberland County",),
        "Petitioner {who} and Respondent Theodore Blackwood are divorced.",
        "Support of ${amount} is due on the first of each month.",
    ),
    Kind.SUPPORT_RECEIPT: letter(
        "Record of support payments",
        ("Office of Family Support",),
        "Twelve payments of ${amount} were received in {year}.",
    ),
    Kind.BANKRUPTCY: letter(
        "Order of Discharge",
        ("United States Bankruptcy Court", "District of Maine"),
        "The debtor {who} is granted a discharge under chapter 7.",
        "The trustee is released. Creditors may not collect.",
    ),
}


def written(kind: str, sent: Sent, *, number: str = "") -> list[Sheet]:
    """The sheets, each with its number when the paper counts them ("Page {n} of {of}")."""
    sheets = WRITERS[kind](sent)
    if not number:
        return sheets
    return [replace(sheet, footer=number.format(n=at + 1, of=len(sheets))) for at, sheet in enumerate(sheets)]
