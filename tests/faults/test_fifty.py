"""
Fifty people at once, over HTTP, on either back end: half of them move the same few loans, half answer the same threads.

Everybody reads the page, waits for all the others, and presses. One wins each loan and each thread; whoever does not is
told what the other did. `make soak` runs the long form.
"""

import json
import os
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest

from tests.faults.client import TOKEN, Away, Person
from tests.faults.logs import faults_in_log
from tests.faults.many_loans import number
from tests.running import Product

pytestmark = [pytest.mark.xdist_group("kills"), pytest.mark.timeout(1200)]
PEOPLE = 50
LOANS = 5
READ_AT_ONCE = 4  # the pages before the race; what is raced is the press
STAGES = (
    ("processing", "underwriting", "processing", "underwriting")
    if os.environ.get("SOAK")
    else ("processing",)
)
OURS = "IN (SELECT id FROM loans_loan WHERE number LIKE 'K-%')"
DONE, LOST = 302, 409
KEPT = (
    f"SELECT count(*) FROM loans_stageevent WHERE source = 'desk' AND loan_id {OURS}",
    "SELECT count(*) FROM audit_entry WHERE action = 'loan.stage_changed' AND actor_name LIKE 'Manager %'",
    "SELECT count(*) FROM conversations_message WHERE body = 'It is on its way.'",
)


class Manager(Person):
    """Comes with a session that was made inside."""

    patience = 180

    def __init__(self, product: Product, session: str) -> None:
        self._begin(product)
        self.session = session
        self.token = TOKEN.search(self.get("/profile/").body)[1]  # type: ignore[index]

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Any:
        cookies = [f"sessionid={self.session}", *(f"{one.name}={one.value}" for one in self.cookies)]
        return super().ask(method, path, body, {**(headers or {}), "Cookie": "; ".join(cookies)})


@dataclass
class Race:
    """What everybody was answered: (what they tried, on which loan, status)."""

    together: threading.Barrier
    answers: Counter[tuple[str, str, int]] = field(default_factory=Counter)
    untold: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    reading: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(READ_AT_ONCE))

    def heard(self, what: str, loan: str, status: int, page: str, says: str) -> None:
        with self.lock:
            self.answers[what, loan, status] += 1
            if status not in (DONE, LOST):
                self.faults.append(f"{what}: {status} {page[:1500]}")
            elif status == LOST and not re.search(says, page):
                self.untold.append(page[-3000:])

    def count(self, what: str, status: int) -> Counter[str]:
        found: Counter[str] = Counter()
        for (tried, loan, answer), times in self.answers.items():
            if (tried, answer) == (what, status):
                found[loan] += times
        return found


def move(manager: Manager, loan: str, to: str, race: Race) -> None:
    path = f"/desk/loans/{loan}/stage/"
    with race.reading:
        page = manager.get(f"{path}?to={to}")
    said = {"version": page.field("version"), "to": to, "do": "move", "shown_live": "1"}
    race.together.wait()
    answer = manager.post(path, said)
    race.heard("move", loan, answer.status, answer.body, r"Manager \d\d moved the loan from")


def answer(manager: Manager, loan: str, race: Race) -> None:
    path = f"/desk/loans/{loan}/messages/"
    with race.reading:
        page = manager.get(path)
    said = {"seen": page.field("seen"), "source": page.field("source"), "body": "It is on its way."}
    race.together.wait()
    got = manager.post(f"{path}write/", said)
    race.heard("answer", loan, got.status, got.body, r"Manager \d\d wrote: It is on its way")


def run(race: Race, work: Callable[..., None], *arguments: Any) -> None:
    try:
        work(*arguments, race)
    except (Away, AssertionError, AttributeError, TypeError, threading.BrokenBarrierError) as error:
        with race.lock:
            race.faults.append(f"{type(error).__name__}: {error}")
        race.together.abort()


def test_of_fifty_at_once_one_wins_and_every_other_is_told(
    start_house: Callable[..., Product], back_end: str, record_property: Callable[[str, Any], None]
) -> None:
    product = start_house()
    made = product.manage(
        "shell", "-v0", "-c", f"from tests.faults.fifty import make; make({PEOPLE}, {LOANS})"
    )
    managers = [Manager(product, session) for session in json.loads(made.splitlines()[-1])]
    ids = dict(product.rows("SELECT number, public_id FROM loans_loan WHERE number LIKE 'K-%'"))
    loans = [str(UUID(str(ids[number(place)]))) for place in range(1, LOANS + 1)]
    began, figures = time.monotonic(), []
    for round_number, to in enumerate(STAGES, start=1):
        race = Race(threading.Barrier(PEOPLE, timeout=300))
        everybody_presses(managers, loans, to, race)
        figures.append(
            f"round {round_number}: {sum(race.count('move', DONE).values())} moves and "
            f"{sum(race.count('answer', DONE).values())} answers won, "
            f"{sum(race.count('move', LOST).values())} and {sum(race.count('answer', LOST).values())} told they lost"
        )
        check(product, race, to, round_number)
    took = time.monotonic() - began
    record_property("figures", f"fifty on {back_end}: {'; '.join(figures)}; {took:.1f} s")
    assert not faults_in_log(product), "\n\n".join(faults_in_log(product))


def everybody_presses(managers: list[Manager], loans: list[str], to: str, race: Race) -> None:
    threads = [
        threading.Thread(
            target=run,
            args=(race, move, manager, loans[place // 2 % LOANS], to)
            if place % 2
            else (race, answer, manager, loans[place // 2 % LOANS]),
        )
        for place, manager in enumerate(managers)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def check(product: Product, race: Race, to: str, rounds: int) -> None:
    """What is kept is what was answered with “done”, no more and no less."""
    assert not race.faults, "\n\n".join([*race.faults[:3], product.tail()])
    assert not race.untold, race.untold[0]
    assert sum(race.answers.values()) == PEOPLE
    for what in ("move", "answer"):
        assert sorted(race.count(what, DONE).values()) == [1] * LOANS, f"one {what} a loan"
    kept = [product.rows(question)[0][0] for question in KEPT]
    assert kept == [LOANS * rounds] * len(KEPT), dict(zip(KEPT, kept, strict=True))
    assert product.rows("SELECT DISTINCT stage FROM loans_loan WHERE number LIKE 'K-%'") == [(to,)]
    versions = product.rows("SELECT min(version), max(version) FROM loans_loan WHERE number LIKE 'K-%'")
    assert versions == [(1 + rounds, 1 + rounds)], "each move raised it once"
