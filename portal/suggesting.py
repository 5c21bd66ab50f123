"""
Which of our own pages may help somebody who asks: found by their words, shown as links to pages and as nothing else.

No sentence is made here. Who asks whether they would get a loan is shown no page: that is for a person to answer, and a
heading beside such a question would read as one.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import log

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from leads import writing
from leads.guides import GUIDES
from loans.stages import STEPS
from portal.glossary import TERMS
from portal.process import SIDES

MOST = 3
TITLE_COUNTS, MOST_OF_A_WORD = 3, 3
RARE = 1.0  # how much a word says when it stands on every third page; what says less alone finds nothing
WORD = re.compile(r"[^\W\d_]{2,}(?:-\d+)?|\b\d{3,4}\b")
ENDING = re.compile(r"(?<=\w{3})(?:ings?|ies|ed|es|s|y|e)$")
_SMALL = """
a about after all also an and any are as at be been before but by can could did do does for from get give
had has have hello help hi how if in into is it its just know loan loans long me more mortgage my need no
not of on one or our out please question so some take tell than thank thanks that the their them then there
they this to too up us want was we what when where which who why will with would you your
"""
SMALL_WORDS = frozenset(_SMALL.split())
WHETHER_THEY_GET_ONE = re.compile(
    r"qualif|eligib|approv|den(?:y|ied)|\bget (?:a|the|this) (?:loan|mortgage)|credit score|\bafford|good enough"
    r"|who (?:may|can|counts)|we look at|fico|bankrupt|foreclos|(?:bad|poor|low|no) credit|turn(?:ed|s)? (?:me|us) down"
    r"|reject|my chances|how much (?:can|could|house|home)\b|(?:earn|make|income|money|down) enough"
    r"|enough (?:income|money|down)",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Suggestion:
    """A page of ours: what it is called, which kind of page it is, and where."""

    title: str
    kind: str
    address: str


@dataclass(frozen=True)
class Entry:
    page: Suggestion
    heading: frozenset[str]
    words: dict[str, int]


@dataclass(frozen=True)
class Index:
    entries: tuple[Entry, ...]
    says: dict[str, float]  # how much each word tells apart


def asks_whether(words: str) -> bool:
    """Whether they would get a loan, or how much: no page answers that."""
    return bool(WHETHER_THEY_GET_ONE.search(words))


def pages_for(words: str) -> list[Suggestion]:
    """The pages that fit these words best, the best first; none rather than a poor one."""
    if asks_whether(words):
        return []
    index, asked = _index(get_language() or ""), set(_roots(words))
    scores = [(_score(entry, asked, index), number) for number, entry in enumerate(index.entries)]
    best = sorted((pair for pair in scores if pair[0] > 0), key=lambda pair: (-pair[0], pair[1]))
    return [index.entries[number].page for _points, number in best[:MOST]]


def _score(entry: Entry, asked: set[str], index: Index) -> float:
    found = asked & entry.words.keys()
    in_heading = found & entry.heading
    if not in_heading and len(found) < 2:
        return 0
    if sum(index.says[word] for word in found) < RARE:
        return 0
    points = sum(index.says[word] * min(entry.words[word], MOST_OF_A_WORD) / MOST_OF_A_WORD for word in found)
    return points + TITLE_COUNTS * sum(index.says[word] for word in in_heading)


def _roots(text: str) -> Iterator[str]:
    for word in WORD.findall(text.lower()):
        if word not in SMALL_WORDS:
            yield ENDING.sub("", word)


@cache
def _index(language: str) -> Index:
    entries = tuple(_entry(page, words) for page, words in _pages(language) if not asks_whether(page.title))
    on_pages = Counter(word for entry in entries for word in entry.words)
    return Index(entries, {word: log(len(entries) / count) for word, count in on_pages.items()})


def _entry(page: Suggestion, words: str) -> Entry:
    heading = list(_roots(page.title))
    of_its_page = [root for root in _roots(page.kind) for _again in range(MOST_OF_A_WORD)]
    return Entry(page, frozenset(heading), dict(Counter([*heading, *of_its_page, *_roots(words)])))


def _pages(language: str) -> Iterator[tuple[Suggestion, str]]:
    for number, title in STEPS.items():
        said = " ".join(str(line) for line in (*SIDES[number].you, *SIDES[number].we))
        yield Suggestion(str(title), _("How a loan goes"), reverse("public:process")), said
    glossary = reverse("public:glossary")
    for term in TERMS:
        yield Suggestion(str(term.name), _("Glossary"), f"{glossary}#{term.key}"), str(term.meaning)
    for slug, guide in GUIDES.items():
        kind = _("Guide: %(title)s") % {"title": guide.title}
        yield from _sections(slug, language, kind, reverse("public:guide", args=[slug]))
    yield from _sections("strangers", language, _("Why strangers may call"), reverse("public:strangers"))
    yield from _sections("wire", language, _("How to send money safely"), reverse("public:wire"))


def _sections(name: str, language: str, kind: str, address: str) -> Iterator[tuple[Suggestion, str]]:
    *sections, _sources = writing.read(name, language)
    for section in sections:
        yield Suggestion(section.heading, kind, f"{address}#{section.anchor}"), section.words
