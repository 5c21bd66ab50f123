"""The fixtures that judge pages must be able to say no: each is shown a page with the fault it looks for."""

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import Page

from tests.conftest import Watch, axe_faults

POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:"
HEAD = "<!doctype html><html lang=en><head><title>Page</title>"
HEAD += "<meta name=viewport content='width=device-width, initial-scale=1'><link rel=icon href='data:,'>"
PAGES = {
    "/clean": HEAD + "</head><body><main><h1>Good day</h1></main></body></html>",
    "/inline": HEAD + "</head><body><main><h1 style='color:red'>Good day</h1></main></body></html>",
    "/unnamed": HEAD + "</head><body><main><h1>Good day</h1><button></button></main></body></html>",
    "/outside": HEAD
    + "</head><body><main><h1>Hm</h1><img alt='' src='https://example.com/a.png'></main></body></html>",
    "/invisible": HEAD + "<link rel=stylesheet href=/same.css></head>"
    "<body><main><h1>Good day</h1><p><span class=same>Call us</span></p></main></body></html>",
    "/drawn": HEAD + "<link rel=stylesheet href=/same.css></head><body><main><h1>Good day</h1><svg role=img "
    "aria-label=Rates width=90 height=90><text y=20 class=plain>6.625</text><text y=50 class=faint>5.500</text></svg>"
    "</main></body></html>",
    "/same.css": "body { background: #fff } .plain { fill: #333 } .faint { fill: #999 } "
    ".same { color: #fff; background: url(data:image/gif;base64,R0lGODlhAQABAAAAACw=) #fff }",
}


class Pages(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        body = PAGES.get(self.path, "Nothing here").encode()
        self.send_response(200 if self.path in PAGES else 404)
        self.send_header(
            "Content-Type", "text/css" if self.path.endswith("css") else "text/html; charset=utf-8"
        )
        self.send_header("Content-Security-Policy", POLICY)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Pages)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()


def test_a_clean_page_passes_at_both_sizes(
    site: str, open_page: Callable[..., Page], axe: Callable[..., None], size: str, scheme: str
) -> None:
    page = open_page(size=size, scheme=scheme)
    page.goto(f"{site}/clean")
    axe(page)
    assert page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") == (scheme == "dark")
    assert page.evaluate("innerWidth") == {"phone": 390, "desktop": 1440}[size]


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("/inline", "Content Security Policy"),
        ("/outside", "asked another machine"),
        ("/nowhere", "404"),
    ],
)
def test_the_watch_reports(site: str, page: Page, watch: Watch, path: str, fault: str) -> None:
    page.goto(site + path)
    page.wait_for_load_state("networkidle")
    found, watch.faults = watch.faults, []
    assert any(fault in line for line in found), found


def test_an_expected_fault_is_let_through(site: str, page: Page, watch: Watch) -> None:
    watch.expect(" 404 ")
    page.goto(f"{site}/nowhere")
    page.wait_for_load_state("networkidle")
    assert watch.faults == []


def test_the_watch_follows_pages_of_the_plain_fixture(site: str, page: Page, watch: Watch) -> None:
    page.goto(f"{site}/clean")
    page.evaluate("setTimeout(() => { throw new Error('broken button') })")
    page.wait_for_timeout(200)
    found, watch.faults = watch.faults, []
    assert any("broken button" in line for line in found), found


def test_axe_names_a_button_without_a_name(site: str, page: Page) -> None:
    page.goto(f"{site}/unnamed")
    assert any(line.startswith("button-name") for line in axe_faults(page))


def test_contrast_that_axe_cannot_decide_counts(site: str, page: Page) -> None:
    page.goto(f"{site}/invisible")
    assert any(line.startswith("color-contrast") for line in axe_faults(page))


def test_text_in_a_drawing_is_measured(site: str, page: Page) -> None:
    page.goto(f"{site}/drawn")
    assert axe_faults(page) == ["color-contrast: in a drawing: 5.500 (2.85)"]
