"""Hints in a real browser: they come by themselves while the page is open, and "Done" is one press."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from documents.models import Document, Look
from tests.cast import sign_in
from tests.documents.kept import keep

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


def test_hints_appear_without_a_reload_and_done_takes_them_away(
    live_server: Any, cast: Any, asked: Any, open_page: Any
) -> None:
    document = keep(asked, cast.bea)
    page = open_page(size="phone")
    session = sign_in(Client(), cast.bea).cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page.goto(live_server.url + reverse("loans:documents", args=[cast.loan.public_id]))
    page.get_by_text("We look through it for you").wait_for()
    Document.objects.filter(pk=document.pk).update(hints=[{"code": "blank_page", "pages": [2]}])
    Look.objects.filter(document=document).update(state=Look.State.DONE, read_at=timezone.now())
    page.get_by_text("Nothing can be seen on page 2.").wait_for()
    page.get_by_role("link", name="Send another file instead of statement.pdf").click()
    assert page.locator(f"#upload-{asked.public_id}").get_attribute("open") is not None
    page.get_by_role("button", name="Done: keep it as it is").click()
    page.get_by_text("Your loan team looks at it as it is.").wait_for()
    assert page.get_by_text("Nothing can be seen on page 2.").count() == 0
    document.refresh_from_db()
    assert document.hints_kept_by == cast.bea
