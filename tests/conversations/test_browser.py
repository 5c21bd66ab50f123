"""A thread that is open in a browser: what is new appears, what is typed survives, and what the asking costs."""

import re
from time import perf_counter
from typing import Any

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import expect

from conversations import services
from conversations.complaints import token_for
from conversations.models import Draft, Reading
from tests.cast import Cast, sign_in
from tests.conversations.test_complaints import resolved

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_message_appears_without_a_reload_and_what_was_typed_survives_one(
    cast: Cast, live_server: Any, open_page: Any, client: Any, record_property: Any
) -> None:
    services.write(loan=cast.loan, by=cast.bea, body="When do we close?")
    page = open_page(base_url=live_server.url)
    cookie = sign_in(client, cast.bea).cookies[settings.SESSION_COOKIE_NAME].value
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )
    page.goto(f"/loans/{cast.loan.public_id}/messages/")
    with page.expect_response("**/messages/draft/"):
        page.get_by_label("Your message").press_sequentially("And one more thing")
    expect(page.get_by_text("What you typed is kept.")).to_be_visible()
    _ask(page)  # if it has not asked by itself already
    assert _ask(page) == (304, 0)
    answer = services.write(loan=cast.loan, by=cast.olga, body="On Friday at ten.")
    began = perf_counter()
    with page.expect_response("**/messages/read/"):
        _status, size = _ask(page)
        expect(page.get_by_text("On Friday at ten.")).to_be_visible()
        took = perf_counter() - began
    assert Reading.objects.get(user=cast.bea).upto == answer.pk
    page.reload()
    expect(page.get_by_label("Your message")).to_have_value("And one more thing")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("log").get_by_text("And one more thing")).to_be_visible()
    assert not Draft.objects.exists()
    Session.objects.all().delete()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page).to_have_url(re.compile("/accounts/login/"))  # the words leave the screen with the session
    record_property(
        "figures",
        f"an open thread: asked every 5 s (30 s in the background), no body while nothing is new (304), {size} bytes "
        f"when two messages stand there; a new one was on the page {took:.2f} s after the question",
    )


def _ask(page: Any) -> tuple[int, int]:
    with page.expect_response("**/messages/new/") as heard:
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    answer = heard.value
    assert answer.request.headers["x-background"] == "1", "a page that is left alone would stay signed in"
    return answer.status, len(answer.body()) if answer.status == 200 else 0


def test_whether_a_complaint_is_settled_is_said_by_a_press_in_a_browser(
    cast: Cast, live_server: Any, open_page: Any
) -> None:
    """A browser that is told to send no referrer says that the form comes from nowhere, and is refused."""
    complaint = resolved(cast)
    page = open_page(base_url=live_server.url, size="phone")
    page.goto(reverse("public:settled", args=[token_for(complaint)]))
    page.get_by_role("button", name="Yes, it is settled").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")
    complaint.refresh_from_db()
    assert complaint.is_settled
