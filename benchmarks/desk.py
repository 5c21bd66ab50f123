"""The desk at 1,000 loans and at 100,000, on SQLite and on PostgreSQL: each page against itself, in turns."""

from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

from benchmarks.houses import House, house_on
from benchmarks.measuring import Goal, Table, in_turns

OFFICER, MANAGER = "o0@lantern.example", "mara@lantern.example"
MOST_QUERIES = 8
# Of the speed that the same page has in the small house; PERFORMANCE 5, row 2.
PAGE, SEARCH = 1 / 1.25, 1 / 2
PAGES = {
    "pipeline": (OFFICER, "/desk/?stage=open", PAGE),
    "pipeline, longest without a word": (OFFICER, "/desk/?sort=word", PAGE),
    "pipeline, all loans": (OFFICER, "/desk/?stage=all", PAGE),
    "pipeline, search": (OFFICER, "/desk/?q=person7+long", SEARCH),
    "manager": (MANAGER, "/desk/?stage=open", PAGE),
    "manager, borrower owes": (MANAGER, "/desk/?sort=owes", PAGE),
    "manager, documents to review": (MANAGER, "/desk/?review=1", PAGE),
    "manager, search": (MANAGER, "/desk/?q=portland+kim&stage=all", SEARCH),
    "board": (OFFICER, "/desk/board/", PAGE),
    "manager's board": (MANAGER, "/desk/board/", PAGE),
    "messages": (OFFICER, "/desk/messages/", PAGE),
    "messages, resolved": (OFFICER, "/desk/messages/?show=resolved", PAGE),
    "manager's messages": (MANAGER, "/desk/messages/", PAGE),
    "Today": (OFFICER, "/desk/today/", PAGE),
    "manager's Today": (MANAGER, "/desk/today/", PAGE),
}


def measure(back_end: str, few: int, many: int, rounds: int, times: int = 5) -> Iterator[Table]:
    table = Table(f"the desk on {back_end}, {few:,} and {many:,} loans", "pages/s")
    with ExitStack() as stack:
        houses = {size: stack.enter_context(house_on(back_end)) for size in (few, many)}
        for size, house in houses.items():
            house.do("fill_desk", loans=size)
        for name, (who, address, ratio) in PAGES.items():
            _measure_page(table, houses, name, who, address, ratio, rounds, times)
    yield table


def _measure_page(
    table: Table,
    houses: dict[int, House],
    name: str,
    who: str,
    address: str,
    ratio: float,
    rounds: int,
    times: int,
) -> None:
    queries: dict[int, int] = {}

    def way(size: int) -> Any:
        def rate(_turn: int) -> float:
            said = houses[size].do("desk_page", who=who, address=address, times=times)
            queries[size] = said["queries"]
            return 1000 / said["milliseconds"]

        return rate

    few, many = houses
    table.rates |= in_turns({f"{name}, {size:,}": way(size) for size in houses}, rounds)
    table.goals.append(Goal(f"{name}, {many:,}", f"{name}, {few:,}", ratio))
    table.check(
        f"{name}: {queries[few]} and {queries[many]} queries",
        queries[many] <= MOST_QUERIES and queries[many] <= queries[few] + 1,
    )
