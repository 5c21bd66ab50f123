"""How a text is read. Never by its beginning: "End of month is fine" ends nothing, "yesterday" begins nothing."""

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from notifications.models import InboundText
from notifications.texting import keywords
from notifications.texting.keywords import normalise, read
from notifications.texting.segments import segments

Reading = InboundText.Reading
BETWEEN = st.text(alphabet=" .,!?-_*'\"\n\t\u200b🛑👍", max_size=6)
CASES = st.sampled_from([str.upper, str.lower, str.title, str.capitalize, str.swapcase])
WORDS = st.text(alphabet=string.ascii_lowercase, min_size=1, max_size=8)


@given(word=st.sampled_from(keywords.STOP), case=CASES, before=BETWEEN, after=BETWEEN)
def test_every_word_that_ends_texting_alone_is_stop(word: str, case: object, before: str, after: str) -> None:
    said = before + case(word) + after  # type: ignore[operator]
    assert read(said).reading == Reading.STOP


@given(word=st.sampled_from(keywords.STOP), spread=st.sampled_from([" ", ".", "-", " . "]))
def test_letters_apart_are_still_the_word(word: str, spread: str) -> None:
    assert read(spread.join(word.replace(" ", ""))).reading == Reading.STOP


@given(
    word=st.sampled_from(keywords.STOP),
    case=CASES,
    before=st.lists(WORDS, max_size=4),
    after=st.lists(WORDS, max_size=4),
)
def test_what_contains_such_a_word_is_never_the_menu_and_never_a_message(
    word: str, case: object, before: list[str], after: list[str]
) -> None:
    assume(before or after)
    said = " ".join([*before, case(word), *after])  # type: ignore[operator]
    assert read(said).reading in (Reading.STOP, Reading.UNCLEAR)
    for first in ("REQUEST", "status", "docs", "call", "menu", "help", "start", "yes"):
        assert read(f"{first} {said}").reading == Reading.UNCLEAR


@given(st.text())
def test_normalising_twice_changes_nothing(said: str) -> None:
    assert normalise(normalise(said)) == normalise(said)


@given(st.text(alphabet=st.characters(), max_size=60))
def test_no_text_is_too_odd_to_be_read(said: str) -> None:
    assert (read(said).reading == Reading.SILENT) == (not said.strip())


OURS = (*keywords.STOP, *keywords.START, *keywords.HELP, "status", "docs", "call", "menu")


@given(word=st.sampled_from(OURS), after=WORDS)
def test_a_word_that_only_begins_like_one_of_ours_is_a_message(word: str, after: str) -> None:
    said = word + after
    assume(said not in (*OURS, *keywords.PHRASES))
    assert read(said).reading == Reading.MESSAGE


@given(
    st.lists(st.sampled_from([*OURS, "request", "the", "of", "month", "is", "fine"]), min_size=2, max_size=5)
)
def test_among_other_words_no_word_of_the_menu_is_one_but_request_at_the_beginning(words: list[str]) -> None:
    found = read(" ".join(words))
    ends = any(word in keywords.STOP for word in words)
    if ends:
        assert found.reading in (Reading.STOP, Reading.UNCLEAR)
        assert found.reading == Reading.UNCLEAR or not set(words) - set(keywords.STOP)
    elif words[0] == "request":
        assert found == keywords.Read(Reading.MENU, "request", " ".join(words[1:]))
    else:
        assert found.reading == Reading.MESSAGE


@pytest.mark.parametrize(
    ("said", "reading", "keyword"),
    [
        ("STOP", Reading.STOP, "stop"),
        ("Opt-Out!", Reading.STOP, "optout"),
        ("ＳＴＯＰ", Reading.STOP, "stop"),
        ("stóp", Reading.STOP, "stop"),
        ("un\u00adsubscribe", Reading.STOP, "unsubscribe"),
        ("Stop please", Reading.UNCLEAR, ""),
        ("End of month is fine", Reading.UNCLEAR, ""),
        ("please cancel my appointment", Reading.UNCLEAR, ""),
        ("opt me out", Reading.UNCLEAR, ""),
        ("No more text messages", Reading.UNCLEAR, ""),
        ("Do not contact me here", Reading.UNCLEAR, ""),
        ("don’t text me again", Reading.UNCLEAR, ""),
        ("s t o p it", Reading.UNCLEAR, ""),
        ("\N{OCTAGONAL SIGN}", Reading.UNCLEAR, ""),
        ("СТОП", Reading.UNCLEAR, ""),
        ("取消", Reading.UNCLEAR, ""),
        ("The house is in Palo Alto", Reading.MESSAGE, ""),
        ("yesterday", Reading.MESSAGE, ""),
        ("the weekend suits us", Reading.MESSAGE, ""),
        ("Yes.", Reading.START, "yes"),
        ("Unstop", Reading.START, "unstop"),
        ("help!", Reading.HELP, "help"),
        (" Status? ", Reading.MENU, "status"),
        ("status please", Reading.MESSAGE, ""),
        ("👍", Reading.MESSAGE, ""),
        ("  \n ", Reading.SILENT, ""),
    ],
)
def test_readings(said: str, reading: str, keyword: str) -> None:
    found = read(said)
    assert (found.reading, found.keyword) == (reading, keyword)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("REQUEST a copy of my Loan Estimate, please!", "a copy of my Loan Estimate, please!"),
        ("request: change the date\nto Friday", "change the date\nto Friday"),
        ("Request", ""),
        ("* request *", ""),
    ],
)
def test_a_request_keeps_its_words_as_they_were_typed(said: str, words: str) -> None:
    assert read(said) == keywords.Read(Reading.MENU, "request", words)


@pytest.mark.parametrize(
    ("said", "encoding", "count"),
    [
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("a" * 307, "GSM-7", 3),
        ("€" * 80, "GSM-7", 1),
        ("ж" * 70, "UCS-2", 1),
        ("ж" * 71, "UCS-2", 2),
        ("😀" * 35, "UCS-2", 1),
        ("😀" * 36, "UCS-2", 2),
    ],
)
def test_pieces_are_counted_as_carriers_do(said: str, encoding: str, count: int) -> None:
    found = segments(said)
    assert (found.encoding, found.count) == (encoding, count)
