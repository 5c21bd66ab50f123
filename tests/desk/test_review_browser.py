"""Papers looked through by keyboard alone, and the keys that stay quiet when they must."""

import time
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils import timezone
from playwright.sync_api import Page, expect

from documents.models import Document
from tests.cast import sign_in
from tests.desk.helpers import make_document, make_request

pytestmark = pytest.mark.django_db(transaction=True)
RETURNED = {
    3: ("5", "period_gap"),
    7: ("12", "unexplained_deposit"),
}  # the number of the reason, and its code


@pytest.fixture
def ten(cast):
    moment = timezone.now() - timedelta(days=1)
    return [
        make_document(
            make_request(
                cast.bea_party if number % 2 else cast.cole_party, cast.olga, kind="other", title=f"Paper {number}"
            ),
            name=f"paper-{number}.pdf", received_at=moment + timedelta(minutes=number),
        )
        for number in range(1, 11)
    ]  # fmt: skip


@pytest.fixture
def olga(cast, live_server, open_page, client):
    """A page of a browser in which Olga is signed in."""
    cookie = sign_in(client, cast.olga).cookies[settings.SESSION_COOKIE_NAME].value
    opened = open_page(base_url=live_server.url)
    opened.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )
    return opened


class Hands:
    """Counts the keys, and the pages that must open by themselves."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.presses = 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.presses += 1

    def sees(self, title: str) -> None:
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title)


def test_ten_documents_are_reviewed_by_keyboard_alone(ten, olga, record_property):
    hands = Hands(olga)
    olga.goto("/desk/documents/")
    began = time.monotonic()
    hands.press("n")
    for number in range(1, 11):
        hands.sees(f"paper-{number}.pdf")
        if number in RETURNED:
            hands.press("r", *RETURNED[number][0], "Enter")
        else:
            hands.press("a")
    hands.sees("Documents to review")
    seconds = time.monotonic() - began
    expect(olga.get_by_text("Nothing to review")).to_be_visible()
    decided = dict(Document.objects.values_list("name", "review"))
    back = {f"paper-{number}.pdf" for number in RETURNED}
    assert decided == {one.name: "returned" if one.name in back else "accepted" for one in ten}
    codes = Document.objects.filter(review="returned").order_by("id").values_list("reason", flat=True)
    assert list(codes) == [code for _keys, code in RETURNED.values()]
    record_property(
        "figures",
        f"ten documents by keyboard: {hands.presses} key presses, {seconds:.1f} s (8 accepted, 2 sent back)",
    )
    assert hands.presses <= 20


def test_keys_are_quiet_while_somebody_types_and_when_switched_off(ten, olga):
    hands = Hands(olga)
    olga.goto(f"/desk/documents/{ten[1].public_id}/")
    olga.get_by_label("A line of your own").click()
    hands.press("a", "j", "r")
    expect(olga.get_by_label("A line of your own")).to_have_value("ajr")
    olga.keyboard.press("Escape")
    olga.get_by_role("heading", level=1).click()
    hands.press("k")
    hands.sees("paper-1.pdf")
    hands.press("?")
    olga.get_by_label("Single keys work on this device").uncheck()
    olga.reload()
    hands.sees("paper-1.pdf")
    hands.press("a", "j")
    olga.get_by_text("Keys", exact=True).click()
    expect(olga.get_by_label("Single keys work on this device")).not_to_be_checked()
    hands.sees("paper-1.pdf")
    assert set(Document.objects.values_list("review", flat=True)) == {"pending"}
