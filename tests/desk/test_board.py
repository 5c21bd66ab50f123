"""The board: whose loans lie where, what it offers, and that a card moved by hand or key asks before anything moves."""

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from loans.models import Loan
from loans.stages import Stage
from portal.views.desk.board import CARDS
from tests.cast import make_loan, sign_in
from tests.desk.helpers import fresh, get, words


def lying(response):
    return {
        str(column.stage): [card.loan.number for card in column.cards]
        for column in response.context["columns"]
        if column.cards
    }


def test_each_person_sees_their_own_loans_in_the_columns_of_the_line(cast, client_for):
    make_loan(officer=cast.olga, borrowers=[cast.nils], number="LN-3", stage=Stage.CLOSING)
    make_loan(officer=cast.olga, borrowers=[cast.nils], number="LN-4", stage=Stage.FUNDED)
    assert lying(get(client_for(cast.olga), "desk:board")) == {
        "application_received": ["LN-1001"], "closing": ["LN-3"],
    }  # fmt: skip
    assert lying(get(client_for(cast.otto), "desk:board")) == {"application_received": ["LN-1002"]}
    page = get(client_for(cast.mara), "desk:board", officer=str(cast.otto.public_id))
    assert lying(page) == {"application_received": ["LN-1002"]}
    assert len(lying(get(client_for(cast.mara), "desk:board"))["application_received"]) == 2
    assert get(client_for(cast.bea), "desk:board").status_code == 404


def test_a_full_column_shows_its_latest_cards_its_count_and_a_link_to_the_rest(cast, client_for):
    Loan.objects.bulk_create(
        Loan(number=f"LN-{n:04d}", officer=cast.olga, purpose="purchase", state="ME", stage=Stage.PROCESSING)
        for n in range(120)
    )
    for who in (cast.olga, cast.mara):
        page = get(client_for(who), "desk:board")
        column = next(one for one in page.context["columns"] if one.stage == Stage.PROCESSING)
        latest = Loan.objects.filter(stage=Stage.PROCESSING).order_by("-last_activity_at", "-pk")
        assert [card.loan for card in column.cards] == list(latest[:CARDS])
        assert (
            column.count_text == "99+"
            and f"{reverse('desk:pipeline')}?stage=processing" in page.content.decode()
        )


def test_without_a_script_each_card_links_to_the_page_that_moves_it(cast, client_for):
    page = get(client_for(cast.olga), "desk:board").content.decode()
    stage = reverse("desk:stage", args=[cast.loan.public_id])
    assert f'href="{stage}?to=processing"' in page and f'href="{stage}?to=closing"' not in page
    assert "Move to" in words(get(client_for(cast.olga), "desk:board"))


@pytest.mark.django_db(transaction=True)
def test_a_card_dragged_or_moved_by_key_opens_the_page_that_asks_first(cast, live_server, open_page, client):
    cookie = sign_in(client, cast.olga).cookies[settings.SESSION_COOKIE_NAME].value
    page = open_page(base_url=live_server.url)
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
    )
    page.goto(reverse("desk:board"))
    stage = reverse("desk:stage", args=[cast.loan.public_id])
    card = page.locator("[data-card]")
    card.drag_to(page.locator('[data-stage="closing"]'))
    assert page.url.endswith(reverse("desk:board")), "one step at a time"
    card.drag_to(page.locator('[data-stage="processing"]'))
    page.wait_for_url(f"**{stage}?to=processing")
    page.go_back()
    page.locator("[data-card] a").first.focus()
    page.keyboard.press("Shift+ArrowLeft")
    expect(page.locator("[data-board-said]")).to_contain_text("cannot go from here")
    page.keyboard.press("Shift+ArrowRight")
    page.wait_for_url(f"**{stage}?to=processing")
    assert fresh(cast.loan).stage == Stage.APPLICATION_RECEIVED, "nothing moved yet"
