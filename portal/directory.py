"""
The directory of officers: found by name, language, state and speciality, a page at a time.

A lender has a few thousand officers at most, so a search reads what it goes by from all of them, and then only those of
one page in full: names are found without their accents, and nothing is offered that nobody has.
"""

import unicodedata
from collections import defaultdict
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse

from accounts.languages import label_of
from accounts.models import OfficerLicense, OfficerProfile, Speciality
from accounts.states import STATE_NAMES

PAGE_SIZE = 24
LONGEST_NAME = 100
Choice = tuple[str, str]


@dataclass(frozen=True)
class Asked:
    """What somebody looks for; "" is anything. `after` is the slug of the last officer of the page before."""

    name: str = ""
    language: str = ""
    state: str = ""
    speciality: str = ""
    after: str = ""

    @classmethod
    def from_query(cls, query: QueryDict) -> "Asked":
        return cls(
            name=" ".join(query.get("name", "")[:LONGEST_NAME].split()),
            **{key: query.get(key, "") for key in ("language", "state", "speciality", "after")},
        )

    @property
    def narrows(self) -> bool:
        return bool(self.name or self.language or self.state or self.speciality)

    def url(self, after: str = "") -> str:
        said = {
            "name": self.name,
            "language": self.language,
            "state": self.state,
            "speciality": self.speciality,
            "after": after,
        }
        query = urlencode({key: value for key, value in said.items() if value})
        return reverse("public:officers") + (f"?{query}" if query else "")


@dataclass(frozen=True)
class Listed:
    """One officer as the search knows them."""

    pk: int
    slug: str
    name: str
    languages: list[str]
    specialities: list[str]
    states: frozenset[str]
    words: tuple[str, ...]

    def fits(self, asked: Asked) -> bool:
        typed = plain(asked.name).split()
        return (
            all(any(word.startswith(part) for word in self.words) for part in typed)
            and (not asked.language or asked.language in self.languages)
            and (not asked.state or asked.state in self.states)
            and (not asked.speciality or asked.speciality in self.specialities)
        )


@dataclass(frozen=True)
class Directory:
    asked: Asked
    count: int
    officers: list[OfficerProfile]
    first_url: str = ""
    next_url: str = ""
    languages: list[Choice] = field(default_factory=list)
    states: list[Choice] = field(default_factory=list)
    specialities: list[Choice] = field(default_factory=list)


def directory(asked: Asked) -> Directory:
    everybody = _everybody()
    fitting = [one for one in everybody if one.fits(asked)]
    begin = next((place + 1 for place, one in enumerate(fitting) if one.slug == asked.after), 0)
    page = fitting[begin : begin + PAGE_SIZE]
    more = len(fitting) > begin + PAGE_SIZE
    in_full = OfficerProfile.objects.public().in_bulk([one.pk for one in page])
    return Directory(
        asked=asked,
        count=len(fitting),
        officers=[in_full[one.pk] for one in page if one.pk in in_full],
        first_url=asked.url() if begin else "",
        next_url=asked.url(after=page[-1].slug) if more else "",
        languages=_choices({word: label_of(word) for one in everybody for word in one.languages}),
        states=_choices({state: STATE_NAMES[state] for one in everybody for state in one.states}),
        specialities=[
            (str(key), str(key.label))
            for key in Speciality
            if any(key.value in one.specialities for one in everybody)
        ],
    )


def plain(text: str) -> str:
    """Small letters without accents: "ines" finds Inés."""
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _everybody() -> list[Listed]:
    """All who are listed, by name."""
    listed = OfficerProfile.objects.listed()
    states: dict[int, set[str]] = defaultdict(set)
    for officer, state in OfficerLicense.objects.filter(officer__in=listed).values_list("officer", "state"):
        states[officer].add(state)
    rows = listed.values_list("pk", "slug", "user__name", "languages", "specialities", "nmls_id")
    found = [
        Listed(pk, slug, name, languages, specialities, frozenset(states[pk]), (*plain(name).split(), number))
        for pk, slug, name, languages, specialities, number in rows
    ]
    return sorted(found, key=lambda one: (plain(one.name), one.slug))


def _choices(labels: dict[str, str]) -> list[Choice]:
    return sorted(labels.items(), key=lambda choice: plain(choice[1]))
