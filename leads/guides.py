"""
The guides that anybody may read, and that an officer or the guide's own page sends by mail: one entry a guide.

Their words are `content/<language>/<slug>.md`. What is said there is true for every loan of the house and depends on
nobody's own figures. No rates, no payments and no promises: a page that named one would be advertising with duties of
its own (12 CFR 1026.24). Limits that change each year are not given; the page that has them is named.
"""

from dataclasses import dataclass, field
from datetime import date
from math import ceil

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from leads import writing
from leads.writing import Section

Text = str | Promise
WORDS_A_MINUTE = 220


@dataclass(frozen=True)
class Guide:
    """`checked_on` is the day on which somebody last held its facts against their sources."""

    slug: str
    title: Text
    summary: Text
    checked_on: date = field(default=date(2026, 11, 22))

    @property
    def sections(self) -> tuple[Section, ...]:
        return writing.read(self.slug, get_language() or "")

    @property
    def words(self) -> int:
        return sum(len(section.words.split()) for section in self.sections)

    @property
    def minutes(self) -> int:
        """About how long reading it takes."""
        return ceil(self.words / WORDS_A_MINUTE)


FIRST_HOME = Guide(
    slug="first-home",
    title=_("Your first home"),
    summary=_("From “can we afford it?” to the keys: what to do in which order, and what to ask."),
)
REFINANCE = Guide(
    slug="refinance",
    title=_("Refinancing"),
    summary=_("When it can make sense and when it does not, what it costs, and how it goes."),
)
SELF_EMPLOYED = Guide(
    slug="self-employed",
    title=_("A mortgage when you work for yourself"),
    summary=_("How a lender finds your income, which papers show it, and what to do in the year before."),
)
VA = Guide(
    slug="va",
    title=_("VA loans"),
    summary=_(
        "For veterans, people in service and some surviving spouses: who may, what it costs, how it goes."
    ),
)
WHAT_TO_BRING = Guide(
    slug="what-to-bring",
    title=_("What to have at hand"),
    summary=_("The papers that most people are asked for, and why each one is needed."),
)
HOW_LONG = Guide(
    slug="how-long-it-takes",
    title=_("How long it takes"),
    summary=_(
        "What happens in which order, which waiting times the law sets, and what you can do to save days."
    ),
)

GUIDES: dict[str, Guide] = {
    guide.slug: guide for guide in (FIRST_HOME, REFINANCE, SELF_EMPLOYED, VA, WHAT_TO_BRING, HOW_LONG)
}


def guide_choices() -> list[tuple[str, Text]]:
    return [(guide.slug, guide.title) for guide in GUIDES.values()]
