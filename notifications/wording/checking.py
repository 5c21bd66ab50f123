"""
What staff may save: every refusal says how to mend it.

Refused is what could not be drawn, what would lose something that a message must have (its link, the officer's card,
the warning about wires), and what promises too early. Remarks are shown beside the words and stop nobody.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loans.stages import PROMISES
from notifications.catalog.shape import (
    BORROWER,
    Block,
    Bullets,
    Button,
    Contact,
    Kind,
    Secret,
    Sort,
    WireFraud,
)  # fmt: skip
from notifications.wording.exporting import Parts, parts_of
from notifications.wording.language import FIELD, LEFT_OVER, fields_of, guards_of, has_code, tidy
from notifications.wording.reading import HOUSE_BLOCKS, Fault, misused, plain, read

LONGEST = {"subject": 150, "heading": 150, "body": 8000, "short": 320, "letter": 6000}
PARTS = tuple(LONGEST)
AMOUNT = re.compile(r"\$\s?\d")
SHORT_ALLOWS = (Sort.TEXT, Sort.LINK)


@dataclass(frozen=True)
class Problem:
    """A sentence for the field of this part."""

    part: str
    text: str


def tidied(parts: Parts) -> Parts:
    return Parts(**{part: tidy(getattr(parts, part)) for part in PARTS})


def check(kind: Kind, parts: Parts) -> list[Problem]:
    """Why these words cannot be saved; empty when they can."""
    parts = tidied(parts)
    found = [Problem(part, text) for part in PARTS for text in _problems(kind, part, getattr(parts, part))]
    return list(dict.fromkeys(found))


def _problems(kind: Kind, part: str, text: str) -> Iterator[str]:
    if part not in parts_of(kind):
        if text:
            yield _("This message has no such words; leave it empty.")
        return
    if not text:
        yield _("Please write something here; it cannot stay empty.")
        return
    if len(text) > LONGEST[part]:
        yield _("Please keep it to %(most)d characters; it has %(count)d.") % {
            "most": LONGEST[part], "count": len(text),
        }  # fmt: skip
        return
    if part == "body":
        yield from _body_problems(kind, text)
    elif part == "letter":
        yield from letter_problems(kind, text)
    else:
        yield from _line_problems(kind, part, text)
    if not kind.may_promise and (promise := PROMISES.search(text)):
        yield _(
            "Before clear to close nothing may sound like a promise (“%(word)s”); say it in other words."
        ) % {"word": promise[0]}


def _line_problems(kind: Kind, part: str, text: str) -> Iterator[str]:
    if part != "short" and "\n" in text:
        yield _("Please write it on one line.")
    allowed = SHORT_ALLOWS if part == "short" else (Sort.TEXT,)
    for fault in plain(text, kind.sorts, allowed)[1]:
        yield sentence(fault, kind)
    if LEFT_OVER.search(FIELD.sub("", text)):
        yield _code(kind, with_guards=False)
    if part == "short":
        yield from _lost_commands(kind, text)


def _lost_commands(kind: Kind, text: str) -> Iterator[str]:
    """Where ours says how to end texts or to get help, carriers and the law want it said."""
    for command in ("STOP", "HELP"):
        if command in str(kind.short) and command not in text:
            yield _("This text must say what %(command)s does; please keep the word %(command)s.") % {
                "command": command
            }


def _body_problems(kind: Kind, text: str) -> Iterator[str]:
    reading = read(text, kind.sorts)
    for fault in reading.faults:
        yield sentence(fault, kind)
    if has_code(text):
        yield _code(kind, with_guards=True)
    for block in kind.blocks:
        if must_stay(block) and not any(_stands_for(one, block) for one in reading.blocks):
            yield MISSING[type(block)](block)


def letter_problems(kind: Kind, text: str) -> Iterator[str]:
    """Why these words cannot stand on paper. A link on paper is its words, so addresses are not looked at."""
    sorts = kind.sorts
    for name in sorted(guards_of(text) - set(sorts)):
        yield sentence(Fault("unknown", name), kind)
    for name in sorted(fields_of(text)):
        if fault := misused(name, sorts, (Sort.TEXT,)):
            yield sentence(fault, kind)
    if has_code(text):
        yield _code(kind, with_guards=True)


def remarks(kind: Kind, parts: Parts) -> list[str]:
    """What staff should look at once more."""
    parts = tidied(parts)
    said = []
    if lost := _default_guards(kind) - guards_of(parts.body) - fields_of(parts.body):
        labels = "; ".join(str(kind.fields[name].label) for name in sorted(lost))
        said.append(
            _("The default also tells, where it applies: %(what)s. These words never do.") % {"what": labels}
        )
    if "wire" in str(kind.short) and "wire" not in parts.short:
        said.append(_("The default text warns about wire instructions; yours does not."))
    everything = " ".join(getattr(parts, part) for part in PARTS)
    if kind.audience == BORROWER and AMOUNT.search(everything):
        said.append(_("Messages name no amounts: a mailbox is no place for them."))
    return said


def _default_guards(kind: Kind) -> set[str]:
    return {block.when.removeprefix("not ") for block in kind.blocks if block.when}


# --- What must stay ------------------------------------------------------------------------------------------


def must_stay(block: Block) -> bool:
    """The way in, whom to call, the warning; and a list that the message is there for."""
    return isinstance(block, Button | Secret | Contact | WireFraud) or (
        isinstance(block, Bullets) and not block.when
    )


def _stands_for(one: Block, default: Block) -> bool:
    """The same block, shown at least whenever the default's is."""
    same = type(one) is type(default) and getattr(one, "name", "") == getattr(default, "name", "")
    return same and one.when in ("", default.when)


MISSING: dict[type[Block], Callable[..., str]] = {
    Button: lambda block: _(
        "The link is missing: put [words for the button]({{ %(name)s }}) on a line of its own."
    ) % {"name": block.name},
    Secret: lambda block: _(
        "What opens the door is missing: put [words for it]({{ secret }}) on a line of its own."
    ),
    Contact: lambda block: _(
        "Whom to call is missing: put {{ officer_card }} on a line of its own, without a condition."
    ),
    WireFraud: lambda block: _(
        "The warning about wires is missing: put {{ wire_fraud_notice }} on a line of its own, without a condition."
    ),
    Bullets: lambda block: _(
        "The list is missing: put {{ %(name)s }} on a line of its own, without a condition."
    ) % {"name": block.name},
}  # fmt: skip


# --- Sentences -----------------------------------------------------------------------------------------------

SENTENCES: dict[str, Promise] = {
    "misplaced_block": gettext_lazy("{{ %(about)s }} stands on a line of its own, in the text of the mail."),
    "misplaced_text": gettext_lazy("A link cannot lead to {{ %(about)s }}: it holds words, no address."),
    "misplaced_list": gettext_lazy("{{ %(about)s }} is a list: put it on a line of its own, in the text of the mail."),
    "misplaced_flag": gettext_lazy(
        "{{ %(about)s }} has no words: write {{ when %(about)s }} or {{ when not %(about)s }} at the beginning of a "
        "paragraph, which is then shown only in that case."
    ),
    "misplaced_link": gettext_lazy("{{ %(about)s }} is an address: write [words to press]({{ %(about)s }})."),
    "misplaced_secret": gettext_lazy(
        "{{ %(about)s }} stands on a line of its own, as [words for it]({{ %(about)s }}), and nowhere else."
    ),
    "address": gettext_lazy(
        "A link cannot lead to “%(about)s”. It leads to an address that begins with https://, to a mailbox "
        "(mailto:name@example.com) or to a telephone number (tel:+15125550142)."
    ),
    "nested": gettext_lazy("A list or a notice holds plain lines; please take apart what stands inside another."),
    "heading": gettext_lazy("Sections begin with two signs: ## What happens next."),
}  # fmt: skip


def sentence(fault: Fault, kind: Kind) -> str:
    if fault.code == "unknown":
        return _("This message does not know “%(name)s”. It knows: %(known)s.") % {
            "name": fault.about,
            "known": ", ".join(known(kind)),
        }
    return str(SENTENCES[fault.code]) % {"about": fault.about}


def known(kind: Kind) -> list[str]:
    """The names staff may write, the house's blocks last."""
    names = [name for name, sort in kind.sorts.items() if sort != Sort.HIDDEN]
    kept = {type(block) for block in kind.blocks}
    return names + [name for name, block in HOUSE_BLOCKS.items() if block in kept]


def _code(kind: Kind, *, with_guards: bool) -> str:
    name = next(iter(kind.sorts))
    if not with_guards:
        return _("Fields are written {{ %(name)s }}; other braces and tags are not used here.") % {
            "name": name
        }
    return _(
        "Fields are written {{ %(name)s }}, and {{ when … }} stands at the beginning of a paragraph; other braces and "
        "tags are not used here."
    ) % {"name": name}
