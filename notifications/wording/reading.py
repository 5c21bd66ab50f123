"""
Markdown into the blocks of `notifications/catalog/shape.py`.

Fields become marks before the Markdown is read and `%(field)s` after it; values are filled in when a message is drawn
(`shape.written`), escaped for HTML. So no value ever meets the Markdown, and what was read serves the next message too.
Every tag is written here; nh3 lets nothing else through, whatever the parser did.

Reading never fails: what cannot be drawn is drawn as the plain words it is made of, and noted as a fault, so that
`checking` refuses it before anybody saves it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from urllib.parse import urlsplit

import nh3
from django.utils.html import escape
from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from notifications.catalog.shape import (
    Block,
    Bullets,
    Button,
    Contact,
    Listing,
    Marked,
    Notice,
    Paragraph,
    Quote,
    Secret,
    Section,
    Sort,
    WireFraud,
)  # fmt: skip
from notifications.wording.language import FIELD, Piece, pieces, tidy

# Blocks of the house, written as if they were fields.
HOUSE_BLOCKS = {"officer_card": Contact, "wire_fraud_notice": WireFraud}
MARK = re.compile("\ue000(\\d+)\ue001")
SCHEMES = frozenset({"https", "mailto", "tel"})
# Control characters too: parsing drops them at the start, so what was looked at would not be what is sent.
UNFIT_FOR_LINKS = re.compile(r"[\s\x00-\x1f\x7f\\<>\"'{}]")
TAGS = {"a", "br", "em", "strong"}
RULES = ["blockquote", "heading", "list", "autolink", "emphasis", "escape", "link", "newline"]


class Reader(MarkdownIt):
    """CommonMark without HTML, code, pictures and entities; addresses stay as they were typed."""

    def __init__(self) -> None:
        super().__init__("zero")
        self.enable(RULES)

    def validateLink(self, url: str) -> bool:  # noqa: N802 - the library's name
        return True

    def normalizeLink(self, url: str) -> str:  # noqa: N802
        return url


_reader = Reader()


@dataclass(frozen=True)
class Fault:
    """What `checking` turns into a sentence: its code, and what it is about."""

    code: str
    about: str = ""


@dataclass(frozen=True)
class Reading:
    blocks: tuple[Block, ...] = ()
    faults: tuple[Fault, ...] = ()


def read(markdown: str, sorts: Mapping[str, Sort]) -> Reading:
    """The blocks of a body whose fields are of these sorts."""
    return _read(markdown, tuple(sorted(sorts.items())))


@lru_cache(maxsize=512)
def _read(markdown: str, sorts: tuple[tuple[str, Sort], ...]) -> Reading:
    blocks: list[Block] = []
    faults: list[Fault] = []
    for piece in pieces(markdown):
        paragraph = _Paragraph(piece, dict(sorts))
        blocks += paragraph.blocks()
        faults += paragraph.faults
    return Reading(tuple(blocks), tuple(faults))


def plain(
    line: str, sorts: Mapping[str, Sort], allowed: Sequence[Sort] = (Sort.TEXT,)
) -> tuple[str, list[Fault]]:
    """A line without Markdown (subject, heading, text message) as `%(field)s` text, and the faults of its fields."""
    faults: list[Fault] = []

    def placed(match: re.Match[str]) -> str:
        if fault := misused(match[1], sorts, allowed):
            faults.append(fault)
            return match[0]
        return f"%({match[1]})s"

    return FIELD.sub(placed, _percent(tidy(line))), faults


def misused(name: str, sorts: Mapping[str, Sort], allowed: Sequence[Sort]) -> Fault | None:
    if name not in sorts or sorts[name] == Sort.HIDDEN:
        return Fault("misplaced_block" if name in HOUSE_BLOCKS else "unknown", name)
    return None if sorts[name] in allowed else Fault(f"misplaced_{sorts[name]}", name)


def _percent(text: str) -> str:
    return text.replace("%", "%%")


@dataclass
class _Paragraph:
    """One piece on its way to blocks, with what was wrong about it."""

    piece: Piece
    sorts: Mapping[str, Sort]
    faults: list[Fault] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.names: list[str] = FIELD.findall(self.piece.source)
        self.when = self.piece.when
        guard = self.when.removeprefix("not ")
        if guard and self.sorts.get(guard, Sort.HIDDEN) in (Sort.HIDDEN, Sort.SECRET):
            self.faults.append(Fault("unknown", guard))
            self.when = ""  # rather said than lost

    def blocks(self) -> list[Block]:
        count = iter(range(len(self.names)))
        masked = FIELD.sub(lambda match: f"\ue000{next(count)}\ue001", self.piece.source)
        found: list[Block] = []
        for node in SyntaxTreeNode(_reader.parse(masked)).children:
            found += self._blocks_of(node)
        return [replace(block, when=self.when) for block in _introduced(found)]

    def _blocks_of(self, node: SyntaxTreeNode) -> Iterator[Block]:
        if node.type == "heading":
            if node.tag != "h2":
                self.faults.append(Fault("heading", node.tag[1:]))
            yield Section(self._marked(node))
        elif node.type in ("bullet_list", "ordered_list"):
            yield Listing(tuple(self._line(item) for item in node.children), node.type == "ordered_list")
        elif node.type == "blockquote":
            for child in node.children:
                yield self._set_apart(child)
        else:
            yield self._paragraph(node)

    def _line(self, item: SyntaxTreeNode) -> Marked:
        if any(child.type != "paragraph" for child in item.children) or len(item.children) > 1:
            self.faults.append(Fault("nested"))
        return self._marked(item)

    def _set_apart(self, node: SyntaxTreeNode) -> Block:
        """In a quote that says one field alone somebody speaks; everything else protects people."""
        if node.type != "paragraph":
            self.faults.append(Fault("nested"))
        name = self._field_alone(node)
        if name and self.sorts.get(name) == Sort.TEXT:
            return Quote("", name)
        return Notice(self._marked(node))

    def _paragraph(self, node: SyntaxTreeNode) -> Block:
        name = self._field_alone(node)
        if name in HOUSE_BLOCKS and name not in self.sorts:
            return HOUSE_BLOCKS[name]()
        if name and self.sorts.get(name) == Sort.LIST:
            return Bullets(name)
        return self._door(node) or Paragraph(self._marked(node))

    def _door(self, node: SyntaxTreeNode) -> Button | Secret | None:
        """A line that is one link, leading where a field says: the button, or the code."""
        link = _only_child(node)
        if link is None or link.type != "link":
            return None
        name = self._field_of(str(link.attrs.get("href", "")))
        sort = self.sorts.get(name) if name else None
        if name is None or sort not in (Sort.LINK, Sort.SECRET):
            return None
        label = self._marked(link).text
        return Secret(label) if sort == Sort.SECRET else Button(label, name)

    def _field_alone(self, node: SyntaxTreeNode) -> str | None:
        child = _only_child(node)
        return self._field_of(child.content) if child is not None and child.type == "text" else None

    def _field_of(self, text: str) -> str | None:
        mark = MARK.fullmatch(text.strip())
        return self.names[int(mark[1])] if mark else None

    # --- Words

    def _marked(self, node: SyntaxTreeNode) -> Marked:
        written = self._words(node.children)
        html = nh3.clean(
            written.html, tags=TAGS, attributes={"a": {"href"}}, url_schemes=set(SCHEMES), link_rel=None
        )
        return Marked(written.text, html)

    def _words(self, nodes: Sequence[SyntaxTreeNode]) -> Marked:
        said = [self._word(node) for node in nodes]
        return Marked("".join(one.text for one in said), "".join(one.html for one in said))

    def _word(self, node: SyntaxTreeNode) -> Marked:
        if node.type == "text":
            return self._text(node.content)
        if node.type == "softbreak":
            return Marked(" ", " ")
        if node.type == "hardbreak":
            return Marked("\n", "<br>")
        inner = self._words(node.children)
        if node.type in ("strong", "em"):
            return Marked(inner.text, f"<{node.type}>{inner.html}</{node.type}>")
        return self._link(inner, str(node.attrs.get("href", ""))) if node.type == "link" else inner

    def _text(self, content: str) -> Marked:
        parts = MARK.split(content)
        said = [self._value(int(part)) if at % 2 else _literal(part) for at, part in enumerate(parts)]
        return Marked("".join(one.text for one in said), "".join(one.html for one in said))

    def _value(self, at: int) -> Marked:
        """A field amid words; one that cannot stand there is what was typed."""
        name = self.names[at]
        if fault := misused(name, self.sorts, (Sort.TEXT,)):
            self.faults.append(fault)
            return _literal(f"{{{{ {name} }}}}")
        return Marked(f"%({name})s", f"%({name})s")

    def _link(self, inner: Marked, href: str) -> Marked:
        if name := self._field_of(href):
            if fault := misused(name, self.sorts, (Sort.LINK,)):
                self.faults.append(fault)
                return inner
            return Marked(f"{inner.text} (%({name})s)", f'<a href="%({name})s">{inner.html}</a>')
        if MARK.search(href) or not may_lead_to(href):
            self.faults.append(Fault("address", MARK.sub("…", href)))
            return inner
        shown = _percent(href.removeprefix("mailto:").removeprefix("tel:"))
        text = inner.text if shown in inner.text else f"{inner.text} ({shown})"
        return Marked(text, f'<a href="{_percent(escape(href))}">{inner.html}</a>')


def may_lead_to(href: str) -> bool:
    """Whether a message may hold this link: https with a host, a mailbox, or a telephone number."""
    try:
        parts = urlsplit(href)
    except ValueError:
        return False
    if parts.scheme not in SCHEMES or UNFIT_FOR_LINKS.search(href):
        return False
    return bool(parts.hostname) if parts.scheme == "https" else bool(parts.path)


def _literal(text: str) -> Marked:
    return Marked(_percent(text), _percent(escape(text)))


def _only_child(node: SyntaxTreeNode) -> SyntaxTreeNode | None:
    """What the inline content consists of, when it is one thing."""
    inline = node.children[0] if node.children and node.children[0].type == "inline" else node
    return inline.children[0] if len(inline.children) == 1 else None


def _introduced(blocks: list[Block]) -> list[Block]:
    """A paragraph right above somebody's words introduces them."""
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, Quote) and found and type(found[-1]) is Paragraph:
            found[-1] = replace(block, intro=found[-1].text)
        else:
            found.append(block)
    return found
