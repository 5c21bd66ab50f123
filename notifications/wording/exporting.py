"""The words of the catalog as staff would have written them: read again, they draw the very same message."""

import re
from dataclasses import dataclass
from functools import singledispatch

from notifications.catalog.shape import (
    Block,
    Bullets,
    Button,
    Contact,
    Kind,
    Marked,
    Notice,
    Paragraph,
    Quote,
    Secret,
    Section,
    Text,
    WireFraud,
)  # fmt: skip

PLACE = re.compile(r"%\((\w+)\)s|%%")
SPECIAL = re.compile(r"([\\*_\[\]<])")
LINE_START = re.compile(r"^(\d*)([#>+\-.)])")
SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Parts:
    """Everything staff may write about one kind; parts that a kind does not have stay empty."""

    subject: str = ""
    heading: str = ""
    body: str = ""
    short: str = ""
    letter: str = ""


def parts_of(kind: Kind) -> tuple[str, ...]:
    """The parts this kind has words in; one that only ever goes by text has no mail."""
    if kind.is_text_alone:
        return ("short",)
    mail = ("subject", "heading", "body")
    return (*mail, *(part for part in ("short", "letter") if getattr(kind, part)))


def export(kind: Kind) -> Parts:
    """The default words in the language that is active."""
    said = Parts(
        subject=_line(kind.subject),
        heading=_line(kind.heading),
        body="\n\n".join(_guard(block) + _markdown(block) for block in kind.blocks),
        short=_line(kind.short),
        letter=str(kind.letter).strip(),
    )
    return Parts(**{part: getattr(said, part) for part in parts_of(kind)})


def _guard(block: Block) -> str:
    return f"{{{{ when {block.when} }}}} " if block.when else ""


def _line(text: Text) -> str:
    return PLACE.sub(lambda match: f"{{{{ {match[1]} }}}}" if match[1] else "%", str(text))


def _words(text: Text | Marked) -> str:
    """The same with Markdown's own characters taken as what they are."""
    assert not isinstance(text, Marked), "the catalog holds plain texts"
    plain = SPACES.sub(" ", str(text)).strip()
    parts = re.split(r"(%\(\w+\)s)", plain)
    said = "".join(part if at % 2 else SPECIAL.sub(r"\\\1", part) for at, part in enumerate(parts))
    return _line(LINE_START.sub(r"\1\\\2", said))


@singledispatch
def _markdown(block: Block) -> str:
    raise NotImplementedError(type(block).__name__)


@_markdown.register
def _paragraph(block: Paragraph) -> str:
    return _words(block.text)


@_markdown.register
def _section(block: Section) -> str:
    return f"## {_words(block.text)}"


@_markdown.register
def _notice(block: Notice) -> str:
    return f"> {_words(block.text)}"


@_markdown.register
def _bullets(block: Bullets) -> str:
    return f"{{{{ {block.name} }}}}"


@_markdown.register
def _quote(block: Quote) -> str:
    return f"{_words(block.intro)}\n> {{{{ {block.name} }}}}".strip()


@_markdown.register
def _button(block: Button) -> str:
    return f"[{_words(block.label)}]({{{{ {block.name} }}}})"


@_markdown.register
def _secret(block: Secret) -> str:
    return f"[{_words(block.label)}]({{{{ secret }}}})"


@_markdown.register
def _contact(block: Contact) -> str:
    return "{{ officer_card }}"


@_markdown.register
def _wire_fraud(block: WireFraud) -> str:
    return "{{ wire_fraud_notice }}"
