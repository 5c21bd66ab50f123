"""Rounds in turns, the best of each, a table and a verdict."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Goal:
    """This way must reach at least `ratio` of the rate of that one."""

    way: str
    reference: str
    ratio: float


@dataclass
class Table:
    """Rates of several ways to do the same work."""

    title: str
    unit: str
    rates: dict[str, float] = field(default_factory=dict)
    goals: list[Goal] = field(default_factory=list)
    checked: list[tuple[str, bool]] = field(default_factory=list)

    def check(self, said: str, good: bool) -> None:
        """A goal that is no ratio of rates, with its figures in words."""
        self.checked.append((said, good))

    def ratio(self, goal: Goal) -> float:
        return self.rates[goal.way] / self.rates[goal.reference]

    @property
    def faults(self) -> list[str]:
        return [
            f"{self.title}: {goal.way} reached {self.ratio(goal):.2f} of {goal.reference}, wanted {goal.ratio:.2f}"
            for goal in self.goals
            if self.ratio(goal) < goal.ratio
        ] + [f"{self.title}: {said}" for said, good in self.checked if not good]

    def lines(self) -> list[str]:
        rows = [f"  {way:<44} {rate:>7.1f} {self.unit}" for way, rate in self.rates.items()]
        said = [
            f"  {goal.way}: {self.ratio(goal):.2f} of “{goal.reference}”"
            + (f", goal {goal.ratio:.2f}" if goal.ratio else "")
            for goal in self.goals
        ]
        return [self.title, *rows, *said, *(f"  {words}" for words, _good in self.checked)]


def in_turns(ways: Mapping[str, Callable[[int], float]], rounds: int) -> dict[str, float]:
    """The best rate of each way; each is called with the number of the round."""
    best = dict.fromkeys(ways, 0.0)
    for turn in range(rounds):
        for name, way in ways.items():
            best[name] = max(best[name], way(turn))
    return best
