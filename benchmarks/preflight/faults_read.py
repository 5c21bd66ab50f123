"""Faults that must be read: too old, a month missing, another name, another kind."""

from collections.abc import Iterator
from datetime import date

from benchmarks.preflight.faults import BANK, STUB, bad
from benchmarks.preflight.fine import january, one
from benchmarks.preflight.making import (
    Case,
    joined,
    layout_of,
    paper,
    photos,
    rng_of,
    scan,
    sent_of,
)
from benchmarks.preflight.people import STRANGERS
from benchmarks.preflight.setting import LAYOUTS
from benchmarks.preflight.writers import written
from documents.kinds import Kind


def faults_read() -> Iterator[Case]:
    yield from too_old()
    yield from months_missing()
    yield from other_names()
    yield from other_kinds()


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
            )
    for kind in (STUB, Kind.W2, BANK):
        name = f"too old scan of {kind}"
        yield bad(
            name,
            kind,
            "too_old",
            lambda name=name, kind=kind: scan(
                written(kind, sent_of(name, kind, **LONG_AGO[kind]))[:1], layout_of(name), rng_of(name)
            ),
        )
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
    )


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
        )
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
        case = bad(name, BANK, "months_missing", lambda name=name: one(paper(name, BANK, account="4821")))
        yield Case(
            case.name,
            case.kind,
            case.expects,
            case.make,
            case.names,
            before=(lambda name=name, span=span: one(of(name, span)),),
        )


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
            )
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
        )
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
        )


PAIRS = (
    (STUB, Kind.W2), (Kind.W2, STUB), (BANK, STUB), (BANK, Kind.MORTGAGE_STATEMENT),
    (Kind.W2, Kind.FORM_1099), (Kind.PERSONAL_RETURN, Kind.W2), (Kind.PHOTO_ID, BANK),
    (Kind.INSURANCE, Kind.PROPERTY_TAX), (Kind.PROPERTY_TAX, Kind.INSURANCE),
    (Kind.PURCHASE_CONTRACT, BANK), (Kind.RETIREMENT_STATEMENT, STUB), (Kind.AWARD_LETTER, BANK),
    (Kind.MORTGAGE_STATEMENT, BANK), (Kind.DD214, Kind.CERTIFICATE_OF_ELIGIBILITY),
    (Kind.FORM_1099, BANK), (Kind.BUSINESS_RETURN, BANK), (Kind.PROFIT_AND_LOSS, BANK),
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
        )
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
        )
