"""
What of the suite runs where, and in which order.

`make test` runs on SQLite and folders, in ten minutes at most. `make test-services` has more time: it runs all but what
looks at pages in a browser on PostgreSQL, Redis, a bucket and a virus scanner (`tests/services/plugin.py`), and beside
that what `make test` leaves to it. Every test runs in at least one of the two.
"""

import os
from collections.abc import Collection

import pytest

BROWSER = {"page", "open_page", "new_context", "context", "browser"}
WALK = "tests/journey/test_every_page.py"
STORIES = ("tests/journey/test_story.py", "tests/journey/test_messages.py")
# What `make test` leaves to `make test-services`; by name it runs anywhere.
WITH_SERVICES = (
    "tests/accounts/test_admin.py",
    "tests/accounts/test_requests.py",
    "tests/conversations/test_chat.py",
    "tests/conversations/test_chat_noise.py",
    "tests/conversations/test_chat_seats.py",
    "tests/desk/test_cost.py",
    "tests/desk/test_experience.py",
    "tests/desk/test_lists_cost.py",
    "tests/desk/test_view_as.py",
    "tests/documents/test_asking.py",
    "tests/documents/test_checking.py",
    "tests/documents/test_disposal.py",
    "tests/documents/test_exports.py",
    "tests/documents/test_house_papers.py",
    "tests/documents/test_inspector.py",
    "tests/documents/test_look.py",
    "tests/documents/test_photos.py",
    "tests/documents/test_pipeline.py",
    "tests/documents/test_preflight.py",
    "tests/documents/test_preflight_told.py",
    "tests/documents/test_receiving.py",
    "tests/documents/test_scanning.py",
    "tests/documents/test_serving.py",
    "tests/documents/test_sharing.py",
    "tests/documents/test_viewer.py",
    "tests/faults/test_fifty.py",
    "tests/faults/test_kills.py",
    "tests/faults/test_limits.py",
    "tests/faults/test_odd_files.py",
    "tests/faults/test_supervisor.py",
    "tests/faults/test_uploads.py",
    "tests/feedback/test_figures.py",
    "tests/guards/test_house.py::test_every_page_is_safe_and_reading_writes_nothing",
    "tests/journey/test_messages.py",
    "tests/notifications/test_handlers.py",
    "tests/notifications/test_tracking.py",
    "tests/notifications/test_two_beats.py",
    "tests/notifications/test_week.py",
)
LATER = (
    "cole", "nils", "lena", "hugo", "ivan", "june", "pavel", "grace", "dora", "mara", "olga", "olga at her messages",
    "olga at a loan", "olga at a stage", "stef", "stef again",
)  # fmt: skip
LATER_WALKS = tuple(f"{WALK}::test_every_page[chromium-{who}]" for who in LATER)
# What starts whole products, by the process that begins with it: each takes minutes, so none is left for the end.
SLOW = (("tests/journey/test_story",), ("tests/journey",), ("tests/faults", "tests/benchmarks"))
# The first process makes the demo house; the others would stand and wait for it.
WHILE_THE_DEMO_IS_MADE = 120


def left_to_services(item: pytest.Item) -> bool:
    """Not what would run nowhere then: what has the mark `embedded`, and what looks at pages."""
    if item.nodeid.startswith(LATER_WALKS):
        return True
    runs_there = not item.get_closest_marker("embedded") and not looks_at_pages(item)
    return item.nodeid.startswith(WITH_SERVICES) and runs_there


def looks_at_pages(item: pytest.Item) -> bool:
    """In a browser; the stories are more than that, and some walks have no time elsewhere."""
    if item.nodeid.startswith((*STORIES, *LATER_WALKS)) or item.get_closest_marker("services"):
        return False
    return item.nodeid.startswith(WALK) or bool(BROWSER & set(getattr(item, "fixturenames", ())))


def take_out(config: pytest.Config, items: list[pytest.Item], out: Collection[pytest.Item]) -> None:
    config.hook.pytest_deselected(items=list(out))
    items[:] = [item for item in items if item not in out]


def spread(items: list[pytest.Item]) -> None:
    """
    Over the processes of the run. `--dist worksteal` gives each an equal, unbroken share of this order and lets whoever
    is done take from the end of another's: so each share begins with slow tests of its own.
    """
    count = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    shares: list[list[pytest.Item]] = [[] for _ in range(count)]
    quick = []
    for item in items:
        place = next((at for at, starts in enumerate(SLOW) if item.nodeid.startswith(starts)), None)
        quick.append(item) if place is None else shares[place % count].append(item)
    left = len(items)
    for position, share in enumerate(shares):
        size = left // (count - position)
        wanted = max(0, size - len(share))
        first = min(wanted, WHILE_THE_DEMO_IS_MADE if position else 0)
        share[:] = [*quick[:first], *share, *quick[first:wanted]]
        quick = quick[wanted:]
        left -= size
    items[:] = [item for share in shares for item in share] + quick
