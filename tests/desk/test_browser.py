"""The desk in a browser: a stage moved with and without JavaScript (axe: tests/journey/test_every_page.py)."""

from datetime import timedelta

import pytest
from django.conf import settings
from playwright.sync_api import expect

from loans import clocks
from loans.models import Loan, Task
from loans.stages import Stage
from notifications.models import Notification
from tests.cast import sign_in
from tests.desk.helpers import fresh, make_document, make_request, send_loan_estimate

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(cast):
    """A loan with something in every place of its page."""
    send_loan_estimate(cast.loan, cast.olga)
    soon = clocks.today() + timedelta(days=4)
    papers = (
        ("bank_statement", "Bank statements, May"),
        ("pay_stub", "Pay stubs, last 30 days"),
        ("photo_id", "Photo ID"),
    )
    for number, (kind, title) in enumerate(papers):
        asked = make_request(
            cast.bea_party, cast.olga, kind=kind, title=title, due_on=soon if number else None
        )
        if number < 2:
            make_document(asked, name=f"{title.split(',')[0].lower().replace(' ', '-')}.pdf")
    Task.objects.create(
        loan=cast.loan, kind=Task.Kind.NEXT_UPDATE, why="You promised an update for today.", for_user=cast.olga,
        due_on=clocks.today(), key="browser",
    )  # fmt: skip
    late = clocks.today() - timedelta(days=1)
    Loan.objects.filter(pk=cast.loan.pk).update(
        stage=Stage.UNDERWRITING, next_update_on=late, expected_closing=soon
    )
    return cast


@pytest.fixture
def at_the_desk(desk, live_server, open_page, client):
    """`at_the_desk(size, scheme)`: a page of a browser in which Olga is signed in."""
    cookie = sign_in(client, desk.olga).cookies[settings.SESSION_COOKIE_NAME].value

    def page(size="desktop", scheme="light", **options):
        opened = open_page(size=size, scheme=scheme, base_url=live_server.url, **options)
        here = {"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": live_server.url}
        opened.context.add_cookies([here])
        return opened

    return page


def test_the_message_follows_the_typing_and_undo_takes_it_back(desk, at_the_desk):
    page = at_the_desk()
    page.goto(f"/desk/loans/{desk.loan.public_id}/stage/")
    page.get_by_role("link", name="Processing").click()
    page.get_by_label("A line of your own to the borrower").fill("One more look at your file, Bea.")
    expect(page.get_by_role("region", name="Text of the message")).to_contain_text(
        "One more look at your file, Bea."
    )
    page.get_by_text("As it looks in the mailbox").click()
    expect(page.frame_locator("iframe").get_by_text("One more look at your file, Bea.")).to_be_visible()
    page.get_by_role("button", name="Move to “Processing”").click()
    expect(page.get_by_text("It can be taken back until")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("The message is not sent, and the history shows one correction.")).to_be_visible()
    assert fresh(desk.loan).stage == Stage.UNDERWRITING


def test_a_stage_moves_in_two_steps_without_javascript(desk, at_the_desk):
    page = at_the_desk(java_script_enabled=False)
    page.goto(f"/desk/loans/{desk.loan.public_id}/stage/?to=processing")
    page.get_by_label("A line of your own to the borrower").fill("We look again.")
    page.get_by_role("button", name="Move to “Processing”").click()
    expect(page.get_by_role("region", name="Text of the message")).to_contain_text("We look again.")
    assert fresh(desk.loan).stage == Stage.UNDERWRITING, "the message was only shown"
    page.get_by_role("button", name="Move to “Processing”").click()
    expect(page.get_by_text("It can be taken back until")).to_be_visible()
    assert Notification.objects.filter(kind="stage_processing").exists()


def test_a_form_opens_where_it_belongs_and_keeps_what_was_typed(desk, at_the_desk, watch):
    page = at_the_desk()
    page.goto(f"/desk/loans/{desk.loan.public_id}/")
    page.get_by_text("Promise the next update").click()
    page.get_by_label("Next update on").fill("2020-01-02")
    page.locator("#next-update").get_by_role("button", name="Save").click()
    expect(page.locator("#next-update").get_by_role("alert")).to_contain_text("lies in the past")
    assert page.get_by_label("Next update on").input_value() == "2020-01-02"
