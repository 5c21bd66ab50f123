"""What stands on each kind of paper: its title, who issued it, the facts at its top, its rows and sentences."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from benchmarks.preflight.people import Sent

Facts = list[tuple[str, str]]


@dataclass(frozen=True)
class Sheet:
    """One page before it is set. An `owner` is an address as it stands in the window of an envelope."""

    issuer: tuple[str, ...] = ()
    owner: tuple[str, ...] = ()
    title: str = ""
    facts: Facts = field(default_factory=list)
    head: tuple[str, ...] = ()
    rows: list[tuple[str, ...]] = field(default_factory=list)
    sentences: tuple[str, ...] = ()
    footer: str = ""


def us(day: date) -> str:
    return f"{day:%m/%d/%Y}"


def long(day: date) -> str:
    return f"{day:%B} {day.day}, {day.year}"


def window(sent: Sent) -> tuple[str, ...]:
    return (sent.who, sent.street, sent.city)


def statement(sent: Sent) -> list[Sheet]:
    span = sent.rng.choice(
        (
            [("Statement period", f"{us(sent.start)} - {us(sent.day)}")],
            [("Statement Period", f"{long(sent.start)} through {long(sent.day)}")],
            [
                (
                    "For the period",
                    f"{sent.start:%b} {sent.start.day} – {sent.day:%b} {sent.day.day}, {sent.day.year}",
                )
            ],
            [("Statement date", long(sent.day)), ("Period covered", f"{us(sent.start)} to {us(sent.day)}")],
        )
    )
    facts = [
        *span,
        ("Account number", f"XXXX-XXXX-{sent.account}"),
        ("Beginning balance", sent.money()),
        ("Deposits and additions", sent.money()),
        ("Withdrawals", sent.money()),
        ("Ending balance", sent.money()),
    ]
    title = sent.rng.choice(("Checking Statement", "Account Statement", "Your savings account"))
    first = Sheet(
        (sent.bank, "PO Box 1180", "Wilmington, DE 19850"), window(sent), title, facts, *entries(sent, 9)
    )
    second = Sheet((sent.bank,), (), "Account activity, continued", [], *entries(sent, 22))
    third = Sheet((sent.bank,), (), "How to balance your account", sentences=SMALL_PRINT)
    return [first, second, third]


SMALL_PRINT = (
    "In case of errors or questions about your electronic transfers call or write to us as soon as you can.",
    "We must hear from you no later than 60 days after we sent you the first statement on which the problem appeared.",
    "Tell us the dollar amount of the suspected error, and describe the transfer you are unsure about.",
    "For help see page 1 of 1 of the fee schedule at any branch. Member FDIC. Equal Housing Lender.",
)


def entries(sent: Sent, count: int) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    shops = (
        "Grocer on Main",
        "Payroll deposit " + sent.employer,
        "Transfer",
        "City Water",
        "Fuel Stop 44",
        "Check 1021",
    )
    rows = []
    for index in range(count):
        day = sent.start + timedelta(days=index * max(1, (sent.day - sent.start).days) // count)
        rows.append((f"{day:%m/%d}", sent.rng.choice(shops), sent.money(900), sent.money()))
    return ("Date", "Description", "Amount", "Balance"), rows


def pay_stub(sent: Sent) -> list[Sheet]:
    facts = [
        ("Employee", sent.who),
        ("Pay period", f"{us(sent.day - timedelta(days=18))} - {us(sent.day - timedelta(days=5))}"),
        (sent.rng.choice(("Pay date", "Check Date", "Pay Date:")), us(sent.day)),
        ("Gross pay", sent.money()),
        ("Net pay", sent.money()),
    ]
    rows = [
        (name, sent.money(900), sent.money())
        for name in ("Regular", "Overtime", "Federal tax", "FICA", "Health plan")
    ]
    title = sent.rng.choice(("Earnings Statement", "Pay Stub", "Payroll advice"))
    return [
        Sheet(
            (sent.employer, "60 Wharf Street", "Portland, ME 04101"),
            window(sent),
            title,
            facts,
            ("Item", "Current", "YTD"),
            rows,
        )
    ]


def w2(sent: Sent) -> list[Sheet]:
    facts = [
        ("b Employer identification number (EIN)", "01-0500048"),
        ("c Employer's name, address, and ZIP code", f"{sent.employer}, 60 Wharf Street, Portland, ME 04101"),
        ("e Employee's first name and initial    Last name", sent.who),
        ("1 Wages, tips, other compensation", sent.money()),
        ("2 Federal income tax withheld", sent.money()),
        ("3 Social security wages", sent.money()),
        ("5 Medicare wages and tips", sent.money()),
    ]
    return [
        Sheet(
            (),
            window(sent),
            f"Form W-2 Wage and Tax Statement {sent.year}",
            facts,
            sentences=("Copy B - To be filed with employee's federal tax return.",),
        )
    ]


def form_1099(sent: Sent) -> list[Sheet]:
    facts = [
        ("PAYER'S name", sent.employer),
        ("PAYER'S TIN", "01-0500048"),
        ("RECIPIENT'S name", sent.who),
        ("RECIPIENT'S TIN", "XXX-XX-0148"),
        ("1 Nonemployee compensation", sent.money()),
        ("4 Federal income tax withheld", "0.00"),
    ]
    return [
        Sheet(
            (),
            window(sent),
            f"Form 1099-NEC (Rev. January 2022) For calendar year {sent.year}",
            facts,
            sentences=("Copy B For Recipient",),
        )
    ]


def personal_return(sent: Sent) -> list[Sheet]:
    facts = [
        ("Your first name and middle initial", sent.who),
        ("Filing status", "Single"),
        ("9 Total income", sent.money()),
        ("11 Adjusted gross income", sent.money()),
        ("12 Standard deduction", "14,600.00"),
        ("15 Taxable income", sent.money()),
    ]
    first = Sheet(
        ("Department of the Treasury", "Internal Revenue Service"),
        window(sent),
        f"Form 1040 U.S. Individual Income Tax Return {sent.year}",
        facts,
    )
    second = Sheet(
        (),
        (),
        f"Form 1040 ({sent.year})",
        [("Dependents", "0"), ("24 Total tax", sent.money()), ("Your signature", "signed")],
    )
    third = Sheet(
        (),
        (),
        "SCHEDULE C Profit or Loss From Business",
        [("Gross receipts", sent.money()), ("31 Net profit", sent.money())],
    )
    return [first, second, third]


def business_return(sent: Sent) -> list[Sheet]:
    facts = [
        ("Name of partnership", sent.employer),
        ("1a Gross receipts or sales", sent.money()),
        ("2 Cost of goods sold", sent.money()),
        ("22 Ordinary business income", sent.money()),
    ]
    first = Sheet((), (), f"Form 1065 U.S. Return of Partnership Income For calendar year {sent.year}", facts)
    return [
        first,
        Sheet(
            (),
            (),
            f"Schedule K-1 (Form 1065) {sent.year}",
            [("Partner's name", sent.who), ("Partner's share of profit", "50%")],
        ),
    ]


def profit_and_loss(sent: Sent) -> list[Sheet]:
    rows = [
        (name, sent.money())
        for name in (
            "Sales",
            "Cost of goods sold",
            "Gross profit",
            "Rent",
            "Wages",
            "Total expenses",
            "Net income",
        )
    ]
    return [
        Sheet(
            (sent.employer,),
            (),
            "Profit and Loss",
            [("Period", f"January 1, {sent.day.year} to {long(sent.day)}"), ("Prepared on", long(sent.day))],
            ("Line", "Amount"),
            rows,
        )
    ]


def licence(sent: Sent) -> list[Sheet]:
    return [
        Sheet(
            ("City of Portland", "Office of Business Licensing"),
            (),
            "Business License",
            [("Business", sent.employer), ("Owner", sent.who), ("Issued on", long(sent.day))],
        )
    ]


def retirement(sent: Sent) -> list[Sheet]:
    facts = [
        ("Statement period", f"{us(sent.start)} - {us(sent.day)}"),
        ("Participant", sent.who),
        ("Account number", f"401-{sent.account}"),
        ("Vested balance", sent.money()),
    ]
    rows = [(name, sent.money()) for name in ("Contributions", "Employer match", "Investment return", "Fees")]
    first = Sheet(
        ("Summit Retirement Services",),
        window(sent),
        "401(k) Retirement Savings Statement",
        facts,
        ("Activity", "Amount"),
        rows,
    )
    return [first, Sheet((), (), "Investment elections", sentences=SMALL_PRINT[:3])]


def mortgage_statement(sent: Sent) -> list[Sheet]:
    facts = [
        ("Statement date", long(sent.day)),
        ("Payment due date", long(sent.day + timedelta(days=14))),
        ("Principal balance", sent.money()),
        ("Escrow balance", sent.money()),
        ("Interest rate", "4.125%"),
        ("Amount due", sent.money()),
    ]
    return [
        Sheet(
            ("Granite Home Servicing LLC", "PO Box 4417", "Dallas, TX 75265"),
            window(sent),
            "Mortgage Statement",
            facts,
        )
    ]


def insurance(sent: Sent) -> list[Sheet]:
    last = sent.day.replace(year=sent.day.year + 1)
    facts = [
        ("Policy number", "HO3-550148"),
        ("Policy period", f"{us(sent.day)} to {us(last)}"),
        ("Named insured", sent.who),
        ("Dwelling", sent.money()),
        ("Deductible", "1,000"),
        ("Annual premium", sent.money()),
    ]
    return [Sheet(("Seacoast Mutual Insurance",), window(sent), "Homeowners Policy Declarations Page", facts)]


def property_tax(sent: Sent) -> list[Sheet]:
    facts = [
        ("Parcel", "033-A-012"),
        ("Assessed value", sent.money()),
        ("Mill rate", "14.1"),
        ("Billing date", long(sent.day)),
        ("Owner of record", sent.who),
    ]
    return [Sheet(("City of Portland", "Tax Collector"), window(sent), "Real Estate Tax Bill", facts)]


def contract(sent: Sent) -> list[Sheet]:
    sections = (
        "Parties and property",
        "Purchase price and deposits",
        "Inspections",
        "Closing and possession",
        "Signatures",
    )
    sheets = []
    for name in sections:
        text = (
            f"The Seller, Walter Pennington, agrees to sell and the Buyer, {sent.who}, agrees to buy the property.",
            *SMALL_PRINT[:2],
            "The earnest money is held in escrow until the closing date.",
        )
        sheets.append(
            Sheet(
                (),
                (),
                "Purchase and Sale Agreement" if name == sections[0] else name,
                [],
                sentences=(name, *text),
            )
        )
    return sheets
