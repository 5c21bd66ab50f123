"""Kills the processes of a running product at random times, takes its broker away, and lets dead claims run out."""

import os
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.faults.moving import Progress
from tests.running import Mailbox, Product, wait_until

WORKER_KILLS = ("messages", "child")  # those that may cut a message off in the middle
STANDS_STILL_SECONDS = 8.0  # longer than any message takes here
LOOK_EVERY_SECONDS = 0.5
ESTABLISHED = "01"  # in /proc/net/tcp


def as_stored(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")


def children_of(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, its_parent = entry.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(its_parent) == parent and state != "Z":
            found.append(int(entry.parent.name))
    return found


def processes_that_talk_to(port: int) -> set[int]:
    """Those with an open connection to this port of the machine."""
    sockets = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == ESTABLISHED and int(fields[2].split(":")[1], 16) == port:
            sockets.add(f"socket:[{fields[9]}]")
    found = set()
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(link) in sockets:
                found.add(int(link.parts[2]))
        except OSError:
            continue
    return found


@dataclass
class Killer:
    """Each of `names` is killed `times` times, in random order, spread over `changes` moves."""

    product: Product
    mailbox: Mailbox
    progress: Progress
    chance: random.Random
    names: list[str]
    times: int
    changes: int
    last: dict[str, int] = field(default_factory=dict)
    done: Counter[str] = field(default_factory=Counter)
    worker_died_at: float = 0.0
    _looked_at: float = 0.0
    _claims: dict[Any, tuple[int, float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.plan = self.names * self.times
        self.chance.shuffle(self.plan)

    def due(self) -> int:
        """How many kills there should have been by now."""
        return (self.progress.moves * (len(self.plan) + 1)) // self.changes

    def keeps_up(self) -> bool:
        """The officers do not outrun the kills."""
        return self.progress.kills >= min(self.due(), len(self.plan)) or bool(self.progress.faults)

    def run(self) -> None:
        """In the main thread: a Redis that is started again would end with any other."""
        try:
            for position, name in enumerate(self.plan):
                while self.due() <= position and not self.progress.faults:
                    self.let_leases_run_out()
                    time.sleep(0.05)
                if self.progress.faults:
                    return
                self.kill(name)
                self.done[name] += 1
                self.progress.count("kills")
        except BaseException as error:
            self.progress.faults.append(f"killer: {type(error).__name__}: {error}")

    def kill(self, name: str) -> None:
        if name == "broker":
            time.sleep(self.chance.uniform(0, 0.15))
            self.product.lose_broker()
            return
        pid = wait_until(f"{name} is back", lambda: self.alive(name), 60)
        if name in WORKER_KILLS:
            self.wait_for_work()
        if name == "child":
            pid = self.busy_child()
        time.sleep(self.chance.uniform(0, 0.02 if name == "child" else 0.15))
        os.kill(pid, 9)
        self.last[name] = pid
        if name in WORKER_KILLS:
            self.worker_died_at = time.time()

    def alive(self, name: str) -> int:
        """Somebody of this name who was not killed yet; a child is one of the worker's forks."""
        if name == "child":
            return next(iter(self.children()), 0)
        pid = self.product.pids.get(name, 0)
        return pid if pid != self.last.get(name) else 0

    def children(self) -> list[int]:
        """The forks of the worker, when all are there."""
        pid = self.product.pids.get("messages", 0)
        forks = sorted(children_of(pid)) if pid else []
        return forks if len(forks) > 1 else []

    def busy_child(self) -> int:
        """The fork that talks to the mail server, if one does so soon; else any."""
        until = time.monotonic() + 10
        while time.monotonic() < until:
            talking = processes_that_talk_to(self.mailbox.port)
            if busy := [pid for pid in self.children() if pid in talking]:
                return self.chance.choice(busy)
            time.sleep(0.002)
        return self.alive("child")

    def wait_for_work(self) -> None:
        """A worker that is only starting has nothing to lose: wait until it sends, if it does so soon."""
        before, until = len(self.mailbox.messages), time.monotonic() + 10
        while len(self.mailbox.messages) == before and time.monotonic() < until:
            time.sleep(0.005)

    def let_leases_run_out(self) -> None:
        """Five minutes pass for a claim that stands still since a worker died; those of the living are left alone."""
        if time.monotonic() - self._looked_at < LOOK_EVERY_SECONDS:
            return
        self._looked_at = time.monotonic()
        held = self.product.rows(
            "SELECT claim, count(*) FROM notifications_notification WHERE state = 'sending' AND claimed_at < ? "
            "GROUP BY claim",
            as_stored(self.worker_died_at),
        )
        now, seen = time.monotonic(), self._claims
        self._claims = {
            token: seen[token] if token in seen and seen[token][0] == count else (count, now)
            for token, count in held
        }
        for token, (_count, since) in self._claims.items():
            if now - since > STANDS_STILL_SECONDS:
                self.product.rows(
                    "UPDATE notifications_notification SET claimed_at = '2020-01-01 00:00:00' "
                    "WHERE state = 'sending' AND claim = ?",
                    token,
                )
