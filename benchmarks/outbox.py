"""
How many messages a second leave the outbox, against a bare loop over one connection to the same SMTP server.

Every way sends the same messages (a stage's, text and HTML, one borrower a loan) and is timed at the server, from the
first message to the last. The bare loop is what one would write without an outbox: for each message, write it (facts,
template, CSS) and hand it to Django's connection; no claim, no check whether it may still go, no states, no commit
after each. “Written beforehand” leaves the writing out of the time as well; it is shown and not judged, since what is
compared is the outbox, and not how long a message takes to write. “One worker” is the worker of the run command, woken
by the commit; `deliver_due` is the same code in one process without Celery.
"""

from collections.abc import Iterator

from benchmarks.houses import House, house_on
from benchmarks.measuring import Goal, Table, in_turns
from benchmarks.sink import Sink, running_sink

BARE, WRITTEN = "bare loop", "bare loop, written beforehand"
ALONE, WORKER = "deliver_due", "one worker of the run command"
GOAL = 0.8
WHERE = {"embedded": "SQLite and a folder", "services": "PostgreSQL and Redis"}


def measure(
    back_end: str, answer_after: float, messages: int, rounds: int, *, judged: bool = True
) -> Iterator[Table]:
    """In one process, then with the whole product running; each in turns with the bare loop."""
    with running_sink(answer_after) as sink, house_on(back_end, EMAIL_URL=sink.url) as house:
        house.do("prepare", loans=messages, stage="processing")
        ways = Ways(house, sink, messages)
        where = f"Outbox, {WHERE[back_end]}, a server that answers in {answer_after * 1000:.0f} ms, "
        rates = in_turns({BARE: ways.bare, WRITTEN: ways.written, ALONE: ways.alone}, rounds)
        goals = [Goal(ALONE, BARE, 0), Goal(ALONE, WRITTEN, 0)]
        yield Table(where + f"{messages} messages of {ways.size} bytes", "messages/s", rates, goals)
        with house.running():
            rates = in_turns({BARE: ways.bare, WORKER: ways.worker}, rounds)
        yield Table(
            where + "the product running", "messages/s", rates, [Goal(WORKER, BARE, GOAL if judged else 0)]
        )
        left = house.do("states")
        assert set(left) == {"sent", "cancelled"}, left


class Ways:
    """Each sends the message once for each loan, and answers how many a second arrived."""

    def __init__(self, house: House, sink: Sink, messages: int) -> None:
        self.house, self.sink, self.messages = house, sink, messages
        self.rounds = self.size = 0

    def bare(self, turn: int, write_first: bool = False) -> float:
        self._queue(later=True)
        self.house.do("bare", write_first=write_first)
        return self._rate()

    def written(self, turn: int) -> float:
        return self.bare(turn, write_first=True)

    def alone(self, turn: int) -> float:
        self._queue(later=False)
        assert self.house.do("deliver") == self.messages
        return self._rate()

    def worker(self, turn: int) -> float:
        self._queue(later=False)
        return self._rate()

    def _queue(self, later: bool) -> None:
        self.rounds += 1
        self.house.do("queue", round=str(self.rounds), later=later)

    def _rate(self) -> float:
        came = self.sink.take(self.messages)
        assert (came.count, came.distinct) == (self.messages, self.messages), came
        self.size = came.bytes_each
        return came.rate
