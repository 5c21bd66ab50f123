"""The thread of a loan: who may write on it, what waits for an answer, and what a borrower never sees."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from conversations import services
from conversations.models import Conversation, Draft, Message, Reading
from loans.errors import Changed, Refused
from tests.cast import Cast

# A Friday, ten in the morning on the company's clock.
MORNING = "2026-11-20 10:00 -0500"


def ask(cast: Cast, body: str = "When do we close?", source: str = "") -> Message:
    return services.write(loan=cast.loan, by=cast.bea, body=body, source=source)


def since(cast: Cast) -> object:
    thread = Conversation.objects.get(loan=cast.loan)
    cast.loan.refresh_from_db()
    assert thread.unanswered_since == cast.loan.unanswered_since
    return thread.unanswered_since


def test_the_clock_runs_from_the_first_message_until_one_of_us_answers(cast: Cast) -> None:
    with time_machine.travel(MORNING, tick=False) as clock:
        began = timezone.now()
        first = ask(cast)
        clock.shift(timedelta(minutes=30))
        second = ask(cast, "And where?")
        assert since(cast) == began
        clock.shift(timedelta(minutes=15))
        answer = services.write(loan=cast.loan, by=cast.olga, body="On Friday, at our office.")
        answered_at = timezone.now()
    assert since(cast) is None
    for message, minutes in ((first, 45), (second, 15)):
        message.refresh_from_db()
        assert (message.answered_at, message.answer_minutes) == (answered_at, minutes)
    answer.refresh_from_db()
    assert answer.answered_at is None and not answer.is_inbound and first.is_inbound


def test_a_call_answers_and_a_call_nobody_took_does_not(cast: Cast) -> None:
    ask(cast)
    services.log_call(loan=cast.loan, by=cast.olga, party=cast.bea_party, body="No answer.", minutes=0)
    assert since(cast)
    services.note(loan=cast.loan, by=cast.olga, body="Sounds worried.")
    assert since(cast)
    services.log_call(loan=cast.loan, by=cast.olga, party=cast.bea_party, body="Told her.", minutes=5)
    assert since(cast) is None


def test_notes_and_calls_are_never_among_what_borrowers_read(cast: Cast) -> None:
    asked = ask(cast)
    services.note(loan=cast.loan, by=cast.olga, body="Sounds worried.")
    services.log_call(loan=cast.loan, by=cast.olga, party=cast.bea_party, body="About income.", minutes=5)
    services.say(loan=cast.loan, by=cast.olga, channel="email", body="Wrote to her.", source="desk:1")
    answer = services.write(loan=cast.loan, by=cast.olga, body="On Friday.")
    assert list(Message.objects.for_borrower().order_by("id")) == [asked, answer]
    assert Message.objects.count() == 5


def test_only_people_of_the_loan_write(cast: Cast) -> None:
    for by in (cast.nils, cast.otto, cast.stef):
        with pytest.raises(Refused):
            services.write(loan=cast.loan, by=by, body="Hello")
    with pytest.raises(Refused):
        services.note(loan=cast.loan, by=cast.bea, body="A note")
    with pytest.raises(Refused):
        services.write(loan=cast.loan, by=cast.bea, body="  ")
    assert not Message.objects.exists()


def test_one_form_sent_twice_is_one_message(cast: Cast) -> None:
    assert ask(cast, source="portal:1") == ask(cast, "other", source="portal:1")
    assert Message.objects.get().body == "When do we close?"


def test_who_has_not_seen_an_answer_is_told_before_they_give_another(cast: Cast) -> None:
    asked = ask(cast)
    services.write(loan=cast.loan, by=cast.mara, body="On Friday.", seen=asked.pk)
    with pytest.raises(Changed) as told:
        services.write(loan=cast.loan, by=cast.olga, body="On Monday.", seen=asked.pk)
    assert told.value.what == [f"{cast.mara.name} wrote: On Friday."]
    assert Message.objects.filter(by=cast.olga).count() == 0


def test_reading_only_moves_on_and_writing_reads(cast: Cast) -> None:
    first, second = ask(cast), ask(cast, "And where?")
    thread = first.conversation
    services.mark_read(conversation=thread, user=cast.olga, upto=second.pk)
    services.mark_read(conversation=thread, user=cast.olga, upto=first.pk)
    assert Reading.objects.get(user=cast.olga).upto == second.pk
    assert Reading.objects.get(user=cast.bea).upto == second.pk
    services.mark_read(conversation=thread, user=cast.olga, upto=second.pk + 1000)
    assert Reading.objects.get(user=cast.olga).upto == second.pk


def test_a_draft_stays_until_it_is_sent_or_emptied(cast: Cast) -> None:
    thread = services.thread_of(cast.loan)
    services.save_draft(conversation=thread, user=cast.bea, words="Wh")
    services.save_draft(conversation=thread, user=cast.bea, words="When")
    services.save_draft(conversation=thread, user=cast.olga, words="Soon")
    assert services.draft_of(thread, cast.bea) == "When"
    ask(cast)
    services.save_draft(conversation=thread, user=cast.olga, words=" ")
    assert not Draft.objects.exists()


def test_they_write_again_after_it_was_resolved(cast: Cast) -> None:
    thread = ask(cast).conversation
    Conversation.objects.filter(pk=thread.pk).update(
        status=Conversation.Status.RESOLVED, resolved_at=timezone.now()
    )
    ask(cast, "One more thing")
    thread.refresh_from_db()
    assert (thread.status, thread.reopened, thread.resolved_at) == (Conversation.Status.OPEN, 1, None)


def test_a_visitor_is_answered_by_the_one_of_us_who_has_them(cast: Cast) -> None:
    asked = services.receive_from_visitor(
        name="Vera", email="vera@example.com", owner=cast.olga, body="Do you lend in Maine?", source="chat:1"
    )
    with pytest.raises(Refused):
        services.write(conversation=asked.conversation, by=cast.otto, body="Yes.")
    services.write(conversation=asked.conversation, by=cast.olga, body="Yes.")
    asked.conversation.refresh_from_db()
    assert asked.conversation.unanswered_since is None
