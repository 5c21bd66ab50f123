"""The chat: a visitor asks, one of us answers; hours, what is kept and what is not, noise, and pages that may help."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.access import token_digest
from audit.models import Entry
from conversations import services
from conversations.models import Conversation, Message, ReplyFigures
from conversations.told import items_told
from leads.models import Lead
from loans.models import ReceivedItem, Task
from notifications.facts.shared import NotWanted
from notifications.models import Notification
from notifications.rendering import render
from portal.suggesting import _index, pages_for
from tests.cast import Cast, sign_in
from tests.conversations.chatting import CLOSED, FETCH, OPEN, answers, asks, typed
from tests.desk.helpers import get, words

pytestmark = pytest.mark.django_db
ALL_SIX = (
    "My name is Ida Moss, my SSN is 078-05-1120. I earn $90,000 a year, we want the house at 12 Harbor Lane. "
    "It is listed at 420k. We need to borrow $336,000."
)


@pytest.fixture(autouse=True)
def at_work() -> Any:
    cache.clear()  # the limits of what came before
    with time_machine.travel(OPEN, tick=False) as clock:
        yield clock


# --- Asking and answering --------------------------------------------------------------------------------------


def test_a_question_becomes_a_thread_and_a_lead_of_one_officer_whose_clock_runs(
    cast: Cast, visitor: Client, client_for: Any
) -> None:
    asked = asks(visitor, email="Ida@Moss.example", name="Ida Moss")
    assert asked.status_code == 200 and "How long does a refinance take?" in words(asked)
    thread, lead = Conversation.objects.get(), Lead.objects.get()
    assert (thread.name, thread.email, thread.unanswered_since) == ("Ida Moss", "ida@moss.example", OPEN)
    assert (lead.source, lead.waiting_since, lead.officer) == ("chat", OPEN, thread.owner)
    told = Notification.objects.get(kind="visitor_wrote")
    assert told.recipient == f"user:{thread.owner.public_id}"
    page = words(get(client_for(thread.owner), "desk:today"))
    assert "Ida Moss" in page and "Callers without an answer" not in page, "one wait stands there once"

    answers(thread.owner)
    lead.refresh_from_db()
    assert (lead.waiting_since, lead.first_answer_at) == (None, OPEN)
    assert "Often six weeks." in words(get(visitor, "chat:new"))


def test_the_officer_of_the_page_answers(cast: Cast, visitor: Client) -> None:
    for number, officer in ((1, cast.otto), (2, cast.olga)):
        one = Client()
        page = get(one, "public:officer", officer.officer_profile.slug)
        assert f"/chat/?officer={officer.officer_profile.slug}" in page.content.decode()
        room = one.get(f"/chat/?officer={officer.officer_profile.slug}")
        assert f"{officer.name} answers you" in words(room)
        asks(one, number, officer=officer.officer_profile.slug)
        assert Conversation.objects.latest("pk").owner == officer


def test_without_a_script_the_page_takes_the_question_and_shows_the_answer(
    cast: Cast, visitor: Client
) -> None:
    page = get(visitor, "chat:room")
    assert page["Cache-Control"] == "no-store, private"
    sent = visitor.post("/chat/say/", typed())
    assert (sent.status_code, sent["Location"]) == (302, "/chat/")
    answers(Conversation.objects.get().owner)
    page = words(get(visitor, "chat:room"))
    assert "How long does a refinance take?" in page and "Often six weeks." in page and "NMLS ID" in page


def test_a_browser_keeps_a_signed_key_and_we_keep_its_digest_alone(cast: Cast, visitor: Client) -> None:
    get(visitor, "chat:room")
    asks(visitor)
    cookie = visitor.cookies["chat"]
    assert cookie["httponly"] and cookie["samesite"] == "Lax"
    token = cookie.value.split(":")[0]
    assert Conversation.objects.get().chat_key == token_digest(token)
    forged = Client()
    forged.cookies["chat"] = cookie.value[:-2] + "xx"
    assert "refinance" not in words(get(forged, "chat:new"))
    assert "refinance" not in words(get(Client(), "chat:new")), "nobody else reads it"
    visitor.post("/chat/leave/")
    assert "refinance" not in words(get(visitor, "chat:new"))


def test_the_same_form_twice_is_one_message(cast: Cast, visitor: Client) -> None:
    for _again in range(2):
        assert asks(visitor).status_code == 200
    assert Message.objects.count() == 1 and Lead.objects.count() == 1


def test_asking_for_what_is_new_costs_no_body_and_few_questions(
    cast: Cast, visitor: Client, django_assert_max_num_queries: Any
) -> None:
    asks(visitor)
    known = get(visitor, "chat:new")["ETag"]
    with django_assert_max_num_queries(1):
        again = visitor.get("/chat/new/", HTTP_IF_NONE_MATCH=known)
    assert (again.status_code, again.content) == (304, b"")
    answers(Conversation.objects.get().owner)
    assert visitor.get("/chat/new/", HTTP_IF_NONE_MATCH=known).status_code == 200


def test_who_reads_the_answer_in_the_chat_gets_no_mail_of_it(
    cast: Cast, visitor: Client, at_work: Any
) -> None:
    asks(visitor, email="ida@moss.example")
    answer = answers(Conversation.objects.get().owner)
    row = Notification.objects.get(kind="visitor_answer")
    assert row.due_at == OPEN + timedelta(minutes=3)
    assert "Often six weeks." in render(row).text
    visitor.post("/chat/read/", {"upto": answer.pk})
    with pytest.raises(NotWanted):
        render(row)


def test_a_mail_to_somebody_without_a_name_greets_them(cast: Cast, visitor: Client) -> None:
    asks(visitor, email="ida@moss.example")
    answers(Conversation.objects.get().owner)
    text = render(Notification.objects.get(kind="visitor_answer")).text
    assert "Hello ," not in text and "Hello  " not in text


# --- Signing in in between -----------------------------------------------------------------------------------


def test_who_signs_in_sits_at_their_loan_and_nothing_is_joined(cast: Cast) -> None:
    bea = Client()
    asks(bea, body="Do you do refinances of boats?")
    sign_in(bea, cast.bea)
    page = words(get(bea, "chat:room"))
    assert cast.loan.number in page and "boats" not in page and "before you signed in" in page
    bea.post("/chat/say/", {"body": "When do we close?", "token": "a" * 32}, **FETCH)
    assert cast.loan.conversation.messages.get().body == "When do we close?"
    assert Conversation.objects.get(loan=None).messages.count() == 1
    assert "boats" in words(bea.get("/chat/?as=visitor"))


def test_a_borrower_reads_no_note_of_ours_in_the_chat(cast: Cast, client_for: Any) -> None:
    services.note(loan=cast.loan, by=cast.olga, body="zqnotezq")
    services.write(loan=cast.loan, by=cast.olga, body="We close on Friday.")
    page = words(get(client_for(cast.bea), "chat:room"))
    assert "We close on Friday." in page and "zqnotezq" not in page


def test_people_who_work_here_answer_at_the_desk(cast: Cast, client_for: Any) -> None:
    olga = client_for(cast.olga)
    assert get(olga, "chat:room")["Location"] == "/desk/messages/"
    assert b"data-chat" not in get(olga, "desk:today").content
    assert b"data-chat" in get(client_for(cast.bea), "loans:detail", cast.loan.public_id).content


# --- Hours -----------------------------------------------------------------------------------------------------


def test_out_of_hours_it_takes_the_question_with_a_way_to_answer(
    cast: Cast, visitor: Client, at_work: Any
) -> None:
    assert "We are here now, until 5:30 p.m." in words(get(visitor, "chat:room"))
    at_work.move_to(CLOSED)
    page = words(get(visitor, "chat:room"))
    assert "Our offices are closed now. They open Monday, November 23" in page
    refused = asks(visitor)
    assert refused.status_code == 422 and "so that we can answer you" in words(refused)
    assert asks(visitor, phone="(207) 555-0199").status_code == 200
    assert str(Lead.objects.get().phone) == "+12075550199"
    assert asks(visitor, 2, body="And what does it cost?").status_code == 200, "asked once"


def test_how_soon_comes_from_real_answers_or_is_not_said(cast: Cast, visitor: Client) -> None:
    assert "Answers usually come within" not in words(get(visitor, "chat:room"))
    for officer, minutes in ((cast.olga, 25), (cast.otto, 110)):
        ReplyFigures.objects.create(
            officer=officer, answered=40, median_minutes=9, ninetieth_minutes=minutes, kept_at=OPEN
        )
    assert "Answers usually come within 2 hours" in words(get(visitor, "chat:room")), "as long as the slowest"
    theirs = visitor.get("/chat/", {"officer": cast.olga.officer_profile.slug})
    assert "Answers usually come within 30 minutes" in words(theirs)


# --- What is kept --------------------------------------------------------------------------------------------


def test_private_numbers_are_dots_in_what_we_store(cast: Cast, visitor: Client) -> None:
    asks(visitor, body="My SSN is 078-05-1120, my account 123456789012; call (207) 555-0199.")
    assert Message.objects.get().body == "My SSN is •••, my account •••; call (207) 555-0199."
    assert "078" not in str(list(Entry.objects.values_list("detail", flat=True)))


@pytest.mark.parametrize(
    ("said", "items"),
    [
        ("How long does a refinance take in 2026?", set()),
        ("I make about 90k a year", {"income"}),
        ("Our salary is $7,500 a month. The home is worth 410,000", {"income", "value"}),
        ("We'd like to borrow 300 thousand", {"amount"}),
        ("It is at 12 Harbor Lane, Portland", {"address"}),
        ("078 05 1120", {"ssn"}),
        ("Call me at (207) 555-0199 about a loan", set()),
        (ALL_SIX, {"name", "income", "ssn", "address", "value", "amount"}),
    ],
)
def test_which_of_the_six_items_somebody_seems_to_have_told(said: str, items: set[str]) -> None:
    assert items_told(said) == items


def test_all_six_are_said_to_the_officer_and_count_from_when_they_were_told(
    cast: Cast, visitor: Client, client_for: Any, at_work: Any
) -> None:
    asks(visitor, body=ALL_SIX, email="ida@moss.example")
    thread, lead = Conversation.objects.get(), Lead.objects.get()
    page = words(get(client_for(thread.owner), "desk:visitor", thread.public_id))
    assert "Treat this as an application" in page and "078" not in page
    at_work.shift(timedelta(hours=3))
    desk = client_for(thread.owner)
    form = get(desk, "desk:new_loan", lead=str(lead.public_id)).context["form"]
    assert form.initial["email"] == "ida@moss.example"
    sent = desk.post(
        f"{reverse('desk:new_loan')}?lead={lead.public_id}",
        {"name": "Ida Moss", "email": "ida@work.example", "purpose": "purchase", "state": "ME",
         "mortgage_type": "undecided"},
    )  # fmt: skip
    assert sent.status_code == 302
    lead.refresh_from_db()
    assert lead.state == "applied", "whichever address was typed"
    items = dict(ReceivedItem.objects.filter(loan=lead.loan).values_list("item", "at"))
    assert len(items) == 6 and items["ssn"] == OPEN
    assert Task.objects.filter(loan=lead.loan, kind="six_items").exists()


# --- Pages that may help -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "title"),
    [
        ("what is an escrow account", "Escrow account"),
        ("Somebody sent me instructions for a wire by email", "The one rule"),
        ("Why do strangers call me after I applied?", "How to tell us from a stranger"),
        ("what does the VA funding fee cost", "The funding fee"),
        ("closing disclosure", "Closing Disclosure"),
    ],
)
def test_pages_of_ours_are_found_by_their_words(question: str, title: str) -> None:
    assert title in [page.title for page in pages_for(question)]


@pytest.mark.parametrize(
    "question",
    ["Would I qualify with two jobs?", "Am I eligible for VA?", "Can I get a loan with a low credit score?", "asdf",
     "Can we afford this house?", "hello"],
)  # fmt: skip
def test_no_page_is_shown_beside_who_would_qualify_or_for_nothing(question: str) -> None:
    assert pages_for(question) == []


def test_no_page_that_is_shown_speaks_of_who_qualifies() -> None:
    titles = " ".join(entry.page.title for entry in _index("en").entries)
    assert not re.search("qualif|eligib|who may|approv", titles, re.IGNORECASE)


def test_suggestions_are_marked_as_pages_and_lead_there(cast: Cast, visitor: Client) -> None:
    page = asks(visitor, body="What is a closing disclosure?").content.decode()
    assert (
        "Pages of ours that may help meanwhile" in page
        and 'href="/process/glossary/#closing-disclosure"' in page
    )
    asked = words(asks(visitor, 2, body="Would I qualify?"))
    assert "Pages of ours" not in asked and "No page can say whether a loan fits somebody" in asked
    for address in {one.address for one in pages_for("closing disclosure wire appraisal")}:
        answer = visitor.get(address.partition("#")[0])
        assert f'id="{address.partition("#")[2]}"' in answer.content.decode()
