"""Staff write Markdown with declared fields: the same message comes out, nothing else gets in, every refusal helps."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils.html import escape
from hypothesis import example, given, settings
from hypothesis import strategies as st

from notifications import wording
from notifications.catalog import KINDS, WORDING_TEST, Kind, kind_for
from notifications.catalog.shape import Button, Contact, Secret, WireFraud, written
from notifications.wording import Parts
from notifications.wording.reading import may_lead_to, read

REWORDED = {key: kind for key, kind in KINDS.items() if key != WORDING_TEST}
EVERY_KIND = pytest.mark.parametrize("kind", REWORDED.values(), ids=REWORDED.keys())
STAGE = kind_for("stage_clear_to_close")
RETURNED = kind_for("document_returned")
CODE = kind_for("sign_in_code")
# What may stand in a mail, and around it.
ALLOWED_TAGS = {
    "a",
    "br",
    "em",
    "strong",
    "table",
    "tbody",
    "tr",
    "td",
    "p",
    "h1",
    "h2",
    "ul",
    "ol",
    "li",
    "span",
}
PAGE = {"html", "head", "body", "meta", "title", "style"}
# What staff, or whoever took over their account, might try (NOTIFICATIONS 10).
ATTACKS = (
    "{{ user.password }}",
    "{{ first_nme }}",
    "{{ first_name|safe }}",
    "{{ first_name|ljust:40000000 }}",
    '{{ first_name|stringformat:"099999999d" }}',
    "{{ company.__class__ }}",
    "{{ settings.SECRET_KEY }}",
    '{% include "admin/base.html" %}',
    "{% autoescape off %}{{ first_name }}{% endautoescape %}",
    "{% for a in b %}{% for c in d %}x{% endfor %}{% endfor %}",
    "{% load i18n %}",
    "{% debug %}",
    "{# a comment #}",
    "{{ first_name",
    "first_name }}",
    "{{{{ first_name }}}}",
    "{{ }}",
    "Hello {{ when first_name }} amid a line",
)


def parts(kind: Kind, **changed: str) -> Parts:
    return Parts(**{**vars(wording.export(kind)), **changed})


def body(kind: Kind, more: str) -> Parts:
    """The default with something more at its end."""
    return parts(kind, body=f"{wording.export(kind).body}\n\n{more}")


def problems(kind: Kind, said: Parts) -> list[str]:
    return [problem.text for problem in wording.check(kind, said)]


def drawn(kind: Kind, markdown: str, **facts: Any) -> list[dict[str, Any]]:
    known = {**kind.example, **facts}
    blocks = wording.compose(kind, Parts("s", "h", markdown)).blocks
    return [block.filled(known) for block in blocks if block.shown(known)]


def page(blocks: list[dict[str, Any]]) -> str:
    return render_to_string("emails/message.html", {"heading": "", "blocks": blocks, "signature": {}})


class Seen(HTMLParser):
    """Tags and addresses of a page, and what it says."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[tuple[str, str]] = set()
        self.links: list[str] = []
        self.said = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {(tag, name) for name, _value in attrs}
        self.links += [value or "" for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.said += data


# --- The same message ----------------------------------------------------------------------------------------


@EVERY_KIND
def test_the_default_written_as_markdown_draws_the_very_same_message(kind: Kind) -> None:
    said = wording.compose(kind, wording.export(kind))
    variants = [kind.example]
    for name in {block.when.removeprefix("not ") for block in kind.blocks if block.when}:
        variants += [{**kind.example, name: type(kind.example[name])()}]
    for facts in variants:
        ours = [block.filled(facts) for block in kind.blocks if block.shown(facts)]
        theirs = [block.filled(facts) for block in said.blocks if block.shown(facts)]
        # An apostrophe may be written in two ways in HTML.
        assert page(theirs).replace("&#x27;", "'") == page(ours).replace("&#x27;", "'")
        text = {"heading": "", "signature": {}}
        assert render_to_string("emails/message.txt", {**text, "blocks": theirs}) == render_to_string(
            "emails/message.txt", {**text, "blocks": ours}
        )
    if not kind.is_text_alone:
        assert said.subject % kind.example == str(kind.subject) % kind.example
        assert said.heading % kind.example == str(kind.heading) % kind.example
    assert said.short % kind.example == str(kind.short) % kind.example


@EVERY_KIND
def test_the_default_may_be_saved_as_it_stands(kind: Kind) -> None:
    assert problems(kind, wording.export(kind)) == []
    assert wording.remarks(kind, wording.export(kind)) == []


def test_markdown_in_a_default_text_stays_what_it_is() -> None:
    from notifications.catalog.shape import Paragraph
    from notifications.wording.exporting import _markdown

    for text in (
        "# no section",
        "> no notice",
        "- no list",
        "1. no number",
        "a *b* _c_ [d](e) <f> \\ g",
        "100%% sure",
    ):
        (block,) = read(_markdown(Paragraph(text)), {}).blocks
        assert written(block.text, {})["text"] == text % {}


# --- What can be written -------------------------------------------------------------------------------------


def test_the_markdown_that_staff_may_use() -> None:
    (paragraph, notice, listing, numbers) = drawn(
        STAGE,
        "Dear **{{ first_name }}**, *look* at [the guide](https://example.com/a?b=1&c=2), write to "
        "[us](mailto:help@example.com) or <https://example.com>.\n\n"
        "> Keep {{ number }}\n\n- one\n- **two**\n\n1. a\n2. b",
    )
    assert paragraph["html"] == (
        'Dear <strong>Bea</strong>, <em>look</em> at <a href="https://example.com/a?b=1&amp;c=2">the guide</a>, '
        'write to <a href="mailto:help@example.com">us</a> or <a href="https://example.com">https://example.com</a>.'
    )
    assert paragraph["text"] == (
        "Dear Bea, look at the guide (https://example.com/a?b=1&c=2), write to us (help@example.com) or "
        "https://example.com."
    )
    assert (notice["shape"], notice["text"]) == ("notice", "Keep LN-100042")
    assert [line["text"] for line in listing["lines"]] == ["one", "two"] and not listing["numbered"]
    assert numbers["numbered"]


def test_a_condition_shows_its_paragraph_only_then() -> None:
    markdown = "{{ when todo }} ## Open\n\n{{when not todo}}\nNothing is open.\n\nAlways."
    assert [block["text"] for block in drawn(STAGE, markdown)] == ["Open", "Always."]
    assert [block["text"] for block in drawn(STAGE, markdown, todo=[])] == ["Nothing is open.", "Always."]


def test_lists_and_own_words_leave_no_empty_frame() -> None:
    assert drawn(STAGE, "{{ todo }}\n\nA line:\n> {{ note }}", todo=[], note="") == []


def test_letters_drop_the_paragraphs_that_do_not_apply() -> None:
    letter = "Dear {{ names }},\n\n{{ when purchase }} Welcome.\n\n{{ when not purchase }} Again.\n\nYours"
    assert wording.guarded(letter, {"purchase": True}) == "Dear {{ names }},\n\nWelcome.\n\nYours"
    assert wording.guarded(letter, {"purchase": False}) == "Dear {{ names }},\n\nAgain.\n\nYours"


# --- What is refused -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("part", ["subject", "heading", "body", "letter"])
def test_no_template_code_can_be_saved(attack: str, part: str) -> None:
    kind = kind_for("thank_you")
    before = getattr(wording.export(kind), part)
    assert problems(kind, parts(kind, **{part: f"{before} {attack}"})), (part, attack)


@pytest.mark.parametrize("attack", ATTACKS)
def test_template_code_that_came_in_anyway_is_plain_text(attack: str) -> None:
    said = drawn(RETURNED, f"x {attack}")
    html = Seen(page(said))
    assert set(html.tags) <= ALLOWED_TAGS | PAGE
    assert "password" not in attack or "user.password" in html.said
    assert len(html.said) < 20_000


@pytest.mark.parametrize(
    ("kind", "more", "said"),
    [
        (STAGE, "{{ first_nme }}", "does not know “first_nme”. It knows: first_name"),
        (STAGE, "{{ when first_nme }} Hello", "does not know “first_nme”"),
        (STAGE, "Open: {{ todo }}", "is a list: put it on a line of its own"),
        (STAGE, "See {{ link }}", "write [words to press]({{ link }})"),
        (STAGE, "[me]({{ number }})", "it holds words, no address"),
        (kind_for("application_received"), "{{ sets_up }}", "write {{ when sets_up }}"),
        (CODE, "The code is {{ secret }}.", "on a line of its own, as [words for it]({{ secret }})"),
        (CODE, "{{ secret_is }}", "does not know “secret_is”"),
        (STAGE, "Call {{ officer_card }}", "stands on a line of its own"),
        (STAGE, "[x](javascript:alert(1))", "A link cannot lead to “javascript:alert(1)”"),
        (STAGE, "[x](http://example.com)", "begins with https://"),
        (STAGE, "[x](https://)", "begins with https://"),
        (STAGE, "[x](//example.com)", "begins with https://"),
        (STAGE, "[x](data:text/html,a)", "begins with https://"),
        (STAGE, "[x](https://example.com/{{ number }})", "A link cannot lead to"),
        (STAGE, "- a\n  - b", "take apart what stands inside another"),
        (STAGE, "# Large", "Sections begin with two signs"),
        (STAGE, "x" * 8000, "Please keep it to 8000 characters"),
    ],
)  # fmt: skip
def test_a_refusal_says_how_to_mend_it(kind: Kind, more: str, said: str) -> None:
    assert any(said in problem for problem in problems(kind, body(kind, more))), problems(
        kind, body(kind, more)
    )


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"subject": ""}, "it cannot stay empty"),
        ({"subject": "Two\nlines"}, "on one line"),
        ({"subject": "{{ todo }}"}, "is a list"),
        ({"heading": "{{ when todo }} Hello"}, "other braces and tags are not used here"),
        ({"letter": "Dear {{ names }}"}, "has no such words"),
    ],
)
def test_lines_are_checked_as_well(changed: dict[str, str], said: str) -> None:
    assert any(said in problem for problem in problems(STAGE, parts(STAGE, **changed)))


@EVERY_KIND
def test_what_a_message_must_have_cannot_be_lost(kind: Kind) -> None:
    must_stay = [block for block in kind.blocks if isinstance(block, Button | Secret | Contact | WireFraud)]
    paragraphs = wording.export(kind).body.split("\n\n")
    for block in must_stay:
        at = kind.blocks.index(block)
        without = "\n\n".join([*paragraphs[:at], "Something.", *paragraphs[at + 1 :]])
        assert problems(kind, parts(kind, body=without)), block
        name = next(iter(kind.fields))
        only_sometimes = [*paragraphs[:at], f"{{{{ when {name} }}}} {paragraphs[at]}", *paragraphs[at + 1 :]]
        assert problems(kind, parts(kind, body="\n\n".join(only_sometimes))), block


@pytest.mark.parametrize("word", ["approved", "guaranteed", "Congratulations"])
def test_nothing_may_be_promised_before_clear_to_close(word: str) -> None:
    early, late = kind_for("stage_underwriting"), kind_for("stage_funded")
    assert any("promise" in problem for problem in problems(early, body(early, f"You are {word}.")))
    assert any("promise" in problem for problem in problems(early, parts(early, subject=f"{word}!")))
    assert problems(late, body(late, f"You are {word}.")) == []
    assert problems(early, body(early, "It is conditionally approved.")) == []


def test_texts_keep_the_word_that_ends_them() -> None:
    texted = [kind for kind in REWORDED.values() if "STOP" in str(kind.short)]
    assert texted
    for kind in texted:
        assert any("STOP" in problem for problem in problems(kind, parts(kind, short="Hello.")))


def test_a_condition_of_the_default_that_is_gone_is_remarked() -> None:
    kept = wording.export(RETURNED).body.replace("{{ when optional_for_now }} ", "")
    assert any("Loan Estimate" in remark for remark in wording.remarks(RETURNED, parts(RETURNED, body=kept)))
    assert problems(RETURNED, parts(RETURNED, body=kept)) == []


# --- Values are text -----------------------------------------------------------------------------------------

EVIL = "<b>[click](https://evil.example)</b> {{ secret }} %(number)s & \"'"


def test_a_name_with_markup_is_a_name() -> None:
    (block,) = drawn(STAGE, "Hello **{{ first_name }}**", first_name=EVIL)
    assert block["html"] == f"Hello <strong>{escape(EVIL)}</strong>"
    assert block["text"] == f"Hello {EVIL}"


anything = st.text(max_size=200)
pieces_of_markup = st.sampled_from([
    "{{ first_name }}", "{{ todo }}", "{{ link }}", "{{ note }}", "{{ when todo }}", "{{ when not note }} ", "{{",
    "}}", "{%", "%}", "{#", "#}", "\n", "\n\n", "# ", "## ", "> ", "- ", "1. ", "    ", "**", "*", "_", "`", "```\n",
    "[", "](", ")", "<b>", "<script>", "</p>", "&lt;", "&amp;", "javascript:", "https://example.com", "mailto:", "!",
    "tel:1", "%(first_name)s", "%s", "%", "%%", "\\", "\ue000", "\ue0000\ue001", "\x00", "'", '"', "~~",
    "{{ officer_card }}",
])  # fmt: skip
wild = st.lists(st.one_of(pieces_of_markup, st.text(max_size=8)), max_size=40).map("".join)
ALLOWED_ATTRIBUTES = {("a", "href")}


@settings(max_examples=200, deadline=None)
@given(markdown=wild, name=anything, note=anything)
def test_whatever_is_typed_is_drawn_with_our_tags_alone(markdown: str, name: str, note: str) -> None:
    facts = {"first_name": f"<i onclick=x>{name}</i>", "note": f"<script>{note}", "todo": [f"<b>{name}"]}
    said = drawn(STAGE, markdown, **facts)
    said_html = "".join(
        part
        for block in said
        for part in (block.get("html", ""), *(line["html"] for line in block.get("lines", [])))
    )
    seen = Seen(said_html)
    assert set(seen.tags) <= {"a", "br", "em", "strong"}
    assert seen.attributes <= ALLOWED_ATTRIBUTES
    assert all(link == STAGE.example["link"] or may_lead_to(link) for link in seen.links)
    whole = Seen(page(said))
    assert set(whole.tags) <= ALLOWED_TAGS | PAGE
    assert "onclick" not in {name for _tag, name in whole.attributes}


@settings(max_examples=200, deadline=None)
@given(markdown=wild, line=wild)
def test_what_is_accepted_holds_declared_fields_alone_and_can_be_drawn(markdown: str, line: str) -> None:
    said = Parts(line, line, f"{wording.export(STAGE).body}\n\n{markdown}")
    if wording.check(STAGE, said):
        return
    words = wording.compose(STAGE, wording.tidied(said))
    for facts in (STAGE.example, {name: type(value)() for name, value in STAGE.example.items()}):
        text = "".join(str(block.filled(facts)) for block in words.blocks if block.shown(facts))
        assert "%(" not in text.replace("%(first_name)s", "")
        subject = words.subject % facts
        assert "\n" not in subject
    left = re.sub(r"\{\{\s*(when\s+(not\s+)?)?\w+\s*\}\}", "", f"{said.subject}{said.body}")
    assert not re.search(r"\{\{|\}\}|\{%|%\}|\{#|#\}", left)


@settings(max_examples=200, deadline=None)
@given(value=anything)
def test_no_value_is_ever_unescaped(value: str) -> None:
    marked = f"<u>{value}</u>"
    (block,) = drawn(
        STAGE,
        "a {{ first_name }} **{{ first_name }}** [{{ first_name }}](https://example.com)",
        first_name=marked,
    )
    assert block["html"].count(escape(marked)) == 3 and "<u>" not in block["html"]
    assert block["text"].count(marked) == 3


@settings(max_examples=200, deadline=None)
@given(
    href=st.one_of(
        wild, st.sampled_from(["https:", "https://a b", "https://[", "mailto:", "tel:", "JavaScript:x"])
    )
)
@example(href="\x00https://example.com")
def test_links_lead_where_we_allow_or_nowhere(href: str) -> None:
    if may_lead_to(href):
        assert re.match(r"(https://[^/\s]|mailto:.|tel:.)", href, re.IGNORECASE)
        assert not re.search(r"[\s<>\"']", href)
