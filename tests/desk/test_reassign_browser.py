"""A loan is given to another officer by hand, and the old one, who has it open, finds nothing the moment after."""

import time

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from loans.models import Loan
from tests.cast import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk_of(live_server, open_page):
    """A page of a browser in which this person is signed in."""

    def opened(user) -> Page:
        cookie = sign_in(Client(), user).cookies[settings.SESSION_COOKIE_NAME].value
        page = open_page(base_url=live_server.url)
        page.context.add_cookies(
            [{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}]
        )
        return page

    return opened


def test_a_manager_gives_a_loan_away(cast, desk_of, watch, record_property):
    watch.expect(" 404 ")
    olga, mara = desk_of(cast.olga), desk_of(cast.mara)
    address = f"/desk/loans/{cast.loan.public_id}/"
    olga.goto(address)
    expect(olga.get_by_role("heading", level=1)).to_have_text("Bea Nguyen, Cole Nguyen")
    mara.goto(address)
    began = time.monotonic()
    presses = [
        ("link", "Give the loan to another officer"),
        ("radio", "Otto Weber"),
        ("button", "Give the loan"),
    ]
    for role, name in presses:
        mara.get_by_role(role, name=name, exact=True).click()
    expect(mara.get_by_text("LN-1001 is with Otto Weber now.")).to_be_visible()
    seconds = time.monotonic() - began
    assert Loan.objects.get(pk=cast.loan.pk).officer == cast.otto
    assert olga.reload().status == 404
    record_property("figures", f"one loan given to another officer: {len(presses)} presses, {seconds:.1f} s")
