"""The pages where a visitor begins, in small: what a first visit weighs, without a browser; how looks are judged."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.test import Client

from benchmarks.front import MEASURES, PAGES, Pages, figures_of
from tests.cast import Cast
from tests.running import ROOT

MOST_BYTES = 100 * 1024
HEADERS = 900  # of one answer, at most, with the content security policy
SMALL = {"accept-encoding": "gzip, br"}
STYLE_SHEET = ROOT / "assets" / "dist" / "app.css"
BOOTSTRAP = ROOT / "node_modules" / "bootstrap" / "dist" / "css" / "bootstrap.min.css"
CLASS = re.compile(r"\.([a-zA-Z][\w-]*)")
PUT_TOGETHER = re.compile(r'class="[^"]*?([a-z]+(?:-[a-z]+)*-)\{[{%]')


class Links(HTMLParser):
    """What a browser asks for before anybody touches the page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.feed(html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said = dict(attributes)
        if tag in ("script", "img"):
            self.found.add(said.get("src") or "")
        if tag == "link" and said.get("rel") in ("stylesheet", "preload", "icon"):
            self.found.add(said.get("href") or "")
        self.found.discard("")


def weight(client: Client, path: str) -> int:
    answer = client.get(path, headers=SMALL)
    assert answer.status_code == 200
    assert answer["Content-Encoding"] == "gzip"
    links = Links(client.get(path).text).found
    assert any(link.endswith(".css") for link in links) and any(link.endswith(".woff2") for link in links)
    return len(answer.content) + sum(_weight_of(client, link) for link in links) + HEADERS * (1 + len(links))


def _weight_of(client: Client, path: str) -> int:
    answer = client.get(path, headers=SMALL)
    assert answer.status_code == 200, path
    return len(b"".join(answer.streaming_content) if answer.streaming else answer.content)  # type: ignore[attr-defined]


@pytest.mark.parametrize("page", PAGES)
def test_a_first_visit_stays_within_a_hundred_kilobytes(page: str, cast: Cast) -> None:
    path = PAGES[page] if page != "officer" else "/officers/olga-haddad/"
    assert weight(Client(), path) <= MOST_BYTES


def test_both_faces_of_a_page_are_asked_for_ahead_by_the_names_that_the_style_sheet_uses(cast: Cast) -> None:
    faces = {
        link.rpartition("/")[2] for link in Links(Client().get("/").text).found if link.endswith(".woff2")
    }
    named = set(re.findall(r"fonts/([\w-]+\.woff2)", STYLE_SHEET.read_text()))
    assert len(faces) == 2 and faces <= named


def test_only_pages_that_anybody_may_find_go_out_compressed(cast: Cast, client_for: Any) -> None:
    assert Client().get("/", headers=SMALL)["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in Client().get("/")
    for client, path in ((Client(), "/accounts/login/"), (client_for(cast.bea), "/home/")):
        assert "Content-Encoding" not in client.get(path, headers=SMALL)


def test_the_style_sheet_keeps_classes_whose_names_pages_put_together() -> None:
    kept, known = (set(CLASS.findall(path.read_text())) for path in (STYLE_SHEET, BOOTSTRAP))
    templates = [path.read_text() for path in (ROOT / "templates").rglob("*.html")]
    begun = {name for text in templates for name in PUT_TOGETHER.findall(text)}
    assert "alert-" in begun
    assert {name for name in known if name.startswith(tuple(begun))} <= kept
    assert {"btn-outline-primary", "form-select", "is-invalid"} <= kept  # drawn by crispy


def report(**said: Any) -> dict[str, Any]:
    scores = {"performance": 0.95, "accessibility": 1, "best-practices": 1, "seo": 1} | said.pop("scores", {})
    values = {
        "largest-contentful-paint": 1500.0,
        "cumulative-layout-shift": 0.02,
        "total-byte-weight": 102_400,
    } | said
    return {
        "categories": {name: {"score": score} for name, score in scores.items()},
        "audits": {name: {"numericValue": value} for name, value in values.items()},
    }


def judged(**said: Any) -> Pages:
    table = Pages("Pages", "")
    table.add("home", figures_of(report(**said)))
    return table


def test_a_look_that_just_reaches_every_goal_is_no_fault() -> None:
    table = judged()
    assert table.faults == []
    assert [measure.said_goal for measure in MEASURES][:2] == ["≥ 95", "≥ 100"]
    assert table.lines()[-1].split() == ["home", "95", "100", "100", "100", "1.50", "0.020", "100.0", "met"]


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ({"scores": {"performance": 0.94}}, "performance 94, goal ≥ 95"),
        ({"scores": {"accessibility": 0.99}}, "accessibility 99, goal ≥ 100"),
        ({"scores": {"best-practices": 0.96}}, "best practices 96, goal ≥ 100"),
        ({"scores": {"seo": 0.92}}, "SEO 92, goal ≥ 100"),
        ({"cumulative-layout-shift": 0.021}, "CLS 0.021, goal ≤ 0.02"),
        ({"total-byte-weight": 103_000}, "KB 100.6, goal ≤ 100"),
    ],
)
def test_what_misses_its_goal_is_said(said: dict[str, Any], fault: str) -> None:
    table = judged(**said)
    assert table.faults == [f"Pages: home: {fault}"]
    assert table.lines()[-1].endswith("MISSED")


def test_a_page_that_could_not_be_looked_at_is_no_page_without_faults() -> None:
    with pytest.raises(RuntimeError, match="FAILED_DOCUMENT_REQUEST"):
        figures_of({"requestedUrl": "http://x/", "runtimeError": {"message": "FAILED_DOCUMENT_REQUEST"}})
