"""Where there is much of one thing, the other is still found; and where something ends while a page is drawn."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from conversations import services
from conversations.models import Complaint, Message
from conversations.reading import SHOWN, unread_loans
from loans import clocks
from loans.models import Loan, Task
from loans.stages import Stage
from portal.day import sections_for
from portal.day_rows import SHOWN as SHOWN_TODAY
from portal.views.desk import board
from tests.cast import Cast, make_loan
from tests.desk.helpers import get, words


def write_many(conversation: Any, count: int, by: Any = None) -> None:
    Message.objects.bulk_create(
        Message(
            conversation=conversation, channel="portal", by=by, body=f"Word {place}.",
            source=f"{conversation.pk}:{place}",
        )
        for place in range(count)
    )  # fmt: skip


def test_much_unread_on_one_loan_does_not_hide_another(cast: Cast) -> None:
    other = make_loan(officer=cast.olga, borrowers=[cast.bea])
    write_many(services.thread_of(cast.loan), SHOWN + 1, by=cast.olga)
    write_many(services.thread_of(other), 1, by=cast.olga)
    assert sorted(unread_loans(cast.bea)) == sorted([str(cast.loan.public_id), str(other.public_id)])


def test_a_long_thread_of_a_visitor_is_read_to_its_beginning(cast: Cast, client_for: Any) -> None:
    first = services.receive_from_visitor(
        name="Vera", email="vera@example.com", owner=cast.olga, body="How it began.", source="chat:1"
    )
    write_many(first.conversation, 30)
    olga = client_for(cast.olga)
    newest = get(olga, "desk:visitor", first.conversation.public_id)
    assert "How it began." not in words(newest)
    earlier = get(olga, "desk:visitor", first.conversation.public_id, before=str(newest.context["earlier"]))
    assert "How it began." in words(earlier) and not earlier.context["earlier"]


def test_complaints_that_wait_to_be_settled_do_not_hide_one_to_acknowledge(cast: Cast) -> None:
    day = clocks.today()
    for place in range(SHOWN_TODAY + 1):
        Complaint.objects.create(
            loan=cast.loan, words="Late", owner=cast.olga, acknowledge_by=day - timedelta(days=9),
            acknowledged_at=timezone.now(), source=f"c:{place}",
        )  # fmt: skip
    Complaint.objects.create(
        loan=cast.loan, words="Nobody calls", owner=cast.olga, acknowledge_by=day, source="c:new"
    )
    Task.objects.create(
        loan=cast.loan,
        kind=Task.Kind.COMPLAINT,
        why="Settle it",
        for_user=cast.olga,
        due_on=day,
        key="settle",
    )
    [section] = [one for one in sections_for(cast.olga) if one.sort.key == "service"]
    said = [str(item.what) for item in section.items]
    assert any("say that it arrived" in what for what in said)
    assert {item.due_on for item in section.items} == {day}, "when it is to be settled is known as well"


def test_a_loan_that_ends_while_the_board_is_read_is_left_out(cast: Cast, monkeypatch: Any) -> None:
    def ends(mine: list[int]) -> Any:
        found = among(mine)
        Loan.objects.filter(pk=cast.loan.pk).update(stage=Stage.FUNDED)
        return found

    among = board._among
    monkeypatch.setattr(board, "_among", ends)
    columns = board.columns_for(cast.olga)
    assert cast.loan.pk not in {card.loan.pk for column in columns for card in column.cards}
