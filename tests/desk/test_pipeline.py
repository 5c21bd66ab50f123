"""The list of an officer's loans: whose, in which order, found how, narrowed to what, with which columns."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from loans import clocks
from loans.models import KeyDate, Loan, Party, Task
from loans.services import clear_key_date, set_key_date
from loans.stages import Stage
from portal.desk.columns import COLUMNS
from tests.cast import make_loan
from tests.desk.helpers import fresh, get, make_document, make_request, post, send_loan_estimate, words


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


# --- Filters, orders, counts ---------------------------------------------------------------------------------


@pytest.fixture
def house(cast):
    """Six open loans of Olga, each with one thing of its own, and one of Otto."""
    now, day = timezone.now(), clocks.today()
    monday = day - timedelta(days=day.weekday())
    stories = {
        "review": {"to_review": 2},
        "unanswered": {"unanswered_since": now - timedelta(hours=5)},
        "closing": {"expected_closing": monday + timedelta(days=4)},
        "lock": {"lock_ends_on": day + timedelta(days=3)},
        "quiet": {"last_word_at": now - timedelta(days=9)},
        "ball": {"waiting_on": Loan.WaitingOn.LENDER},
    }
    for place, (number, fields) in enumerate(stories.items()):
        usual = {"last_word_at": now - timedelta(hours=place), "waiting_on": Loan.WaitingOn.THIRD_PARTY}
        since = now - timedelta(days=place)
        make_loan(
            officer=cast.olga, borrowers=[cast.nils], number=number, stage=Stage.PROCESSING, stage_since=since,
            **{**usual, **fields},
        )  # fmt: skip
    Loan.objects.filter(pk__in=[cast.loan.pk, cast.other_loan.pk]).update(
        last_word_at=now, expected_closing=monday + timedelta(days=20), waiting_on=Loan.WaitingOn.BORROWER,
        lock_ends_on=day + timedelta(days=30),
    )  # fmt: skip
    return cast


FILTERS = [
    ("review", {"review": "1"}), ("unanswered", {"unanswered": "1"}), ("closing", {"closing": "1"}),
    ("lock", {"lock": "1"}), ("quiet", {"quiet": "3"}), ("ball", {"ball": "lender"}),
]  # fmt: skip


@pytest.mark.parametrize(("number", "asked"), FILTERS)
@pytest.mark.parametrize("who", ["olga", "mara"])
def test_each_filter_leaves_what_it_says(house, client_for, who, number, asked):
    assert numbers(get(client_for(getattr(house, who)), "desk:pipeline", **asked)) == [number]


def test_the_count_beside_a_filter_is_what_is_behind_it(house, client_for):
    for who in (house.olga, house.mara, house.otto):
        client = client_for(who)
        tabs = get(client, "desk:pipeline").context["tabs"]
        assert len(tabs) == len(FILTERS)
        for tab in tabs:
            page = get(client, "desk:pipeline", **tab.asked)
            assert tab.count == len(numbers(page)), (who, tab)
            assert [one.label for one in page.context["tabs"] if one.here] == [tab.label]


def test_counts_beyond_99_say_so(cast, client_for):
    Loan.objects.bulk_create(
        Loan(number=f"LN-{n:04d}", officer=cast.olga, purpose="purchase", state="ME", to_review=1)
        for n in range(120)
    )
    for who in (cast.olga, cast.mara):
        tab = get(client_for(who), "desk:pipeline").context["tabs"][0]
        assert tab.count_text == "99+"


def test_filters_can_be_put_together_and_nonsense_among_them_is_left_out(house, client_for):
    olga = client_for(house.olga)
    assert numbers(get(olga, "desk:pipeline", review="1", lock="1")) == []
    assert numbers(get(olga, "desk:pipeline", review="1", q="berg", quiet="x", officer="me")) == ["review"]


@pytest.mark.parametrize(
    ("sort", "first", "left_out"),
    [
        ("word", "quiet", set()), ("stage", "ball", set()),
        ("closing", "closing", {"review", "unanswered", "lock", "quiet", "ball"}),
        ("owes", "LN-1001", {"review", "unanswered", "closing", "lock", "quiet", "ball"}),
    ],
)  # fmt: skip
def test_orders(house, client_for, sort, first, left_out):
    for who in (house.olga, house.mara):
        found = numbers(get(client_for(who), "desk:pipeline", sort=sort))
        assert found[0] == first
        assert not left_out & set(found)


@pytest.mark.parametrize("sort", ["", "word", "stage", "owes", "closing"])
@pytest.mark.parametrize("who", ["olga", "mara"])
def test_no_order_loses_or_repeats_a_loan_between_pages(cast, client_for, sort, who):
    now, day = timezone.now(), clocks.today()
    Loan.objects.all().delete()
    Loan.objects.bulk_create(
        Loan(
            number=f"LN-{n:04d}", officer=cast.olga, purpose="purchase", state="ME", stage=Stage.PROCESSING,
            last_activity_at=now - timedelta(minutes=n // 3), stage_since=now - timedelta(hours=n // 4),
            last_word_at=now - timedelta(days=n // 5) if n % 3 else None, waiting_on=Loan.WaitingOn.BORROWER,
            expected_closing=day + timedelta(days=n // 9),
        )
        for n in range(60)
    )  # fmt: skip
    client, seen = client_for(getattr(cast, who)), []
    address = f"{reverse('desk:pipeline')}?sort={sort}"
    while address:
        page = client.get(address).context["page"]
        seen += [loan.number for loan in page.rows]
        address = page.next_url
    assert len(seen) == len(set(seen)) == 60


def test_a_manager_looks_at_one_officer(house, client_for):
    mara = client_for(house.mara)
    page = get(mara, "desk:pipeline", officer=str(house.otto.public_id))
    assert numbers(page) == ["LN-1002"]
    mine = get(client_for(house.olga), "desk:pipeline", officer=str(house.otto.public_id))
    assert "LN-1002" not in numbers(mine), "an officer sees their own, whatever the address says"


def test_the_borrower_owes_since_the_ball_came_to_them(cast, client_for):
    send_loan_estimate(cast.loan, cast.olga)
    Loan.objects.filter(pk=cast.loan.pk).update(
        stage=Stage.PROCESSING, stage_since=timezone.now() - timedelta(days=30), waiting_on="lender"
    )
    bea = Party.objects.get(pk=cast.bea_party.pk)
    make_request(bea, cast.olga)
    since = fresh(cast.loan).waiting_since
    assert fresh(cast.loan).waiting_on == "borrower" and timezone.now() - since < timedelta(minutes=1)
    make_request(bea, cast.olga, title="Another")
    assert fresh(cast.loan).waiting_since == since, "they have had it all the while"


def test_the_end_of_the_rate_lock_follows_its_date(cast):
    ends = clocks.today() + timedelta(days=20)
    said = {"by": cast.olga, "kind": KeyDate.Kind.RATE_LOCK_ENDS}
    set_key_date(loan=cast.loan, on=ends, expected_version=cast.loan.version, **said)
    assert fresh(cast.loan).lock_ends_on == ends
    clear_key_date(loan=cast.loan, expected_version=fresh(cast.loan).version, **said)
    assert fresh(cast.loan).lock_ends_on is None


# --- Columns -------------------------------------------------------------------------------------------------


def headings(response):
    return [str(column.label) for column in response.context["columns"]]


def test_people_choose_their_columns(cast, client_for):
    olga = client_for(cast.olga)
    page = olga.get(reverse("desk:pipeline") + "?columns=lock&columns=stage")
    assert headings(page) == ["Stage", "Lock ends"]
    assert len(headings(get(olga, "desk:pipeline", columns="nonsense"))) > 5, "the usual ones"
    assert headings(get(olga, "desk:pipeline", columns="lock,stage")) == ["Stage", "Lock ends"]
    assert "Officer" in headings(get(client_for(cast.mara), "desk:pipeline"))


def test_every_column_has_something_to_say(house, client_for):
    page = get(client_for(house.mara), "desk:pipeline", columns=",".join(COLUMNS))
    assert len(headings(page)) == len(COLUMNS) and "Olga Haddad" in words(page)


# --- To do ---------------------------------------------------------------------------------------------------


def make_task(loan, kind, due_in_days, **fields):
    due_on = clocks.today() + timedelta(days=due_in_days)
    return Task.objects.create(
        loan=loan, kind=kind, why=f"because of {kind}", for_user=loan.officer, due_on=due_on,
        key=f"{kind}:{due_in_days}:{loan.pk}", **fields,
    )  # fmt: skip


def test_a_task_is_ticked_off_by_those_who_work_on_the_loan(cast, client_for):
    task = make_task(cast.loan, Task.Kind.NEXT_UPDATE, 0)
    assert post(client_for(cast.otto), "desk:task_done", task.public_id).status_code == 404
    assert post(client_for(cast.bea), "desk:task_done", task.public_id).status_code == 404
    assert post(client_for(cast.olga), "desk:task_done", task.public_id).status_code == 302
    task.refresh_from_db()
    assert task.done_by == cast.olga
