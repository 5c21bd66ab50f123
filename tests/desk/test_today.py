"""Today: what to take next and why; for a manager, whom to help."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from conversations import services as talk
from conversations.models import Complaint, Conversation
from leads.models import Lead
from loans import clocks, services
from loans.models import KeyDate, Loan, Task
from loans.stages import Stage
from notifications.models import Notification
from portal.day import SORTS, sections_for
from portal.day_figures import desks
from portal.views.desk import today as todays_page
from tests.cast import make_loan
from tests.desk.helpers import get, make_document, make_request, post, words
from tests.desk.test_cost import BUDGET, queries

HOUR = timedelta(hours=1)


def task(loan, kind, days=0, who=None, **fields):
    return Task.objects.create(
        loan=loan, kind=kind, why=f"{kind} is to be done", for_user=who or loan.officer,
        due_on=clocks.today() + timedelta(days=days), key=f"{kind}:{loan.pk}:{days}:{Task.objects.count()}", **fields,
    )  # fmt: skip


def letter(loan, state):
    return Notification.objects.create(
        event_key=f"letter:{state}", kind="thank_you", recipient="x", recipient_name="Bea", loan=loan,
        channel="letter", state=state, due_at=timezone.now(), expires_at=timezone.now() + HOUR, message_id="<m>",
    )  # fmt: skip


def unanswered(loan, hours):
    services.store_unanswered(loan, timezone.now() - hours * HOUR)


def fill(cast, loan):
    """Something in every section, on a loan of Olga's."""
    unanswered(loan, 5)
    make_document(make_request(loan.parties.first(), loan.officer))
    task(loan, "call", days=-1)
    task(loan, "quiet_file")
    task(loan, "bounced")
    task(loan, "letter")
    letter(loan, "ready_to_print")
    KeyDate.objects.create(loan=loan, kind="rate_lock_ends", on=clocks.today() + timedelta(days=1))
    talk.make_service_request(
        loan=loan,
        party=loan.parties.first(),
        words="A copy of my appraisal",
        channel="portal",
        source=f"s:{loan.pk}",
    )
    Complaint.objects.create(
        loan=loan,
        words="Nobody calls",
        owner=loan.officer,
        acknowledge_by=clocks.today(),
        source=f"c:{loan.pk}",
    )
    Lead.objects.create(
        name="Carl Caller",
        phone="+12075550188",
        officer=loan.officer,
        source="call",
        waiting_since=timezone.now() - HOUR,
    )


def keys(person):
    return [section.sort.key for section in sections_for(person)]


def test_every_sort_of_work_stands_in_its_order_with_what_to_do_and_why(cast, client_for):
    fill(cast, cast.loan)
    sections = sections_for(cast.olga)
    assert [section.sort for section in sections] == [sort for sort in SORTS if sort.key != "escalated"]
    page = words(get(client_for(cast.olga), "desk:today"))
    for said in (
        "Answer: Bea", "1 document", "call is to be done", "Rate lock ends", "A copy of my appraisal",
        "Complaint, say that it arrived", "quiet_file is to be done", "bounced is to be done", "Carl Caller",
    ):  # fmt: skip
        assert said in page, said
    client = client_for(cast.olga)
    for section in sections:
        for item in section.shown:
            assert client.get(item.address).status_code == 200, item.address


def test_the_longest_wait_comes_first_and_is_what_to_do_next(cast, client_for):
    other = make_loan(officer=cast.olga, borrowers=[cast.nils], number="LN-300001")
    unanswered(cast.loan, 2)
    unanswered(other, 30)
    Conversation.objects.create(
        name="Vic Visitor",
        email="vic@example.org",
        owner=cast.olga,
        unanswered_since=timezone.now() - 9 * HOUR,
    )
    [replies] = sections_for(cast.olga)
    order = [other.borrower_names, "Vic Visitor", cast.loan.borrower_names]
    assert [item.title for item in replies.items] == order
    assert f"Answer: {other.borrower_names}" in words(get(client_for(cast.olga), "desk:today"))


def test_what_is_far_ahead_done_or_anothers_does_not_stand_there(cast, client_for):
    task(cast.loan, "call", days=9)
    task(cast.loan, "call", done_at=timezone.now())
    other = make_loan(officer=cast.otto, borrowers=[cast.nils], number="LN-300001")
    fill(cast, other)
    assert keys(cast.olga) == []
    assert "Nothing waits" in words(get(client_for(cast.olga), "desk:today"))


def test_an_ended_loan_has_no_dates_that_fall_due(cast):
    KeyDate.objects.create(loan=cast.loan, kind="rate_lock_ends", on=clocks.today())
    assert keys(cast.olga) == ["clocks"]
    Loan.objects.filter(pk=cast.loan.pk).update(stage=Stage.WITHDRAWN)
    assert keys(cast.olga) == []


def test_a_processor_sees_the_work_on_their_loans(cast):
    Loan.objects.filter(pk=cast.loan.pk).update(processor=cast.otto)
    fill(cast, cast.loan)
    assert keys(cast.otto) == ["replies", "papers", "clocks", "quiet", "bounced", "letters"]


def test_a_task_is_ticked_off_where_it_stands(cast, client_for):
    one = task(cast.loan, "call")
    olga = client_for(cast.olga)
    assert str(one.public_id) in get(olga, "desk:today").content.decode()
    post(olga, "desk:task_done", one.public_id)
    assert keys(cast.olga) == []


def test_sections_are_short_and_say_that_there_is_more(cast, client_for):
    for number in range(9):
        task(cast.loan, "call", days=-number)
    [section] = sections_for(cast.olga)
    assert (len(section.items), len(section.shown), section.has_more) == (7, 6, True)
    assert section.shown[0].due_on == clocks.today() - timedelta(days=8)


# --- Managers ------------------------------------------------------------------------------------------------


def test_a_manager_sees_how_much_waits_for_whom_and_whom_to_help_first(cast, client_for):
    other = make_loan(officer=cast.otto, borrowers=[cast.nils], number="LN-300001")
    fill(cast, cast.loan)
    unanswered(other, 50)
    task(other, "call", days=-3)
    found = desks()
    assert [desk.user for desk in found] == [cast.otto, cast.olga]
    assert found[1].counts == {
        "replies": 1, "papers": 1, "late": 1, "quiet": 1, "bounced": 1, "complaints": 1, "wishes": 1, "leads": 1,
    }  # fmt: skip
    assert found[0].counts == {"replies": 1, "late": 1}
    page = words(get(client_for(cast.mara), "desk:today"))
    assert page.index(cast.otto.name) < page.index(cast.olga.name)


def test_a_manager_of_many_sees_first_who_needs_help_most(cast, client_for, monkeypatch):
    monkeypatch.setattr(todays_page, "MOST_DESKS", 1)
    fill(cast, cast.loan)
    unanswered(make_loan(officer=cast.otto, borrowers=[cast.nils], number="LN-300001"), 50)
    first = words(get(client_for(cast.mara), "desk:today"))
    assert cast.otto.name in first and cast.olga.name not in first
    everybody = client_for(cast.mara).get(reverse("desk:today"), {"everybody": "1"})
    assert cast.olga.name in words(everybody) and "Everybody for whom" not in words(everybody)


def test_a_manager_opens_the_day_of_another_and_nobody_else_does(cast, client_for):
    fill(cast, cast.loan)
    page = words(get(client_for(cast.mara), "desk:todays_of", cast.olga.public_id))
    assert f"The day of {cast.olga.name}" in page and "call is to be done" in page
    assert get(client_for(cast.otto), "desk:todays_of", cast.olga.public_id).status_code == 404
    assert get(client_for(cast.mara), "desk:todays_of", cast.bea.public_id).status_code == 404


@pytest.mark.parametrize("who", ["olga", "mara"])
def test_the_page_costs_the_same_with_one_loan_and_with_many(cast, client_for, who):
    fill(cast, cast.loan)
    few = queries(client_for(getattr(cast, who)), "/desk/today/")
    for number in range(4):
        loan = make_loan(officer=cast.olga, borrowers=[cast.nils], number=f"LN-30000{number}")
        unanswered(loan, number)
        task(loan, "quiet_file")
        task(loan, "call")
    many = queries(client_for(getattr(cast, who)), "/desk/today/")
    assert len(many) == len(few) <= BUDGET, "\n".join(many)
