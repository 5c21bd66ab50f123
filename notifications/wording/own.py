"""
One message in the words of whoever sends it: what stands between the greeting and the facts is theirs, the rest is the
house's (what is owed, what comes next, whom to call, the warning about wires).

They write as staff do, in Markdown with fields (`language.py`); each line they typed stays a line.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext as _

from conversations.private_numbers import without_private_numbers
from loans.stages import PROMISES
from notifications.catalog.shape import Block, Kind, Paragraph, Section, Sort, holds
from notifications.wording.checking import known, sentence
from notifications.wording.choosing import Words
from notifications.wording.language import FIELD, fields_of, guards_of, pieces, tidy
from notifications.wording.reading import read

LONGEST = 2000
LINE_END = re.compile(r"(?<=\S)\n(?=\S)")
# What people leave in a text that is to be filled in, other than fields: [date], ____. A link is no such place.
LEFT_OPEN = re.compile(r"\[[^\]\n]{1,60}\](?!\()|_{3,}")
NO_FIELD = re.compile(r"\{\{[^{}\n]*\}\}|\{%[^{}\n]*%\}|\{\{|\}\}|\{%|%\}|\{#|#\}")


class _AsFields(dict[str, str]):
    """Facts that are not known yet: each stands as its field."""

    def __missing__(self, name: str) -> str:
        return f"{{{{ {name} }}}}"


AS_FIELDS: Mapping[str, str] = _AsFields()


def own_part(said: Words, facts: Mapping[str, Any] = AS_FIELDS) -> str:
    """What the message says in that place by itself, with these facts; without any, with its fields."""
    start, end = _place(said.blocks)
    shown = [block for block in said.blocks[start:end] if block.shown(facts)]
    return "\n\n".join(block.filled(facts)["text"] for block in shown)


def with_own_part(kind: Kind, said: Words, own: str) -> Words:
    """`said` with these words in that place."""
    start, end = _place(said.blocks)
    theirs = read(_lines_kept(own), kind.sorts).blocks
    return replace(said, blocks=(*said.blocks[:start], *theirs, *said.blocks[end:]))


def own_part_problems(kind: Kind, own: str, facts: Mapping[str, Any]) -> list[str]:
    """Why these words cannot be sent with these facts, each a sentence that names what to mend."""
    own = tidy(own)
    if len(own) > LONGEST:
        return [_("Please keep the message to %(most)d characters.") % {"most": LONGEST}]
    return list(dict.fromkeys(_problems(kind, own, facts)))


def _problems(kind: Kind, own: str, facts: Mapping[str, Any]) -> Iterator[str]:
    for fault in read(_lines_kept(own), kind.sorts).faults:
        yield sentence(fault, kind)
    for piece in pieces(own):
        for match in NO_FIELD.finditer(FIELD.sub("", piece.source)):
            yield _("“%(place)s” is no field of this message. It knows: %(known)s.") % {
                "place": match[0],
                "known": ", ".join(known(kind)),
            }
    for name in sorted(fields_of(own) - guards_of(own)):
        if name in facts and kind.sorts.get(name) == Sort.TEXT and not holds(name, facts):
            yield _("“%(name)s” is not known on this loan yet; write it out, or leave it out.") % {
                "name": name
            }
    for match in LEFT_OPEN.finditer(own):
        yield _("“%(place)s” still has to be filled in.") % {"place": match[0]}
    if not kind.may_promise and (promise := PROMISES.search(own)):
        yield _(
            "Before clear to close nothing may sound like a promise (“%(word)s”); say it in other words."
        ) % {"word": promise[0]}
    if without_private_numbers(own) != own:
        yield _("Leave out account and Social Security numbers: a mailbox is no place for them.")


def _place(blocks: tuple[Block, ...]) -> tuple[int, int]:
    """From where to where: the paragraphs after greeting and heading that say what happened, whatever is owed."""
    start = 1 if blocks and _greets(blocks[0]) else 0
    while start < len(blocks) and isinstance(blocks[start], Section):
        start += 1
    end = start
    while end < len(blocks) and type(blocks[end]) is Paragraph and blocks[end].when in ("", "meaning"):
        end += 1
    return start, end


def _greets(block: Block) -> bool:
    return type(block) is Paragraph and "%(first_name)s" in str(getattr(block.text, "text", block.text))


def _lines_kept(own: str) -> str:
    return LINE_END.sub("  \n", tidy(own))
