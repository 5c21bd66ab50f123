"""Hints before a person looks: each rule, the words for it, and texts that were made to break them."""

import time
from datetime import date

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from benchmarks.preflight.cases import few_cases
from benchmarks.preflight.measuring import measured
from documents.kinds import Kind
from documents.preflight import dates
from documents.preflight.judging import gaps, judge
from documents.preflight.names import is_a_persons, pages_of_others
from documents.preflight.numbering import missing_pages
from documents.preflight.papers import About, Covered, Page, Picture, Reading, reading_of
from documents.preflight.showing import lines_of
from documents.preflight.table import HINTS, where
from documents.returns import ReturnReason

TODAY = date(2026, 3, 18)


def pages(*texts: str) -> tuple[Page, ...]:
    return tuple(Page(number, text) for number, text in enumerate(texts, 1))


def codes(reading: Reading, **about: object) -> list[str]:
    hints, _facts = judge(reading, About(**{"kind": Kind.BANK_STATEMENT, "today": TODAY, **about}))
    return [hint["code"] for hint in hints]


def of_texts(*texts: str, **about: object) -> list[str]:
    return codes(Reading(pages(*texts), len(texts)), **about)


# --- The few of the many: the whole way of a file, as `make preflight` goes it ----------------------------------


def test_the_few_are_judged_well_without_ocr():
    result = measured(few_cases(), ocr=False)
    assert result.cases == 13
    assert (result.overall.precision or 0) >= 0.95, result.differences
    assert (result.overall.recall or 0) >= 0.95, result.differences
    assert result.clean_said == 0, result.differences


# --- Page n of N ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "footers, missing",
    [
        (["Page 1 of 3", "Page 2 of 3", "Page 3 of 3"], []),
        (["Page 1 of 3", "Page 2 of 3"], [3]),
        (["Page 2 of 3", "Page 3 of 3"], [1]),
        (["Page 1/4", "Page 4/4"], [2, 3]),
        (["1 of 2"], [2]),
        (["Page 1 of 2", "Page 2 of 2", "Page 1 of 2"], [2]),
        (["Page 1 of 3", "the back, without a number", "Page 3 of 3"], []),
        (["Page 1 of 4", "the back, without a number", "Page 4 of 4"], [3]),
        (["as shown on page 3 of 5"], []),
        (["Page 7 of 3"], []),
        (["Page 1 of 2\nPage 2 of 2"], []),
        (["Page 1 of 999"], []),
    ],
)
def test_pages_that_a_paper_counts_and_lacks(footers, missing):
    runs = missing_pages(pages(*footers), len(footers))
    assert [number for run in runs for number in run.missing] == missing


def test_pages_that_nobody_read_excuse_missing_numbers():
    assert missing_pages(pages("Page 1 of 2"), total=2) == []


# --- Days and months -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, start, end",
    [
        ("Statement period 02/01/2026 - 02/28/2026", date(2026, 2, 1), date(2026, 2, 28)),
        ("December 12, 2025 through January 11, 2026", date(2025, 12, 12), date(2026, 1, 11)),
        ("Dec 12 – Jan 11, 2026", date(2025, 12, 12), date(2026, 1, 11)),
        ("1 February 2026 to 28 February 2026", date(2026, 2, 1), date(2026, 2, 28)),
        ("2026-02-01 to 2026-02-28", date(2026, 2, 1), date(2026, 2, 28)),
    ],
)
def test_spans_are_read_as_banks_write_them(text, start, end):
    assert list(dates.spans_in(text)) == [(start, end)]


def month(start: date, end: date, account: str = "a") -> Covered:
    return Covered(start, end, account, page=1)


NOVEMBER = month(date(2025, 11, 1), date(2025, 11, 30))
DECEMBER = month(date(2025, 12, 1), date(2025, 12, 31))
JANUARY = month(date(2026, 1, 1), date(2026, 1, 31))


def test_months_between_statements_of_one_account():
    assert gaps([NOVEMBER, JANUARY], []) == ({"2025-12"}, {1})
    assert gaps([JANUARY], [NOVEMBER])[0] == {"2025-12"}
    assert gaps([JANUARY], [NOVEMBER, DECEMBER])[0] == set()
    assert gaps([JANUARY], [month(NOVEMBER.start, NOVEMBER.end, "b")])[0] == set()


def test_a_gap_between_the_other_papers_is_not_this_ones():
    february = month(date(2026, 2, 1), date(2026, 2, 28))
    assert gaps([february], [NOVEMBER, JANUARY])[0] == set()


@pytest.mark.parametrize(
    "kind, text, said",
    [
        (Kind.PAY_STUB, "Earnings Statement\nPay date 10/17/2025\nNet pay 100", ["too_old"]),
        (Kind.PAY_STUB, "Earnings Statement\nPay date 03/06/2026\nNet pay 100", []),
        (Kind.PHOTO_ID, "DRIVER LICENSE\nDOB 04/12/1988\nEXP 05/20/2023", ["too_old"]),
        (Kind.PHOTO_ID, "DRIVER LICENSE\nDOB 04/12/1988\nEXP 05/20/2028", []),
        (Kind.W2, "Form W-2 Wage and Tax Statement 2022", ["too_old"]),
        (Kind.W2, "Form W-2 Wage and Tax Statement 2024", []),
        (
            Kind.PERSONAL_RETURN,
            "Form 1040 (2023)\nAdjusted gross income",
            [],
        ),  # the next one may be on extension
        (Kind.DD214, "DD Form 214\nactive duty\nDate 05/20/1991", []),
    ],
)
def test_each_kind_has_its_own_limit(kind, text, said):
    days = 45 if kind == Kind.PAY_STUB else 0
    assert of_texts(text + "\nmore than a few letters", kind=kind, good_for_days=days) == said


def test_the_years_a_request_names_come_first():
    text = "Form W-2 Wage and Tax Statement 2023, and more"
    assert of_texts(text, kind=Kind.W2, years=(2023, 2024)) == []
    assert of_texts(text, kind=Kind.W2, years=(2024, 2025)) == ["too_old"]


# --- Names ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text, found",
    [
        ("Employee: Walter Pennington\nNet pay", [1]),
        ("Walter Pennington\n14 Alder Street\nPortland, ME 04101", [1]),
        ("Casco Marine Supply\n60 Wharf Street\nPortland, ME 04101", []),
        ("Edward Jones\n60 Wharf Street\nPortland, ME 04101", []),
        ("Employee: Walter Pennington\nSpouse: Bea Fischer", []),
        ("Employee: B. Fischer", []),
        ("Employee: FISCHER, BEATRICE", []),
        ("Employee: Bea Fisher", []),  # a slip of reading
        ("Employee: Rosalind Fischer", [1]),
        ("Paid by Walter Pennington to nobody in particular", []),
    ],
)
def test_only_another_owner_speaks_against_a_paper(text, found):
    assert pages_of_others(pages(text), ["Bea Fischer"]) == found


def test_names_in_another_script_or_too_short_are_left_alone():
    text = pages("Employee: Walter Pennington")
    assert pages_of_others(text, ["王芳"]) == []
    assert pages_of_others(text, ["Bo Li"]) == []
    assert pages_of_others(text, []) == []


@pytest.mark.parametrize(
    "name", ["Acme Payroll Services", "Account Number", "X", "Dear Sir", "12 Elm Street"]
)
def test_firms_and_headings_are_not_people(name):
    assert not is_a_persons(name)


# --- How pages look ------------------------------------------------------------------------------------------


def seen(**fields: object) -> Reading:
    picture = Picture(
        **{"width": 1500, "height": 2000, "flat": 0.3, "sharp": 0.4, **fields.pop("picture", {})}
    )
    return Reading((Page(**{"number": 1, "ink": 0.02, "contrast": 0.6, "picture": picture, **fields}),), 1)


@pytest.mark.parametrize(
    "reading, said",
    [
        (seen(), []),
        (seen(ink=0.0001, contrast=0.03), ["blank_page"]),
        (seen(ink=0.0001, contrast=0.03, text="This page intentionally left blank"), []),
        (seen(ink=0.002, contrast=0.13), ["hard_to_read"]),
        (seen(picture={"sharp": 0.03}), ["hard_to_read"]),
        (seen(picture={"width": 480, "height": 640}), ["hard_to_read"]),
        (seen(picture={"width": 1170, "height": 2532, "flat": 0.95}), ["screenshot"]),
        (seen(picture={"width": 1920, "height": 1080, "flat": 0.95}), ["screenshot"]),
        (seen(picture={"width": 1440, "height": 2560, "flat": 0.2}), []),  # a camera that takes 9:16
    ],
)
def test_pages_that_are_pictures(reading, said):
    assert codes(reading) == said


def test_a_card_may_be_small():
    small = {"width": 700, "height": 440}
    assert codes(seen(picture=small), kind=Kind.PHOTO_ID) == []
    assert codes(seen(picture=small), kind=Kind.PAY_STUB) == ["hard_to_read"]


# --- What the borrower reads ---------------------------------------------------------------------------------

STORED = {
    "duplicate": {"on": "2026-03-01T10:00:00+00:00", "document": "x"},
    "other_kind": {"pages": [1], "looks_like": "w2"},
    "screenshot": {"pages": [1, 2]},
    "blank_page": {"pages": [3]},
    "hard_to_read": {"pages": [1]},
    "missing_pages": {"pages": [1, 2], "missing": [3], "of": 3},
    "too_old": {"pages": [1], "on": "2025-09-30", "days": 120},
    "months_missing": {"pages": [1, 4], "months": ["2025-12"]},
    "other_name": {"pages": [1]},
}


def test_every_hint_names_the_page_and_the_way_out():
    assert set(STORED) == {entry.code for entry in HINTS}
    for line in lines_of({"code": code, **more} for code, more in STORED.items()):
        assert "page" in line.wrong.lower(), line
        assert str(line.mend).endswith(".") and len(str(line.mend)) > 30
        assert "fraud" not in f"{line.wrong} {line.mend}".lower()
    assert {entry.reason for entry in HINTS} <= set(ReturnReason)


@pytest.mark.parametrize(
    "more, words",
    [
        ({"expired_on": "2023-05-20"}, "May 20, 2023"),
        ({"year": 2021}, "for 2021"),
        ({"on": "2025-09-30", "days": 120}, "Sept. 30, 2025"),
    ],
)
def test_three_ways_to_be_too_old(more, words):
    assert words in lines_of([{"code": "too_old", "pages": [1], **more}])[0].wrong


def test_hints_of_a_newer_version_are_left_out():
    assert lines_of([{"code": "from the future", "pages": [1]}]) == []


def test_where():
    assert where([2]) == "page 2"
    assert where([1, 3]) == "pages 1 and 3"
    assert where(range(1, 20)) == "pages 1, 2, 3, 4, 5, 6 and others"


# --- Hostile text --------------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        "Page ",
        "1 of ",
        "99/99/9999",
        "00/00/0000",
        "2026-02-31",
        "Statement period ",
        "Account number ",
        "XXXX-",
    ]
    + [
        "Form W-2 ",
        "Employee: ",
        "Name",
        "12 Elm St\nPortland, ME 04101",
        "January ",
        "\n",
        " - ",
        "\u0000",
        "\u202e",
    ]
    + ["\U0001f600", "٣", "²", "İ"]
)
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=12)), max_size=60).map("".join)


@settings(max_examples=60, deadline=None)
@given(st.lists(TEXTS, max_size=4), st.sampled_from(list(Kind)))
@example(["Page ²/² of 3\n٣ of ٣", "Account number ٣٣٣٣"], Kind.BANK_STATEMENT)
@example(["Form 1040 " + "x" * 5000, "a" * 6000 + " of 3"], Kind.PERSONAL_RETURN)
def test_judging_never_raises_on_any_text(texts, kind):
    said = {
        "pages": [{"number": at, "text": text} for at, text in enumerate(texts, 1)],
        "total": len(texts),
        "ocr": "",
    }
    about = About(kind, TODAY, ("Bea Fischer", "Łukasz Wiśniewski"), good_for_days=120)
    hints, facts = judge(reading_of(said), about)
    assert len(lines_of(hints)) == len(hints)
    assert facts["dated_on"] is None or date.fromisoformat(facts["dated_on"]) <= TODAY


LONG = [" " * 6000, "a" * 6000, "1/" * 3000, "page " * 1200, "January " * 750, "\n" * 6000, "form 1040" * 600]


@pytest.mark.parametrize("text", LONG)
def test_no_text_keeps_a_rule_busy(text):
    began = time.process_time()
    for kind in (Kind.BANK_STATEMENT, Kind.W2, Kind.PHOTO_ID):
        of_texts(text, text, text, kind=kind, names=("Bea Fischer",), good_for_days=30)
    assert time.process_time() - began < 3
