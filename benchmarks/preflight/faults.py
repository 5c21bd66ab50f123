"""Each fault in several dresses, with what the borrower should hear."""

import io
from collections.abc import Callable, Iterator
from datetime import date

import pikepdf

from benchmarks.preflight import pictures
from benchmarks.preflight.fine import january, one
from benchmarks.preflight.making import (
    NUMBERS,
    Case,
    Files,
    joined,
    layout_of,
    paper,
    photos,
    picture,
    rng_of,
    saved,
    scan,
    sent_of,
    without,
)
from benchmarks.preflight.papers import Sheet, written
from benchmarks.preflight.people import STRANGERS
from benchmarks.preflight.setting import LAYOUTS, set_pdf
from documents.kinds import Kind

BANK, STUB = Kind.BANK_STATEMENT, Kind.PAY_STUB


def all_faults() -> Iterator[Case]:
    yield from missing_pages()
    yield from blank_pages()
    yield from screenshots()
    yield from hard_to_read()
    yield from too_old()
    yield from months_missing()
    yield from other_names()
    yield from other_kinds()
    yield from refused()


def bad(name: str, kind: str, code: str, make: Callable[[], Files], *also: str) -> Case:
    return Case(name, kind, frozenset({code, *also}), make, (sent_of(name, kind).who,))


def missing_pages() -> Iterator[Case]:
    for at, kind in enumerate(
        (BANK, Kind.PERSONAL_RETURN, Kind.PURCHASE_CONTRACT, Kind.RETIREMENT_STATEMENT)
    ):
        for number in (NUMBERS[at], NUMBERS[(at + 1) % 4]):
            name = f"missing last of {kind}" + ("" if number == NUMBERS[at] else f", {number}")
            pages = {
                BANK: 3,
                Kind.PERSONAL_RETURN: 3,
                Kind.PURCHASE_CONTRACT: 5,
                Kind.RETIREMENT_STATEMENT: 2,
            }[kind]
            yield bad(
                name,
                kind,
                "missing_pages",
                lambda name=name, kind=kind, number=number, pages=pages: one(
                    without(paper(name, kind, number=number), pages)
                ),
            )  # type: ignore[misc]
    for dropped in (1, 2, 3):
        for layout in LAYOUTS:
            name = f"missing {dropped} of a contract {layout}"
            yield bad(
                name,
                Kind.PURCHASE_CONTRACT,
                "missing_pages",
                lambda name=name, dropped=dropped, layout=layout: one(
                    without(paper(name, Kind.PURCHASE_CONTRACT, number=NUMBERS[0], layout=layout), dropped)
                ),
            )  # type: ignore[misc]
    second = "missing in the second of two"
    yield bad(
        second,
        BANK,
        "missing_pages",
        lambda: one(joined(january(second), without(paper(second, BANK, number=NUMBERS[0]), 2))),
    )
    for at, dropped in enumerate((2, 3)):
        name = f"missing {dropped} of a scan"
        yield bad(
            name,
            BANK,
            "missing_pages",
            lambda name=name, dropped=dropped: [
                (
                    "scan.pdf",
                    without(
                        scan(written(BANK, sent_of(name, BANK), number=NUMBERS[0]), LAYOUTS[0], rng_of(name))[
                            0
                        ][1],
                        dropped,
                    ),
                )
            ],
        )  # type: ignore[misc]
        name = f"missing photo {at}"
        yield bad(
            name,
            BANK,
            "missing_pages",
            lambda name=name, at=at: photos(
                written(BANK, sent_of(name, BANK), number=NUMBERS[at]), "classic", rng_of(name)
            )[:2],
        )  # type: ignore[misc]


def blank_pages() -> Iterator[Case]:
    for kind, label in (
        (BANK, "a statement"),
        (Kind.PERSONAL_RETURN, "a return"),
        (Kind.PURCHASE_CONTRACT, "a contract"),
    ):
        name = f"blank page inside {label}"
        yield bad(
            name,
            kind,
            "blank_page",
            lambda name=name, kind=kind: one(
                set_pdf(
                    [
                        *written(kind, sent_of(name, kind))[:1],
                        Sheet(),
                        *written(kind, sent_of(name, kind))[1:],
                    ],
                    layout_of(name),
                )
            ),
        )  # type: ignore[misc]
    for specks in (0, 15, 40):
        for kind in (STUB, Kind.W2):
            name = f"blank scan with {specks} specks for {kind}"
            yield bad(
                name,
                kind,
                "blank_page",
                lambda name=name, specks=specks: [
                    ("scan.pdf", pictures.as_pdf([pictures.empty_sheet(rng_of(name), specks=specks)]))
                ],
            )  # type: ignore[misc]
    for at in range(3):
        name = f"blank second side of a scan {at}"
        yield bad(name, Kind.LEASE, "blank_page", lambda name=name, at=at: two_sided(name, at))  # type: ignore[misc]
    name = "blank photo"
    yield bad(
        name,
        Kind.GIFT_LETTER,
        "blank_page",
        lambda: picture(pictures.empty_sheet(rng_of(name), specks=4, size=(1500, 2000))),
    )


def two_sided(name: str, specks: int) -> Files:
    front = pictures.drawn(set_pdf(written(Kind.LEASE, sent_of(name, Kind.LEASE)), "classic"))[0]
    rng = rng_of(name)
    return [
        (
            "scan.pdf",
            pictures.as_pdf([pictures.scanned(front, rng), pictures.empty_sheet(rng, specks=specks * 9)]),
        )
    ]


def screenshots() -> Iterator[Case]:
    titles = {
        BANK: "Checking ...4821",
        STUB: "Pay",
        Kind.RETIREMENT_STATEMENT: "401(k)",
        Kind.EARNEST_MONEY: "Transfer sent",
    }
    for at in range(10):
        kind = list(titles)[at % 4]
        name, ending, dark = f"screenshot telephone {at}", ("png", "jpg")[at % 2], at % 5 == 3
        yield bad(
            name,
            kind,
            "screenshot",
            lambda name=name, kind=kind, ending=ending, dark=dark: picture(
                phone(name, titles[kind], dark=dark), f"Screenshot.{ending}"
            ),
        )  # type: ignore[misc]
    for at, kind in enumerate((BANK, STUB, Kind.MORTGAGE_STATEMENT, Kind.W2)):
        name, ending = f"screenshot of a desk {at}", ("png", "jpg")[at % 2]
        yield bad(
            name,
            kind,
            "screenshot",
            lambda name=name, kind=kind, ending=ending: picture(desk(name, kind), f"Screen.{ending}"),
        )  # type: ignore[misc]


def phone(name: str, title: str, *, dark: bool) -> object:
    rng = rng_of(name)
    said = [
        (
            rng.choice(("Grocer on Main", "Payroll deposit", "City Water", "Balance", "Transfer")),
            f"${rng.randint(5, 3000)}.00",
        )
        for _ in range(14)
    ]
    return pictures.phone_screen(said, title, rng, dark=dark)


def desk(name: str, kind: str) -> object:
    return pictures.desk_screen(pictures.drawn(paper(name, kind, layout="classic"), dpi=120)[0], rng_of(name))


def hard_to_read() -> Iterator[Case]:
    for at, width in enumerate((380, 440, 500, 560)):
        name = f"hard small photo {at}"
        yield bad(
            name,
            (STUB, BANK)[at % 2],
            "hard_to_read",
            lambda name=name, at=at, width=width: picture(
                pictures.small(pictures.photographed(first(name, (STUB, BANK)[at % 2]), rng_of(name)), width)
            ),
        )  # type: ignore[misc]
    for at, strength in enumerate((0.1, 0.13, 0.16, 0.19)):
        name = f"hard faint scan {at}"
        yield bad(
            name,
            (Kind.W2, Kind.LEASE)[at % 2],
            "hard_to_read",
            lambda name=name, at=at, strength=strength: [
                (
                    "scan.pdf",
                    pictures.as_pdf(
                        [pictures.faint(first(name, (Kind.W2, Kind.LEASE)[at % 2]), rng_of(name), strength)]
                    ),
                )
            ],
        )  # type: ignore[misc]
    for at, radius in enumerate((4.0, 5.0, 6.0, 8.0)):
        name = f"hard blurred photo {at}"
        yield bad(
            name,
            (STUB, Kind.GIFT_LETTER)[at % 2],
            "hard_to_read",
            lambda name=name, at=at, radius=radius: picture(
                pictures.blurred(
                    pictures.photographed(first(name, (STUB, Kind.GIFT_LETTER)[at % 2]), rng_of(name)), radius
                )
            ),
        )  # type: ignore[misc]
    for at in range(2):
        name = f"hard second page {at}"
        yield bad(name, BANK, "hard_to_read", lambda name=name: [("scan.pdf", second_blurred(name))])  # type: ignore[misc]


def first(name: str, kind: str) -> object:
    return pictures.drawn(paper(name, kind, layout="classic"), dpi=180, most=1)[0]


def second_blurred(name: str) -> bytes:
    pages = pictures.drawn(paper(name, BANK, layout="classic"))[:2]
    return pictures.as_pdf([pictures.scanned(pages[0], rng_of(name)), pictures.blurred(pages[1], 5)])


LONG_AGO = {
    STUB: {"day": date(2025, 10, 17)},
    BANK: {"start": date(2025, 8, 1), "day": date(2025, 8, 31)},
    Kind.RETIREMENT_STATEMENT: {"start": date(2025, 4, 1), "day": date(2025, 6, 30)},
    Kind.MORTGAGE_STATEMENT: {"day": date(2025, 7, 10)},
    Kind.PROFIT_AND_LOSS: {"day": date(2025, 9, 30)},
    Kind.AWARD_LETTER: {"day": date(2024, 12, 2)},
    Kind.OFFER_LETTER: {"day": date(2025, 8, 4)},
    Kind.HOA: {"day": date(2025, 10, 6)},
    Kind.BUSINESS_LICENCE: {"day": date(2025, 5, 12)},
    Kind.W2: {"year": 2022},
    Kind.FORM_1099: {"year": 2021},
    Kind.PERSONAL_RETURN: {"year": 2021},
    Kind.BUSINESS_RETURN: {"year": 2020},
    Kind.PHOTO_ID: {"day": date(2019, 5, 20)},
    Kind.RESIDENCY: {"day": date(2020, 9, 1)},
    Kind.INSURANCE: {"day": date(2024, 2, 1)},
}


def too_old() -> Iterator[Case]:
    for at, (kind, when) in enumerate(LONG_AGO.items()):
        for layout in (LAYOUTS[at % 4],) if at % 3 else (LAYOUTS[at % 4], LAYOUTS[(at + 2) % 4]):
            name = f"too old {kind}" + ("" if layout == LAYOUTS[at % 4] else f" {layout}")
            yield bad(
                name,
                kind,
                "too_old",
                lambda name=name, kind=kind, layout=layout, when=when: one(
                    paper(name, kind, layout=layout, **when)
                ),
            )  # type: ignore[misc]
    for kind in (STUB, Kind.W2, BANK):
        name = f"too old scan of {kind}"
        yield bad(
            name,
            kind,
            "too_old",
            lambda name=name, kind=kind: scan(
                written(kind, sent_of(name, kind, **LONG_AGO[kind]))[:1], layout_of(name), rng_of(name)
            ),
        )  # type: ignore[misc]
    name = "too old photo of a licence"
    yield bad(
        name,
        Kind.PHOTO_ID,
        "too_old",
        lambda: photos(
            written(Kind.PHOTO_ID, sent_of(name, Kind.PHOTO_ID, **LONG_AGO[Kind.PHOTO_ID])),
            "classic",
            rng_of(name),
        ),
    )


NOVEMBER, DECEMBER = (date(2025, 11, 1), date(2025, 11, 30)), (date(2025, 12, 1), date(2025, 12, 31))


def of(name: str, span: tuple[date, date], **changed: object) -> bytes:
    return paper(
        name,
        BANK,
        **{"start": span[0], "day": span[1], "account": "4821", "layout": layout_of(name), **changed},
    )  # type: ignore[arg-type]


def months_missing() -> Iterator[Case]:
    inside = "months December missing inside"
    yield bad(
        inside,
        BANK,
        "months_missing",
        lambda: one(joined(of(inside, NOVEMBER), january(inside, account="4821"))),
    )
    for layout in LAYOUTS:
        name = f"months January missing inside, {layout}"
        yield bad(
            name,
            BANK,
            "months_missing",
            lambda name=name, layout=layout: one(
                joined(of(name, DECEMBER, layout=layout), paper(name, BANK, account="4821", layout=layout))
            ),
        )  # type: ignore[misc]
    two = "months two missing inside"
    yield bad(
        two, BANK, "months_missing", lambda: one(joined(of(two, NOVEMBER), paper(two, BANK, account="4821")))
    )
    quarter = "months a quarter missing"
    pension = Kind.RETIREMENT_STATEMENT
    yield bad(
        quarter,
        pension,
        "months_missing",
        lambda: one(
            joined(
                paper(quarter, pension, account="4821", start=date(2025, 4, 1), day=date(2025, 6, 30)),
                paper(quarter, pension, account="4821"),
            )
        ),
    )
    scanned = "months missing in a scan"
    yield bad(
        scanned,
        BANK,
        "months_missing",
        lambda: scan(
            [
                *written(BANK, sent_of(scanned, BANK, account="4821", start=NOVEMBER[0], day=NOVEMBER[1]))[
                    :1
                ],
                *written(
                    BANK,
                    sent_of(scanned, BANK, account="4821", start=date(2026, 1, 1), day=date(2026, 1, 31)),
                )[:1],
            ],
            "classic",
            rng_of(scanned),
        ),
    )
    for at, span in enumerate((NOVEMBER, DECEMBER, (date(2025, 10, 12), date(2025, 11, 11)))):
        name = f"months missing since the paper before {at}"
        case = bad(name, BANK, "months_missing", lambda name=name: one(paper(name, BANK, account="4821")))  # type: ignore[misc]
        yield Case(
            case.name,
            case.kind,
            case.expects,
            case.make,
            case.names,
            before=(lambda name=name, span=span: one(of(name, span)),),
        )  # type: ignore[misc]


def other_names() -> Iterator[Case]:
    kinds = (
        STUB,
        BANK,
        Kind.W2,
        Kind.FORM_1099,
        Kind.PERSONAL_RETURN,
        Kind.RETIREMENT_STATEMENT,
        Kind.MORTGAGE_STATEMENT,
        Kind.AWARD_LETTER,
    )
    for at, kind in enumerate(kinds):
        for layout in (LAYOUTS[at % 4], LAYOUTS[(at + 1) % 4]):
            name = f"name {kind} of a stranger" + ("" if layout == LAYOUTS[at % 4] else f", {layout}")
            yield Case(
                name,
                kind,
                frozenset({"other_name"}),
                lambda name=name, kind=kind, at=at, layout=layout: one(
                    paper(name, kind, who=STRANGERS[at], layout=layout)
                ),
                ("Bea Fischer", "David Kim"),
            )  # type: ignore[misc]
    for kind in (STUB, BANK):
        name = f"name {kind} of somebody with the same last name"
        yield Case(
            name,
            kind,
            frozenset({"other_name"}),
            lambda name=name, kind=kind: one(
                paper(name, kind, who="Rosalind Fischer", employer="Stillwater Freight Corp.")
            ),
            ("Bea Fischer",),
        )  # type: ignore[misc]
    for kind in (STUB, BANK, Kind.W2):
        name = f"name scan of a stranger's {kind}"
        yield Case(
            name,
            kind,
            frozenset({"other_name"}),
            lambda name=name, kind=kind: scan(
                written(kind, sent_of(name, kind, who="Gustav Holmberg"))[:1], "classic", rng_of(name)
            ),
            ("Grace Abernathy",),
        )  # type: ignore[misc]


PAIRS = (
    (STUB, Kind.W2), (Kind.W2, STUB), (BANK, STUB), (BANK, Kind.MORTGAGE_STATEMENT), (Kind.W2, Kind.FORM_1099),
    (Kind.PERSONAL_RETURN, Kind.W2), (Kind.PHOTO_ID, BANK), (Kind.INSURANCE, Kind.PROPERTY_TAX), (Kind.PROPERTY_TAX, Kind.INSURANCE),
    (Kind.PURCHASE_CONTRACT, BANK), (Kind.RETIREMENT_STATEMENT, STUB), (Kind.AWARD_LETTER, BANK), (Kind.MORTGAGE_STATEMENT, BANK),
    (Kind.DD214, Kind.CERTIFICATE_OF_ELIGIBILITY), (Kind.FORM_1099, BANK), (Kind.BUSINESS_RETURN, BANK), (Kind.PROFIT_AND_LOSS, BANK),
    (Kind.SOCIAL_SECURITY_CARD, Kind.PHOTO_ID), (STUB, BANK), (Kind.W2, Kind.PERSONAL_RETURN),
)  # fmt: skip


def other_kinds() -> Iterator[Case]:
    for asked, came in PAIRS:
        name = f"kind {asked} asked, {came} sent"
        yield Case(
            name,
            asked,
            frozenset({"other_kind"}),
            lambda name=name, came=came: one(paper(name, came)),
            (sent_of(name, came).who,),
        )  # type: ignore[misc]
    for asked, came in PAIRS[:4]:
        name = f"kind {asked} asked, scan of {came} sent"
        yield Case(
            name,
            asked,
            frozenset({"other_kind"}),
            lambda name=name, came=came: scan(
                written(came, sent_of(name, came))[:1], "classic", rng_of(name)
            ),
            (sent_of(name, came).who,),
        )  # type: ignore[misc]


def refused() -> Iterator[Case]:
    """What the check refuses before there is a paper: the code is that of the refusal."""
    for kind in (BANK, STUB, Kind.W2, Kind.PERSONAL_RETURN):
        name = f"locked {kind}"
        yield bad(name, kind, "locked", lambda name=name, kind=kind: one(locked(paper(name, kind))))  # type: ignore[misc]
    for at, share in enumerate((0.02, 0.3, 0.6)):
        name = f"unreadable photo {at}"
        yield bad(
            name, STUB, "broken", lambda name=name, share=share: cut_off(picture(first(name, STUB)), share)
        )  # type: ignore[misc, arg-type]
    name = "unreadable PDF"
    yield bad(
        name, BANK, "broken", lambda: [("paper.pdf", b"%PDF-1.7\n" + b"this was a statement once\n" * 40)]
    )


def locked(data: bytes) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as plain:
        return saved(plain, encryption=pikepdf.Encryption(user="0148", owner="0148"))


def cut_off(files: Files, share: float) -> Files:
    """The rest was lost on the way."""
    return [(name, data[: int(len(data) * share)]) for name, data in files]
