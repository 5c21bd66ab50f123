"""The guards of `make lint` that are our own must be able to say no."""

import runpy
from typing import Any

import pytest

from tests.running import ROOT


def guard(name: str) -> dict[str, Any]:
    return runpy.run_path(str(ROOT / ".ci" / f"{name}.py"))


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        ('<p style="color: red">', "an inline style"),
        ("<p\n  STYLE='color: red'>", "an inline style"),
        ("<style>p { color: red }</style>", "a style element"),
        ('<button onclick="go()">', "an event handler"),
        ('<a href="javascript:go()">', "a javascript: address"),
        ("<script>go()</script>", "an inline script"),
        ('<script type="module">go()</script>', "an inline script"),
        ('<img src="https://example.com/a.png" alt="">', "an address of another machine in a tag that loads"),
        (
            '<link rel="stylesheet" href="//example.com/a.css">',
            "an address of another machine in a tag that loads",
        ),
    ],
)
def test_a_template_with_a_fault_is_named_with_its_line(template: str, fault: str) -> None:
    assert [what for line, what in guard("templates")["faults"](f"<main>\n\n{template}") if line >= 3] == [
        fault
    ]


@pytest.mark.parametrize(
    "template",
    [
        '<script src="{% static "app.js" %}" defer></script>',
        '<script type="application/json" id="facts">{}</script>',
        '<a href="https://example.com/">elsewhere</a>',
        '<link rel="canonical" href="https://example.com/">',
        '{# <p style="color: red"> #}',
        '<p data-style="wide" class="on">',
    ],
)
def test_a_clean_template_passes(template: str) -> None:
    assert guard("templates")["faults"](template) == []


def test_the_list_of_requirements_is_read_with_extras_and_comments() -> None:
    locks = guard("locks")
    found = {requirement.name for requirement in locks["wanted"](ROOT / "requirements.in")}
    assert {"Django", "whitenoise", "psycopg"} <= found
    assert locks["locked"]("whitenoise[brotli]==6.12.0 \\\n    --hash=sha256:00") == {"whitenoise": "6.12.0"}


@pytest.mark.parametrize(
    "line", ['"resolved": "https://registry.example.org/a.tgz"', "--index-url https://x", "--find-links /opt"]
)
def test_an_address_in_a_lock_is_noticed(line: str) -> None:
    assert guard("locks")["ADDRESS"].search(line)
