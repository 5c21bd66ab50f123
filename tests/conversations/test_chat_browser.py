"""The chat in two browsers: a visitor and an officer, with a reload, a lost line and a sign-in in between."""

import re
from typing import Any

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from conversations.models import Conversation
from portal.forms import visitors
from tests.cast import Cast, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_visitor_to_officer_and_back(
    cast: Cast,
    live_server: Any,
    open_page: Any,
    client_for: Any,
    client: Any,
    axe: Any,
    monkeypatch: Any,
    watch: Any,
) -> None:
    watch.expected.append(re.compile("ERR_INTERNET_DISCONNECTED|ERR_FAILED"))
    monkeypatch.setattr(visitors, "QUICKEST_SECONDS", 0)
    monkeypatch.setattr("portal.views.chat.is_open", lambda moment: True)
    visitor, olga = open_page(size="phone", base_url=live_server.url), open_page(base_url=live_server.url)
    come_in(olga, client_for(cast.olga), live_server)

    asks_in_the_panel(visitor, axe)
    thread = Conversation.objects.get()
    answers_at_the_desk(olga, thread, "An independent opinion of what it is worth.")
    expect(visitor.get_by_role("log").get_by_text("An independent opinion")).to_be_visible(timeout=15_000)

    survives_a_reload(visitor)
    goes_out_when_the_line_is_back(visitor, olga)
    keeps_what_is_typed_meanwhile(visitor)
    signs_in_and_out(visitor, cast, client, live_server)
    answers_at_the_desk(olga, thread, "About a week.")
    ask(visitor)
    expect(visitor.get_by_role("log").get_by_text("About a week.")).to_be_visible()


def come_in(page: Page, client: Any, live_server: Any) -> None:
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])


def ask(page: Page) -> None:
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def asks_in_the_panel(visitor: Page, axe: Any) -> None:
    asked_for: list[str] = []
    visitor.on("request", lambda request: asked_for.append(request.url))
    visitor.goto("/officers/olga-haddad/")
    assert not any("chat" in url for url in asked_for), "nothing of it is fetched before it is opened"
    hides_nothing_at_the_foot(visitor)
    visitor.get_by_role("link", name="Ask us").click()
    question = visitor.get_by_label("Your question")
    expect(question).to_be_focused()
    expect(visitor.get_by_text("Olga Haddad answers you, in person.")).to_be_visible()
    axe(visitor)
    visitor.keyboard.press("Escape")
    expect(question).to_be_hidden()
    expect(visitor.get_by_role("link", name="Ask us")).to_be_focused()
    visitor.keyboard.press("Enter")
    question.fill("What is an appraisal?")
    visitor.get_by_role("button", name="Send").click()
    expect(visitor.get_by_role("log").get_by_text("What is an appraisal?")).to_be_visible()
    expect(visitor.get_by_role("log").get_by_role("link", name="Appraisal", exact=True)).to_be_visible()
    expect(question).to_be_focused()
    expect(question).to_have_value("")
    axe(visitor)


def answers_at_the_desk(olga: Page, thread: Conversation, words: str) -> None:
    olga.goto(f"/desk/messages/{thread.public_id}/")
    olga.get_by_label("Your answer").fill(words)
    olga.get_by_role("button", name="Send").click()
    expect(olga.get_by_role("log").get_by_text(words)).to_be_visible()


def survives_a_reload(visitor: Page) -> None:
    visitor.reload()
    expect(visitor.get_by_role("log").get_by_text("An independent opinion")).to_be_visible()
    visitor.goto("/process/")
    expect(visitor.get_by_role("log").get_by_text("What is an appraisal?")).to_be_visible()


def goes_out_when_the_line_is_back(visitor: Page, olga: Page) -> None:
    visitor.context.set_offline(True)
    visitor.get_by_label("Your question").fill("And how long does it take?")
    visitor.get_by_role("button", name="Send").click()
    expect(visitor.get_by_text("No line at the moment.")).to_be_visible()
    expect(visitor.get_by_label("Your question")).to_have_value("And how long does it take?")
    visitor.context.set_offline(False)
    expect(visitor.get_by_role("log").get_by_text("And how long does it take?")).to_be_visible()
    ask(olga)
    expect(olga.get_by_role("log").get_by_text("And how long does it take?")).to_have_count(1)


def keeps_what_is_typed_meanwhile(visitor: Page) -> None:
    """A house that cannot be reached is no line that is down: no browser tells when it is back."""
    say, held, question = "**/chat/say/**", [], visitor.get_by_label("Your question")
    visitor.route(say, lambda route: route.abort())
    question.fill("Who orders it?")
    visitor.get_by_role("button", name="Send").click()
    expect(visitor.get_by_text("No line at the moment.")).to_be_visible()
    visitor.unroute(say)
    visitor.route(say, lambda route: held.append(route))
    with visitor.expect_request(say):
        ask(visitor)
    question.press("End")
    question.press_sequentially(" And who pays?")
    held[0].continue_()
    expect(visitor.get_by_role("log").get_by_text("Who orders it?", exact=True)).to_have_count(1)
    expect(question).to_have_value("And who pays?")
    visitor.unroute(say)
    question.fill("")


def hides_nothing_at_the_foot(visitor: Page) -> None:
    visitor.evaluate("scrollTo(0, document.body.scrollHeight)")
    way, foot = (visitor.locator(part).bounding_box() for part in (".chat-way", ".site-footer"))
    assert way and foot and way["y"] >= foot["y"] + foot["height"]
    visitor.evaluate("scrollTo(0, 0)")


def signs_in_and_out(visitor: Page, cast: Cast, client: Any, live_server: Any) -> None:
    come_in(visitor, sign_in(client, cast.bea), live_server)
    visitor.goto(f"/loans/{cast.loan.public_id}/")
    expect(visitor.get_by_text(re.compile(f"Loan {cast.loan.number}.* read this"))).to_be_visible()
    expect(visitor.get_by_role("log").get_by_text("What is an appraisal?")).to_have_count(0)
    visitor.get_by_label("Your message").fill("When do we close?")
    visitor.get_by_role("button", name="Send").click()
    expect(visitor.get_by_role("log").get_by_text("When do we close?")).to_be_visible()
    assert cast.loan.conversation.messages.get().body == "When do we close?"
    visitor.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    visitor.goto("/")
    expect(visitor.get_by_role("log").get_by_text("What is an appraisal?")).to_be_visible()
