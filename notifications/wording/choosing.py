"""Which words hold: those the staff have published, else the catalog's."""

import logging
from dataclasses import dataclass, replace
from functools import partial

from notifications.catalog.shape import Block, Kind, Sort, Text
from notifications.models import Wording, WordingVersion
from notifications.once import once
from notifications.wording.checking import SHORT_ALLOWS, check
from notifications.wording.exporting import Parts
from notifications.wording.reading import plain, read

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Words:
    """What a message is drawn from, whoever wrote it; without a version it is the catalog's."""

    subject: Text
    heading: Text
    blocks: tuple[Block, ...]
    short: Text = ""
    letter: Text = ""
    version: WordingVersion | None = None


def default_words(kind: Kind) -> Words:
    return Words(kind.subject, kind.heading, kind.blocks, kind.short, kind.letter)


def compose(kind: Kind, parts: Parts) -> Words:
    """The words of `parts`, whether or not they may be saved: what makes no sense stays as it was typed."""
    line = partial(_line, kind)
    return Words(
        subject=line(parts.subject),
        heading=line(parts.heading),
        blocks=read(parts.body, kind.sorts).blocks,
        short=line(parts.short, SHORT_ALLOWS),
        letter=parts.letter,
    )


def _line(kind: Kind, text: str, allowed: tuple[Sort, ...] = (Sort.TEXT,)) -> str:
    return plain(text, kind.sorts, allowed)[0]


def parts_in(version: WordingVersion) -> Parts:
    return Parts(version.subject, version.heading, version.body, version.short, version.letter)


def published(kind: Kind, language: str) -> WordingVersion | None:
    found = Wording.objects.filter(kind=kind.key, language=language, published__isnull=False)
    wording = found.select_related("published").first()
    return wording.published if wording else None


def words_of(kind: Kind, language: str) -> Words:
    """
    What a message of this kind says today. Words that a later release of the house no longer takes (a field is gone,
    a warning has become a must) are not used: the default holds until somebody has looked at them.
    """
    return once(("words", kind.key, language), partial(_words_of, kind, language))


def _words_of(kind: Kind, language: str) -> Words:
    version = published(kind, language)
    if version is None:
        return default_words(kind)
    parts = parts_in(version)
    if problems := check(kind, parts):
        logger.warning(
            "Words of %s, version %s, no longer fit: %s", kind.key, version.number, problems[0].text
        )
        return default_words(kind)
    return replace(compose(kind, parts), version=version)
