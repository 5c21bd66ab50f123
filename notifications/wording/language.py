"""
How staff write: Markdown with fields `{{ name }}`, and `{{ when name }}` or `{{ when not name }}` at the head of a
paragraph, which is then shown only when the field has a value, or has none.

A paragraph is what stands between two empty lines, whatever it is: words, a section, a list, a notice. There is
nothing else between double braces, no tags and no code: whatever looks like it is refused at saving, and would be
plain text if it ever came to be drawn.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from notifications.catalog.shape import holds

NAME = r"[A-Za-z_][A-Za-z0-9_]*"
FIELD = re.compile(r"\{\{\s*(" + NAME + r")\s*\}\}")
GUARD = re.compile(r"\{\{\s*when\s+(not\s+)?(" + NAME + r")\s*\}\}")
LEFT_OVER = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
EMPTY_LINES = re.compile(r"\n(?:[ \t]*\n)+")
# Control characters, and the private ones that stand for fields while Markdown is read.
NO_WORDS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ue000-\uf8ff\u2028\u2029]")


@dataclass(frozen=True)
class Piece:
    """One paragraph: its Markdown, and what decides whether it is shown (`when` of catalog.shape.Block)."""

    source: str
    when: str = ""


def tidy(text: str) -> str:
    """As it is kept: plain line ends, nothing invisible, no space around it."""
    return NO_WORDS.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def pieces(markdown: str) -> list[Piece]:
    return [_piece(part) for part in EMPTY_LINES.split(tidy(markdown)) if part.strip()]


def _piece(part: str) -> Piece:
    guard = GUARD.match(part.lstrip())
    if guard is None:
        return Piece(part)
    rest = part.lstrip()[guard.end() :].lstrip(" \t").removeprefix("\n")
    return Piece(rest, f"not {guard[2]}" if guard[1] else guard[2])


def guarded(markdown: str, facts: Mapping[str, Any]) -> str:
    """The same without the paragraphs whose guard does not hold, and without guards; fields stay as they are."""
    return "\n\n".join(piece.source for piece in pieces(markdown) if holds(piece.when, facts))


def guards_of(markdown: str) -> set[str]:
    """The fields that decide about a paragraph."""
    return {piece.when.removeprefix("not ") for piece in pieces(markdown) if piece.when}


def fields_of(markdown: str) -> set[str]:
    """The fields that are filled in."""
    return set(FIELD.findall(markdown))


def has_code(markdown: str) -> bool:
    """Whether braces or tags are left that are neither a field nor a guard at the head of a paragraph."""
    return any(LEFT_OVER.search(FIELD.sub("", piece.source)) for piece in pieces(markdown))
