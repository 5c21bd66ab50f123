"""A letter's Markdown as nodes the letterhead knows: par, list, enum, quote; text, strong, em, break, space."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode

from notifications.wording.language import FIELD

Nodes = list[dict[str, Any]]


def tree(wording: str, values: Mapping[str, Any]) -> Nodes:
    """The paragraphs with their fields filled in. A link on paper is its words; there is no HTML."""
    return _filled(_read(wording), values)


def _filled(nodes: Nodes, values: Mapping[str, Any]) -> Nodes:
    """Only now do values come in: whatever they hold was never read as Markdown."""
    return [
        {**node, "v": FIELD.sub(lambda match: str(values.get(match[1], match[0])), node["v"])}
        if node["t"] == "text"
        else {**node, "c": _filled(node["c"], values)}
        if "c" in node
        else node
        for node in nodes
    ]


def plain(nodes: Nodes) -> str:
    """The same as plain text, for the record of what was said."""
    return "\n\n".join(_paragraphs(nodes))


def _paragraphs(nodes: Nodes) -> Iterable[str]:
    for node in nodes:
        if node["t"] in ("list", "enum"):
            yield "\n".join(f"- {plain(item['c'])}" for item in node["c"])
        elif node["t"] == "quote":
            yield from _paragraphs(node["c"])
        else:
            yield _said(node["c"])


def _said(nodes: Nodes) -> str:
    breaks = {"space": " ", "break": "\n"}
    return "".join(
        breaks[node["t"]] if node["t"] in breaks else node.get("v", "") or _said(node.get("c", []))
        for node in nodes
    )


# --- Reading -------------------------------------------------------------------------------------------------


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": False})


@lru_cache(maxsize=64)
def _read(wording: str) -> Nodes:
    return _blocks(SyntaxTreeNode(_parser().parse(wording)).children)


def _blocks(nodes: Sequence[SyntaxTreeNode]) -> Nodes:
    found: Nodes = []
    for node in nodes:
        if node.type in ("bullet_list", "ordered_list"):
            items = [{"t": "item", "c": _blocks(item.children)} for item in node.children]
            found.append({"t": "list" if node.type == "bullet_list" else "enum", "c": items})
        elif node.type == "blockquote":
            found.append({"t": "quote", "c": _blocks(node.children)})
        elif node.type == "heading":
            found.append({"t": "par", "c": [{"t": "strong", "c": _inline(node.children)}]})
        elif node.type == "paragraph":
            found.append({"t": "par", "c": _inline(node.children)})
        elif node.content:
            found.append({"t": "par", "c": [_text(node.content)]})
    return found


def _inline(nodes: Sequence[SyntaxTreeNode]) -> Nodes:
    found: Nodes = []
    for node in nodes:
        if node.type == "inline":
            found += _inline(node.children)
        elif node.type == "text":
            found.append(_text(node.content))
        elif node.type in ("strong", "em"):
            found.append({"t": node.type, "c": _inline(node.children)})
        elif node.type in ("softbreak", "hardbreak"):
            found.append({"t": "space" if node.type == "softbreak" else "break"})
        elif node.children:
            found += _inline(node.children)
        elif node.content:
            found.append(_text(node.content))
    return found


def _text(content: str) -> dict[str, Any]:
    return {"t": "text", "v": content}
