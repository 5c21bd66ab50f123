"""Who sends, who else there is, and where they bank, work and live. All made up."""

import random
from dataclasses import dataclass
from datetime import date

TODAY = date(2026, 3, 18)

BORROWERS = (
    "Bea Fischer", "Marcus T. Whitfield", "José Núñez", "Siobhán O'Connor", "Thị Mai Nguyễn", "Hannah Oyelaran",
    "Pedro García López", "Łukasz Wiśniewski", "Amélie Beaufort-Lavigne", "David Kim", "Robert Haddad Jr.",
    "Grace Abernathy", "Søren Østergaard", "Fatima al-Rashid",
)  # fmt: skip
STRANGERS = (
    "Walter Pennington", "Irene Castellano", "Gustav Holmberg", "Priya Raman", "Doris Klein", "Theodore Blackwood",
    "Yolanda Merriweather", "Ingrid Sorensen",
)  # fmt: skip
STREETS = (
    "14 Alder Street",
    "2207 Quarry Road Apt 3",
    "98 Tidewater Ave",
    "5 Orchard Ln",
    "731 Mill Pond Rd",
)
CITIES = (
    "Portland, ME 04101",
    "Bangor, ME 04401",
    "Concord, NH 03301",
    "Albany, NY 12207",
    "Worcester, MA 01608",
)
BANKS = (
    "Harbor Savings Bank", "Pine Ridge Credit Union", "First Lantern Bank, N.A.", "Great Bay Federal Credit Union",
    "Norwood Trust Company", "Edward Jones", "Charles Schwab",
)  # fmt: skip
EMPLOYERS = (
    "Blue Finch Bakery", "Casco Marine Supply, Inc.", "St. Brendan Hospital", "Baker Brothers Plumbing LLC",
    "Ruth Lindqvist Dental", "Northfield School District", "Stillwater Freight Corp.", "J. Peterman & Sons",
)  # fmt: skip


@dataclass(frozen=True)
class Sent:
    """What the wording of one paper depends on."""

    rng: random.Random
    who: str
    street: str
    city: str
    bank: str
    employer: str
    account: str
    day: date  # of the paper; the last day of the period of a statement
    start: date
    year: int  # of a tax form

    def money(self, most: int = 9000) -> str:
        return f"{self.rng.randint(10, most):,}.{self.rng.randint(0, 99):02d}"
