"""The list of an officer's loans: whose, in which order, found how, and what there is to do."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from loans import clocks
from loans.models import Loan, Task
from loans.services import complete_task
from loans.stages import Stage
from tests.cast import make_loan
from tests.desk.helpers import get, make_document, make_request, post, words


def numbers(response):
    return [loan.number for loan in response.context["page"].rows]


def test_officers_see_their_own_loans_only(cast, client_for):
    assert numbers(get(client_for(cast.olga), "desk:pipeline")) == ["LN-1001"]
    assert numbers(get(client_for(cast.otto), "desk:pipeline")) == ["LN-1002"]


def test_the_manager_sees_every_loan_with_its_officer(cast, client_for):
    page = get(client_for(cast.mara), "desk:pipeline")
    assert set(numbers(page)) == {"LN-1001", "LN-1002"}
    assert "Olga Haddad" in words(page) and "Otto Weber" in words(page)


def test_a_processor_sees_the_loans_they_process_and_an_officer_of_both_kinds_sees_each_once(
    cast, client_for
):
    Loan.objects.filter(pk=cast.loan.pk).update(processor=cast.stef)
    Loan.objects.filter(pk=cast.other_loan.pk).update(processor=cast.olga)
    assert numbers(get(client_for(cast.stef), "desk:pipeline")) == ["LN-1001"]
    Loan.objects.filter(pk=cast.loan.pk).update(processor=cast.olga)
    assert sorted(numbers(get(client_for(cast.olga), "desk:pipeline"))) == ["LN-1001", "LN-1002"]


def test_borrowers_and_strangers_find_nothing(cast, client_for):
    assert get(client_for(cast.bea), "desk:pipeline").status_code == 404
    assert get(client_for(None), "desk:pipeline").status_code == 302


@pytest.mark.parametrize(
    "typed",
    ["LN-1001", "ln-10", "Nguyen", "bea ngu", "Nguyen Bea", "harbor", "12 Harbor Lane", "portland nguyen"],
)
def test_search_finds_by_number_name_and_address(cast, client_for, typed):
    make_loan(officer=cast.olga, borrowers=[cast.nils], number="LN-2009", street="3 Far Away", city="Bangor")
    assert numbers(get(client_for(cast.olga), "desk:pipeline", q=typed)) == ["LN-1001"]


def test_search_never_reaches_loans_of_others(cast, client_for):
    page = get(client_for(cast.olga), "desk:pipeline", q="Berg")
    assert numbers(page) == []
    assert "No loan fits" in words(page)


def test_open_loans_are_the_default_and_every_stage_can_be_chosen(cast, client_for):
    make_loan(officer=cast.olga, borrowers=[cast.nils], number="LN-2001", stage=Stage.FUNDED)
    make_loan(officer=cast.olga, borrowers=[cast.nils], number="LN-2002", stage=Stage.UNDERWRITING)
    olga = client_for(cast.olga)
    assert set(numbers(get(olga, "desk:pipeline"))) == {"LN-1001", "LN-2002"}
    assert set(numbers(get(olga, "desk:pipeline", stage="all"))) == {"LN-1001", "LN-2001", "LN-2002"}
    assert numbers(get(olga, "desk:pipeline", stage=Stage.FUNDED)) == ["LN-2001"]
    assert set(numbers(get(olga, "desk:pipeline", stage="nonsense"))) == {"LN-1001", "LN-2002"}


def test_the_filter_for_documents_to_review(cast, client_for):
    make_loan(officer=cast.olga, borrowers=[cast.nils], number="LN-2003")
    make_document(make_request(cast.bea_party, cast.olga))
    assert numbers(get(client_for(cast.olga), "desk:pipeline", review="1")) == ["LN-1001"]


def test_a_row_tells_the_state_of_the_loan(cast, client_for):
    yesterday, long_ago = clocks.today() - timedelta(days=2), timezone.now() - timedelta(days=12)
    asked = make_request(cast.bea_party, cast.olga)
    make_request(cast.cole_party, cast.olga)
    make_document(asked)
    Loan.objects.filter(pk=cast.loan.pk).update(
        stage=Stage.PROCESSING,
        stage_since=long_ago,
        next_update_on=yesterday,
        waiting_on=Loan.WaitingOn.BORROWER,
    )
    row = words(get(client_for(cast.olga), "desk:pipeline"))
    for said in ("Bea Nguyen, Cole Nguyen", "LN-1001", "12 Harbor Lane", "Processing", "12 days", "overdue"):
        assert said in row
    loan = get(client_for(cast.olga), "desk:pipeline").context["page"].rows[0]
    assert (loan.to_review, loan.open_requests) == (1, 1)
    assert "Borrower" in row.split("LN-1001", 1)[1], "the desk speaks about the borrower, not to them"


def test_pages_of_25_leave_no_gap_and_repeat_nothing(cast, client_for):
    Loan.objects.all().delete()
    moment = timezone.now()
    made = [
        Loan(
            number=f"LN-{n:04d}", officer=cast.olga, purpose="purchase", state="ME", stage=Stage.PROCESSING,
            # several share a moment: the id then decides
            last_activity_at=moment - timedelta(seconds=n // 4),
        )
        for n in range(63)
    ]  # fmt: skip
    Loan.objects.bulk_create(made)
    olga, address, seen, sizes = client_for(cast.olga), reverse("desk:pipeline"), [], []
    while address:
        page = olga.get(address).context["page"]
        seen += [loan.number for loan in page.rows]
        sizes.append(len(page.rows))
        address = page.next_url
    assert sizes == [25, 25, 13]
    assert seen == [loan.number for loan in Loan.objects.order_by("-last_activity_at", "-id")]


def test_links_to_further_pages_keep_the_filter(cast, client_for):
    Loan.objects.bulk_create(
        Loan(number=f"LN-{n:04d}", officer=cast.olga, purpose="purchase", state="ME", stage=Stage.CLOSING)
        for n in range(26)
    )
    page = get(client_for(cast.olga), "desk:pipeline", stage="closing").context["page"]
    following = client_for(cast.olga).get(page.next_url).context["page"]
    assert "stage=closing" in page.next_url and "stage=closing" in following.first_url
    assert len(following.rows) == 1


def test_a_broken_mark_is_the_first_page(cast, client_for):
    for mark in ("x", "1_x", "99999999999999999999_1", "_"):
        assert numbers(get(client_for(cast.olga), "desk:pipeline", after=mark)) == ["LN-1001"]


# --- To do ---------------------------------------------------------------------------------------------------


def make_task(loan, kind, due_in_days, **fields):
    due_on = clocks.today() + timedelta(days=due_in_days)
    return Task.objects.create(
        loan=loan, kind=kind, why=f"because of {kind}", for_user=loan.officer, due_on=due_on,
        key=f"{kind}:{due_in_days}:{loan.pk}", **fields,
    )  # fmt: skip


def test_what_there_is_to_do_stands_on_top(cast, client_for):
    make_task(cast.loan, Task.Kind.NEXT_UPDATE, 1)
    make_task(cast.loan, Task.Kind.LOAN_ESTIMATE, 3)
    make_task(cast.loan, Task.Kind.SIX_ITEMS, -1)
    make_task(cast.loan, Task.Kind.NEXT_UPDATE, 9)
    make_task(cast.other_loan, Task.Kind.LETTER, 0)
    done = make_task(cast.loan, Task.Kind.CALL, 0)
    complete_task(task=done, by=cast.olga)
    tasks = get(client_for(cast.olga), "desk:pipeline").context["tasks"]
    assert [task.kind for task in tasks] == ["six_items", "next_update", "loan_estimate"]


def test_a_task_is_ticked_off_by_those_who_work_on_the_loan(cast, client_for):
    task = make_task(cast.loan, Task.Kind.NEXT_UPDATE, 0)
    assert post(client_for(cast.otto), "desk:task_done", task.public_id).status_code == 404
    assert post(client_for(cast.bea), "desk:task_done", task.public_id).status_code == 404
    assert post(client_for(cast.olga), "desk:task_done", task.public_id).status_code == 302
    task.refresh_from_db()
    assert task.done_by == cast.olga
    assert "Promised update" not in words(get(client_for(cast.olga), "desk:pipeline")).split("Loans")[-1]


def test_many_tasks_are_folded_and_unfolded(cast, client_for):
    for day in range(9):
        make_task(cast.loan, Task.Kind.CALL, day)
    olga = client_for(cast.olga)
    assert len(get(olga, "desk:pipeline").context["tasks"]) == 6
    assert "Show everything to do" in words(get(olga, "desk:pipeline"))
    assert len(get(olga, "desk:pipeline", tasks="all").context["tasks"]) == 9
