"""Applying in a real browser: every page with axe, by keyboard labels alone, and once without JavaScript."""

import os
from pathlib import Path

import pytest
from django.core.cache import cache
from django.urls import reverse

from loans import events
from loans.models import Loan
from loans.stages import Stage
from tests.journey.people import press
from tests.loans.helpers import hearing

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def fresh_limits(transactional_db):
    cache.clear()


def picture(page, name: str) -> None:
    """Kept only when somebody asks for the pictures (PICTURES=<folder>)."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def fill_in(page, address: str, look) -> None:
    page.goto(address + reverse("apply:start"))
    page.get_by_label("In which state").select_option("ME")
    page.get_by_label("Buy a home").check()
    page.get_by_label("I have found a home").check()
    look("start")
    press(page, "Continue")
    page.get_by_label("Your full name").fill("Ida Moss")
    page.get_by_label("Your e-mail address").fill("ida@example.com")
    page.get_by_label("ZIP code where you live now").fill("04101")
    look("who")
    press(page, "Save and continue")


def prove(page, codes, look) -> None:
    page.get_by_label("The six digits").fill("1")
    press(page, "Continue")
    assert "That is not the code" in page.get_by_role("alert").inner_text()
    look("prove")
    page.get_by_label("The six digits").fill(codes[-1]["code"])
    press(page, "Continue")


def answer(page, look) -> None:
    page.get_by_label("Street address").fill("7 Elm Street")
    page.get_by_label("City").fill("Bath")
    page.get_by_label("House", exact=True).check()
    page.get_by_label("I will live there").check()
    page.get_by_label("Purchase price").fill("$450,000")
    look("property")
    press(page, "Save and continue")
    page.get_by_label("How much would you like to borrow?").fill("360,000")
    page.get_by_label("Savings or investments").check()
    look("loan")
    press(page, "Save and continue")
    page.get_by_label("An employer pays me").check()
    page.get_by_label("About how much is that").fill("8500")
    page.get_by_label("U.S. citizen").check()
    look("work")
    press(page, "Save and continue")
    page.get_by_label("Your phone number").fill("(207) 555-0142")
    assert not page.get_by_label("I have seen the privacy notice").is_checked()
    page.get_by_label("I have seen the privacy notice").check()
    look("reach")
    press(page, "Send my application")
    look("arrived")


def test_somebody_applies(live_server, cast, open_page, axe, view):
    size, scheme = view
    page = open_page(size=size, scheme=scheme)

    def look(name: str) -> None:
        picture(page, f"apply-{name}-{size}-{scheme}")
        axe(page)

    with hearing(events.email_proof_asked) as codes:
        fill_in(page, live_server.url, look)
        prove(page, codes, look)
    answer(page, look)
    loan = Loan.objects.latest("id")
    assert loan.stage == Stage.APPLICATION_RECEIVED
    assert loan.number in page.locator("main").inner_text()


def test_a_button_pressed_twice_sends_once(live_server, cast, open_page):
    """The first press changes the key of the session; a second one would come with the old key and lose all."""
    page = open_page()
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    with hearing(events.email_proof_asked) as codes:
        fill_in(page, live_server.url, lambda name: None)
        page.get_by_label("The six digits").fill(codes[-1]["code"])
        page.get_by_role("button", name="Continue").dblclick()
        page.get_by_label("Street address").wait_for()
    assert [url for url in sent if url.endswith(reverse("apply:prove"))] == [
        live_server.url + reverse("apply:prove")
    ]


def test_somebody_applies_without_javascript(live_server, cast, open_page):
    page = open_page(java_script_enabled=False)
    with hearing(events.email_proof_asked) as codes:
        fill_in(page, live_server.url, lambda name: None)
        prove(page, codes, lambda name: None)
    answer(page, lambda name: None)
    assert "Your application arrived" in page.locator("h1").inner_text()


def test_the_pages_beside_the_way(live_server, cast, open_page, axe, scheme):
    page = open_page(size="phone", scheme=scheme)
    page.goto(live_server.url + reverse("apply:resume", args=["made-up"]))
    page.get_by_label("ZIP code").fill("04101")
    press(page, "Continue")
    axe(page)
    picture(page, f"apply-resume-phone-{scheme}")
    press(page, "Send me a new link")
    axe(page)
    for path, state in (("apply:start", "TX"), ("apply:with", "NH")):
        page.goto(live_server.url + reverse(path, args=["otto-weber"] if path == "apply:with" else []))
        page.get_by_label("In which state").select_option(state)
        page.get_by_label("Refinance", exact=True).check()
        press(page, "Continue")
        axe(page)
        picture(page, f"apply-{state}-phone-{scheme}")
