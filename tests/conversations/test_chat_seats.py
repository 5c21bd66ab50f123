"""Words typed in the chat go to the thread they were typed at, once, and none are lost; and who learns what of whom."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import Absence
from conversations.models import Conversation, Message
from conversations.private_numbers import without_private_numbers
from portal.chat import KEPT_FOR
from portal.suggesting import pages_for
from tests.cast import Cast, make_loan, sign_in
from tests.conversations.chatting import CLOSED, FETCH, OPEN, answers, asks, typed
from tests.desk.helpers import get, post, queries, words

pytestmark = pytest.mark.django_db
MOVED_ON = 409


@pytest.fixture(autouse=True)
def at_work() -> Any:
    cache.clear()  # the limits of what came before
    with time_machine.travel(OPEN, tick=False) as clock:
        yield clock


# --- Which thread ----------------------------------------------------------------------------------------------


def test_what_was_typed_for_a_loan_never_goes_to_the_visitors_thread(cast: Cast) -> None:
    browser = Client()
    asks(browser)
    asked = Conversation.objects.get()
    sign_in(browser, cast.bea)
    assert f"?as={cast.loan.public_id}" in get(browser, "chat:room").content.decode()
    browser.logout()
    at_loan = f"?as={cast.loan.public_id}"
    sent = browser.post(f"/chat/say/{at_loan}", typed(2, body="My new salary is on the way."), **FETCH)
    assert sent.status_code == MOVED_ON
    assert "signed in or out" in words(sent) and "My new salary is on the way." in sent.content.decode()
    assert asked.messages.count() == 1
    assert browser.get(f"/chat/new/{at_loan}").status_code == MOVED_ON, "no two threads on one page"
    browser.post(f"/chat/read/{at_loan}", {"upto": 10**9})
    asked.refresh_from_db()
    assert asked.read_upto == 0, "what another thread showed was not read here"


def test_what_was_typed_for_one_loan_never_goes_to_a_newer_one(cast: Cast, client_for: Any) -> None:
    bea = client_for(cast.bea)
    first = f"?as={cast.loan.public_id}"
    newer = make_loan(officer=cast.otto, borrowers=[cast.bea])
    sent = bea.post(f"/chat/say/{first}", {"body": "When do we close?", "token": "a" * 32}, **FETCH)
    assert sent.status_code == MOVED_ON and newer.number in words(sent)
    assert not Message.objects.exists()


def test_a_visitors_page_stays_one_when_they_sign_in_on_another(cast: Cast) -> None:
    browser = Client()
    asks(browser)
    sign_in(browser, cast.bea)
    assert "refinance" in words(browser.get("/chat/new/?as=visitor"))
    sent = browser.post("/chat/say/?as=visitor", typed(2, body="And what does it cost?"))
    assert sent["Location"] == "/chat/?as=visitor"
    assert Conversation.objects.get().messages.count() == 2


# --- Once, and all of it ---------------------------------------------------------------------------------------


def test_other_words_on_the_same_form_are_another_message(
    cast: Cast, visitor: Client, client_for: Any
) -> None:
    for body in ("How long does it take?", "How long does it take?", "How long, and what does it cost?"):
        assert asks(visitor, body=body).status_code == 200
    assert Message.objects.count() == 2
    bea, olga = client_for(cast.bea), client_for(Conversation.objects.get().owner)
    for body in ("We sold the car.", "We sold  the car.\r\n", "We sold the car and the boat."):
        bea.post("/chat/say/", {"body": body, "token": "b" * 32}, **FETCH)
    assert cast.loan.conversation.messages.count() == 2
    for body in ("Six weeks.", "Six weeks.", "Six weeks, often less."):
        asked = Conversation.objects.get(loan=None)
        post(olga, "desk:visitor", asked.public_id, body=body, token="c" * 32)
    assert asked.messages.filter(by__isnull=False).count() == 2


def test_a_browser_whose_key_is_gone_gets_one_with_the_answer(cast: Cast, visitor: Client) -> None:
    refused = visitor.post("/chat/say/", typed(), **FETCH)
    assert refused.status_code == 422 and "How long does a refinance take?" in refused.content.decode()
    assert visitor.post("/chat/say/", typed(), **FETCH).status_code == 200
    assert Message.objects.count() == 1


def test_a_thread_is_kept_for_thirty_days_from_the_last_word_on(
    cast: Cast, visitor: Client, at_work: Any
) -> None:
    asks(visitor)
    at_work.shift(KEPT_FOR - timedelta(days=1))
    asks(visitor, 2, body="Are you still there?", email="ida@moss.example")
    at_work.shift(timedelta(days=2))
    assert "refinance" in words(get(visitor, "chat:room"))


def test_pressing_once_more_works_at_once(cast: Cast, visitor: Client, at_work: Any) -> None:
    get(visitor, "chat:room")
    late = visitor.post("/chat/say/", typed(made=timedelta(days=2)), **FETCH)
    assert "Please press once more" in words(late)
    again = {**typed(), "made": late.context["form"].mark}
    assert visitor.post("/chat/say/", again, **FETCH).status_code == 200


# --- Who learns what -------------------------------------------------------------------------------------------


def test_an_address_that_is_typed_tells_nobody_who_its_officer_is(cast: Cast) -> None:
    for number, officer in enumerate((cast.olga, cast.otto)):
        known = Client()
        asks(known, number, email=f"known{number}@moss.example", officer=officer.officer_profile.slug)
        curious = Client()
        asks(curious, 10 + number, email=f"known{number}@moss.example")
        assert Conversation.objects.latest("pk").owner == officer
        page = words(get(curious, "chat:room"))
        assert officer.name not in page and "One of our loan officers answers you" in page
        answers(officer, thread=Conversation.objects.latest("pk"))
        assert f"{officer.name} answers you" in words(get(curious, "chat:room"))


def test_no_mail_is_promised_to_whoever_left_a_number_alone(
    cast: Cast, visitor: Client, at_work: Any
) -> None:
    at_work.move_to(CLOSED)
    by_phone = words(asks(visitor, phone="(207) 555-0199"))
    assert "by mail" not in by_phone and "or we call you" in by_phone
    assert "by mail" in words(asks(Client(), 2, email="ida@moss.example"))


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("078–05–1120", "•••"),
        ("078 - 05 - 1120", "•••"),
        ("It is 078-05-1120- thanks", "It is •••- thanks"),
        ("SSN078051120", "SSN•••"),
        ("SSN-078-05-1120", "SSN-•••"),
        ("my account number is 1234567890.", "my account number is •••."),
        ("My account is fine, call 2075550199", "My account is fine, call 2075550199"),
        ("04101-1234 or +1 207-555-0199 on 11-22-2026", "04101-1234 or +1 207-555-0199 on 11-22-2026"),
        ("https://homes.example/123456789_id", "https://homes.example/123456789_id"),
    ],
)
def test_private_numbers_however_they_are_typed(said: str, kept: str) -> None:
    assert without_private_numbers(said) == kept


@pytest.mark.parametrize(
    "question",
    ["Is a FICO of 580 fine for a refinance?", "How much house can we buy with an escrow account?",
     "Can I buy after a bankruptcy?", "Do I earn enough for a VA loan?", "Another bank turned me down"],
)  # fmt: skip
def test_other_ways_to_ask_whether_one_would_get_a_loan(question: str) -> None:
    assert pages_for(question) == []


# --- At the desk -----------------------------------------------------------------------------------------------


def test_whoever_stands_in_answers_and_settles_a_visitor(cast: Cast, client_for: Any) -> None:
    asks(Client(), officer=cast.olga.officer_profile.slug)
    asks(Client(), 2, body="And a boat?", officer=cast.olga.officer_profile.slug)
    first, second = Conversation.objects.order_by("pk")
    today = OPEN.date()
    Absence.objects.create(user=cast.olga, deputy=cast.otto, first_day=today, last_day=today)
    otto = client_for(cast.otto)
    sent = post(otto, "desk:visitor", first.public_id, body="Often six weeks.", token=uuid4().hex)
    assert sent.status_code == 302
    post(otto, "desk:conversation_settle", second.public_id, do="no_reply")
    assert not Conversation.objects.filter(unanswered_since__isnull=False).exists()


def test_the_page_of_a_visitor_stays_within_eight_questions(cast: Cast, client_for: Any) -> None:
    for number in range(4):
        browser = Client()
        asks(browser, number, body=f"Question {number}?", name="Ida Moss", email="ida@moss.example",
             officer=cast.olga.officer_profile.slug)  # fmt: skip
        asks(browser, 100 + number, body="And one more.")
    thread, olga = Conversation.objects.first(), client_for(cast.olga)
    asked = queries(olga, reverse("desk:visitor", args=[thread.public_id]))
    assert len(asked) <= 8, "\n".join(asked)
