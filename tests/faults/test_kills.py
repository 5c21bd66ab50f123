"""
Web, worker, its forks and beat are killed at random while officers move loans, and the broker is lost as often: no
message is lost, a second copy (at most one a kill of the worker) carries the first one's Message-ID, and a kind that
holds is never sent twice: what is unclear waits for a person, who looks and says so at the outbox.

On either back end (tests/houses.py). `make soak` runs the long form (SOAK=1; DOORSTEP_CHANGES chooses the number of
moves).
"""

import os
import random
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from tests.faults.client import Person
from tests.faults.holding import HELD_STAGE
from tests.faults.killing import WORKER_KILLS, Killer
from tests.faults.logs import faults_in_log
from tests.faults.many_loans import number
from tests.faults.moving import WAY, Progress, move_all
from tests.running import Mailbox, Product, running_mailbox, wait_until

pytestmark = [pytest.mark.xdist_group("kills"), pytest.mark.timeout(3600)]
SOAK = bool(os.environ.get("SOAK"))
CHANGES = int(os.environ.get("DOORSTEP_CHANGES", "2000" if SOAK else "200"))
KILLS_EACH = 12 if SOAK else 4
KILLED = {
    "embedded": ["web", "messages", "beat", "broker"],
    "services": ["web", "messages", "child", "beat", "broker"],
}
OFFICERS = 2  # sessions that move loans at once
LOANS = CHANGES // len(WAY)
ANSWER_SECONDS = 0.006  # what the mail server takes to say yes
NUMBER = re.compile(r"\((K-\d{5})\)")
OURS = "loan_id IN (SELECT id FROM loans_loan WHERE number LIKE 'K-%')"
WAITING = f"state IN ('queued', 'sending') AND due_at < CURRENT_TIMESTAMP AND {OURS}"
STILL_THERE = (
    "SELECT state, error, count(*), min(due_at), max(attempts), max(dead_claims), min(claimed_at) "
    "FROM notifications_notification GROUP BY state, error"
)
Key = tuple[str, str]  # number of the loan, stage


@pytest.fixture
def slow_mailbox() -> Iterator[Mailbox]:
    with running_mailbox(answer_after=ANSWER_SECONDS) as box:
        yield box


def test_no_message_is_lost_whoever_is_killed(
    start_house: Callable[..., Product],
    back_end: str,
    slow_mailbox: Mailbox,
    record_property: Callable[[str, Any], None],
) -> None:
    product = start_house(EMAIL_URL=slow_mailbox.url, DJANGO_SETTINGS_MODULE="tests.faults.settings")
    product.manage("shell", "-v0", "-c", f"from tests.faults.many_loans import make; make({LOANS})")
    seed, progress, began = random.randrange(10**6), Progress(), time.monotonic()
    killer = Killer(
        product, slow_mailbox, progress, random.Random(seed), KILLED[back_end], KILLS_EACH, CHANGES
    )
    officers = [Person(product, "olga") for _ in range(OFFICERS)]
    move_and_kill(product, officers, killer, seed)
    moved_in = time.monotonic() - began
    wait_for(product, "the outbox is empty", lambda: all_out(killer), 180)
    emptied_in = time.monotonic() - began

    unclear = unclear_messages(product)
    found = arrived(product, slow_mailbox)
    held_back = sorted(key for key, (_id, message_id) in unclear.items() if message_id not in found[key])
    for key, (message, _message_id) in unclear.items():  # somebody looks, and presses a button at the outbox
        settle(officers[0], message, was_sent=key not in held_back)
    assert not unclear_messages(product)
    expected = {(number(position), stage) for position in range(1, LOANS + 1) for stage in WAY}
    wait_for(
        product,
        "what was held arrives",
        lambda: held_back == [key for key in held_back if arrived(product, slow_mailbox)[key]],
        60,
    )
    found = arrived(product, slow_mailbox)

    missing = sorted(key for key in expected if not found[key])
    doubles = {key: mails for key, mails in found.items() if len(mails) > 1}
    worker_kills = sum(killer.done[name] for name in WORKER_KILLS)
    figures = (
        f"kills on {back_end}: {progress.moves} moves in {moved_in:.0f} s, {len(found)} messages, killed "
        f"{dict(sorted(killer.done.items()))}, {progress.retries} requests asked again; missing {len(missing)}, "
        f"doubled {len(doubles)}, of those that hold: unclear {len(unclear)} ({len(held_back)} had not arrived), "
        f"doubled {sum(stage == HELD_STAGE for _loan, stage in doubles)}; outbox empty after {emptied_in:.0f} s; "
        f"seed {seed}"
    )
    record_property("figures", figures)
    assert not missing, (figures, missing, states_of(product, missing))
    assert all(stage != HELD_STAGE for _loan, stage in doubles), (figures, doubles)
    assert all(len(set(mails)) == 1 for mails in doubles.values()), (figures, doubles)
    assert len(unclear) + sum(len(mails) - 1 for mails in doubles.values()) <= worker_kills, figures
    assert killer.done == dict.fromkeys(KILLED[back_end], KILLS_EACH), figures
    moved = product.rows(f"SELECT count(*) FROM loans_stageevent WHERE to_stage IN (?, ?) AND {OURS}", *WAY)
    assert moved == [(len(expected),)], "a move was made twice, or not at all"
    faults = faults_in_log(product)
    assert not faults, "\n\n".join([figures, *faults])


def move_and_kill(product: Product, officers: list[Person], killer: Killer, seed: int) -> None:
    ids = dict(product.rows("SELECT number, public_id FROM loans_loan WHERE number LIKE 'K-%'"))
    loans = [str(UUID(str(ids[number(position)]))) for position in range(1, LOANS + 1)]
    progress = killer.progress
    threads = [
        threading.Thread(target=move_all, args=(officer, loans[start::OFFICERS], progress, killer.keeps_up))
        for start, officer in enumerate(officers)
    ]
    for thread in threads:
        thread.start()
    killer.run()
    for thread in threads:
        thread.join()
    assert not progress.faults, (seed, progress.faults, product.tail())


def wait_for(product: Product, what: str, done: Callable[[], bool], seconds: float) -> None:
    """`wait_until`, which says what still stands in the outbox when it waited in vain."""
    try:
        wait_until(what, done, seconds, every=0.5)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{product.rows(STILL_THERE)}\n{product.tail()}") from None


def all_out(killer: Killer) -> bool:
    killer.let_leases_run_out()
    return not killer.product.rows(f"SELECT 1 FROM notifications_notification WHERE {WAITING} LIMIT 1")


def arrived(product: Product, mailbox: Mailbox) -> dict[Key, list[str]]:
    """Message-IDs by loan and stage, told by the subject: the demo's staff have worded one of them anew."""
    written = f"SELECT DISTINCT kind, subject FROM notifications_notification WHERE subject <> '' AND {OURS}"
    stages = {
        subject.partition("(")[0]: kind.removeprefix("stage_") for kind, subject in product.rows(written)
    }
    found = defaultdict(list)
    for mail in mailbox.messages:
        subject = str(mail["Subject"])
        loan, stage = NUMBER.search(subject), stages.get(subject.partition("(")[0])
        if loan and stage:
            found[loan[1], stage].append(str(mail["Message-ID"]))
    return found


def unclear_messages(product: Product) -> dict[Key, tuple[str, str]]:
    """What of ours waits for a person to look, with its id and Message-ID; the demo's own mail may wait, too."""
    found = product.rows(
        "SELECT l.number, n.kind, n.public_id, n.message_id FROM notifications_notification n "
        f"JOIN loans_loan l ON l.id = n.loan_id WHERE n.state = 'unknown' AND {OURS}"
    )
    return {
        (loan, kind.removeprefix("stage_")): (str(UUID(str(public_id))), message_id)
        for loan, kind, public_id, message_id in found
    }


def settle(officer: Person, message: str, was_sent: bool) -> None:
    path = f"/desk/outbox/{message}/"
    said = {"version": officer.get(path).field("version"), "was_sent": "yes" if was_sent else "no"}
    answer = officer.post(f"{path}settle/", said)
    assert answer.status == 302, (answer.status, answer.body[:2000])


def states_of(product: Product, missing: list[Key]) -> list[tuple[Any, ...]]:
    return product.rows(
        "SELECT l.number, n.kind, n.state, n.error, n.attempts FROM notifications_notification n "
        "JOIN loans_loan l ON l.id = n.loan_id WHERE l.number = ?",
        missing[0][0],
    )
