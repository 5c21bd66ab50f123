"""
Whose paper it is. Only a name at a place where the owner's stands (a label, the address in the window of an envelope)
speaks against it, and only when the name of no borrower is anywhere on the paper: employers, banks and donors are
named on every second one.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence

from documents.preflight.papers import Page

OWNER = re.compile(
    r"^\W{0,3}(?:[a-f]\s{1,3})?(?:employee(?:['’]s)?(?:\s{1,3}(?:first\s{1,3})?name(?:\s{1,3}and\s{1,3}(?:initial|address))?)?"
    r"|account\s{1,3}(?:holder|owner|name)s?|customer(?:\s{1,3}name)?|member(?:\s{1,3}name)?|participant(?:\s{1,3}name)?"
    r"|taxpayer(?:['’]s)?\s{1,3}name|your\s{1,3}(?:first\s{1,3})?name|recipient(?:['’]s)?\s{1,3}name|beneficiary(?:\s{1,3}name)?"
    r"|borrower(?:\s{1,3}name)?|prepared\s{1,3}for|statement\s{1,3}for|named\s{1,3}insured|veteran|name|dear)"
    r"\s{0,3}(?:[:#,]|\b)\s{0,6}(?P<rest>[^\n]{0,60})$",
    re.IGNORECASE,
)
STREET = re.compile(r"^(?:\d{1,6}[a-z]?\s{1,2}\S{1,20}\s{1,2}\S|p\.?\s?o\.?\s{1,2}box\b)", re.IGNORECASE)
CITY = re.compile(r"\b[A-Z]{2}\.?,?\s{1,3}\d{5}(?:-\d{4})?\b")
WORD = re.compile(r"[^\W\d_][^\W\d_'’.-]{0,24}\.?", re.UNICODE)
# Words that are in the names of firms, offices and headings, not of people.
NOT_A_PERSON = frozenset(
    """account accounting accounts address advisors agency america american and associates assurance auto
    bakery bank banking benefit benefits borrower brothers builders building card care center centre
    checking checks city clinic co college community company concern construction consulting copy corp
    corporation council country county credit customer customers data deli dental department deposit design
    designs direct district division employee employer employers energy engineering estate federal fidelity
    fields finance financial first foods for foundation freight fund funding funds garage general group
    health healthcare heating holdings home homes hospital hotel housing inc income industries information
    initial insurance internal international investment investments investor it kitchen labs landscaping
    last legal lending life limited llc llp loan loans logistics ltd madam management manager market
    marketing may media medical member money mortgage motors mutual na name national network northern number
    of office online partners party pay payable payer payroll pension period plan plumbing policy premier
    processing products program property public realty regional repair resident resources restaurant retail
    retirement revenue safety sales savings school schools security service services sheet shop sir social
    society solar solutions source southern state statement statements states store stores studio studios
    summary supply support systems tax taxes technologies technology the title transport treasury trust
    union united university urban utilities valley vanguard veterans wages we welcome western wholesale whom
    works year you your""".split()  # noqa: SIM905 - as a list it would be a page long
)
HOUSES_NAMED_AFTER_PEOPLE = frozenset(
    {
        "charles schwab", "edward jones", "morgan stanley", "raymond james", "wells fargo", "jpmorgan chase",
        "merrill lynch", "goldman sachs", "john hancock", "lincoln financial", "fannie mae", "freddie mac",
        "sallie mae", "ralph lauren", "trader joes", "whole foods",
    }
)  # fmt: skip
SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv", "mr", "mrs", "ms", "miss", "dr", "md", "phd", "esq"})
SHORT_NAMES = (
    {"robert", "bob", "rob", "bobby"}, {"william", "bill", "will", "billy"}, {"richard", "rick", "dick"},
    {"elizabeth", "liz", "beth", "betty", "eliza", "lisa"}, {"margaret", "peggy", "maggie", "meg"},
    {"james", "jim", "jimmy", "jamie"}, {"john", "jack", "johnny"}, {"michael", "mike", "mick"},
    {"katherine", "kate", "kathy", "katie", "catherine", "cathy"}, {"anthony", "tony"},
    {"edward", "ed", "ted", "eddie"},
    {"thomas", "tom", "tommy"}, {"charles", "chuck", "charlie"}, {"patricia", "pat", "patty", "trish"},
    {"susan", "sue"}, {"jennifer", "jen", "jenny"}, {"francisco", "paco", "pancho"}, {"jose", "pepe"},
    {"alexander", "alex", "sasha"}, {"henry", "hank", "harry"}, {"theodore", "ted", "theo"}, {"andrew", "drew", "andy"},
)  # fmt: skip
MOST_WORDS = 4000


def pages_of_others(pages: Sequence[Page], names: Iterable[str]) -> list[int]:
    """The pages on which somebody else stands as the owner; none when a borrower is named anywhere."""
    parties = [_parts(name) for name in names]
    if not parties or any(len(parts) < 2 or len("".join(parts)) < 5 for parts in parties):
        return []  # a name that is written in another script, or too short to be sure of
    text = "\n".join(page.text for page in pages)
    words = _plain(text).split()[:MOST_WORDS]
    if any(is_named(parts, words) for parts in parties):
        return []
    return [page.number for page in pages if _trusts(page) and any(True for _ in owners_on(page))]


def _trusts(page: Page) -> bool:
    return not page.ocr or page.sure >= 0.8


def owners_on(page: Page) -> Iterable[str]:
    """Names at the places where the owner's stands."""
    lines = page.lines[:200]
    for index, line in enumerate(lines):
        following = lines[index + 1 : index + 3]
        if match := OWNER.match(line):
            rest = match["rest"].strip(" :#,")
            name = rest if rest or not following else following[0]
            if is_a_persons(name):
                yield name
        elif (
            len(following) == 2
            and is_a_persons(line)
            and STREET.match(following[0])
            and CITY.search(following[1])
        ):
            yield line


def is_a_persons(name: str) -> bool:
    """Two to four capitalised words, none of them a firm's."""
    if not 5 <= len(name) <= 50 or any(char.isdigit() for char in name):
        return False
    words = name.replace(",", " ").split()
    if not 2 <= len(words) <= 4 or not all(WORD.fullmatch(word) and word[0].isupper() for word in words):
        return False
    plain = _plain(name).split()
    if sum(len(word) > 1 for word in plain) < 2 or set(plain) & NOT_A_PERSON:
        return False
    return " ".join(plain) not in HOUSES_NAMED_AFTER_PEOPLE


def is_named(parts: Sequence[str], words: Sequence[str]) -> bool:
    """Whether a first and a last name of this person are among the words, short names and slips of reading allowed."""
    first, lasts = parts[0], [part for part in parts[1:] if len(part) > 1] or list(parts[1:])
    last_at = [at for at, word in enumerate(words) if any(_alike(word, last) for last in lasts)]
    if not last_at:
        return any(first + last in word for last in lasts if len(last) > 2 for word in words)
    givens = {first, *(part for part in parts[1:-1] if len(part) > 2)}
    if any(_same_given(word, given) for word in words for given in givens):
        return True
    return any(word == first[0] for at in last_at for word in words[max(0, at - 2) : at + 3])


def _same_given(word: str, given: str) -> bool:
    if _alike(word, given) or (len(word) > 2 and (word.startswith(given) or given.startswith(word))):
        return True
    return any(word in group and given in group for group in SHORT_NAMES)


def _alike(one: str, other: str) -> bool:
    """The same, or for longer words one letter off."""
    if one == other:
        return True
    if min(len(one), len(other)) < 5 or abs(len(one) - len(other)) > 1:
        return False
    start = next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    return (
        one[start + 1 :] == other[start + 1 :]
        or one[start:] == other[start + 1 :]
        or one[start + 1 :] == other[start:]
    )


def _parts(name: str) -> list[str]:
    return [part for part in _plain(name).split() if part not in SUFFIXES]


def _plain(text: str) -> str:
    """Latin letters without accents, everything else a gap: Núñez-O'Neil and NUNEZ ONEIL are one."""
    spread = unicodedata.normalize("NFKD", text.replace("'", "").replace("’", ""))
    bare = "".join(char for char in spread if not unicodedata.combining(char)).casefold()
    return "".join(char if "a" <= char <= "z" else " " for char in bare)
