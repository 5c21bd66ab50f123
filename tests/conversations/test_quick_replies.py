"""Answers that are given often: places filled in on the server, and never sent with one still open."""

from collections.abc import Callable
from datetime import date
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from conversations import services
from conversations.models import Conversation, Message, QuickReply
from conversations.quick import fill
from conversations.services.quick import keep_quick_reply
from loans.errors import Refused
from loans.models import Loan
from tests.cast import Cast
from tests.desk.helpers import get, make_request, post, words

ClientFor = Callable[..., Client]


@pytest.fixture
def olga(cast: Cast, client_for: ClientFor) -> Client:
    return client_for(cast.olga)


def filled(cast: Cast, text: str, loan: Loan | None = None) -> str:
    return fill(text, conversation=services.thread_of(loan or cast.loan), by=cast.olga)


def draft(cast: Cast, conversation: Conversation | None = None) -> str:
    return services.draft_of(conversation or services.thread_of(cast.loan), cast.olga)


def test_every_place_is_filled_in(cast: Cast) -> None:
    Loan.objects.update(next_update_on=date(2026, 11, 25))
    make_request(cast.nils_party, cast.otto)
    make_request(cast.nils_party, cast.otto, kind="divorce_decree", title="Divorce decree")
    text = "{{ first_name }} / {{officer}} / {{ loan_number }} / {{ next_update }} / {{ owed_papers }} / {{ link }}"
    said = filled(cast, text, Loan.objects.get(pk=cast.other_loan.pk)).split(" / ")
    assert said[:4] == ["Nils", cast.otto.name, cast.other_loan.number, "Wednesday, November 25"]
    assert said[4] == "Bank statements, May and one more paper", "some kinds are never named"
    assert said[5].endswith(reverse("loans:documents", args=[cast.other_loan.public_id]))


def test_what_one_of_a_couple_owes_is_not_told_to_the_other(cast: Cast) -> None:
    make_request(cast.bea_party, cast.olga)
    assert filled(cast, "{{ owed_papers }}") == "one paper on your list"


def test_the_first_name_is_of_who_wrote_last(cast: Cast) -> None:
    assert filled(cast, "{{ first_name }}") == "Bea"
    services.receive_message(
        loan=cast.loan, party=cast.cole_party, channel="text", body="Hi", source="text:1"
    )
    assert filled(cast, "{{ first_name }}") == "Cole"


def test_a_place_without_a_value_is_refused_by_its_name(cast: Cast) -> None:
    for text, said in (
        ("{{ next_update }}", "Day of the next update"),
        ("{{ owed_papers }}", "Papers that are open"),
        ("{{ rate }}", "“rate”"),
        ("{{ first_name }} and {{", "written"),
    ):
        with pytest.raises(Refused, match=said):
            filled(cast, text)


def test_one_press_puts_it_behind_what_was_typed(cast: Cast, olga: Client) -> None:
    reply = QuickReply.objects.create(title="Thanks", words="Thank you, {{ first_name }}.")
    page = get(olga, "desk:thread", cast.loan.public_id)
    assert "Thanks" in words(page)
    answer = post(olga, "desk:quick_loan", cast.loan.public_id, reply=reply.public_id, body="Good morning.")
    assert draft(cast) == "Good morning.\n\nThank you, Bea."
    assert "Thank you, Bea." in olga.get(answer.url).content.decode()
    assert not Message.objects.exists(), "nothing is sent by it"


def test_what_was_typed_stays_when_it_cannot_be_filled_in(cast: Cast, olga: Client) -> None:
    reply = QuickReply.objects.create(title="When", words="Next word on {{ next_update }}.")
    answer = post(olga, "desk:quick_loan", cast.loan.public_id, reply=reply.public_id, body="Good morning.")
    assert "Day of the next update" in words(olga.get(answer.url))
    assert draft(cast) == "Good morning."


def test_nothing_goes_out_with_an_open_place(cast: Cast) -> None:
    with pytest.raises(Refused, match="first_name"):
        services.write(loan=cast.loan, by=cast.olga, body="Hello {{ first_name }}")
    assert not Message.objects.exists()


def test_a_visitor_gets_their_name_and_no_loan(cast: Cast, olga: Client) -> None:
    message = services.receive_from_visitor(name="Vera V", email="v@example.com", owner=cast.olga, body="Hm?")
    thread = message.conversation
    fine = QuickReply.objects.create(title="Hi", words="Hello {{ first_name }}, {{ officer }} here.")
    answer = post(olga, "desk:quick_visitor", thread.public_id, reply=fine.public_id, body="")
    assert f"Hello Vera, {cast.olga.name} here." in olga.get(answer.url).content.decode()
    loans_own = QuickReply.objects.create(title="Link", words="{{ link }}")
    answer = post(olga, "desk:quick_visitor", thread.public_id, reply=loans_own.public_id, body="kept")
    assert draft(cast, thread) == "kept"


def test_ones_own_are_kept_changed_and_deleted(cast: Cast, olga: Client, client_for: ClientFor) -> None:
    wrong = post(olga, "desk:quick_replies", title="Rate", words="Your rate is {{ rate }}.")
    assert wrong.status_code == 422 and "no place called “rate”" in words(wrong)
    post(olga, "desk:quick_replies", title="Mine", words="Hello {{ first_name }}")
    mine = QuickReply.objects.get()
    assert mine.owner == cast.olga
    other = client_for(cast.otto)
    assert "Mine" not in words(get(other, "desk:quick_replies"))
    assert get(other, "desk:quick_reply", mine.public_id).status_code == 404
    assert post(other, "desk:quick_loan", cast.other_loan.public_id, reply=mine.public_id).status_code == 404
    with pytest.raises(Refused):
        keep_quick_reply(by=cast.otto, title="Stolen", words="x", reply=mine)
    post(olga, "desk:quick_reply", mine.public_id, title="Mine", words="Good day")
    mine.refresh_from_db()
    assert mine.words == "Good day"
    post(olga, "desk:quick_reply", mine.public_id, do="delete")
    assert not QuickReply.objects.exists()


def test_the_houses_own_stand_with_everybody_and_are_nobodys_to_change(cast: Cast, olga: Client) -> None:
    house = QuickReply.objects.create(title="House", words="Hello")
    QuickReply.objects.create(title="Off", words="Hello", is_active=False)
    said = words(get(olga, "desk:quick_replies"))
    assert "House" in said and "Off" not in said.split("A new one")[0]
    assert get(olga, "desk:quick_reply", house.public_id).status_code == 404
    assert post(olga, "desk:quick_loan", cast.loan.public_id, reply=str(uuid4())).status_code == 404
