"""Some twenty loans, one line each: who, what, where, with which officer, how far they came and how long ago."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Story:
    key: str
    name: str
    email: str
    officer: str
    state: str
    stage: str
    started_days_ago: int
    purpose: str = "purchase"
    street: str = ""
    city: str = ""
    zip_code: str = ""
    value: int = 0
    amount: int = 0
    mortgage_type: str = "conventional"
    property_kind: str = "house"
    work: tuple[str, ...] = ("employed",)
    traits: frozenset[str] = field(default_factory=frozenset)
    sends: int = 0  # how many of the requests are answered with a paper
    accepted: int = 0  # how many of those are accepted
    returned: int = 0  # and how many sent back
    rest: float = 0  # how many steps ago the last one was; 0: lately

    @property
    def phone(self) -> str:
        """One of the numbers that are kept free for stories, another for each."""
        return f"+1512555{170 + STORIES.index(self):04d}"


def has(*traits: str) -> frozenset[str]:
    return frozenset(traits)


STORIES = [
    Story("bea", "Bea Nguyen", "bea@nguyen.example", "olga", "TX", "processing", 12, street="412 Juniper Lane",
          city="Austin", zip_code="78704", value=485000, amount=388000, traits=has("co_borrower", "le_sent", "gift"),
          sends=5, accepted=3, returned=1),
    Story("nils", "Nils Abram", "nils@abram.example", "otto", "TX", "underwriting", 20, street="18 Alder Court",
          city="Round Rock", zip_code="78664", value=362000, amount=289000, traits=has("le_sent"), sends=3, accepted=3),
    Story("ruth", "Ruth Castellano", "ruth@castellano.example", "olga", "TX", "conditional_approval", 40,
          street="77 Pecan Street", city="San Marcos", zip_code="78666", value=410000, amount=328000,
          work=("self_employed",), traits=has("le_sent", "quiet"), sends=3, accepted=2),
    Story("omar", "Omar Haddad", "omar@haddad.example", "olga", "OK", "conditions_review", 31,
          street="9 Redbud Avenue", city="Norman", zip_code="73069", value=298000, amount=238000,
          mortgage_type="va", traits=has("le_sent"), sends=3, accepted=2),
    Story("june", "June Whitfield", "june@whitfield.example", "olga", "TX", "clear_to_close", 38,
          street="2301 Live Oak Drive", city="Austin", zip_code="78741", value=525000, amount=420000,
          property_kind="condo", traits=has("le_sent"), sends=3, accepted=3),
    Story("pavel", "Pavel Novak", "pavel@novak.example", "olga", "NM", "closing", 44, street="5 Adobe Way",
          city="Las Cruces", zip_code="88001", value=315000, amount=252000, traits=has("le_sent", "signing"),
          sends=3, accepted=3),
    Story("grace", "Grace Adeyemi", "grace@adeyemi.example", "olga", "TX", "funded", 52, street="140 Bluebonnet Road",
          city="Georgetown", zip_code="78626", value=399000, amount=319000, traits=has("le_sent"), sends=3, accepted=3),
    Story("sam", "Sam Oduya", "sam@oduya.example", "olga", "TX", "application_received", 1, street="31 Mesquite Loop",
          city="Buda", zip_code="78610", value=340000, amount=272000, traits=has("gift")),
    Story("lena", "Lena Fischer", "lena@fischer.example", "olga", "TX", "application_received", 3,
          traits=has("no_home"), value=380000, amount=300000),
    Story("dora", "Dora Kim", "dora@kim.example", "olga", "TX", "started", 6, traits=has("no_home")),
    Story("hugo", "Hugo Marin", "hugo@marin.example", "olga", "TX", "suspended", 40, street="66 Cedar Bend",
          city="Austin", zip_code="78745", value=455000, amount=364000, work=("retired",), traits=has("le_sent"),
          sends=3, accepted=3),
    Story("tess", "Tess Bailey", "tess@bailey.example", "olga", "TX", "withdrawn", 35, street="8 Elm Street",
          city="Kyle", zip_code="78640", value=310000, amount=248000, traits=has("le_sent"), sends=1, accepted=1),
    Story("yusuf", "Yusuf Demir", "yusuf@demir.example", "otto", "CO", "processing", 9, purpose="refinance",
          street="510 Spruce Street", city="Boulder", zip_code="80302", value=690000, amount=410000,
          traits=has("le_sent"), sends=3, accepted=1),
    Story("kate", "Kate Lindgren", "kate@lindgren.example", "otto", "TX", "processing", 6, street="12 Sycamore Trail",
          city="Austin", zip_code="78759", value=560000, amount=448000, work=("employed", "rental"), sends=2),
    Story("ivan", "Ivan Petrov", "ivan@petrov.example", "otto", "TX", "denied", 60, street="900 Ranch Road",
          city="Leander", zip_code="78641", value=350000, amount=332000, traits=has("le_sent", "notice_sent"),
          sends=3, accepted=3),
    Story("mona", "Mona Rahimi", "mona@rahimi.example", "ines", "CA", "underwriting", 18, purpose="cash_out",
          street="77 Lemon Grove", city="San Diego", zip_code="92101", value=870000, amount=520000,
          traits=has("le_sent"), sends=3, accepted=2),
    Story("bill", "Bill Torres", "bill@torres.example", "ines", "AZ", "application_received", 2, mortgage_type="va",
          street="14 Saguaro Circle", city="Tucson", zip_code="85701", value=330000, amount=330000),
    Story("elsa", "Elsa Berg", "elsa@berg.example", "ines", "NV", "incomplete", 70, street="3 Silver Street",
          city="Reno", zip_code="89501", value=420000, amount=336000),
    Story("noor", "Noor Siddiqui", "noor@siddiqui.example", "wei", "WA", "conditional_approval", 25,
          purpose="refinance", street="41 Fir Avenue", city="Tacoma", zip_code="98402", value=610000, amount=390000,
          mortgage_type="fha", traits=has("le_sent"), sends=3, accepted=2),
    Story("alan", "Alan Brooks", "alan@brooks.example", "olga", "NM", "funded", 80, purpose="refinance",
          street="250 Rose Lane", city="Santa Fe", zip_code="87501", value=540000, amount=325000,
          traits=has("le_sent", "letter_sent"), sends=3, accepted=3),
    Story("vera", "Vera Hollis", "vera@hollis.example", "olga", "TX", "funded", 116, street="27 Willow Street",
          city="Lockhart", zip_code="78644", value=365000, amount=292000, traits=has("le_sent"), sends=1, accepted=1,
          rest=7),
    Story("theo", "Theo Marsh", "theo@marsh.example", "olga", "OK", "funded", 62, street="3 Prairie View",
          city="Edmond", zip_code="73034", value=287000, amount=229000, traits=has("le_sent"), sends=1, accepted=1,
          rest=3.4),
    Story("iris", "Iris Lund", "iris@lund.example", "otto", "CO", "funded", 104, purpose="refinance",
          street="88 Larkspur Lane", city="Golden", zip_code="80401", value=640000, amount=395000,
          traits=has("le_sent"), sends=1, accepted=1, rest=6),
]  # fmt: skip
