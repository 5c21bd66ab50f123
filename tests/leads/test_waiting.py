"""Leads that nobody answers come before a manager; two that are one person are joined; none is typed twice."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from audit.models import Entry
from conversations import services as conversations
from conversations.models import Conversation
from conversations.services.settling import need_no_reply
from leads.by_mail import ask_for_guide
from leads.chat import ask_in_chat
from leads.joining import perhaps_the_same
from leads.models import DripEnrolment, Lead
from leads.services import answer_lead, take_call
from leads.tasks import run_clocks
from tests.cast import Cast
from tests.desk.helpers import get, post, words

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)  # ten o'clock in Maine
FRIDAY_EVENING = datetime(
    2026, 11, 20, 22, 0, tzinfo=UTC
)  # five o'clock, half an hour before the offices close
ESCALATED = "Waiting for more than an hour with others"


@pytest.fixture(autouse=True)
def clock() -> Any:
    cache.clear()
    with time_machine.travel(MONDAY, tick=False) as moving:
        yield moving


def asked(cast: Cast, key: str = "k1", **said: Any) -> Lead:
    ask_in_chat(key=key, body="What does an appraisal cost?", source=f"chat:{key}", chosen=cast.olga, **said)
    return Conversation.objects.get(chat_key=key).leads.get()


def test_after_an_hour_of_office_hours_managers_see_who_waits(
    cast: Cast, client_for: Any, clock: Any
) -> None:
    lead = asked(cast, name="Ida Moss")
    mara = client_for(cast.mara)
    clock.shift(timedelta(minutes=59))
    run_clocks()
    assert ESCALATED not in words(get(mara, "desk:today"))
    clock.shift(timedelta(minutes=1))
    for _twice in range(2):
        run_clocks()
    page = words(get(mara, "desk:today"))
    assert ESCALATED in page and "Ida Moss" in page and cast.olga.name in page
    assert ESCALATED not in words(get(client_for(cast.olga), "desk:today")), "hers are on her own list"
    assert Entry.objects.filter(action="lead.escalated").count() == 1
    assert "Managers see it since" in words(get(client_for(cast.olga), "desk:lead", lead.public_id))

    conversations.write(conversation=lead.threads.get(), by=cast.olga, body="About what the appraiser asks.")
    assert ESCALATED not in words(get(mara, "desk:today"))


def test_a_weekend_is_no_wait(cast: Cast, clock: Any) -> None:
    clock.move_to(FRIDAY_EVENING)
    lead = asked(cast)
    almost = timedelta(days=2, hours=15, minutes=59)  # Monday, a minute before nine
    clock.move_to(FRIDAY_EVENING + almost)
    run_clocks()
    lead.refresh_from_db()
    assert lead.escalated_at is None
    clock.shift(timedelta(minutes=1))
    run_clocks()
    lead.refresh_from_db()
    assert lead.escalated_at is not None


def test_a_second_wait_is_escalated_anew(cast: Cast, clock: Any) -> None:
    lead = asked(cast)
    clock.shift(timedelta(hours=2))
    run_clocks()
    answer_lead(lead=lead, by=cast.olga)
    asked_again = asked(cast)
    ask_in_chat(key="k1", body="And who pays it?", source="chat:again")
    asked_again.refresh_from_db()
    assert asked_again.pk == lead.pk and asked_again.waiting_since is not None
    assert asked_again.escalated_at is None


def test_no_reply_needed_in_the_thread_ends_the_wait_of_the_lead(cast: Cast) -> None:
    lead = asked(cast)
    need_no_reply(conversation=lead.threads.get(), by=cast.olga)
    run_clocks()
    lead.refresh_from_db()
    assert (lead.waiting_since, lead.first_answer_at) == (None, None)


def test_two_that_are_one_person_are_shown_and_joined(cast: Cast, client_for: Any, clock: Any) -> None:
    ask_for_guide(guide="va", name="Ida Moss", email="ida@moss.example", chosen=cast.olga, steps=True)
    first = Lead.objects.get()
    clock.shift(timedelta(minutes=5))
    second = asked(cast, name="Ida Moss", phone="+12075550199")
    assert second.pk != first.pk and list(perhaps_the_same(first, cast.olga)) == [second]
    olga = client_for(cast.olga)
    assert "Perhaps the same person" in words(get(olga, "desk:lead", first.public_id))
    assert post(olga, "desk:lead_join", first.public_id, second.public_id).status_code == 302
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.waiting_since, str(first.phone), first.email) == (
        MONDAY,
        "+12075550199",
        "ida@moss.example",
    )
    assert first.threads.count() == 1 and DripEnrolment.objects.filter(lead=first).count() == 1
    assert (second.state, second.joined_into) == ("closed", first)
    assert "What they asked" in words(get(olga, "desk:lead", first.public_id))
    again = post(olga, "desk:lead_join", first.public_id, second.public_id)
    assert again.status_code == 302 and Entry.objects.filter(action="lead.joined").count() == 1
    assert post(client_for(cast.otto), "desk:lead_join", first.public_id, second.public_id).status_code == 404


def test_what_a_visitor_types_replaces_nothing_that_we_know(cast: Cast) -> None:
    take_call(
        by=cast.olga, officer=cast.olga, name="Ida Moss", email="ida@moss.example", phone="+12075550111"
    )
    lead = asked(cast, name="Mallory", email="ida@moss.example", phone="+12075550666")
    assert (lead.name, str(lead.phone)) == ("Ida Moss", "+12075550111")
