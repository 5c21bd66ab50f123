"""A complaint, from the first word until they say it is settled; and what does not leave meanwhile."""

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.absences import note_absence
from conversations import services
from conversations.complaints import token_for
from conversations.models import Complaint, Message, ServiceRequest
from conversations.services import complaints
from loans.errors import Refused
from loans.models import Task
from loans.services import assign_officer
from notifications.catalog import KINDS
from notifications.catalog.shape import AFTER_CLOSING
from notifications.delivery import deliver_due
from notifications.delivery.rules import why_not
from notifications.facts import NotWanted, gather
from notifications.models import Notification
from notifications.rendering import fill, render
from tests.cast import Cast, sign_in
from tests.desk.helpers import fresh, get, post, words

ClientFor = Callable[..., Client]
FRIDAY = "2026-11-20 10:00 -0500"


@pytest.fixture
def olga(cast: Cast, client_for: ClientFor) -> Client:
    return client_for(cast.olga)


def wrote(cast: Cast, body: str = "Nobody calls me back.") -> Message:
    return services.receive_message(
        loan=cast.loan, party=cast.bea_party, channel="text", body=body, source=f"test:{uuid4()}"
    )


def begin(cast: Cast, **more: Any) -> Complaint:
    told = {
        "words": "Nobody calls me back.",
        "party": cast.bea_party,
        "source": "desk:1",
        "by": cast.olga,
        **more,
    }
    return complaints.begin_complaint(loan=cast.loan, **told)


def resolved(cast: Cast) -> Complaint:
    complaint = begin(cast)
    complaints.acknowledge_complaint(complaint=complaint, by=cast.olga)
    return complaints.resolve_complaint(
        complaint=complaint, by=cast.olga, resolution="I call every Monday now."
    )


def open_tasks() -> list[str]:
    return list(Task.objects.filter(kind="complaint", done_at=None).values_list("why", flat=True))


def answer_link(client: Client, complaint: Complaint, **said: str) -> Any:
    return client.post(reverse("public:settled", args=[token_for(complaint)]), said)


def test_a_message_becomes_a_complaint_once(cast: Cast, olga: Client) -> None:
    message = wrote(cast)
    address = f"{reverse('desk:complaint_new', args=[cast.loan.public_id])}?message={message.public_id}"
    assert "Nobody calls me back." in olga.get(address).content.decode()
    with time_machine.travel(FRIDAY, tick=False):
        for _twice in range(2):
            answer = olga.post(address, {"words": "Nobody calls me back.", "token": uuid4().hex})
            assert answer.status_code == 302
    complaint = Complaint.objects.get()
    assert (complaint.message, complaint.party, complaint.owner) == (message, cast.bea_party, cast.olga)
    assert complaint.acknowledge_by == date(2026, 11, 23), "the next business day"
    assert fresh(cast.loan).complaint_open
    assert open_tasks() == ["Acknowledge: Nobody calls me back."]


def test_by_hand_for_a_call(cast: Cast, olga: Client) -> None:
    said = {"words": "It took too long.", "party": str(cast.cole_party.public_id), "token": uuid4().hex}
    answer = post(olga, "desk:complaint_new", cast.loan.public_id, **said)
    assert answer.url == reverse("desk:complaint", args=[Complaint.objects.get().public_id])
    assert Complaint.objects.get().party == cast.cole_party
    empty = post(olga, "desk:complaint_new", cast.loan.public_id, words=" ", token=uuid4().hex)
    assert empty.status_code == 422 and Complaint.objects.count() == 1


def test_a_message_of_another_loan_or_of_ours_is_none_of_it(cast: Cast, olga: Client) -> None:
    ours = services.say(loan=cast.loan, by=cast.olga, channel="call", body="Hello", source="test:1")
    others = services.receive_message(
        loan=cast.other_loan, party=cast.nils_party, channel="text", body="Hm", source="test:2"
    )
    for message in (ours, others):
        for name in ("desk:complaint_new", "desk:service_request_new"):
            address = f"{reverse(name, args=[cast.loan.public_id])}?message={message.public_id}"
            assert olga.get(address).status_code == 404
        with pytest.raises(Refused):
            begin(cast, message=message)


def test_the_whole_way_to_settled(cast: Cast, olga: Client, client: Client) -> None:
    complaint = begin(cast)
    assert "acknowledge by" in words(get(olga, "desk:complaints"))
    too_early = post(olga, "desk:complaint_resolve", complaint.public_id, resolution="Done")
    assert too_early.status_code == 422 and "Acknowledge it first" in words(too_early)
    post(olga, "desk:complaint_acknowledge", complaint.public_id)
    again = post(olga, "desk:complaint_acknowledge", complaint.public_id)
    assert again.status_code == 422 and "acknowledged it already" in words(again)
    assert open_tasks() == ["Settle: Nobody calls me back."]
    post(olga, "desk:complaint_resolve", complaint.public_id, resolution="I call every Monday now.")
    assert not open_tasks() and not fresh(cast.loan).complaint_open
    deliver_due()
    mails = {row.kind: row for row in Notification.objects.filter(party=cast.bea_party, state="sent")}
    assert {"complaint_acknowledged", "complaint_resolved"} <= set(mails)
    assert "I call every Monday now." in mails["complaint_resolved"].text_body
    complaint.refresh_from_db()
    link = reverse("public:settled", args=[token_for(complaint)])
    assert "they have not answered" in words(get(olga, "desk:complaints", show="resolved"))
    for _opened in range(2):
        assert client.get(link).status_code == 200
    complaint.refresh_from_db()
    assert complaint.is_settled is None, "opening the page says nothing, as no answer does not"
    client.post(link, {"answer": "yes"})
    complaint.refresh_from_db()
    assert complaint.is_settled
    assert "They say it is settled" in words(get(olga, "desk:complaint", complaint.public_id))
    client.post(link, {"answer": "no"})
    complaint.refresh_from_db()
    assert complaint.is_settled, "the first answer counts"


def test_no_opens_it_again_and_the_owner_is_asked(cast: Cast, olga: Client, client: Client) -> None:
    complaint = resolved(cast)
    link = token_for(complaint)
    assert "gets in touch" in words(answer_link(client, complaint, answer="no", words="Still no call."))
    complaint.refresh_from_db()
    assert complaint.is_settled is False and complaint.resolved_at is None
    assert fresh(cast.loan).complaint_open and open_tasks() == [
        "They say it is not settled: Nobody calls me back."
    ]
    assert Message.objects.get().body == "Still no call."
    assert Notification.objects.get(kind="complaint_came_back").recipient == f"user:{cast.olga.public_id}"
    complaints.resolve_complaint(complaint=complaint, by=cast.olga, resolution="Called.")
    assert not open_tasks()
    assert client.get(reverse("public:settled", args=[link])).status_code == 404, "the older link has ended"
    assert Notification.objects.filter(kind="complaint_resolved").count() == 2
    assert answer_link(client, complaint, answer="yes").status_code == 200


@pytest.mark.parametrize("token", ["a-link", "eyJhIjoxfQ:made-up"])
@pytest.mark.django_db
def test_nobody_makes_such_a_link_up(client: Client, token: str) -> None:
    assert client.get(reverse("public:settled", args=[token])).status_code == 404


def test_one_of_two_leaves_the_loan_marked(cast: Cast) -> None:
    first, second = begin(cast), begin(cast, source="desk:2")
    for complaint in (first, second):
        assert fresh(cast.loan).complaint_open
        complaints.acknowledge_complaint(complaint=complaint, by=cast.olga)
        complaints.resolve_complaint(complaint=complaint, by=cast.olga, resolution="Done.")
    assert not fresh(cast.loan).complaint_open


def test_strangers_do_not_reach_it(cast: Cast, client_for: ClientFor) -> None:
    complaint = begin(cast)
    for who in (cast.otto, cast.stef, cast.bea):
        client = client_for(who)
        assert get(client, "desk:complaint", complaint.public_id).status_code == 404
        assert post(client, "desk:complaint_acknowledge", complaint.public_id).status_code == 404
        assert post(client, "desk:complaint_new", cast.loan.public_id).status_code == 404
    with pytest.raises(Refused):
        complaints.acknowledge_complaint(complaint=complaint, by=cast.otto)
    assert "Nobody calls me back." not in words(get(client_for(cast.otto), "desk:complaints"))


def test_it_goes_with_the_loan_and_a_colleague_hears_of_it(cast: Cast) -> None:
    begin(cast, by=cast.mara)
    assert Notification.objects.get(kind="complaint_begun").recipient == f"user:{cast.olga.public_id}"
    assign_officer(loan=cast.loan, officer=cast.otto, by=cast.mara, expected_version=fresh(cast.loan).version)
    assert Complaint.objects.get().owner == cast.otto


@pytest.mark.parametrize("kind", [kind.key for kind in KINDS.values() if kind.topic in AFTER_CLOSING])
def test_nothing_that_sells_leaves_while_a_complaint_is_open(cast: Cast, kind: str) -> None:
    """Also what is still to be written: whatever stands under letters, surveys or news."""
    begin(cast)
    row = Notification(
        kind=kind, event_key="test", recipient="x", address="bea@example.com", loan=cast.loan,
        party=cast.bea_party, channel="letter" if KINDS[kind].channel == "letter" else "email",
    )  # fmt: skip
    stopped = why_not(row)
    assert stopped and stopped[0] == "held"


def test_a_request_from_a_message(cast: Cast, olga: Client) -> None:
    message = wrote(cast, "Please send me a copy.")
    address = f"{reverse('desk:service_request_new', args=[cast.loan.public_id])}?message={message.public_id}"
    for _twice in range(2):
        answer = olga.post(address, {"words": "A copy", "token": uuid4().hex})
        assert answer.status_code == 302
    asked = ServiceRequest.objects.get()
    assert (asked.words, asked.party, asked.channel) == ("A copy", cast.bea_party, "text")


def give_to_otto(cast: Cast) -> None:
    assign_officer(loan=cast.loan, officer=cast.otto, by=cast.mara, expected_version=fresh(cast.loan).version)


def test_what_comes_back_after_the_loan_changed_hands_is_the_new_officers(cast: Cast, client: Client) -> None:
    complaint = resolved(cast)
    link = token_for(complaint)
    give_to_otto(cast)
    said = client.post(reverse("public:settled", args=[link]), {"answer": "no", "words": "Still no call."})
    assert "Otto Weber gets in touch" in words(said) and "Olga" not in words(said)
    complaint.refresh_from_db()
    assert complaint.owner == cast.otto
    assert Task.objects.get(kind="complaint", done_at=None).for_user == cast.otto
    assert Notification.objects.get(kind="complaint_came_back").recipient == f"user:{cast.otto.public_id}"


def test_who_no_longer_works_on_the_loan_is_never_asked(cast: Cast) -> None:
    """Also where it stayed with them from before."""
    complaint = resolved(cast)
    give_to_otto(cast)
    Complaint.objects.update(owner=cast.olga)
    complaints.say_whether_settled(complaint=complaint, is_settled=False)
    assert Complaint.objects.get().owner == cast.otto
    assert not Task.objects.filter(kind="complaint", done_at=None, for_user=cast.olga).exists()


def test_who_stands_in_for_its_owner_hears_of_it(cast: Cast) -> None:
    with time_machine.travel("2026-11-24 10:00 -0500", tick=False):
        note_absence(
            user=cast.olga, deputy=cast.otto, first_day=date(2026, 11, 24), last_day=date(2026, 11, 27),
            by=cast.olga,
        )  # fmt: skip
        complaints.say_whether_settled(complaint=resolved(cast), is_settled=False)
        begin(cast, by=cast.mara, source="desk:2")
        for kind in ("complaint_begun", "complaint_came_back"):
            told = Notification.objects.filter(kind=kind)
            assert {row.address for row in told} == {cast.olga.mail_address, cast.otto.mail_address}
            assert all(gather(row, kind)["number"] == cast.loan.number for row in told)
    with time_machine.travel("2026-11-30 10:00 -0500", tick=False), pytest.raises(NotWanted):
        gather(told.get(address=cast.otto.mail_address), "complaint_came_back")


def test_the_link_that_asks_is_the_borrowers_alone(cast: Cast, olga: Client, client: Client) -> None:
    complaint = resolved(cast)
    link = reverse("public:settled", args=[token_for(complaint)])
    row = Notification.objects.get(kind="complaint_resolved")
    assert link in fill(row, render(row)).text and row.address == cast.bea_party.mail_address
    deliver_due()
    row.refresh_from_db()
    assert row.state == "sent" and row.secret is None
    assert link not in row.text_body and link not in row.html_body
    for name in ("outbox:message", "outbox:body"):
        assert token_for(complaint) not in get(olga, name, row.public_id).text
    for who in (cast.olga, cast.mara):
        assert sign_in(client, who).post(link, {"answer": "yes"}).status_code == 404
    complaint.refresh_from_db()
    assert complaint.is_settled is None
    assert sign_in(client, cast.bea).post(link, {"answer": "yes"}).status_code == 200
    complaint.refresh_from_db()
    assert complaint.is_settled


def test_the_link_that_asks_ends(cast: Cast, client: Client) -> None:
    with time_machine.travel("2026-09-01 10:00 -0400", tick=False):
        complaint = resolved(cast)
    link = reverse("public:settled", args=[token_for(complaint)])
    with time_machine.travel("2026-10-30 10:00 -0400", tick=False):
        assert client.get(link).status_code == 200
    with time_machine.travel("2026-11-02 10:00 -0500", tick=False):
        assert client.get(link).status_code == 404
        assert client.post(link, {"answer": "yes"}).status_code == 404
