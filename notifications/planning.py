"""What the house writes by itself: every planner looks at the rows and queues what is due, twice without harm."""

import logging
from collections.abc import Callable

from notifications.handlers.closing import plan_years
from notifications.reminders import doors, mornings, next_steps, papers, quiet, renewals, surveys
from notifications.texting import deciding

logger = logging.getLogger(__name__)

PLANNERS: tuple[Callable[[], int], ...] = (
    papers.plan,
    doors.plan_applications,
    doors.plan_invitations,
    mornings.plan,
    renewals.plan,
    quiet.plan,
    next_steps.plan,
    surveys.plan,
    plan_years,
    deciding.decide_overdue,
)


def plan_due() -> int:
    """Let every planner look; one in trouble does not stop the others. Returns how many messages were queued."""
    return sum(_queued_by(planner) for planner in PLANNERS)


def _queued_by(planner: Callable[[], int]) -> int:
    try:
        return planner()
    except Exception:
        logger.exception("%s.%s could not plan.", planner.__module__, planner.__name__)
        return 0
