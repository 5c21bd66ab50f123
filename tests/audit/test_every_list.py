"""Every list of the admin stays flat: tables that grow are never read whole to count, filter or draw a page."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import Cast

# As many rows as the house has people at work, stages, or kinds of need and paper; they do not grow with the loans.
SMALL = {
    "accounts.branch", "accounts.company", "accounts.officerprofile", "loans.stagewording", "documents.needwording",
    "documents.kindrule",
    "documents.retentionrule",
}  # fmt: skip
MODELS = sorted(model._meta.label_lower for model in admin.site._registry)
GROWING = [label for label in MODELS if label not in SMALL]
FULL_COUNT = re.compile(r'^SELECT COUNT\(\*\) AS "__count" FROM "\w+"(?!.*LIMIT)')


def plan_of(sql: str) -> str:
    """How SQLite goes about it; a sort shows as “USE TEMP B-TREE FOR ORDER BY”. Empty on another database."""
    if connection.vendor != "sqlite" or not sql.startswith("SELECT"):
        return ""
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + sql)
        return " ".join(row[3] for row in cursor.fetchall())


def test_the_small_ones_are_still_there() -> None:
    assert set(MODELS) >= SMALL


@pytest.mark.parametrize("label", GROWING)
def test_a_list_is_not_read_whole(cast: Cast, client_for: Any, label: str) -> None:
    stef = client_for(cast.stef)
    address = reverse(f"admin:{label.replace('.', '_')}_changelist")
    shown = admin.site._registry[next(m for m in admin.site._registry if m._meta.label_lower == label)]
    asked = [{}, {"q": "LN-1001"}] if shown.search_fields else [{}]
    for query in asked:
        with CaptureQueriesContext(connection) as seen:
            assert stef.get(address, query).status_code == 200
        assert len(seen) <= 8, "\n".join(one["sql"] for one in seen)
        for one in seen:
            assert "SELECT DISTINCT" not in one["sql"], one["sql"]
            assert not FULL_COUNT.match(one["sql"]), one["sql"]
            assert not re.search(r"LIKE '%", one["sql"]), one["sql"]
            assert query or "ORDER BY" not in plan_of(one["sql"]), one["sql"]


@pytest.mark.parametrize("label", MODELS)
def test_a_search_says_what_it_finds(label: str) -> None:
    shown = admin.site._registry[next(m for m in admin.site._registry if m._meta.label_lower == label)]
    assert not shown.search_fields or shown.search_help_text
