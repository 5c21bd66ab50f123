"""The editor of wordings in a browser: the message follows the typing, with JavaScript and without."""

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Page, expect

from notifications.models import Notification, Wording
from tests.cast import Cast, sign_in

pytestmark = pytest.mark.django_db(transaction=True)
FRAME = "iframe.wording-frame"


@pytest.fixture
def editor(cast: Cast, live_server: Any, open_page: Any, client: Client) -> Callable[..., Page]:
    cookie = sign_in(client, cast.stef).cookies[settings.SESSION_COOKIE_NAME].value

    def at(**options: Any) -> Page:
        page: Page = open_page(base_url=live_server.url, **options)
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
        )
        page.goto(reverse("admin:notifications_wording_changelist"))
        page.get_by_role("link", name="Underwriting").click()
        return page

    return at


def test_the_message_follows_the_typing(editor: Callable[..., Page]) -> None:
    page = editor()
    mail = page.frame_locator(FRAME)
    expect(mail.get_by_role("heading", name="With the underwriter")).to_be_visible()

    page.get_by_label("Heading").fill("Hello ")
    page.get_by_role("button", name="{{ first_name }}").click()
    expect(page.get_by_label("Heading")).to_have_value("Hello {{ first_name }}")
    expect(mail.get_by_role("heading", name="Hello Bea")).to_be_visible()

    page.get_by_label("Subject").fill("Now at {{ nowhere }}")
    expect(page.get_by_text("This message does not know “nowhere”.")).to_be_visible()
    page.get_by_label("Subject").fill("About {{ number }}")
    page.get_by_label("With the values of a loan").fill("LN-1001")
    expect(page.locator(".wording-subject")).to_contain_text("About LN-1001")
    expect(mail.get_by_text("Olga Haddad").first).to_be_visible()

    page.go_back()  # frames that came and went left nothing in the history
    expect(page).to_have_url(reverse("admin:notifications_wording_changelist"))
    assert not Wording.objects.exists() and not Notification.objects.exists()


def test_without_javascript_it_is_a_button_and_saving_works(editor: Callable[..., Page], cast: Cast) -> None:
    page = editor(java_script_enabled=False)
    page.get_by_label("Heading").fill("Without scripts")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.frame_locator(FRAME).get_by_role("heading", name="Without scripts")).to_be_visible()
    page.get_by_role("button", name="Save and use these words").click()
    expect(page.get_by_text("Saved. These words hold from now on.")).to_be_visible()
    assert Wording.objects.get().published.heading == "Without scripts"  # type: ignore[union-attr]
