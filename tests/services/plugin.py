"""
What of the suite runs on PostgreSQL, Redis, a bucket and a virus scanner: `pytest -p tests.services.plugin`, as
`make test-services` calls it.

Everything but two things. What looks at pages in a browser is left out, because a page looks the same from either
database; the stories run whole, what `make test` has no time for (`tests/selection.py`), and what has the mark
`services`, which is about these servers. A test with the mark `embedded` says itself why it only has a meaning on
SQLite or on the folders that are broker and storage; it shows as skipped, with that reason.
"""

import os

import pytest

from tests.selection import looks_at_pages, take_out


def pytest_configure(config: pytest.Config) -> None:
    if not os.environ.get("DOORSTEP_TEST_DATABASES"):
        raise pytest.UsageError("no PostgreSQL, Redis, S3 server and scanner: call `make test-services`")


def pytest_report_header(config: pytest.Config) -> str:
    return "on PostgreSQL, Redis, SeaweedFS and clamd; browser tests left out but for the stories"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    take_out(config, items, {item for item in items if looks_at_pages(item)})
    for item in items:
        if mark := item.get_closest_marker("embedded"):
            item.add_marker(pytest.mark.skip(reason=f"embedded default only: {mark.args[0]}"))
