"""What the pages of the desk cost: queries per page, and how the database finds the rows."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from documents.models import Document
from loans.models import Loan, LoanWord
from loans.stages import Stage
from portal.desk.columns import USUAL
from portal.desk.listing import FEW, SORTS, narrowed, ordered_lists, own_open_ids, page_of_loans
from portal.desk.lists import PAGE, older_than
from portal.views.desk.inbox import waiting_documents
from tests.cast import make_loan
from tests.desk.helpers import make_document, make_request, queries, send_loan_estimate

BUDGET = 8
sqlite = pytest.mark.embedded("plans are read as SQLite writes them")
MANY = 10_000


@pytest.fixture
def crowd(cast):
    """Ten thousand loans, most of them Olga's and most of them funded."""
    now = timezone.now()
    stages = [Stage.FUNDED] * 8 + [Stage.PROCESSING, Stage.CLOSING]
    loans = Loan.objects.bulk_create(
        (
            Loan(
                number=f"LN-{n:06d}", officer=cast.olga if n % 3 else cast.otto, purpose="purchase", state="ME",
                borrower_names=f"Person {n}", street=f"{n} Long Road", city="Portland", stage=stages[n % 10],
                last_activity_at=now - timedelta(minutes=n), to_review=n % 7 == 0,
            )
            for n in range(MANY)
        ),
        batch_size=500,
    )  # fmt: skip
    LoanWord.objects.bulk_create((LoanWord(loan=loan, word="person") for loan in loans), batch_size=2_000)
    return cast


@pytest.fixture(params=["as installed", "statistics"])
def many_loans(request, crowd):
    """The same with and without figures for the planner."""
    if request.param == "statistics":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return crowd


def plan(rows):
    return rows.explain().splitlines()


def is_good(lines):
    """Rows come in order from an index: no pass over the whole table, nothing sorted afterwards."""
    scans = [line for line in lines if "SCAN" in line and "loans_loan" in line and "USING INDEX" not in line]
    return not scans and not any("TEMP B-TREE" in line for line in lines)


OF_THE_HOUSE = [{}, {"stage": "all"}, {"stage": "funded"}, {"q": "person"}, {"ball": "borrower"}]
OF_ONE_PERSON = [{"stage": "all"}, {"stage": "funded"}, {"q": "person", "stage": "all"}]
DEEP = (timezone.now() - timedelta(minutes=500), 200)
# What only few loans are, and the index in which they are looked up.
FEW_ARE = [
    ({"review": "1"}, "loan_to_review"), ({"unanswered": "1"}, "loan_unanswered"), ({"lock": "1"}, "loan_lock_ends"),
    ({"closing": "1"}, "loan_open_closing"), ({"quiet": "9"}, "loan_open_last_word"),
]  # fmt: skip


@sqlite
def test_lists_are_read_from_indexes(many_loans):
    """What everybody works on, and what is closed, comes in order; one person's work and what is rare, at once."""
    orders = [{"sort": key} for key in SORTS]
    cases = [
        *product((many_loans.mara,), [*OF_THE_HOUSE, *orders], (None, DEEP)),
        *product((many_loans.olga, many_loans.stef), OF_ONE_PERSON, (None, DEEP)),
    ]
    for who, asked, mark in cases:
        for rows in ordered_lists(who, asked, mark):
            lines = plan(rows[: PAGE + 1])
            assert is_good(lines), f"{who}, {asked}, {mark}:\n" + "\n".join(lines)
    for asked, index in FEW_ARE:
        lines = plan(narrowed(asked).order_by().values("pk")[: FEW + 1])
        assert any(index in line for line in lines), f"{asked}:\n" + "\n".join(lines)
    said = plan_of(lambda: own_open_ids(many_loans.olga))
    # Without figures SQLite takes the index of officer and stage, which holds all that is asked for.
    assert "INDEX loan_open_officer" in said or "COVERING INDEX loan_officer_stage" in said, said
    assert "INDEX loan_open_processor" in said, said
    bad = plan(older_than(Loan.objects.filter(city="Portland"), "created_at", None)[: PAGE + 1])
    assert not is_good(bad), "the check above can fail"


def plan_of(read):
    """How the last thing that `read` asks for is found."""
    with CaptureQueriesContext(connection) as captured:
        read()
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {captured[-1]['sql']}")
        return "\n".join(row[-1] for row in cursor.fetchall())


@sqlite
def test_the_inbox_is_read_from_its_index_in_order(many_loans):
    for who in (many_loans.olga, many_loans.mara):
        lines = plan(waiting_documents(who, None))
        assert any("USING INDEX document_inbox" in line for line in lines), "\n".join(lines)
        assert not any("TEMP B-TREE" in line for line in lines), "\n".join(lines)


LISTS = [
    "", "?stage=all", "?stage=funded", "?sort=word", "?sort=owes", "?q=person+4", "?q=nguyen&stage=all",
    "?stage=all&review=1", "?review=1&closing=1&sort=stage", "?columns=officer,last_word,lock",
]  # fmt: skip


def test_lists_and_board_cost_the_same_at_any_size(crowd, client_for):
    addresses = [*(reverse("desk:pipeline") + asked for asked in LISTS), reverse("desk:board")]
    clients = {name: client_for(getattr(crowd, name)) for name in ("olga", "mara")}
    asked = [(name, address) for name in clients for address in addresses]
    full = {case: queries(clients[case[0]], case[1]) for case in asked}
    Loan.objects.exclude(pk=crowd.loan.pk).delete()
    for case in asked:
        few = queries(clients[case[0]], case[1])
        assert len(few) <= len(full[case]) <= BUDGET, f"{case}\n" + "\n".join([*full[case], "few:", *few])


def test_deep_pages_hold_what_belongs_there(crowd):
    mark = (timezone.now() - timedelta(minutes=2_000), 10**9)
    mine = own_open_ids(crowd.olga)
    page = page_of_loans(crowd.olga, {}, mark, address="/desk/", columns=USUAL, mine=mine)
    assert len(page.rows) == PAGE
    assert all(loan.last_activity_at <= mark[0] and loan.officer_id == crowd.olga.pk for loan in page.rows)


@pytest.fixture
def busy_loan(cast):
    """A loan with a little of everything."""
    send_loan_estimate(cast.loan, cast.olga)
    for number in range(6):
        for party in (cast.bea_party, cast.cole_party):
            asked = make_request(party, cast.olga, title=f"Paper {number}", period=f"2026-0{number + 1}")
            make_document(asked, name=f"paper-{number}.pdf")
    return cast


PAGES = [
    ("desk:loan", ""), ("desk:facts", ""), ("desk:audit", ""), ("desk:stage", ""), ("desk:request_add", ""),
    ("desk:stage", "?to=processing"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "asked"), PAGES)
def test_pages_of_a_loan_stay_within_their_queries(busy_loan, client_for, name, asked):
    address = reverse(name, args=[busy_loan.loan.public_id]) + asked
    found = queries(client_for(busy_loan.olga), address)
    assert len(found) <= BUDGET, "\n".join(found)


def test_the_move_with_conditions_stays_within_its_queries(busy_loan, client_for):
    Loan.objects.filter(pk=busy_loan.loan.pk).update(stage=Stage.UNDERWRITING)
    address = reverse("desk:stage", args=[busy_loan.loan.public_id]) + "?to=conditional_approval"
    found = queries(client_for(busy_loan.olga), address)
    assert len(found) <= BUDGET, "\n".join(found)


def test_the_page_of_a_loan_just_moved_stays_within_its_queries(busy_loan, client_for):
    olga, loan = client_for(busy_loan.olga), Loan.objects.get(pk=busy_loan.loan.pk)
    typed = {"to": "processing", "version": loan.version, "shown_live": "1", "do": "move"}
    assert olga.post(reverse("desk:stage", args=[loan.public_id]), typed).status_code == 302
    found = queries(olga, reverse("desk:loan", args=[loan.public_id]))
    assert len(found) <= BUDGET, "\n".join(found)


def test_papers_and_requests_stay_within_their_queries(busy_loan, client_for):
    document = Document.objects.first()
    for address in (
        reverse("desk:documents"),
        reverse("desk:review", args=[document.public_id]),
        reverse("desk:request_edit", args=[document.request.public_id]),
    ):
        found = queries(client_for(busy_loan.olga), address)
        assert len(found) <= BUDGET, address + "\n" + "\n".join(found)


def test_the_pipeline_of_a_manager_names_officers_without_asking_for_each(cast, client_for):
    before = len(queries(client_for(cast.mara), reverse("desk:pipeline")))
    for number in range(8):
        make_loan(officer=cast.otto, borrowers=[cast.nils], number=f"LN-30{number:02d}")
    assert len(queries(client_for(cast.mara), reverse("desk:pipeline"))) == before <= BUDGET
