"""
How many letters a second are made, against the bare renderer (typst) on the same pages.

The reference sets pages whose data is at hand; the house does what the worker's task does: claims the rows, looks
whether they may still go, reads the facts, sets the page, keeps the file, writes the audit entry, commits.
"""

from collections.abc import Iterator

from benchmarks.houses import house_on
from benchmarks.measuring import Goal, Table, in_turns

BARE, HOUSE = "bare renderer", "the letters' task"
GOAL = 0.6


def measure(letters: int, rounds: int) -> Iterator[Table]:
    with house_on("embedded") as house:
        house.do("prepare", loans=letters, stage="funded")

        def bare(turn: int) -> float:
            assert house.do("queue_letters", round=str(turn)) == letters
            return float(house.do("bare_letters"))

        def task(turn: int) -> float:
            return float(house.do("deliver_letters"))

        rates = in_turns({BARE: bare, HOUSE: task}, rounds)
        left = house.do("states")
        assert left == {"ready_to_print": letters * rounds}, left
        yield Table(
            f"Letters, SQLite, {letters} thank-you letters", "letters/s", rates, [Goal(HOUSE, BARE, GOAL)]
        )
