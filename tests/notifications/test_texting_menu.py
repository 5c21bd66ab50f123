"""The menu, messages, requests: what each text brings about, and what a number may learn."""

from datetime import date, timedelta

import pytest
import time_machine
from django.utils import timezone

from conversations.models import Conversation, Message, ServiceRequest
from documents.models import Request
from documents.services import add_request
from loans.models import Party, Task
from loans.services import complete_task
from notifications.delivery import deliver_due
from notifications.models import InboundText, Notification
from notifications.texting import inbound
from notifications.texting.providers import Incoming
from tests.cast import Cast, PartyFactory, UserFactory, make_loan
from tests.notifications.conftest import send_estimate
from tests.notifications.texting import (
    BEA,
    COLE,
    STRANGER,
    make_bea_reachable,
    place,
    sent_to,
    text,
    texts_to,
    with_telephone,
)

FRIDAY_NIGHT = "2026-11-20 23:30 -0500"


@pytest.fixture
def bea(cast: Cast) -> Party:
    return make_bea_reachable(cast)


def owe(cast: Cast, party: Party, title: str = "Pay stubs") -> Request:
    return add_request(loan=cast.loan, party=party, kind="other", title=title, why="Income.", by=cast.olga)


# --- The menu --------------------------------------------------------------------------------------------------


def test_status_is_the_step_and_nothing_more(cast: Cast, bea: Party) -> None:
    place(cast.loan, "underwriting")
    text(BEA, "Status?")
    said = sent_to(BEA)[0]
    assert "LN-1001" in said and "step 3 of 7, Underwriting" in said and "not a commitment to lend" in said
    assert "Olga Haddad" in said and "(207) 555-0161" in said
    for private in ("Bea", "Harbor Lane", "336", "420"):
        assert private not in said


def test_from_clear_to_close_on_status_is_said_without_the_caution(cast: Cast, bea: Party) -> None:
    place(cast.loan, "clear_to_close")
    text(BEA, "STATUS")
    assert "Clear to close" in sent_to(BEA)[0] and "commitment" not in sent_to(BEA)[0]


@pytest.mark.parametrize("stage", ["suspended", "denied", "withdrawn", "incomplete", "started"])
def test_off_the_main_line_status_asks_for_a_call(stage: str, cast: Cast, bea: Party) -> None:
    place(cast.loan, stage)
    text(BEA, "STATUS")
    [said] = sent_to(BEA)
    assert "please call Olga Haddad at (207) 555-0161" in said
    assert stage not in said.lower() and "step" not in said


def test_a_loan_that_leaves_the_line_before_the_answer_left_says_nothing(cast: Cast, bea: Party) -> None:
    place(cast.loan, "underwriting")
    text(BEA, "STATUS")
    place(cast.loan, "denied")
    assert sent_to(BEA) == []


def test_docs_counts_and_names_no_paper(cast: Cast, bea: Party) -> None:
    text(BEA, "DOCS")
    owe(cast, bea)
    owe(cast, bea, "Stub of March")
    text(BEA, "docs")
    send_estimate(cast.loan)
    text(BEA, "Docs.")
    none, optional, owed = sent_to(BEA)
    assert "no papers are open" in none
    assert "nothing has to be sent yet" in optional and "help already: 2" in optional
    assert "papers open on your list: 2" in owed and "/home/" in owed
    assert "stub" not in (none + optional + owed).lower()


def test_call_is_a_task_once_a_day_and_says_who_and_when(cast: Cast, bea: Party) -> None:
    with time_machine.travel("2026-11-20 15:00 -0500", tick=False):
        text(BEA, "CALL")
        text(BEA, "call!")
        said = sent_to(BEA)
        [task] = Task.objects.filter(kind="call")
        assert (task.for_user, task.due_on) == (cast.olga, date(2026, 11, 23))
        assert "Bea Nguyen" in task.why
        assert len(said) == 2 and "Olga Haddad calls you by Monday, November 23" in said[0]
        complete_task(task=task, by=cast.olga)
        text(BEA, "CALL")
        assert Task.objects.filter(kind="call", done_at=None).count() == 1, (
            "promised once more, to be done once more"
        )


def test_request_is_put_on_the_loan_and_promises_nothing(cast: Cast, bea: Party) -> None:
    with time_machine.travel("2026-11-25 10:00 -0500", tick=False):  # Thanksgiving follows
        text(BEA, "Request: lock my rate, please")
        [said] = sent_to(BEA)
    [asked] = ServiceRequest.objects.all()
    assert (asked.words, asked.party, asked.owner) == ("lock my rate, please", bea, cast.olga)
    assert asked.due_on == date(2026, 11, 27)
    assert Task.objects.get(kind="service_request").for_user == cast.olga
    assert "added to your file" in said and "Olga Haddad answers by Friday, November 27" in said
    assert "Nothing about your loan or rate changes until your officer confirms" in said
    version = cast.loan.version
    cast.loan.refresh_from_db()
    assert cast.loan.version == version, "nothing about the loan changed"


def test_request_alone_asks_for_words(cast: Cast, bea: Party) -> None:
    text(BEA, "REQUEST")
    assert texts_to(BEA) == ["text_request_empty"]
    assert not ServiceRequest.objects.exists()


def test_menu_and_help(cast: Cast, bea: Party) -> None:
    text(BEA, "menu")
    text(BEA, "HELP")
    menu, help_ = sent_to(BEA)
    assert all(word in menu for word in ("STATUS", "DOCS", "CALL", "REQUEST", "STOP"))
    assert "Lantern Home Loans" in help_ and "(207) 555-0148" in help_ and "STOP" in help_


def test_answers_go_at_night_and_for_a_paused_loan(cast: Cast, bea: Party) -> None:
    place(cast.loan, "suspended")
    with time_machine.travel(FRIDAY_NIGHT, tick=False):
        text(BEA, "MENU")
        assert len(sent_to(BEA)) == 1


def test_the_officers_own_phone_else_the_houses(cast: Cast, bea: Party) -> None:
    cast.olga.officer_profile.direct_phone = ""
    cast.olga.officer_profile.save()
    text(BEA, "CALL")
    assert "(207) 555-0148" in sent_to(BEA)[0]


# --- Everything else -------------------------------------------------------------------------------------------


def test_free_words_reach_the_officer_and_are_thanked_once_a_day(cast: Cast, bea: Party) -> None:
    with time_machine.travel("2026-11-20 10:00 -0500", tick=False):
        text(BEA, "We found a house!")
        text(BEA, "It has a garden")
        assert texts_to(BEA) == ["text_thanks"]
    with time_machine.travel("2026-11-21 10:00 -0500", tick=False):
        text(BEA, "And a tree")
    assert texts_to(BEA) == ["text_thanks", "text_thanks"]
    said = Message.objects.filter(conversation__loan=cast.loan).values_list("body", flat=True)
    assert list(said) == ["We found a house!", "It has a garden", "And a tree"]
    conversation = cast.loan.conversation
    assert conversation.status == Conversation.Status.OPEN and conversation.first_inbound_at


def test_the_officer_is_told_once_for_several_and_without_their_words(cast: Cast, bea: Party) -> None:
    with time_machine.travel("2026-11-20 10:00 -0500", tick=False) as clock:
        text(BEA, "We found a house!")
        text(BEA, "It has a garden")
        text(BEA, "REQUEST a new date")
        deliver_due("email")
        assert not Notification.objects.filter(channel="email", state="sent").exists()
        clock.shift(timedelta(minutes=11))
        deliver_due("email")
    mails = {
        row.kind: row for row in Notification.objects.filter(channel="email", recipient_name="Olga Haddad")
    }
    assert set(mails) == {"message_received_officer", "service_request_officer"}
    assert "wait for your answer: 2" in mails["message_received_officer"].text_body
    where = {"message_received_officer": "messages", "service_request_officer": "texts"}
    for kind, mail in mails.items():
        assert mail.state == "sent" and "house" not in mail.text_body and "date" not in mail.text_body
        assert f"/desk/loans/{cast.loan.public_id}/{where[kind]}/" in mail.text_body


def test_what_was_answered_meanwhile_is_not_told(cast: Cast, bea: Party) -> None:
    from conversations.services import finish_service_request, say

    with time_machine.travel("2026-11-20 10:00 -0500", tick=False) as clock:
        text(BEA, "We found a house!")
        text(BEA, "REQUEST a new date")
        say(loan=cast.loan, by=cast.olga, channel="call", body="Congratulated them.", source="desk:1")
        finish_service_request(request=ServiceRequest.objects.get(), by=cast.olga, answer="Done.")
        clock.shift(timedelta(minutes=11))
        deliver_due("email")
    told = Notification.objects.filter(recipient=f"user:{cast.olga.public_id}")
    assert {row.state for row in told} == {"cancelled"}


def test_yes_while_texts_are_on_is_a_message(cast: Cast, bea: Party) -> None:
    text(BEA, "Yes")
    assert Message.objects.get().body == "Yes"
    text(BEA, "START")
    assert texts_to(BEA) == ["text_thanks", "text_menu"]


def test_nothing_but_spaces_does_nothing(cast: Cast, bea: Party) -> None:
    assert text(BEA, "  ").reading == InboundText.Reading.SILENT
    assert not Notification.objects.filter(channel="text").exists() and not Message.objects.exists()


def test_a_telephone_that_answers_by_itself_is_not_talked_to_all_day(cast: Cast, bea: Party) -> None:
    for _ in range(25):
        text(BEA, "MENU")
    assert len(texts_to(BEA)) == 20
    with time_machine.travel(timezone.now() + timedelta(days=1, minutes=1)):
        text(BEA, "MENU")
    assert len(texts_to(BEA)) == 21


# --- The same text twice, and texts that could not be acted upon -----------------------------------------------


def test_the_same_text_again_is_nothing_new(cast: Cast, bea: Party) -> None:
    same = Incoming(provider_id="SM1", sender=BEA, sent_to="", body="REQUEST a call back")
    for _ in range(3):
        inbound.receive(same, provider="local")
    assert InboundText.objects.count() == ServiceRequest.objects.count() == 1
    assert texts_to(BEA) == ["text_request"]


def test_what_cannot_be_acted_upon_is_kept_and_tried_again(
    cast: Cast, bea: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("notifications.texting.acting.act", lambda *_: 1 / 0)
        kept = text(BEA, "STOP")
    assert kept.acted_at is None and not Notification.objects.filter(channel="text").exists()
    assert inbound.act_on_unread() == 1 and inbound.act_on_unread() == 0
    assert texts_to(BEA) == ["texting_stopped"]


@pytest.mark.parametrize("body", ["zero\x00byte", "half a pair \ud83d", "é" * 5000, "🏠" * 900])
def test_odd_words_are_kept(body: str, cast: Cast, bea: Party) -> None:
    text(BEA, body)
    assert Message.objects.get().body


# --- Whose number it is ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", ["STATUS", "DOCS", "CALL", "REQUEST a copy", "hello", "MENU"])
def test_an_unknown_number_gets_one_polite_answer(body: str, cast: Cast) -> None:
    first = text(STRANGER, body)
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        second = text(STRANGER, body)
    assert first.reading == second.reading == InboundText.Reading.UNKNOWN
    assert texts_to(STRANGER) == ["text_unknown"]
    [said] = sent_to(STRANGER)
    assert "We cannot help by text from this number" in said and "(207) 555-0148" in said
    assert not Message.objects.exists() and not ServiceRequest.objects.exists() and not Task.objects.exists()


def test_a_known_number_without_consent_learns_nothing_either(cast: Cast) -> None:
    with_telephone(cast.bea_party, BEA, agrees=False)
    place(cast.loan, "underwriting")
    for body in ("STATUS", "DOCS", "When do we close?"):
        text(BEA, body)
    text(STRANGER, "STATUS")
    assert sent_to(BEA) == sent_to(STRANGER) and len(sent_to(BEA)) == 1
    assert set(InboundText.objects.filter(sender=BEA).values_list("reading", "keyword")) == {("message", "")}
    said = list(Message.objects.values_list("body", flat=True))
    assert said == ["STATUS", "DOCS", "When do we close?"], "the officer reads it all the same"


def test_a_number_that_was_changed_in_the_profile_is_not_theirs_any_more(cast: Cast, bea: Party) -> None:
    cast.bea.phone = COLE
    cast.bea.save(update_fields=["phone"])
    assert text(BEA, "STATUS").reading == InboundText.Reading.UNKNOWN


def test_of_several_loans_it_is_the_open_one_last_worked_on(cast: Cast, bea: Party) -> None:
    newer = make_loan(officer=cast.otto, borrowers=[cast.bea], number="LN-2000", stage="processing")
    funded = make_loan(officer=cast.otto, borrowers=[cast.bea], number="LN-3000", stage="funded")
    for loan, days in ((cast.loan, 3), (newer, 2), (funded, 1)):
        type(loan).objects.filter(pk=loan.pk).update(last_activity_at=timezone.now() - timedelta(days=days))
    assert text(BEA, "STATUS").loan == newer
    assert "LN-2000" in sent_to(BEA)[0]


def test_a_couple_with_one_telephone_is_told_what_both_may_know(cast: Cast) -> None:
    with_telephone(cast.bea_party, BEA)
    with_telephone(cast.cole_party, BEA)
    owe(cast, cast.bea_party)
    owe(cast, cast.cole_party)
    send_estimate(cast.loan)
    got = text(BEA, "DOCS")
    assert got.party is None and got.loan == cast.loan
    assert "on your list: 2" in sent_to(BEA)[0]
    text(BEA, "REQUEST a call back")
    assert ServiceRequest.objects.get().party is None, "nobody knows who asked"
    text(BEA, "We are away on Monday")
    assert Message.objects.get().party is None
    assert len(sent_to(BEA)) == 3, "one telephone hears it once"


def test_a_number_shared_across_loans_learns_nothing_of_either(cast: Cast) -> None:
    with_telephone(cast.bea_party, BEA)
    with_telephone(cast.nils_party, BEA)
    place(cast.loan, "underwriting")
    text(BEA, "STATUS")
    [said] = sent_to(BEA)
    assert "We cannot help by text from this number" in said
    assert "LN-" not in said and "Underwriting" not in said


def test_a_number_before_there_is_an_account(cast: Cast) -> None:
    loan = make_loan(officer=cast.otto, borrowers=[], number="LN-4000", stage="processing")
    party = PartyFactory(loan=loan, user=None, name="Ivy Moss", email="ivy@example.com", phone=STRANGER)
    assert text(STRANGER, "STATUS").party == party


def test_helpers_are_nobody(cast: Cast) -> None:
    helper = UserFactory(name="Hana Ito", email="hana@example.com", phone=STRANGER)
    PartyFactory(loan=cast.loan, user=helper, role="helper")
    assert text(STRANGER, "STATUS").reading == InboundText.Reading.UNKNOWN


@pytest.mark.parametrize("sender", ["12345", "LANTERN", "", "whatsapp:nobody"])
def test_what_comes_from_no_telephone_is_not_answered(sender: str, cast: Cast) -> None:
    assert text(sender, "STATUS").reading == InboundText.Reading.SILENT
    assert not Notification.objects.filter(channel="text").exists()
