"""What nobody asked: it is set aside, and drowns no question."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from conversations.models import Conversation, Message
from leads.models import Lead
from notifications.models import Notification
from tests.cast import Cast
from tests.conversations.chatting import FETCH, OPEN, asks, typed
from tests.desk.helpers import get, post, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_work() -> Any:
    cache.clear()  # the limits of what came before
    with time_machine.travel(OPEN, tick=False) as clock:
        yield clock


def test_the_hidden_box_and_haste_keep_nothing(cast: Cast, visitor: Client) -> None:
    assert asks(visitor, website="https://spam.example").status_code == 200
    hasty = visitor.post("/chat/say/", typed(2, made=timedelta(0)), **FETCH)
    assert hasty.status_code == 422 and "very quick" in words(hasty)
    assert not Message.objects.exists() and not Conversation.objects.exists()


def test_a_thousand_messages_of_noise_do_not_drown_a_real_one(
    cast: Cast, client_for: Any, at_work: Any
) -> None:
    real = Client()
    asks(
        real, 1, body="We found a home in Bath. What do we do first?", officer=cast.olga.officer_profile.slug
    )
    at_work.shift(timedelta(minutes=1))
    kept = 0
    for number in range(1000):
        bot = Client(REMOTE_ADDR=f"10.{number % 200}.0.9")  # from two hundred places
        kept += (
            asks(bot, 1000 + number, body=_noise(number), officer=cast.olga.officer_profile.slug).status_code
            == 200
        )
        if number == 500:
            at_work.shift(timedelta(minutes=1))
            late = Client(REMOTE_ADDR="203.0.113.7")
            asked = asks(
                late, 2, body="Is an appraisal always needed?", officer=cast.olga.officer_profile.slug
            )
            if asked.status_code == 422:  # so many ask that a way to answer is wanted
                asks(late, 2, body="Is an appraisal always needed?", email="v@moss.example",
                     officer=cast.olga.officer_profile.slug)  # fmt: skip
    assert kept > 20, "some came through, and were kept apart"
    olga = client_for(cast.olga)
    page = get(olga, "desk:messages")
    waiting = [row.conversation for row in page.context["waiting"].rows]
    said = [thread.messages.first().body for thread in waiting]
    assert said[0].startswith("We found a home in Bath.")
    assert "Is an appraisal always needed?" in said[:5] and len(said) <= 5
    assert Lead.objects.count() == len(said)
    assert Notification.objects.filter(kind="visitor_wrote").count() == len(said)
    aside = get(olga, "desk:messages", show="aside")
    assert len(aside.context["page"].rows) > 20 and not any(
        row.conversation.set_aside_at for row in get(olga, "desk:messages").context["page"].rows
    )


def _noise(number: int) -> str:
    """Links, and the same words from everywhere."""
    if number % 2:
        return f"Best pills http://a{number}.example and http://b{number}.example <a href=x>now</a>"
    return "We can bring your site to the first page of every search engine within a week."


def test_what_was_taken_for_noise_is_brought_back_with_its_wait(
    cast: Cast, visitor: Client, client_for: Any
) -> None:
    said = "Two homes: https://homes.example/1 or https://homes.example/2, which is simpler?"
    asks(visitor, body=said, officer=cast.olga.officer_profile.slug)
    thread = Conversation.objects.get()
    assert thread.set_aside_at and not Lead.objects.exists() and not thread.unanswered_since
    olga = client_for(cast.olga)
    assert post(olga, "desk:conversation_settle", thread.public_id, do="back").status_code == 302
    thread.refresh_from_db()
    assert (thread.unanswered_since, thread.set_aside_at) == (OPEN, None)
    assert Lead.objects.get().waiting_since == OPEN
    assert said in words(get(olga, "desk:messages"))
    post(olga, "desk:conversation_settle", thread.public_id, do="aside")
    thread.refresh_from_db()
    assert thread.set_aside_at and thread.unanswered_since is None


def test_one_address_begins_a_dozen_an_hour_and_one_chat_says_sixty(cast: Cast) -> None:
    codes = [asks(Client(), number, body=f"Question {number}").status_code for number in range(14)]
    assert codes == [200] * 12 + [429] * 2
    cache.clear()
    one = Client()
    codes = [asks(one, 100 + number, body=f"Word {number}").status_code for number in range(62)]
    assert codes == [200] * 60 + [429] * 2
