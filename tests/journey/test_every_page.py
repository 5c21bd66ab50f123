"""
Every page of the demo house in a real browser, light and dark: accessible, nothing refused by the content security
policy, one heading, a title, and no sideways scroll on a phone or a desk.
"""

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.conftest import SIZES, axe_faults
from tests.running import Product, running_product

PEOPLE = (
    "visitor", "proving", "applicant", "arrived", "bea coming in", "olga coming in", "invited", "newcomer",
    "bea", "cole", "nils", "lena", "hugo", "ivan", "june", "pavel", "grace", "dora",
    "olga", "olga at her messages", "olga at a loan", "olga at a stage", "mara", "stef", "stef again",
)  # fmt: skip
AT_A_DESK = ("olga", "mara", "stef")
# Of one kind for one person: the colours of the next are the same. Unfold's own lists and forms: theirs are not ours.
MOST_IN_THE_DARK = 1
LOOK = """() => ({
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
    headings: [...document.querySelectorAll('h1')].length,
    title: document.title.trim(),
})"""


@pytest.fixture(scope="module")
def house(
    demo_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Product, dict[str, Any]]]:
    """One running demo, and where everything is in it."""
    folder = tmp_path_factory.mktemp("house") / "data"
    shutil.copytree(demo_folder, folder)
    with running_product(data_dir=folder, DEMO="1") as product:
        said = product.manage(
            "shell", "-v0", "-c", "from tests.journey.places import every_place; every_place()"
        )
        yield product, json.loads(said[said.index('{"cookies"') :])


def test_every_group_is_walked(house: tuple[Product, dict[str, Any]]) -> None:
    assert set(house[1]["pages"]) == set(PEOPLE)
    assert all(house[1]["pages"].values())


@pytest.mark.parametrize("who", PEOPLE)
def test_every_page(
    who: str,
    house: tuple[Product, dict[str, Any]],
    open_page: Callable[..., Page],
    watch: Any,
) -> None:
    product, places = house
    watch.expect(r"Failed to load resource.* (404|410) ")
    axe_at, other = ("desktop", "phone") if who.startswith(AT_A_DESK) else ("phone", "desktop")
    page = open_page(reduced_motion="reduce")  # no colour on its way to another
    if session := places["cookies"][who]:
        page.context.add_cookies([{"name": "sessionid", "value": session, "url": product.base_url}])
    faults, walked = [], Counter[str]()
    for name, path in places["pages"][who]:
        walked[name] += 1
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(SIZES[axe_at])
        answer = page.goto(product.base_url + path)
        said = looks_wrong(page, axe_at)
        page.set_viewport_size({**SIZES[axe_at], "height": tall(page)})
        said += axe_faults(page)
        if walked[name] <= MOST_IN_THE_DARK and not name.startswith("admin:"):
            said += in_the_dark(page)
        page.set_viewport_size(SIZES[other])
        said += looks_wrong(page, other)
        expected = {"not found": 404, "gone": 410, "a mistake": 422}.get(name, 200)
        if answer is None or answer.status != expected:
            said.append(f"answered {answer and answer.status}")
        said += [
            watch.faults.pop() for _fault in list(watch.faults)
        ]  # with the page's name they are easier to find
        faults += [f"{name} {path}: {fault}" for fault in said]
    assert not faults, "\n".join(faults)


def in_the_dark(page: Page) -> list[str]:
    """The dark page is the same page: only its colours are another question."""
    page.emulate_media(color_scheme="dark")
    page.reload()  # what is drawn anew has its colours at once; switched, some are still on their way
    return [f"in dark: {fault}" for fault in axe_faults(page, only=("color-contrast",))]


def tall(page: Page) -> int:
    """High enough for the whole page: axe cannot tell the ground of what the edge of the window cuts through."""
    return min(max(900, int(page.evaluate("document.documentElement.scrollHeight"))), 8000)


def looks_wrong(page: Page, size: str) -> list[str]:
    seen = page.evaluate(LOOK)
    wrong = []
    if seen["wide"] > 0:
        wrong.append(f"scrolls sideways by {seen['wide']} px at {size}")
    if seen["headings"] != 1:
        wrong.append(f"{seen['headings']} h1")
    if not seen["title"]:
        wrong.append("no title")
    return wrong
