"""Papers about which nothing should be said: clean ones of every kind, and odd ones that are fine all the same."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from PIL import Image

from benchmarks.preflight import pictures
from benchmarks.preflight.making import (
    NUMBERS,
    Case,
    Files,
    joined,
    layout_of,
    paper,
    pdf,
    photos,
    picture,
    rng_of,
    scan,
    sent_of,
)
from benchmarks.preflight.papers import Sheet
from benchmarks.preflight.setting import LAYOUTS, set_pdf
from benchmarks.preflight.writers import WRITERS, written
from documents.kinds import Kind

NOTHING: frozenset[str] = frozenset()
SCANNED = (
    Kind.BANK_STATEMENT,
    Kind.PAY_STUB,
    Kind.W2,
    Kind.PERSONAL_RETURN,
    Kind.GIFT_LETTER,
    Kind.INSURANCE,
    Kind.MORTGAGE_STATEMENT,
    Kind.LEASE,
)
TAKEN = (
    Kind.PHOTO_ID,
    Kind.PAY_STUB,
    Kind.W2,
    Kind.SOCIAL_SECURITY_CARD,
    Kind.BANK_STATEMENT,
    Kind.RESIDENCY,
    Kind.AWARD_LETTER,
    Kind.FORM_1099,
)


def clean() -> Iterator[Case]:
    for at, kind in enumerate(WRITERS):
        for layout in (LAYOUTS[at % 4], LAYOUTS[(at + 1) % 4]):
            name = f"clean {kind} {layout}"
            number = rng_of(name + "#").choice(("", *NUMBERS))
            yield fine(
                name,
                kind,
                lambda name=name, kind=kind, layout=layout, number=number: one(
                    paper(name, kind, number=number, layout=layout)
                ),
            )


def in_pictures() -> Iterator[Case]:
    for kind in SCANNED:
        name = f"scan of {kind}"
        yield fine(
            name,
            kind,
            lambda name=name, kind=kind: scan(
                written(kind, sent_of(name, kind), number=NUMBERS[0]), layout_of(name), rng_of(name + "*")
            ),
        )
    for kind in TAKEN:
        name = f"photo of {kind}"
        yield fine(
            name,
            kind,
            lambda name=name, kind=kind: photos(
                written(kind, sent_of(name, kind))[:2], "classic", rng_of(name + "*")
            ),
        )


def fine(name: str, kind: str, make: object, *, need: str = "", **changed: object) -> Case:
    return Case(f"{name}", kind, NOTHING, make, (sent_of(name, kind, **changed).who,), need)


def one(data: bytes) -> Files:
    return [("paper.pdf", data)]


def odd() -> Iterator[Case]:
    yield from odd_pages()
    yield from odd_names()
    yield from odd_months()
    yield from odd_kinds()
    yield from odd_pictures()


def odd_pages() -> Iterator[Case]:
    bank = Kind.BANK_STATEMENT
    name = "odd two columns, see page 3 of 5"
    yield fine(
        name,
        bank,
        lambda: pdf(
            [
                replace(
                    sheet, sentences=(*sheet.sentences, "Fees are listed on page 3 of 5 of our schedule.")
                )
                for sheet in written(
                    bank, sent_of("odd two columns, see page 3 of 5", bank), number=NUMBERS[0]
                )
            ],
            "two columns",
        ),
    )
    empty = Sheet(sentences=("This page intentionally left blank.",))
    yield fine(
        "odd empty on purpose",
        bank,
        lambda: pdf([*written(bank, sent_of("odd empty on purpose", bank)), empty], "classic"),
    )
    yield fine(
        "odd last page with its number alone",
        bank,
        lambda: pdf(
            [
                *(
                    replace(sheet, footer=f"Page {at} of 4")
                    for at, sheet in enumerate(
                        written(bank, sent_of("odd last page with its number alone", bank)), 1
                    )
                ),
                Sheet(footer="Page 4 of 4"),
            ],
            "classic",
        ),
    )
    yield fine("odd back without a number", bank, lambda: pdf(backs(), "classic"))
    yield fine(
        "odd two statements with numbers of their own",
        bank,
        lambda: one(
            joined(
                january("odd two statements with numbers of their own"),
                paper("odd two statements with numbers of their own", bank, number=NUMBERS[0]),
            )
        ),
    )
    yield fine(
        "odd short back of a card",
        Kind.PHOTO_ID,
        lambda: pdf(
            [
                *written(Kind.PHOTO_ID, sent_of("odd short back of a card", Kind.PHOTO_ID)),
                Sheet(sentences=("RESTRICTIONS: NONE", "ORGAN DONOR", "REV 07-2021")),
            ],
            "classic",
        ),
    )
    yield fine(
        "odd scan, empty on purpose",
        bank,
        lambda: scan(
            [*written(bank, sent_of("odd scan, empty on purpose", bank))[:2], empty],
            "classic",
            rng_of("odd empty scan"),
        ),
    )


def backs() -> list[Sheet]:
    first, second, third = written(
        Kind.BANK_STATEMENT, sent_of("odd back without a number", Kind.BANK_STATEMENT)
    )
    return [
        replace(first, footer="Page 1 of 3"),
        replace(third, footer=""),
        replace(second, footer="Page 3 of 3"),
    ]


def january(name: str, **changed: object) -> bytes:
    span = {"start": date(2026, 1, 1), "day": date(2026, 1, 31), **changed}
    return paper(name, Kind.BANK_STATEMENT, number=NUMBERS[0], **span)


def odd_names() -> Iterator[Case]:
    """On the loan as the first, on the paper as the second."""
    written_as = {
        "initial": ("Bea Fischer", "B. Fischer", Kind.BANK_STATEMENT),
        "middle name first": ("Marcus T. Whitfield", "T. Marcus Whitfield", Kind.W2),
        "no accents": ("José Núñez", "JOSE NUNEZ", Kind.PAY_STUB),
        "short name": ("Robert Haddad Jr.", "Bob Haddad", Kind.BANK_STATEMENT),
        "last name first": ("Hannah Oyelaran", "OYELARAN, HANNAH", Kind.PAY_STUB),
        "joint": ("Bea Fischer", "Walter Pennington and Bea Fischer", Kind.BANK_STATEMENT),
        "one of two last names": ("Pedro García López", "Pedro Garcia", Kind.W2),
        "without the hyphen": (
            "Amélie Beaufort-Lavigne",
            "Amelie Beaufort Lavigne",
            Kind.RETIREMENT_STATEMENT,
        ),
        "apostrophe": ("Siobhán O'Connor", "Siobhan OConnor", Kind.PERSONAL_RETURN),
        "name of the East": ("Thị Mai Nguyễn", "NGUYEN THI MAI", Kind.BANK_STATEMENT),
    }
    for what, (loan, said, kind) in written_as.items():
        name = f"odd name {what}"
        yield Case(
            name,
            kind,
            NOTHING,
            lambda name=name, kind=kind, said=said: one(paper(name, kind, who=said)),
            (loan,),
        )
    donor = "odd statement of the donor"
    yield Case(
        donor,
        Kind.BANK_STATEMENT,
        NOTHING,
        lambda: one(paper(donor, Kind.BANK_STATEMENT, who="Doris Klein")),
        ("Bea Fischer",),
        "gift_source",
    )
    both = "odd paper of the co-borrower"
    yield Case(
        both,
        Kind.PAY_STUB,
        NOTHING,
        lambda: one(paper(both, Kind.PAY_STUB, who="David Kim")),
        ("Grace Abernathy", "David Kim"),
    )


def odd_months() -> Iterator[Case]:
    bank = Kind.BANK_STATEMENT
    turn = "odd over the end of the year"
    yield fine(
        turn,
        bank,
        lambda: one(
            joined(
                paper(turn, bank, start=date(2025, 12, 12), day=date(2026, 1, 11)),
                paper(turn, bank, start=date(2026, 1, 12), day=date(2026, 2, 11)),
            )
        ),
    )
    two = "odd two accounts, a month each"
    yield fine(
        two,
        bank,
        lambda: one(
            joined(
                paper(two, bank, start=date(2025, 11, 1), day=date(2025, 11, 30), account="1111"),
                paper(two, bank, account="2222"),
            )
        ),
    )
    new_first = "odd newest first"
    yield fine(new_first, bank, lambda: one(joined(paper(new_first, bank), january(new_first))))
    quarters = "odd two quarters"
    pension = Kind.RETIREMENT_STATEMENT
    yield fine(
        quarters,
        pension,
        lambda: one(
            joined(
                paper(quarters, pension, start=date(2025, 7, 1), day=date(2025, 9, 30)),
                paper(quarters, pension),
            )
        ),
    )
    limit = "odd just young enough"
    yield fine(limit, bank, lambda: one(paper(limit, bank, start=date(2025, 11, 1), day=date(2025, 11, 30))))
    early = "odd return on extension"
    yield fine(early, Kind.PERSONAL_RETURN, lambda: one(paper(early, Kind.PERSONAL_RETURN, year=2023)))
    before = "odd another account before"
    yield Case(
        before,
        bank,
        NOTHING,
        lambda: one(paper(before, bank)),
        (sent_of(before, bank).who,),
        before=(
            lambda: one(paper(before, bank, start=date(2025, 11, 1), day=date(2025, 11, 30), account="3333")),
        ),
    )


def odd_kinds() -> Iterator[Case]:
    both = "odd stub with the W-2 behind it"
    yield fine(both, Kind.PAY_STUB, lambda: one(joined(paper(both, Kind.PAY_STUB), paper(both, Kind.W2))))
    for need, asked, came in (
        ("benefit_receipt", Kind.BANK_STATEMENT, Kind.AWARD_LETTER),
        ("other_homes", Kind.MORTGAGE_STATEMENT, Kind.PROPERTY_TAX),
        ("co_borrower_income", Kind.PAY_STUB, Kind.W2),
        ("", Kind.OTHER, Kind.W2),
        ("", Kind.EXPLANATION, Kind.BANK_STATEMENT),
        ("", Kind.BANK_STATEMENT, Kind.RETIREMENT_STATEMENT),
        ("", Kind.EARNEST_MONEY, Kind.BANK_STATEMENT),
    ):
        name = f"odd {came} for {asked} {need}"
        yield Case(
            name,
            asked,
            NOTHING,
            lambda name=name, came=came: one(paper(name, came)),
            (sent_of(name, came).who,),
            need,
        )


def odd_pictures() -> Iterator[Case]:
    bank, stub = Kind.BANK_STATEMENT, Kind.PAY_STUB
    yield fine("odd tall photo", stub, lambda: picture(tall("odd tall photo", stub)))
    yield fine(
        "odd scan in black and white",
        bank,
        lambda: picture(
            pictures.drawn(paper("odd scan in black and white", bank, layout="classic"), dpi=200)[0]
            .convert("1")
            .convert("L"),
            "scan.png",
        ),
    )
    yield fine(
        "odd scan of 110 dots",
        stub,
        lambda: picture(
            pictures.scanned(
                pictures.drawn(paper("odd scan of 110 dots", stub, layout="classic"), dpi=110)[0],
                rng_of("110"),
            )
        ),
    )
    yield fine(
        "odd grey but readable",
        stub,
        lambda: picture(
            pictures.faint(
                pictures.drawn(paper("odd grey but readable", stub, layout="classic"), dpi=170)[0],
                rng_of("grey"),
                0.55,
            )
        ),
    )
    yield fine("odd card in few pixels", Kind.PHOTO_ID, lambda: picture(card("odd card in few pixels")))


def tall(name: str, kind: str) -> Image.Image:
    """A camera that takes 9:16."""
    page = pictures.photographed(
        pictures.drawn(paper(name, kind, layout="classic"), dpi=200)[0], rng_of(name), width=1440
    )
    screen = Image.new("RGB", (1440, 2560), (96, 74, 58))
    screen.paste(page, (0, 320))
    return pictures.with_grain(screen, 5, rng_of(name + "+"))


def card(name: str) -> Image.Image:
    page = pictures.drawn(set_pdf(written(Kind.PHOTO_ID, sent_of(name, Kind.PHOTO_ID)), "classic"), dpi=150)[
        0
    ]
    return pictures.scanned(page.crop((60, 60, 860, 560)), rng_of(name))
