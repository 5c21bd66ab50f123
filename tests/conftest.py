"""
Fixtures for every test.

Browser tests take `page` (desktop, light) or `open_page(size=…, scheme=…)`; any console error, page error, refusal
by the content security policy or request to another machine fails the test. `axe(page)` checks accessibility.
`mailbox` is a real SMTP server; `start_house` (tests/journey, tests/faults) the whole product, running.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request
from playwright.sync_api import Error as PlaywrightError

from tests.running import Mailbox, running_mailbox
from tests.selection import left_to_services, spread, take_out

pytest_plugins = ["tests.fixtures", "tests.figures"]

ROOT = Path(__file__).resolve().parent.parent
BROWSER_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
]
SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1440, "height": 900}}
AT_HOME = {"localhost", "127.0.0.1", ""}
# The browser says so when a form comes back with errors; the page is as it should be.
FORM_CAME_BACK = re.compile(r"Failed to load resource.* 422 ")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    named = any("test_" in str(word) for word in config.invocation_params.args)
    if not named and os.environ.get("DOORSTEP_BACK_ENDS", "embedded") == "embedded":
        take_out(config, items, {item for item in items if left_to_services(item)})
    if not os.environ.get("DOORSTEP_TEST_S3"):
        take_out(config, items, {item for item in items if item.get_closest_marker("services")})
    spread(items)


# --- The product and its mail --------------------------------------------------------------------------------


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with running_mailbox() as box:
        yield box


# --- The browser ---------------------------------------------------------------------------------------------


@dataclass
class Watch:
    """What went wrong in the browser of one test."""

    faults: list[str] = field(default_factory=list)
    expected: list[re.Pattern[str]] = field(default_factory=lambda: [FORM_CAME_BACK])

    def expect(self, pattern: str) -> None:
        """This test provokes console errors that match `pattern` (say, a page that must answer 404)."""
        self.expected.append(re.compile(pattern))

    def heard(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.note(f"console: {message.text} ({message.location.get('url', '')})")

    def note(self, fault: str) -> None:
        if not any(pattern.search(fault) for pattern in self.expected):
            self.faults.append(fault)

    def asked(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname not in AT_HOME:
            self.note(f"asked another machine: {request.url}")

    def follow(self, context: BrowserContext) -> None:
        context.on("console", self.heard)
        context.on("weberror", lambda error: self.note(f"page error: {error.error}"))
        context.on("request", self.asked)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    return {**browser_type_launch_args, "args": BROWSER_ARGS, **({"executable_path": found} if found else {})}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {**browser_context_args, "viewport": SIZES["desktop"], "color_scheme": "light", "locale": "en-US"}


@pytest.fixture
def watch() -> Iterator[Watch]:
    watching = Watch()
    yield watching
    assert not watching.faults, "the browser complained:\n" + "\n".join(watching.faults)


@pytest.fixture
def new_context(new_context: Callable[..., BrowserContext], watch: Watch) -> Callable[..., BrowserContext]:
    """pytest-playwright's own, watched."""

    def watched(**options: Any) -> BrowserContext:
        context = new_context(**options)
        watch.follow(context)
        return context

    return watched


@pytest.fixture
def open_page(
    browser: Any, browser_context_args: dict[str, Any], watch: Watch
) -> Iterator[Callable[..., Page]]:
    """`open_page(size="phone", scheme="dark", **context options)`: a page in a browser profile of its own."""
    contexts: list[BrowserContext] = []

    def open_one(size: str = "desktop", scheme: str = "light", **options: Any) -> Page:
        phone = {"has_touch": True, "is_mobile": True} if size == "phone" else {}
        chosen = {"viewport": SIZES[size], "color_scheme": scheme, **phone, **options}
        context = browser.new_context(**{**browser_context_args, **chosen})
        contexts.append(context)
        watch.follow(context)
        page: Page = context.new_page()
        return page

    yield open_one
    for context in contexts:
        context.close()


@pytest.fixture(params=["phone", "desktop"])
def size(request: pytest.FixtureRequest) -> str:
    """Runs the test once at each width."""
    return str(request.param)


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    """Runs the test once in each colour scheme."""
    return str(request.param)


@pytest.fixture(params=[("phone", "light"), ("desktop", "dark")], ids=["phone-light", "desktop-dark"])
def view(request: pytest.FixtureRequest) -> tuple[str, str]:
    """
    Runs the test once with each width and each colour scheme: (size, scheme). What is looked at page by page in
    all four is in tests/journey/test_every_page.py.
    """
    size, scheme = request.param
    return size, scheme


# --- Accessibility -------------------------------------------------------------------------------------------

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
NOTHING_TYPED = "Element has no value"  # an empty field has no text whose contrast could be measured
# What the browser says when the page under axe is replaced by the next one.
WENT_ON = re.compile(
    "Execution context was destroyed|reading 'documentElement'|frame was detached|navigat", re.I
)
# Without preload: to read style sheets with imports axe would write a style element, which the page's policy refuses.
AXE_RUN = (
    "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations', 'incomplete'], preload: false})"
)


# The header and the way to the chat float over text, and axe cannot see the ground below them. A page that was asked
# for at one of its headings may scroll there at any moment.
STAND_STILL = """() => {
    window.floats = [...document.querySelectorAll("*")].filter(one => getComputedStyle(one).position === "sticky");
    window.floats.forEach(one => { one.style.position = "relative"; one.style.inset = "auto" });
}"""
FLOAT_AGAIN = "() => window.floats.forEach(one => { one.style.position = one.style.inset = '' })"
# Axe takes a drawing for a picture and cannot say what lies under its text: it is measured here instead.
DRAWN = "<text"
FAINT_IN_DRAWINGS = """() => {
    const shade = colour => {
        const [red, green, blue, alpha = 1] = colour.match(/[\\d.]+/g).map(Number);
        const light = [red, green, blue].map(part => part / 255).map(
            part => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return {alpha, light: 0.2126 * light[0] + 0.7152 * light[1] + 0.0722 * light[2]};
    };
    const under = node => {
        const ground = shade(getComputedStyle(node).backgroundColor);
        return ground.alpha === 1 || !node.parentElement ? ground : under(node.parentElement);
    };
    return [...document.querySelectorAll("svg text")].filter(text => text.checkVisibility()).flatMap(text => {
        const [dark, light] = [shade(getComputedStyle(text).fill).light, under(text.closest("svg")).light].sort(
            (one, other) => one - other);
        const ratio = (light + 0.05) / (dark + 0.05);
        return ratio < 4.5 ? [`${text.textContent} (${ratio.toFixed(2)})`] : [];
    });
}"""


def axe_faults(
    page: Page, *, leave_out: tuple[str, ...] = (), only: tuple[str, ...] | None = None
) -> list[str]:
    """
    What axe finds, one line a node; `only` names the rules to run. Contrast that axe could not decide counts as a
    fault: text of the same colour as its ground lands there.
    """
    result = _run_axe(page, list(only or AXE_TAGS))
    undecided = [rule for rule in result["incomplete"] if rule["id"] == "color-contrast"]
    drawn = [f"color-contrast: in a drawing: {text}" for text in page.evaluate(FAINT_IN_DRAWINGS)]
    return drawn + [
        f"{rule['id']}: {node['target']} {node['html'][:160]} {_reasons(node)}"
        for rule in [*result["violations"], *undecided]
        if rule["id"] not in leave_out
        for node in rule["nodes"]
        if NOTHING_TYPED not in _reasons(node)
        if not (rule in undecided and node["html"].startswith(DRAWN))
    ]


def _run_axe(page: Page, rules: list[str]) -> dict[str, Any]:
    """On the page that stands still: one that was just left for the next is looked at when the next is there."""
    for tries_left in (2, 1, 0):
        page.wait_for_load_state()
        try:
            if not page.evaluate("'axe' in window"):
                page.evaluate((ROOT / "node_modules" / "axe-core" / "axe.min.js").read_text())
            page.evaluate("window.scrollTo({top: 0, behavior: 'instant'})")
            page.evaluate(STAND_STILL)
            found: dict[str, Any] = page.evaluate(AXE_RUN, rules)
            page.evaluate(FLOAT_AGAIN)
            return found
        except PlaywrightError as error:
            if not tries_left or not WENT_ON.search(str(error)):
                raise
    raise AssertionError("unreachable")


def _reasons(node: dict[str, Any]) -> str:
    return "; ".join(check["message"] for check in [*node["any"], *node["all"], *node["none"]])


@pytest.fixture(scope="session")
def axe() -> Callable[..., None]:
    """`axe(page)` fails with every fault it found on the page as it stands."""

    def check(page: Page, *, leave_out: tuple[str, ...] = ()) -> None:
        faults = axe_faults(page, leave_out=leave_out)
        assert not faults, f"axe on {page.url}:\n" + "\n".join(faults)

    return check
