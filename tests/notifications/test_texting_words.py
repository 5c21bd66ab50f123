"""The words of every text: short enough to be one or two pieces, saying nothing that a stranger must not read."""

import re

import pytest

from loans.stages import PROMISES, STEPS
from notifications.catalog import KINDS, Kind
from notifications.texting.segments import UCS2, plain, segments

SHORT = [kind for kind in KINDS.values() if kind.short]
ANSWERS = [kind for kind in SHORT if kind.channel == "text"]
LONG = {
    "company": "Harborview Home Loans of New England",
    "officer": "Alexandrina Montgomery",
    "title": max((str(title) for title in STEPS.values()), key=len),
    "day": "Wednesday, November 25",
    "site": "https://portal.harborviewloans.example/home/",
}


def filled(kind: Kind, **values: str) -> str:
    return plain(str(kind.short) % {**kind.example, **{k: v for k, v in values.items() if k in kind.fields}})


@pytest.mark.parametrize("kind", SHORT, ids=lambda kind: kind.key)
def test_a_text_is_two_pieces_at_most(kind: Kind) -> None:
    for said in (filled(kind), filled(kind, **LONG)):
        found = segments(said)
        assert found.encoding != UCS2, f"a letter outside GSM-7 in: {said}"
        assert found.count <= 2, f"{found.units} letters: {said}"


@pytest.mark.parametrize("kind", ANSWERS, ids=lambda kind: kind.key)
def test_an_answer_names_nobody_and_promises_nothing(kind: Kind) -> None:
    assert "first_name" not in str(kind.short)
    assert not PROMISES.search(filled(kind)) and "fraud" not in filled(kind).lower()
    assert kind.topic == "texting" and not kind.quiet_hours and kind.asked_for and kind.on_uncertain == "hold"


def test_news_by_text_say_how_to_end_them() -> None:
    for kind in SHORT:
        if kind.topic != "texting":
            assert re.search(r"\bSTOP\b", str(kind.short)), kind.key


def test_what_says_stop_in_our_own_words_is_not_taken_for_one() -> None:
    """Whoever sends our own words back (some telephones do, to say that they like them) meets a person, not a menu."""
    from notifications.models import InboundText
    from notifications.texting.keywords import read

    for kind in ANSWERS:
        assert read(f"Liked “{filled(kind)}”").reading in (
            InboundText.Reading.UNCLEAR,
            InboundText.Reading.MESSAGE,
        )


@pytest.mark.parametrize(
    ("said", "plain_words"),
    [("(207)\u00a0555-0148", "(207) 555-0148"), ("“It’s” – so…", '"It\'s" - so...'), ("Nguyễn", "Nguyễn")],
)
def test_typographic_letters_are_made_plain(said: str, plain_words: str) -> None:
    assert plain(said) == plain_words
