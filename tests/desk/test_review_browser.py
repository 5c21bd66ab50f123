"""The keys of the desk stay quiet when they must. What a day's work takes by key is in test_working_day.py."""

import pytest
from playwright.sync_api import expect

from documents.models import Document
from tests.desk.hands import Hands, let_in
from tests.desk.helpers import make_document, make_request

pytestmark = pytest.mark.django_db(transaction=True)


def test_keys_are_quiet_while_somebody_types_and_when_switched_off(cast, live_server, open_page):
    papers = [
        make_document(
            make_request(cast.bea_party, cast.olga, kind="other", title=f"Paper {number}"),
            name=f"paper-{number}.pdf",
        )
        for number in (1, 2, 3)
    ]
    olga = let_in(open_page(base_url=live_server.url), cast.olga, live_server.url)
    hands = Hands(olga)
    olga.goto(f"/desk/documents/{papers[1].public_id}/")
    olga.get_by_label("A line of your own").click()
    hands.press("a", "j", "r")
    expect(olga.get_by_label("A line of your own")).to_have_value("ajr")
    hands.press("Escape", "k")
    hands.sees("paper-1.pdf")
    hands.press("?")
    olga.get_by_label("Single keys work on this device").uncheck()
    olga.reload()
    hands.sees("paper-1.pdf")
    hands.press("a", "j", "g", "t")
    olga.get_by_text("Keys", exact=True).click()
    expect(olga.get_by_label("Single keys work on this device")).not_to_be_checked()
    hands.sees("paper-1.pdf")
    assert set(Document.objects.values_list("review", flat=True)) == {"pending"}
