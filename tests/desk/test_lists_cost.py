"""What the lists of threads, callers and complaints cost: they are found by an index, however large the house is."""

from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from conversations.models import Complaint, Conversation
from leads.models import Lead
from loans.models import Loan
from portal import formats
from tests.desk.helpers import get, queries

BUDGET = 8
MANY = 900
sqlite = pytest.mark.embedded("plans are read as SQLite writes them")


@pytest.fixture
def house(cast):
    """Most of it is Otto's: a thread, a caller and a complaint of each loan, nearly all settled long ago."""
    now = timezone.now()
    loans = Loan.objects.bulk_create(
        Loan(
            number=f"LN-{n:06d}", officer=cast.otto if n % 30 else cast.olga, purpose="purchase", state="ME",
            borrower_names=f"Person {n}", last_activity_at=now - timedelta(minutes=n),
        )
        for n in range(MANY)
    )  # fmt: skip
    Conversation.objects.bulk_create(
        Conversation(
            loan=loan, status="answered" if n // 30 % 4 else "resolved",
            last_message_at=loan.last_activity_at,
            unanswered_since=None if n % 50 else now,
        )
        for n, loan in enumerate(loans)
    )  # fmt: skip
    Lead.objects.bulk_create(
        Lead(
            name=f"Caller {n}", officer=loan.officer, source="call", state="closed" if n % 40 else "new",
            created_at=now - timedelta(minutes=n),
        )
        for n, loan in enumerate(loans)
    )  # fmt: skip
    Complaint.objects.bulk_create(
        Complaint(
            loan=loan, owner=loan.officer, words="Too slow", acknowledge_by=formats.today(), source=f"test:{n}",
            opened_at=now - timedelta(minutes=n), resolved_at=now - timedelta(seconds=n) if n % 40 else None,
        )
        for n, loan in enumerate(loans)
    )  # fmt: skip
    return cast


@pytest.fixture(params=["as installed", "statistics"])
def known_house(request, house):
    """With and without figures for the planner."""
    if request.param == "statistics":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return house


def plans(client, address, table):
    """How the page finds the rows of `table`: a list of steps for each question that asks for them."""
    with connection.cursor() as cursor:
        for sql in queries(client, address):
            if f'"{table}"' in sql:
                cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
                yield [row[-1] for row in cursor.fetchall()]


THREADS = [f"?show={show}" for show in ("all", "unanswered", "mine", "resolved")]
COMPLAINTS = {"": "complaint_opened", "?show=resolved": "complaint_resolved"}


@sqlite
def test_rows_are_found_by_an_index(known_house, client_for):
    clients = {name: client_for(getattr(known_house, name)) for name in ("olga", "mara")}
    for (name, client), show in product(clients.items(), THREADS):
        for steps in plans(client, reverse("desk:messages") + show, "conversations_conversation"):
            walks = [step for step in steps if step.startswith("SCAN conversations_conversation")]
            said = f"{name} {show}\n" + "\n".join(steps)
            if name == "mara" and show != "?show=mine":  # she reads the house, in order
                assert all("USING INDEX" in step for step in walks), said
                assert not any("TEMP B-TREE" in step for step in steps), said
            else:
                assert not walks, said
    for name, client in clients.items():
        for steps in plans(client, reverse("desk:leads"), "leads_lead"):
            said = f"{name}\n" + "\n".join(steps)
            assert any("lead_open" in step or "lead_waiting" in step for step in steps), said
    for (name, client), (show, index) in product(clients.items(), COMPLAINTS.items()):
        for steps in plans(client, reverse("desk:complaints") + show, "conversations_complaint"):
            said = f"{name} {show}\n" + "\n".join(steps)
            assert any(index in step for step in steps) and not any(
                "TEMP B-TREE" in step for step in steps
            ), said


def test_these_lists_cost_the_same_at_any_size(house, client_for):
    addresses = [
        *(reverse("desk:messages") + show for show in THREADS),
        *(reverse("desk:leads") + state for state in ("", "?state=all", "?state=closed")),
        *(reverse("desk:complaints") + show for show in COMPLAINTS),
    ]
    clients = {name: client_for(getattr(house, name)) for name in ("olga", "mara")}
    asked = list(product(clients, addresses))
    full = {case: queries(clients[case[0]], case[1]) for case in asked}
    kept = Loan.objects.filter(pk__in=[house.loan.pk, Loan.objects.filter(officer=house.olga).last().pk])
    Loan.objects.exclude(pk__in=kept.values("pk")).delete()
    Lead.objects.exclude(officer=house.olga).delete()
    for case in asked:
        few = queries(clients[case[0]], case[1])
        assert len(few) <= len(full[case]) <= BUDGET, f"{case}\n" + "\n".join([*full[case], "few:", *few])


def test_who_is_officer_and_processor_sees_a_thread_once(cast, client_for):
    Loan.objects.filter(pk=cast.loan.pk).update(processor=cast.olga, borrower_names="Zoe Twice")
    Conversation.objects.create(loan=cast.loan, status="answered")
    said = get(client_for(cast.olga), "desk:messages").content.decode()
    assert said.count(">Zoe Twice</a>") == 1


def test_a_page_of_threads_goes_on_where_the_last_ended(house, client_for):
    client = client_for(house.olga)
    threads = Conversation.objects.filter(loan__officer=house.olga, unanswered_since=None)
    shown = {"all": threads, "mine": threads, "resolved": threads.filter(status="resolved")}
    for show, expected in shown.items():
        address, seen = f"{reverse('desk:messages')}?show={show}", []
        while address:
            page = client.get(address).context["page"]
            seen += [row.conversation.pk for row in page.rows]
            address = page.next_url
        order = list(expected.order_by("-last_message_at", "-pk").values_list("pk", flat=True))
        assert seen == order and order, show
