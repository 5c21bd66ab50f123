"""The audit log as staff read it in the admin."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from audit import log
from audit.models import Entry
from tests.cast import Cast

LIST = "admin:audit_entry_changelist"


@pytest.fixture
def stef(cast: Cast, client_for: Any) -> Any:
    client = client_for(cast.stef)
    log.record(
        action="loan.facts_changed", about=cast.loan, by=cast.olga, loan=cast.loan, detail={"mark": "Zz1"}
    )
    log.record(action="user.changed", about=cast.nils, by=cast.stef, detail={"mark": "Zz2"})
    return client


def test_staff_read_it_and_change_nothing(stef: Any, cast: Cast) -> None:
    page = stef.get(reverse(LIST)).content.decode()
    assert "loan.facts_changed" in page and "user.changed" in page
    assert not re.search(r"<script(?![^>]*src=)[^>]*>\s*\S|style=\"| on\w+=\"", page)
    entry = Entry.objects.latest("id")
    one = reverse("admin:audit_entry_change", args=[entry.pk])
    answer = stef.get(one).content.decode()
    assert "Zz2" in answer and 'name="_save"' not in answer
    assert stef.post(one, {"action": "other"}).status_code == 403
    assert stef.get(reverse("admin:audit_entry_add")).status_code == 403
    assert stef.post(reverse("admin:audit_entry_delete", args=[entry.pk]), {"post": "yes"}).status_code == 403
    assert Entry.objects.get(pk=entry.pk).action == "user.changed"


def test_it_is_filtered_by_action(stef: Any) -> None:
    page = stef.get(reverse(LIST), {"action": "user.changed"}).content.decode()
    assert "<td" in page and page.count("field-action") == 1 and "loan.facts_changed</td>" not in page


@pytest.mark.parametrize("typed", ["{id}", " {id} ", "http://localhost:8000/desk/loans/{id}/audit/"])
def test_it_is_searched_by_loan(stef: Any, cast: Cast, typed: str) -> None:
    said = typed.format(id=cast.loan.public_id)
    page = stef.get(reverse(LIST), {"q": said}).content.decode()
    assert "loan.facts_changed" in page
    assert set(re.findall(r'class="field-loan_id[^"]*">([^<]*)<', page)) == {str(cast.loan.public_id)}


@pytest.mark.embedded("plans are read as SQLite writes them")
def test_no_list_reads_the_whole_table(stef: Any, cast: Cast) -> None:
    past = timezone.now() - timedelta(days=1)
    Entry.objects.bulk_create(
        Entry(actor="task:x", action=f"a.{n % 7}", object_kind="o", object_id=str(n), at=past)
        for n in range(1500)
    )
    for asked in ({}, {"action": "a.3"}, {"q": str(cast.loan.public_id)}):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert stef.get(reverse(LIST), asked).status_code == 200
        about = [
            query["sql"] for query in seen if "audit_entry" in query["sql"] and "INSERT" not in query["sql"]
        ]
        assert len(seen) <= 8 and about
        for sql in about:
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN QUERY PLAN " + sql)
                plan = " ".join(row[3] for row in cursor.fetchall())
            assert "TEMP B-TREE" not in plan, f"{plan}\n{sql}"
            assert "LIMIT" in sql or "WHERE" in sql, sql
