"""All that happened on one loan, on one page at the desk."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit import log
from audit.models import Entry
from conversations import services
from conversations.models import Complaint, Message, ServiceRequest
from documents.models import Document
from loans.models import KeyDate, StageEvent, Task
from notifications.models import Notification
from portal.desk.lists import PAGE
from portal.timeline import lines_of, mark_of
from portal.timeline_sources import KINDS, SOURCES
from tests.cast import Cast
from tests.desk.helpers import get, make_document, make_request, words

START = timezone.now() - timedelta(days=30)
ENDS = re.compile(r'href="([^"]+)"[^>]*>Next page')


def queue(cast: Cast, number: int, loan: Any = None, **fields: Any) -> Notification:
    told: dict[str, Any] = {
        "event_key": f"made-up:{number}", "kind": "stage_processing", "loan": loan or cast.loan, "state": "sent",
        "address": "bea@example.com", "recipient_name": "Bea Nguyen", "message_id": f"<{number}@example.com>",
        "subject": f"Subject {number}", **fields,
    }  # fmt: skip
    return Notification.objects.create(**told)


@pytest.fixture
def told(cast: Cast) -> Cast:
    """A line of every source on the loan, an hour apart in this order, and some of another loan."""
    loan, olga = cast.loan, cast.olga
    hours = iter(START + timedelta(hours=hour) for hour in range(100))
    StageEvent.objects.filter(loan=loan).delete()
    StageEvent.objects.create(
        loan=loan, from_stage="started", to_stage="application_received", at=next(hours), by=olga,
        internal_note="Knows the seller",
    )  # fmt: skip
    KeyDate.objects.create(loan=loan, kind="title_received", on=START.date(), set_by=olga, set_at=next(hours))
    message = services.receive_message(
        loan=loan,
        party=cast.bea_party,
        channel="portal",
        body="When do we close?",
        source="t:1",
        at=next(hours),
    )
    note = services.note(loan=loan, by=olga, body="Sounds worried")
    call = services.log_call(loan=loan, by=olga, party=cast.bea_party, body="All explained", minutes=7)
    for said in (note, call):
        Message.objects.filter(pk=said.pk).update(at=next(hours))
    queue(cast, 1, sent_at=next(hours))
    queue(cast, 2, sent_at=next(hours), channel="letter", kind="thank_you", state="printed")
    document = make_document(make_request(cast.bea_party, olga), received_at=next(hours))
    Document.objects.filter(pk=document.pk).update(
        review="returned", reason="illegible", note="The last page", reviewed_by=olga, reviewed_at=next(hours)
    )
    Task.objects.all().delete()
    Task.objects.create(
        loan=loan, kind="call", why="They asked", for_user=olga, due_on=START.date(), key="made-up",
        created_at=next(hours), done_at=next(hours), done_by=olga,
    )  # fmt: skip
    Complaint.objects.create(
        loan=loan, message=message, party=cast.bea_party, words="Nobody calls back", owner=olga, source="c:1",
        acknowledge_by=START.date(), opened_at=next(hours), resolved_at=next(hours), resolution="Called",
    )  # fmt: skip
    ServiceRequest.objects.create(
        loan=loan, party=cast.bea_party, words="A copy, please", source="s:1", owner=olga, due_on=START.date(),
        created_at=next(hours), done_at=next(hours), done_by=olga, answer="Sent",
    )  # fmt: skip
    Notification.objects.exclude(event_key__startswith="made-up").delete()
    entry = log.record(action="document.opened", about=document, by=olga, loan=loan)
    super(type(Entry.objects.all()), Entry.objects.filter(pk=entry.pk)).update(at=next(hours))
    services.receive_message(
        loan=cast.other_loan, party=cast.nils_party, channel="portal", body="Of another loan", source="t:2"
    )
    queue(cast, 3, loan=cast.other_loan, subject="Of another loan too", sent_at=START)
    return cast


def titles(told: Cast, **asked: Any) -> list[str]:
    return [line.title for line in lines_of(told.loan, most=100, **asked)]


def named(kind: str) -> str:
    return Notification(kind=kind).title


def test_everything_stands_in_one_order_newest_first(told: Cast) -> None:
    assert titles(told) == [
        "Document opened", "Service request answered", "Service request", "Complaint resolved", "Complaint",
        "Done: Call", "To do: Call", "Paper reviewed", "Paper received", f"Letter on paper: {named('thank_you')}",
        f"E-mail: {named('stage_processing')}", "Call of 7 min.", "Note", "Message (Portal)",
        titles(told, kind="stage")[0], "Application received",
    ]  # fmt: skip


def test_the_page_says_who_and_what_and_nothing_of_another_loan(told: Cast, client_for: Any) -> None:
    said = words(get(client_for(told.olga), "desk:timeline", told.loan.public_id))
    for expected in (
        "When do we close?", "Sounds worried", "All explained", "Bank statements, May", "Hard to read", "The last page",
        "Subject 1", "To: Bea Nguyen", "Printed", "Knows the seller", "Document opened: statement.pdf", "Olga Haddad",
    ):  # fmt: skip
        assert expected in said, expected
    assert "Of another loan" not in said


def test_each_kind_shows_its_own(told: Cast, client_for: Any) -> None:
    everything = lines_of(told.loan, most=100)
    for kind in KINDS:
        found = lines_of(told.loan, kind=kind, most=100)
        assert found and found == [line for line in everything if line.kind == kind]
    said = words(get(client_for(told.olga), "desk:timeline", told.loan.public_id, kind="note"))
    assert "Sounds worried" in said and "When do we close?" not in said


def test_what_no_borrower_sees_is_marked(told: Cast, client_for: Any) -> None:
    internal = {line.title for line in lines_of(told.loan, most=100) if line.is_internal}
    assert internal == {"Note", "Call of 7 min.", "To do: Call", "Done: Call"}
    for kind, is_marked in (("note", True), ("message", False)):
        said = words(get(client_for(told.olga), "desk:timeline", told.loan.public_id, kind=kind))
        assert ("For us alone: no borrower sees it." in said) == is_marked


def many(told: Cast) -> None:
    """Rows of several sources that share a moment, more than two pages of them."""
    thread = Message.objects.filter(conversation__loan=told.loan)[0].conversation
    for number in range(20):
        at = START - timedelta(minutes=number // 7)
        for place, is_internal in enumerate((False, True)):
            Message.objects.create(
                conversation=thread, channel="portal", body=f"{number}", by=told.olga, at=at,
                source=f"many:{number}:{place}", is_internal=is_internal,
            )  # fmt: skip
        queue(told, 100 + number, sent_at=at)


def test_pages_leave_no_gap_and_repeat_nothing(told: Cast, client_for: Any) -> None:
    many(told)
    everything = [mark_of(line) for line in lines_of(told.loan, most=200)]
    assert len(everything) == len(set(everything)) == 60 + 16
    client, address, read, sizes = client_for(told.olga), "", [], []
    while address or not read:
        response = client.get(address or reverse("desk:timeline", args=[told.loan.public_id]))
        read += [mark_of(line) for line in response.context["page"].rows]
        sizes.append(len(response.context["page"].rows))
        link = ENDS.search(response.content.decode())
        address = link[1].replace("&amp;", "&") if link else ""
    assert read == everything
    assert sizes == [PAGE, PAGE, PAGE, 1]


def test_for_paper_it_is_one_page(told: Cast, client_for: Any) -> None:
    many(told)
    page = get(client_for(told.olga), "desk:timeline", told.loan.public_id, whole="1").context["page"]
    assert len(page.rows) == 76 and not page.next_url


@pytest.mark.parametrize(
    "mark", ["made-up", "1.2", "12_3", "12_3.99", f"{'9' * 40}_1.1", f"12_{'9' * 30}.1", "._."]
)
def test_a_mark_that_nobody_wrote_is_answered_with_a_page(told: Cast, client_for: Any, mark: str) -> None:
    assert get(client_for(told.olga), "desk:timeline", told.loan.public_id, after=mark).status_code == 200


def test_strangers_find_nothing(told: Cast, client_for: Any) -> None:
    for user in (told.bea, told.nils, told.otto):
        assert get(client_for(user), "desk:timeline", told.loan.public_id).status_code == 404


def test_the_page_costs_the_same_with_many_lines(told: Cast, client_for: Any) -> None:
    client, costs = client_for(told.olga), []
    for _round in range(2):
        get(client, "desk:timeline", told.loan.public_id)
        with CaptureQueriesContext(connection) as captured:
            get(client, "desk:timeline", told.loan.public_id)
        costs.append(len(captured))
        if len(costs) == 1:
            many(told)
    assert costs[0] == costs[1] <= 8


def test_every_source_has_a_kind_that_can_be_asked_for() -> None:
    assert {source.kind for source in SOURCES} == set(KINDS)
