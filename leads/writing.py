"""
Long texts of the house: Markdown in `content/<language>/<name>.md`, cut into sections at their headings.

A translation is the same file in the folder of its language; a language without one gets the English text. The files
are ours and in the repository; raw HTML in them is shown as text all the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import slugify
from markdown_it import MarkdownIt
from markdown_it.token import Token

CONTENT = Path(__file__).with_name("content")
HEADING = "h2"


@dataclass(frozen=True)
class Section:
    """One heading with what stands below it: `words` as Markdown (for paper), `html` for a page."""

    heading: str
    anchor: str
    words: str
    html: SafeString


@cache
def read(name: str, language: str) -> tuple[Section, ...]:
    """The sections of this text in this language, else in English. FileNotFoundError when there is no such text."""
    own = CONTENT / language / f"{name}.md"
    path = own if own.exists() else CONTENT / settings.LANGUAGE_CODE / f"{name}.md"
    return tuple(_sections(path.read_text(encoding="utf-8")))


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False})


def _sections(text: str) -> Iterator[Section]:
    tokens, lines = _parser().parse(text), text.splitlines()
    begins = [number for number, token in enumerate(tokens) if _is_heading(token)]
    for begin, end in zip(begins, [*begins[1:], len(tokens)], strict=True):
        heading, below = tokens[begin + 1].content, tokens[begin + 3 : end]
        first, last = _line(tokens[begin], 1), _line(tokens[end], 0) if end < len(tokens) else len(lines)
        yield Section(heading, slugify(heading), "\n".join(lines[first:last]).strip(), _html(below))


def _is_heading(token: Token) -> bool:
    return token.type == "heading_open" and token.tag == HEADING


def _line(token: Token, edge: int) -> int:
    assert token.map is not None  # blocks know their lines
    return token.map[edge]


def _html(tokens: list[Token]) -> SafeString:
    parser = _parser()
    return mark_safe(parser.renderer.render(tokens, parser.options, {}))  # noqa: S308 - our own text, raw HTML is off
