"""The inbox of threads: who waits and how long, what needs no reply, what is resolved, and visitors."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conversations import services
from conversations.models import Conversation, Message
from loans.models import Loan, Party
from notifications.delivery import deliver_due
from notifications.models import Notification
from tests.cast import Cast, make_loan
from tests.desk.helpers import fresh, get, post, words

ClientFor = Callable[..., Client]
BUDGET = 8
WEDNESDAY = "2026-11-18 10:00 -0500"


@pytest.fixture
def olga(cast: Cast, client_for: ClientFor) -> Client:
    return client_for(cast.olga)


def wrote(party: Party, body: str = "When do we close?", **more: Any) -> Message:
    return services.receive_message(
        loan=party.loan, party=party, channel="portal", body=body, source=f"test:{uuid4()}", **more
    )


def answered(cast: Cast, body: str = "On Friday.") -> Message:
    return services.say(loan=cast.loan, by=cast.olga, channel="call", body=body, source=f"test:{uuid4()}")


def question(cast: Cast, email: str = "vera@example.com") -> Conversation:
    message = services.receive_from_visitor(
        name="Vera Visitor", email=email, owner=cast.olga, body="How long does it take?", source="chat:1"
    )
    return message.conversation


def thread_of(loan: Loan) -> Conversation:
    return Conversation.objects.get(loan=loan)


def settle(client: Client, conversation: Conversation, do: str, **more: str) -> Any:
    return client.post(reverse("desk:conversation_settle", args=[conversation.public_id]), {"do": do, **more})


def test_the_longest_wait_comes_first_in_office_hours(cast: Cast, client_for: ClientFor) -> None:
    with time_machine.travel(WEDNESDAY, tick=False) as clock:
        wrote(cast.nils_party, "Nils asked first")
        clock.shift(timedelta(hours=2))
        wrote(cast.bea_party, "Bea asked second")
        clock.shift(timedelta(minutes=25))
        said = words(get(client_for(cast.mara), "desk:messages"))
    assert said.index("Nils asked first") < said.index("Bea asked second")
    assert "waits 2 hours" in said and "waits 25 minutes" in said


def test_everybody_sees_their_own_threads_and_visitors(cast: Cast, client_for: ClientFor) -> None:
    wrote(cast.bea_party, "zqbeazq")
    wrote(cast.nils_party, "zqnilszq")
    question(cast)
    marks = ("zqbeazq", "zqnilszq", "How long does it take?")
    seen = {}
    for who in ("olga", "otto", "mara", "stef"):
        said = words(get(client_for(getattr(cast, who)), "desk:messages"))
        seen[who] = [mark in said for mark in marks]
    assert seen == {
        "olga": [True, False, True],
        "otto": [False, True, False],
        "mara": [True, True, True],
        "stef": [False, False, False],
    }
    assert get(client_for(cast.bea), "desk:messages").status_code == 404


def test_no_note_of_ours_is_the_last_word(cast: Cast, olga: Client) -> None:
    wrote(cast.bea_party, "zqaskedzq")
    services.note(loan=cast.loan, by=cast.olga, body="zqnotezq")
    said = words(get(olga, "desk:messages"))
    assert "zqaskedzq" in said and "zqnotezq" not in said


def test_no_reply_needed_stops_the_clock_and_is_taken_back_exactly(cast: Cast, olga: Client) -> None:
    old = wrote(cast.bea_party, "Thanks a lot")
    settle(olga, thread_of(cast.loan), "no_reply")
    new = wrote(cast.bea_party, "Have a nice day")
    answer = settle(olga, thread_of(cast.loan), "no_reply")
    assert fresh(cast.loan).unanswered_since is None and thread_of(cast.loan).unanswered_since is None
    new.refresh_from_db()
    assert new.needs_no_reply and new.answer_minutes is None, "it counts in no response time"
    shown = olga.get(answer.url)
    assert "Take back" in words(shown)
    settle(olga, thread_of(cast.loan), "undo")
    assert thread_of(cast.loan).unanswered_since == new.at == fresh(cast.loan).unanswered_since
    old.refresh_from_db()
    assert old.needs_no_reply, "what was settled before stays settled"


def test_what_was_answered_meanwhile_is_not_taken_back(cast: Cast, olga: Client) -> None:
    wrote(cast.bea_party)
    settle(olga, thread_of(cast.loan), "no_reply")
    answered(cast)
    said = words(olga.get(settle(olga, thread_of(cast.loan), "undo").url))
    assert "nothing to take back" in said and thread_of(cast.loan).unanswered_since is None


def test_resolving_waits_for_the_answer_and_a_new_message_opens_it_again(cast: Cast, olga: Client) -> None:
    wrote(cast.bea_party)
    refused = settle(olga, thread_of(cast.loan), "resolve")
    assert "Answer it, or say that no reply is needed" in words(olga.get(refused.url))
    answered(cast)
    settle(olga, thread_of(cast.loan), "resolve")
    assert thread_of(cast.loan).status == "resolved"
    assert cast.loan.borrower_names in words(get(olga, "desk:messages", show="resolved"))
    settle(olga, thread_of(cast.loan), "reopen")
    assert thread_of(cast.loan).status == "answered" and thread_of(cast.loan).resolved_at is None
    settle(olga, thread_of(cast.loan), "resolve")
    wrote(cast.bea_party, "One more thing")
    assert (thread_of(cast.loan).status, thread_of(cast.loan).reopened) == ("open", 1)


def test_only_who_works_on_it_settles_a_thread(cast: Cast, client_for: ClientFor) -> None:
    wrote(cast.bea_party)
    thread = thread_of(cast.loan)
    for who in (cast.otto, cast.stef, cast.bea):
        assert settle(client_for(who), thread, "no_reply").status_code == 404
    assert settle(client_for(cast.mara), thread, "destroy").status_code == 404
    assert thread_of(cast.loan).unanswered_since


def test_a_visitor_is_answered_by_mail(cast: Cast, olga: Client, client_for: ClientFor) -> None:
    thread = question(cast)
    assert Notification.objects.get(kind="visitor_wrote").recipient == f"user:{cast.olga.public_id}"
    for who in (cast.otto, cast.bea):
        assert get(client_for(who), "desk:visitor", thread.public_id).status_code == 404
    token = uuid4().hex
    for _twice in range(2):
        post(olga, "desk:visitor", thread.public_id, body="Often six weeks.", token=token)
    deliver_due()
    [mail] = Notification.objects.filter(kind="visitor_answer")
    assert (mail.address, mail.state) == ("vera@example.com", "sent")
    assert "How long does it take?" in mail.text_body and "Often six weeks." in mail.text_body
    thread.refresh_from_db()
    assert thread.unanswered_since is None and thread.status == "answered"
    assert Notification.objects.get(kind="visitor_wrote").state == "cancelled", "it was answered meanwhile"
    assert "Often six weeks." in words(get(olga, "desk:visitor", thread.public_id))


def test_an_empty_answer_comes_back(cast: Cast, olga: Client) -> None:
    answer = post(olga, "desk:visitor", question(cast).public_id, body=" ", token=uuid4().hex)
    assert answer.status_code == 422 and "Write your answer." in words(answer)


def test_pages_follow_each_other_without_gap_or_double(cast: Cast, olga: Client) -> None:
    many_threads(cast, 60, waiting=True)
    seen: list[str] = []
    address = f"{reverse('desk:messages')}?show=unanswered"
    while address:
        page = olga.get(address).context["waiting"]
        seen += [row.conversation.loan.number for row in page.rows]
        address = page.next_url
    assert len(seen) == len(set(seen)) == 60 and seen == sorted(seen)


@pytest.mark.parametrize("show", ["all", "unanswered", "mine", "resolved"])
def test_the_cost_stays_the_same_however_many_there_are(cast: Cast, client_for: ClientFor, show: str) -> None:
    counts = []
    for number, who in ((1, cast.olga), (40, cast.olga), (0, cast.mara)):
        many_threads(cast, number, waiting=True)
        many_threads(cast, number, waiting=False)
        client = client_for(who)
        get(client, "desk:messages")
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert get(client, "desk:messages", show=show).status_code == 200
        counts.append(len(queries))
    assert max(counts) <= BUDGET and counts[0] == counts[1], counts


def many_threads(cast: Cast, count: int, *, waiting: bool) -> None:
    now = timezone.now()
    begin = Loan.objects.count()
    for number in range(begin, begin + count):
        loan = make_loan(officer=cast.olga, borrowers=[], number=f"LN-Z{number:05d}")
        at = now - timedelta(hours=1) + timedelta(seconds=number)
        thread = Conversation.objects.create(
            loan=loan, last_message_at=at, unanswered_since=at if waiting else None,
            status="open" if waiting else "resolved",
        )  # fmt: skip
        Message.objects.create(
            conversation=thread, channel="portal", body="Hello", source=f"many:{number}", at=at
        )


def test_the_thread_of_a_visitor_has_their_name(cast: Cast) -> None:
    assert str(question(cast)) == "Vera Visitor"
    assert str(thread_of(wrote(cast.bea_party).conversation.loan)) == cast.loan.number
