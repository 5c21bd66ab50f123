"""The lead behind a chat: no wait of theirs is lost, and no stranger is taken for them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from conversations.models import Conversation
from conversations.services.settling import need_no_reply
from leads.by_mail import ask_for_guide
from leads.chat import ask_in_chat, tell_who_asks
from leads.joining import join_leads, perhaps_the_same
from leads.models import DripEnrolment, Lead
from leads.services import take_call
from leads.tasks import run_clocks
from tests.cast import Cast
from tests.desk.helpers import post

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)  # ten o'clock in Maine


@pytest.fixture(autouse=True)
def clock() -> Any:
    cache.clear()
    with time_machine.travel(MONDAY, tick=False) as moving:
        yield moving


def asked(cast: Cast, key: str = "k1", **said: Any) -> Lead:
    ask_in_chat(key=key, body="What does an appraisal cost?", source=f"chat:{key}", chosen=cast.olga, **said)
    return Conversation.objects.get(chat_key=key).leads.get()


def waits(lead: Lead) -> bool:
    lead.refresh_from_db()
    return lead.waiting_since is not None


@pytest.mark.parametrize("settled_first", [True, False])
def test_a_call_back_is_owed_whatever_becomes_of_the_chat(
    cast: Cast, clock: Any, settled_first: bool
) -> None:
    lead = asked(cast, name="Ida Moss", email="ida@moss.example")
    if settled_first:
        need_no_reply(conversation=lead.threads.get(), by=cast.olga)
        run_clocks()
    clock.shift(timedelta(minutes=5))
    take_call(by=cast.mara, officer=cast.olga, name="Ida Moss", email="ida@moss.example", call_back=True)
    if not settled_first:
        need_no_reply(conversation=lead.threads.get(), by=cast.olga)
    run_clocks()
    assert waits(lead)


def test_a_guide_asked_for_after_a_chat_starts_the_clock(cast: Cast, clock: Any) -> None:
    lead = asked(cast, name="Ida Moss", email="ida@moss.example")
    need_no_reply(conversation=lead.threads.get(), by=cast.olga)
    run_clocks()
    assert not waits(lead)
    clock.shift(timedelta(minutes=5))
    ask_for_guide(guide="va", name="Ida Moss", email="ida@moss.example", chosen=cast.olga)
    run_clocks()
    assert waits(lead)


def test_people_without_a_name_are_not_taken_for_one(cast: Cast) -> None:
    first, second = asked(cast, "k1"), asked(cast, "k2")
    assert first.pk != second.pk and not perhaps_the_same(first, cast.olga).exists()


def test_steps_go_to_the_address_that_asked_for_them_alone(cast: Cast) -> None:
    ask_for_guide(guide="va", name="Ida Moss", email="ida@moss.example", chosen=cast.olga, steps=True)
    with_steps = Lead.objects.get()
    kept = asked(cast, name="Ida Moss", email="ida@work.example")
    join_leads(lead=kept, other=with_steps, by=cast.olga)
    assert not DripEnrolment.objects.running().exists()
    assert kept.consents.count() == 2, "what they agreed to stays on record"


def test_whoever_writes_in_the_chat_needs_no_steps_more_by_whichever_way_we_know_them(cast: Cast) -> None:
    ask_for_guide(guide="va", name="Ida Moss", email="ida@moss.example", chosen=cast.olga, steps=True)
    Lead.objects.update(phone="+12075550199")
    lead = asked(cast, phone="+12075550199")
    assert lead.email == "ida@moss.example"
    assert DripEnrolment.objects.get().ended_why == DripEnrolment.Ended.ANSWERED


def test_what_a_visitor_adds_later_fills_in_what_we_do_not_know(cast: Cast) -> None:
    ask_for_guide(guide="va", name="Ida Moss", email="ida@moss.example", chosen=cast.olga)
    lead = asked(cast, email="ida@moss.example")
    tell_who_asks(conversation=lead.threads.get(), name="I. Moss", email="", phone="+12075550199")
    lead.refresh_from_db()
    assert (lead.name, str(lead.phone)) == ("Ida Moss", "+12075550199")


def test_noise_that_is_set_aside_by_hand_leaves_no_lead_and_comes_back_with_it(
    cast: Cast, client_for: Any
) -> None:
    lead, olga = asked(cast), client_for(cast.olga)
    thread = lead.threads.get()
    post(olga, "desk:conversation_settle", thread.public_id, do="aside")
    assert not waits(lead) and lead.state == Lead.State.CLOSED
    post(olga, "desk:conversation_settle", thread.public_id, do="back")
    assert waits(lead) and lead.state == Lead.State.NEW and Lead.objects.count() == 1


def test_setting_one_chat_aside_closes_nobody_who_asked_elsewhere_too(cast: Cast, client_for: Any) -> None:
    ask_for_guide(guide="va", name="Ida Moss", email="ida@moss.example", chosen=cast.olga)
    lead = asked(cast, email="ida@moss.example")
    post(client_for(cast.olga), "desk:conversation_settle", lead.threads.get().public_id, do="aside")
    assert waits(lead) and lead.is_open
