"""Faults that can be seen: pages missing or empty, screens, what is hard to read, what does not open."""

import io
from collections.abc import Callable, Iterator

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
from benchmarks.preflight.papers import Sheet
from benchmarks.preflight.setting import LAYOUTS, set_pdf
from benchmarks.preflight.writers import written
from documents.kinds import Kind

BANK, STUB = Kind.BANK_STATEMENT, Kind.PAY_STUB


def faults_seen() -> Iterator[Case]:
    yield from missing_pages()
    yield from blank_pages()
    yield from screenshots()
    yield from hard_to_read()
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
            )
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
            )
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
        )
        name = f"missing photo {at}"
        yield bad(
            name,
            BANK,
            "missing_pages",
            lambda name=name, at=at: photos(
                written(BANK, sent_of(name, BANK), number=NUMBERS[at]), "classic", rng_of(name)
            )[:2],
        )


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
        )
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
            )
    for at in range(3):
        name = f"blank second side of a scan {at}"
        yield bad(name, Kind.LEASE, "blank_page", lambda name=name, at=at: two_sided(name, at))
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
        )
    for at, kind in enumerate((BANK, STUB, Kind.MORTGAGE_STATEMENT, Kind.W2)):
        name, ending = f"screenshot of a desk {at}", ("png", "jpg")[at % 2]
        yield bad(
            name,
            kind,
            "screenshot",
            lambda name=name, kind=kind, ending=ending: picture(desk(name, kind), f"Screen.{ending}"),
        )


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
        )
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
        )
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
        )
    for at in range(2):
        name = f"hard second page {at}"
        yield bad(name, BANK, "hard_to_read", lambda name=name: [("scan.pdf", second_blurred(name))])


def first(name: str, kind: str) -> object:
    return pictures.drawn(paper(name, kind, layout="classic"), dpi=180, most=1)[0]


def second_blurred(name: str) -> bytes:
    pages = pictures.drawn(paper(name, BANK, layout="classic"))[:2]
    return pictures.as_pdf([pictures.scanned(pages[0], rng_of(name)), pictures.blurred(pages[1], 5)])


def refused() -> Iterator[Case]:
    """What the check refuses before there is a paper: the code is that of the refusal."""
    for kind in (BANK, STUB, Kind.W2, Kind.PERSONAL_RETURN):
        name = f"locked {kind}"
        yield bad(name, kind, "locked", lambda name=name, kind=kind: one(locked(paper(name, kind))))
    for at, share in enumerate((0.02, 0.3, 0.6)):
        name = f"unreadable photo {at}"
        yield bad(
            name, STUB, "broken", lambda name=name, share=share: cut_off(picture(first(name, STUB)), share)
        )
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
