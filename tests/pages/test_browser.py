"""The pages in a real browser: accessible in both schemes and at both widths, and usable by keyboard."""

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from documents.models import Document, Request
from loans.models import KeyDate, Loan
from loans.stages import Stage
from tests.cast import make_loan, sign_in
from tests.pages.making import ask, estimate_sent, in_days, keep, set_date, stand_at

State = Request.State


@pytest.fixture
def busy(cast) -> Loan:
    """Bea's loan in the middle of things: something to send again, to send, in review and accepted."""
    stand_at(cast.loan, Stage.PROCESSING)
    estimate_sent(cast.loan)
    set_date(cast.loan, KeyDate.Kind.APPRAISAL_ORDERED)
    Loan.objects.filter(pk=cast.loan.pk).update(expected_closing=in_days(30), next_update_on=in_days(2))
    back = ask(cast.bea_party, "Bank statements", state=State.RETURNED, reason="missing_pages")
    keep(
        back, "march.pdf", review=Document.Review.RETURNED, reason="missing_pages", note="Page 2 is cut off."
    )
    ask(cast.bea_party, "Pay stubs", due_on=in_days(5))
    keep(ask(cast.bea_party, "Photo ID", state=State.IN_REVIEW), "licence.jpg")
    keep(ask(cast.bea_party, "W-2 forms", state=State.ACCEPTED), "w2.pdf", review=Document.Review.ACCEPTED)
    ask(cast.cole_party, "Tax returns")
    make_loan(officer=cast.otto, borrowers=[cast.bea], number="LN-2001", street="77 Elm Street")
    return cast.loan


@pytest.fixture
def as_bea(live_server, cast, busy, open_page):
    """`as_bea(size=…, scheme=…)`: a browser page signed in as Bea."""

    def opened(**options) -> Page:
        page = open_page(**options)
        cookie = sign_in(Client(), cast.bea).cookies["sessionid"].value
        page.context.add_cookies([{"name": "sessionid", "value": cookie, "url": live_server.url}])
        return page

    return opened


def no_sideways_scroll(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_borrowers_pages(live_server, busy, as_bea, axe, view):
    page = as_bea(size=view[0], scheme=view[1])
    for address in ("/home/", f"/loans/{busy.public_id}/", f"/loans/{busy.public_id}/documents/"):
        page.goto(live_server.url + address)
        axe(page)
        assert no_sideways_scroll(page), address
    page.goto(f"{live_server.url}/loans/{busy.public_id}/people/")
    page.get_by_label("E-mail address").fill("not an address")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("alert")).to_contain_text("Please look at this again")
    axe(page)
    assert no_sideways_scroll(page)


def test_the_next_step_by_keyboard(live_server, busy, as_bea):
    page = as_bea()
    page.goto(f"{live_server.url}/home/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    send_again = page.get_by_role("link", name="Send again")
    expect(send_again).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/documents/?send=*")
    row = page.get_by_role("listitem").filter(has=page.get_by_role("heading", name="Bank statements"))
    expect(row.get_by_label("Choose one or more files")).to_be_visible()


def test_whatever_the_tab_key_reaches_is_seen_to_be_reached(live_server, busy, as_bea):
    page = as_bea()
    page.goto(f"{live_server.url}/loans/{busy.public_id}/")
    unseen, reached = [], set()
    while len(reached) < 60:
        page.keyboard.press("Tab")
        width, style, name, place = page.evaluate(
            """() => {
              const it = document.activeElement, {outlineWidth, outlineStyle} = getComputedStyle(it)
              return [outlineWidth, outlineStyle, it.outerHTML.slice(0, 120), [...document.all].indexOf(it)]
            }"""
        )
        if place in reached or name.startswith("<body"):
            break
        reached.add(place)
        if style == "none" or float(width.removesuffix("px")) < 3:
            unseen.append(name)
    assert len(reached) > 15 and not unseen


SHIFTS = """() => new Promise(done => {
  let sum = 0
  const add = list => { for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value }
  new PerformanceObserver(add).observe({type: "layout-shift", buffered: true})
  setTimeout(() => done(sum), 600)
})"""


def test_nothing_moves_while_a_page_loads(live_server, busy, as_bea, size):
    page = as_bea(size=size)
    for address in ("/home/", f"/loans/{busy.public_id}/", f"/loans/{busy.public_id}/documents/"):
        page.goto(live_server.url + address)
        assert page.evaluate(SHIFTS) <= 0.02, address


def test_a_phone_shows_the_steps_folded_from_the_start(live_server, busy, as_bea):
    page = as_bea(size="phone")
    page.goto(f"{live_server.url}/loans/{busy.public_id}/")
    expect(page.get_by_text("Step 2 of 7")).to_be_visible()
    expect(page.locator("ol.stepper")).to_be_hidden()
    page.get_by_text("All 7 steps").click()
    expect(page.locator("ol.step-list")).to_contain_text("Conditional approval")


def test_everything_works_without_javascript(live_server, busy, cast, as_bea):
    page = as_bea(java_script_enabled=False)
    page.goto(f"{live_server.url}/loans/{busy.public_id}/documents/")
    row = page.locator(f"#request-{Request.objects.get(title='Pay stubs').public_id}")
    row.get_by_text("This does not apply to me").click()
    row.get_by_label("Why not? One sentence is enough.").fill("I am retired.")
    row.get_by_role("button", name="Tell the loan team").click()
    expect(page.get_by_text("Noted: “Pay stubs” does not apply to you.")).to_be_visible()
    page.goto(f"{live_server.url}/loans/{busy.public_id}/people/")
    page.get_by_label("Full name").fill("Nora Nguyen")
    page.get_by_label("E-mail address").fill("nora@example.com")
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_text("The invitation to Nora Nguyen is on its way.")).to_be_visible()
