"""A house full of loans, and what one page of its desk costs: orders of `benchmarks.inside`."""

import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from conversations.models import Conversation
from documents.models import Document
from loans import clocks
from loans.models import Loan, LoanWord, Party, Task
from loans.stages import Stage
from tests.cast import UserFactory, make_company, make_officer, sign_in, with_second_factor

OFFICERS = 100
FEW_OFFICERS = 25
SMALL = 1_000
AT_ONCE = 2_000
OPEN_IN = 7  # one loan in seven is open
WORKED_ON = [stage for stage in Stage.line() if stage != Stage.FUNDED]
_clients: dict[str, Client] = {}


def fill_desk(loans: int) -> int:
    """
    So many loans. In a large house a hundred officers work on as many each; in a small one the first works on as many
    as there, and the other two dozen on one, so that the same pages are as full in both.
    """
    make_company()
    officers = [
        make_officer(
            states=["ME"], slug=f"officer-{n}", nmls_id=f"13{n:05d}", name=f"Officer {n}",
            email=f"o{n}@lantern.example",
        )
        for n in range(OFFICERS if loans > SMALL else FEW_OFFICERS)
    ]  # fmt: skip
    manager: Any = UserFactory(name="Mara Silva", email="mara@lantern.example", role=User.Role.MANAGER)
    with_second_factor(manager)
    rows = _loans(loans, officers)
    while batch := list(islice(rows, AT_ONCE)):
        with transaction.atomic():
            _fill(Loan.objects.bulk_create(batch))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return Loan.objects.count()


def _loans(count: int, officers: list[User]) -> Iterator[Loan]:
    now, day = timezone.now(), clocks.today()
    for n in range(count):
        is_open = n % OPEN_IN == 0
        turn = n // OPEN_IN
        yield Loan(
            number=f"LN-{n:07d}", officer=_officer(officers, turn if is_open else n), purpose="purchase",
            state="ME", street=f"{n} Long Road", city="Portland", borrower_names=f"Kim Person{n}",
            stage=WORKED_ON[turn % len(WORKED_ON)] if is_open else Stage.FUNDED,
            last_activity_at=now - timedelta(minutes=n % 90_000, seconds=n),
            stage_since=now - timedelta(hours=turn % 900),
            last_word_at=now - timedelta(hours=turn % 120), waiting_on="borrower" if turn % 2 else "lender",
            to_review=int(is_open and turn % 3 == 0), unanswered_since=now if is_open and turn % 4 == 0 else None,
            expected_closing=day + timedelta(days=turn % 60) if is_open else None,
            lock_ends_on=day + timedelta(days=turn % 45) if is_open else None,
        )  # fmt: skip


def _officer(officers: list[User], turn: int) -> User:
    """Scattered, so that whose a loan is says nothing about its stage or what waits on it."""
    scattered = turn * 2_654_435_761 % 2**32 >> 12
    if len(officers) == OFFICERS:
        return officers[scattered % OFFICERS]
    return officers[scattered // 5 % FEW_OFFICERS if scattered % 5 == 0 else 0]


def _fill(loans: list[Loan]) -> None:
    Party.objects.bulk_create(
        Party(loan=loan, name=loan.borrower_names, email=f"{loan.number}@example.com") for loan in loans
    )
    LoanWord.objects.bulk_create(
        LoanWord(loan=loan, word=word)
        for loan in loans
        for word in {*f"{loan.number} {loan.borrower_names} {loan.street} {loan.city}".lower().split()}
    )  # fmt: skip
    Document.objects.bulk_create(
        Document(
            loan=loan, name="statement.pdf", key=f"documents/{loan.number}", size=1, sha256=f"{loan.pk:064x}",
            content_type="application/pdf", pages=1,
        )
        for loan in loans
        if loan.to_review
    )  # fmt: skip
    Conversation.objects.bulk_create(
        Conversation(
            loan=loan, status=Conversation.Status.ANSWERED if n % 5 else Conversation.Status.RESOLVED,
            last_message_at=loan.last_activity_at, unanswered_since=loan.unanswered_since,
        )
        for n, loan in enumerate(loans)
    )  # fmt: skip
    day = clocks.today()
    Task.objects.bulk_create(
        Task(
            loan=loan, kind=Task.Kind.CALL, why="Call", for_user_id=loan.officer_id, due_on=day,
            key=f"bench:{loan.number}",
        )
        for loan in loans
        if loan.stage != Stage.FUNDED and loan.pk % 5 == 0
    )  # fmt: skip


def desk_page(who: str, address: str, times: int) -> dict[str, Any]:
    """The shortest of so many answers in milliseconds, and the questions that one asks of the database."""
    client = _client(who)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200, address
    queries = len(captured)
    best = min(_milliseconds(client, address) for _turn in range(times))
    return {"milliseconds": best, "queries": queries}


def _milliseconds(client: Client, address: str) -> float:
    """Of this process where the database works in it: others on the machine then count little. Else by the clock."""
    clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    began = clock()
    client.get(address)
    return (clock() - began) * 1000


def _client(who: str) -> Client:
    if who not in _clients:
        host = settings.PUBLIC_URL.split("//")[1]
        _clients[who] = sign_in(Client(headers={"host": host}), User.objects.get(email=who))
    return _clients[who]
