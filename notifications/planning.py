"""What the house writes by itself: every planner looks at the rows and queues what is due, twice without harm."""

from collections.abc import Callable

PLANNERS: tuple[Callable[[], int], ...] = ()


def plan_due() -> int:
    """Let every planner look; returns how many messages were queued."""
    return sum(planner() for planner in PLANNERS)
