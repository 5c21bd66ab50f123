"""The mail's link in a real browser: one tap, whatever the browser says about where it came from."""

from typing import Any

import pytest
from playwright.sync_api import expect

from feedback.models import SurveyResponse
from tests.cast import Cast
from tests.feedback.asking import Kind, ask, link

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_tap_and_some_words(cast: Cast, live_server: Any, open_page: Any) -> None:
    survey = ask(cast.bea_party, Kind.NPS)
    page = open_page(base_url=live_server.url, size="phone")
    page.goto(link(survey))
    page.get_by_role("button", name="4 of 10").click()
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    page.get_by_label("Would you like to add something?").fill("Nobody called.")
    page.get_by_role("button", name="Send these words").click()
    expect(page.get_by_text("Nobody called.")).to_be_visible()
    answered = SurveyResponse.objects.get()
    assert (answered.score, answered.words) == (4, "Nobody called.")
