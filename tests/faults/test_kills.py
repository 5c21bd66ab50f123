"""
Web, worker and beat are killed at random while an officer moves loans, and the queue folder is emptied once: no message
is lost, and a second copy (at most one a kill of the worker) carries the first one's Message-ID. A file that is cut off
by a kill goes on, and one whose check is killed becomes a document once.

`make soak` runs the long form (SOAK=1; DOORSTEP_CHANGES chooses the number of moves).
"""

import os
import random
import re
import sqlite3
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from notifications.catalog import KINDS
from tests.faults.client import Away, Person
from tests.faults.many_loans import number
from tests.running import Mailbox, Product, running_mailbox, wait_until

pytestmark = [pytest.mark.xdist_group("kills"), pytest.mark.timeout(3600)]
SOAK = bool(os.environ.get("SOAK"))
CHANGES = int(os.environ.get("DOORSTEP_CHANGES", "2000" if SOAK else "200"))
KILLS_EACH = 12 if SOAK else 4
OFFICERS = 2  # sessions that move loans at once
WAY = ("processing", "underwriting")  # each loan goes this way
LOANS = CHANGES // len(WAY)
ANSWER_SECONDS = 0.006  # what the mail server takes to say yes
NUMBER = re.compile(r"\((K-\d{5})\)")


def rows(product: Product, question: str, *values: Any) -> list[tuple[Any, ...]]:
    """Asks the product's own database file."""
    with closing(sqlite3.connect(product.data_dir / "doorstep.sqlite3", timeout=20)) as database, database:
        return database.execute(question, values).fetchall()


def as_stored(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


# --- Moving loans ------------------------------------------------------------------------------------------------


@dataclass
class Progress:
    moves: int = 0
    kills: int = 0
    retries: int = 0
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, what: str) -> None:
        with self.lock:
            setattr(self, what, getattr(self, what) + 1)


def move(officer: Person, loan: str, to: str, progress: Progress) -> None:
    """As a person does it: open the page, send the form; when nobody answers, look whether it was done."""
    path, tried, until = f"/desk/loans/{loan}/stage/", False, time.monotonic() + 90
    while time.monotonic() < until:
        try:
            page = officer.get(f"{path}?to={to}")
            assert page.status == 200, (page.status, page.body[:500])
            if page.field("to") != to:
                assert tried, f"the page does not offer {to}: {page.body[-2000:]}"
                return
            said = {"version": page.field("version"), "to": to, "do": "move", "shown_note": "", "note": ""}
            tried = True
            answer = officer.post(path, said)
            assert answer.status == 302, (answer.status, answer.body[:3000])
            return
        except Away:
            progress.count("retries")
            time.sleep(0.2)
    raise AssertionError(f"{loan} could not be moved to {to} in 90 seconds")


def move_all(officer: Person, loans: list[str], progress: Progress, may_go_on: Callable[[], bool]) -> None:
    try:
        for to in WAY:
            for loan in loans:
                while not may_go_on():
                    time.sleep(0.02)
                move(officer, loan, to, progress)
                progress.count("moves")
    except BaseException as error:
        progress.faults.append(f"{type(error).__name__}: {error}")


# --- Killing -----------------------------------------------------------------------------------------------------


@dataclass
class Killer:
    """Kills each of three processes `KILLS_EACH` times, spread over the moves; empties the queue folder half-way."""

    product: Product
    mailbox: Mailbox
    progress: Progress
    chance: random.Random
    last: dict[str, int] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    worker_died_at: float = 0.0

    def __post_init__(self) -> None:
        self.plan = ["web", "messages", "beat"] * KILLS_EACH
        self.chance.shuffle(self.plan)

    def due(self) -> int:
        """How many kills there should have been by now."""
        return (self.progress.moves * (len(self.plan) + 1)) // CHANGES

    def keeps_up(self) -> bool:
        """The officers do not outrun the kills."""
        return self.progress.kills >= min(self.due(), len(self.plan)) or bool(self.progress.faults)

    def run(self) -> None:
        try:
            for position, name in enumerate(self.plan):
                while self.due() <= position and not self.progress.faults:
                    time.sleep(0.02)
                if self.progress.faults:
                    return
                if position == len(self.plan) // 2:
                    self.empty_the_queue()
                self.kill(name)
                self.progress.count("kills")
        except BaseException as error:
            self.progress.faults.append(f"killer: {error}")

    def kill(self, name: str) -> None:
        pid = wait_until(f"{name} is back", lambda: self.alive(name), 60)
        if name == "messages":
            self.wait_for_work()
        time.sleep(self.chance.uniform(0, 0.15))
        os.kill(pid, 9)
        self.last[name] = pid
        self.done[name] += 1
        if name == "messages":
            self.worker_died_at = time.time()

    def alive(self, name: str) -> int:
        pid = self.product.pids.get(name, 0)
        return pid if pid != self.last.get(name) else 0

    def wait_for_work(self) -> None:
        """A worker that is only starting has nothing to lose: wait until it sends, if it does so soon."""
        before, until = len(self.mailbox.messages), time.monotonic() + 10
        while len(self.mailbox.messages) == before and time.monotonic() < until:
            time.sleep(0.005)

    def empty_the_queue(self) -> None:
        for entry in (self.product.data_dir / "broker" / "queue").iterdir():
            entry.unlink(missing_ok=True)

    def let_leases_run_out(self) -> None:
        """Five minutes pass for what dead workers held; what the living one holds is left alone."""
        rows(
            self.product,
            "UPDATE notifications_notification SET claimed_at = '2020-01-01 00:00:00' "
            "WHERE state = 'sending' AND claimed_at < ?",
            as_stored(self.worker_died_at),
        )


def arrived(mailbox: Mailbox) -> dict[tuple[str, str], list[str]]:
    """Message-IDs by loan and stage."""
    kinds = {stage: str(KINDS[f"stage_{stage}"].subject).partition("(")[0] for stage in WAY}
    found = defaultdict(list)
    for mail in mailbox.messages:
        subject = str(mail["Subject"])
        loan = NUMBER.search(subject)
        stage = next((stage for stage, words in kinds.items() if subject.startswith(words)), None)
        if loan and stage:
            found[loan[1], stage].append(str(mail["Message-ID"]))
    return found


def faults_in_log(product: Product) -> list[str]:
    """Lines nobody should have to read: a locked database, or an error of ours that no kill explains."""
    lines = product.log.read_text(errors="replace").splitlines()
    return [
        "\n".join(lines[max(0, at - 3) : at + 40])
        for at, line in enumerate(lines)
        if "database is locked" in line or "Traceback (most recent call last)" in line
    ]


@pytest.fixture
def slow_mailbox() -> Iterator[Mailbox]:
    with running_mailbox(answer_after=ANSWER_SECONDS) as box:
        yield box


def test_no_message_is_lost_whoever_is_killed(
    start_house: Callable[..., Product], slow_mailbox: Mailbox, record_property: Callable[[str, Any], None]
) -> None:
    product = start_house(EMAIL_URL=slow_mailbox.url)
    product.manage("shell", "-v0", "-c", f"from tests.faults.many_loans import make; make({LOANS})")
    ids = dict(rows(product, "SELECT number, public_id FROM loans_loan WHERE number LIKE 'K-%'"))
    loans = [str(UUID(ids[number(position)])) for position in range(1, LOANS + 1)]
    seed = random.randrange(10**6)
    progress = Progress()
    killer = Killer(product, slow_mailbox, progress, random.Random(seed))
    began = time.monotonic()

    threads = [
        threading.Thread(
            target=move_all, args=(Person(product, "olga"), loans[start::OFFICERS], progress, killer.keeps_up)
        )
        for start in range(OFFICERS)
    ]
    threads.append(threading.Thread(target=killer.run))
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        time.sleep(0.5)
        killer.let_leases_run_out()
    assert not progress.faults, (seed, progress.faults, product.tail())
    moved_in = time.monotonic() - began

    expected = {(number(position), stage) for position in range(1, LOANS + 1) for stage in WAY}

    def all_out() -> bool:
        killer.let_leases_run_out()
        return not rows(product, f"SELECT 1 FROM notifications_notification WHERE {WAITING} LIMIT 1")

    wait_until("the outbox is empty", all_out, 90, every=0.5)
    found = arrived(slow_mailbox)
    missing = sorted(expected - found.keys())
    doubles = {key: mails for key, mails in found.items() if len(mails) > 1}
    figures = (
        f"seed {seed}; {progress.moves} moves in {moved_in:.0f} s, {progress.retries} retries; kills "
        f"{dict(killer.done)}; {len(doubles)} doubled; empty after {time.monotonic() - began:.0f} s"
    )
    record_property("figures", figures)
    print(figures)
    assert not missing, (figures, missing, states_of(product, missing))
    assert all(len(set(mails)) == 1 for mails in doubles.values()), (figures, doubles)
    assert sum(len(mails) - 1 for mails in doubles.values()) <= killer.done["messages"], (figures, doubles)
    assert killer.done == dict.fromkeys(("web", "messages", "beat"), KILLS_EACH), figures
    moved = rows(product, "SELECT count(*) FROM loans_stageevent WHERE to_stage IN (?, ?) AND " + OURS, *WAY)
    assert moved == [(len(expected),)], "a move was made twice, or not at all"
    assert not faults_in_log(product), figures


OURS = "loan_id IN (SELECT id FROM loans_loan WHERE number LIKE 'K-%')"
WAITING = f"state IN ('queued', 'sending') AND due_at < datetime('now') AND {OURS}"


def states_of(product: Product, missing: list[tuple[str, str]]) -> list[tuple[Any, ...]]:
    return rows(
        product,
        "SELECT l.number, n.kind, n.state, n.error, n.attempts FROM notifications_notification n "
        "JOIN loans_loan l ON l.id = n.loan_id WHERE l.number = ?",
        missing[0][0],
    )
