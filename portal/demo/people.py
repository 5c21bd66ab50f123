"""The demo's company and cast: who they are, never what they sign in with (that is made on the first run)."""

from dataclasses import dataclass, field

COMPANY = {
    "name": "Harbor Home Loans",
    "legal_name": "Harbor Home Loans, LLC",
    "address": "200 Harbor Street, Suite 4",
    "city_line": "Austin, TX 78701",
    "nmls_id": "1000100",
    "phone": "+15125550100",
    "email": "hello@harbor.example",
    "licence_lines": "Licensed in Arizona, California, Colorado, Nevada, New Mexico, Oklahoma, Oregon, Texas and "
    "Washington. This is a demonstration: no loan is offered.",
    "time_zone": "America/Chicago",
    "rate_hours": 168,  # nobody posts anew in a demonstration
}


@dataclass(frozen=True)
class Person:
    key: str
    name: str
    email: str
    role: str
    phone: str = ""
    contact_email: str = ""
    is_staff: bool = False
    what: str = ""


CAST = [
    Person("bea", "Bea Nguyen", "bea@nguyen.example", "borrower", "+15125550111",
           what="Borrower: her loan is in progress"),
    Person("cole", "Cole Nguyen", "cole@nguyen.example", "borrower", "+15125550112", contact_email="bea@nguyen.example",
           what="Co-borrower: shares Bea's mailbox, not her papers"),
    Person("nils", "Nils Abram", "nils@abram.example", "borrower", "+15125550113", what="Another borrower"),
    Person("olga", "Olga Brandt", "olga@harbor.example", "officer", "+15125550142", what="Bea's loan officer"),
    Person("otto", "Otto Lindqvist", "otto@harbor.example", "officer", "+15125550143", what="Another loan officer"),
    Person("mara", "Mara Okafor", "mara@harbor.example", "manager", "+15125550144", what="Manager: sees every loan"),
    Person("stef", "Stef Moreau", "stef@harbor.example", "processor", "+15125550145", is_staff=True,
           what="Staff: runs the admin"),
]  # fmt: skip
OTHER_OFFICERS = [
    Person("ines", "Inés Calder", "ines@harbor.example", "officer", "+14155550146"),
    Person("wei", "Wei Tan", "wei@harbor.example", "officer", "+12065550147"),
]
BRANCHES = {"Austin": ("olga", "otto", "stef"), "West": ("ines", "wei")}


def address_of(key: str) -> str:
    """What this person of the demo signs in with."""
    return next(person.email for person in [*CAST, *OTHER_OFFICERS] if person.key == key)


@dataclass(frozen=True)
class OfficerPage:
    key: str
    slug: str
    title: str
    nmls_id: str
    states: list[str]
    languages: list[str] = field(default_factory=lambda: ["English"])
    bio: str = ""
    letter_line: str = ""
    hours: str = "Monday to Friday, 8:30 a.m. to 5:30 p.m. Central"
    specialities: list[str] = field(default_factory=list)


OFFICER_PAGES = [
    OfficerPage(
        "olga", "olga-brandt", "Senior loan officer", "1000142", ["TX", "OK", "NM"], ["English", "Spanish"],
        "Olga has helped families in Central Texas into their homes for fourteen years. She grew up above her parents' "
        "hardware store and still explains a mortgage the way they explained a toolbox: one piece at a time, and "
        "what each is for.\n\nShe answers her own phone, and she tells you early when something will take longer.",
        "I hope the first coffee on your own porch tastes just the way you imagined it.",
        specialities=["first_time", "fha", "down_payment_help"],
    ),
    OfficerPage(
        "otto", "otto-lindqvist", "Loan officer", "1000143", ["TX", "CO"], ["English", "German"],
        "Otto came to lending from teaching mathematics, and it shows: he likes a clear question and shows his "
        "working. First-time buyers and self-employed people are his favourite clients.",
        "It was a pleasure to work through the numbers with you.",
        specialities=["first_time", "self_employed"],
    ),
    OfficerPage(
        "ines", "ines-calder", "Loan officer", "1000146", ["CA", "AZ", "NV"], ["English", "Spanish"],
        "Inés looks after our clients in the West. She served eight years in the Air Force and knows VA loans from "
        "both sides of the desk.",
        "Thank you for trusting me with this step.", "Monday to Friday, 9:00 a.m. to 6:00 p.m. Pacific",
        ["va", "jumbo"],
    ),
    OfficerPage(
        "wei", "wei-tan", "Loan officer", "1000147", ["WA", "OR"], ["English", "Mandarin"],
        "Wei helps people refinance without drama. He writes short e-mails, returns calls the same day and keeps a "
        "list of the best dumplings in Seattle, which he will share.",
        "I hope the new rate makes room for something good.", "Tuesday to Saturday, 9:00 a.m. to 5:30 p.m. Pacific",
        ["refinance", "equity"],
    ),
]  # fmt: skip
