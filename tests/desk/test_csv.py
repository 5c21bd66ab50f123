"""The list as a spreadsheet: every row, the same filters, and nothing in it that a spreadsheet would run."""

import csv
import io

import pytest
from django.urls import reverse

from audit.log import Origin
from audit.models import Entry
from loans.models import Loan
from portal.views.desk.csv import lines, noted
from tests.cast import make_loan
from tests.desk.helpers import get


def rows(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


def test_every_loan_is_a_row_with_the_chosen_columns(cast, client_for):
    Loan.objects.bulk_create(
        Loan(number=f"LN-{n:04d}", officer=cast.olga, purpose="purchase", state="ME") for n in range(40)
    )
    response = get(client_for(cast.olga), "desk:export", columns="stage,officer", sort="stage")
    heading, *found = rows(response)
    assert heading == ["Number", "Borrower", "Officer", "Stage"]
    assert len(found) == 41
    assert ["LN-1001", "Bea Nguyen, Cole Nguyen", "Olga Haddad", "Application received"] in found
    assert response["Content-Type"] == "text/csv; charset=utf-8" and "no-store" in response["Cache-Control"]


def test_it_holds_what_the_list_holds_and_no_more(cast, client_for):
    olga = client_for(cast.olga)
    assert [row[0] for row in rows(get(olga, "desk:export", stage="all"))[1:]] == ["LN-1001"]
    assert rows(get(olga, "desk:export", q="berg"))[1:] == []
    assert len(rows(get(client_for(cast.mara), "desk:export"))) == 3
    assert get(client_for(cast.bea), "desk:export").status_code == 404


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", " ="])
def test_nothing_begins_like_a_formula(cast, client_for, start):
    Loan.objects.filter(pk=cast.loan.pk).update(borrower_names=f'{start}HYPERLINK("http://x","y")')
    cell = rows(get(client_for(cast.olga), "desk:export"))[1][1]
    assert cell == f'\'{start}HYPERLINK("http://x","y")'


def test_carrying_a_list_away_is_written_down(cast, client_for):
    make_loan(officer=cast.olga, borrowers=[cast.nils], number="LN-5")
    rows(get(client_for(cast.olga), "desk:export", review="1"))
    entry = Entry.objects.get(action="user.loans_exported")
    assert entry.actor_name == "Olga Haddad" and entry.detail == {"asked": {"review": "1"}}
    ended = Entry.objects.get(action="user.loans_export_ended")
    assert (ended.actor_name, ended.detail, ended.address) == ("Olga Haddad", {"rows": 0}, entry.address)
    client_for(cast.olga).head(reverse("desk:export"))
    assert Entry.objects.filter(action="user.loans_exported").count() == 1


def test_how_much_was_carried_away_is_written_down_but_never_whom_somebody_looked_for(cast, client_for):
    answer = get(client_for(cast.olga), "desk:export", q="bea nguyen", stage="all")
    begun = Entry.objects.get(action="user.loans_exported")
    assert begun.detail == {"asked": {"q": "…", "stage": "all"}}, "the log is kept for ever"
    assert not Entry.objects.filter(action="user.loans_export_ended").exists()
    assert len(rows(answer)) == 2
    assert Entry.objects.get(action="user.loans_export_ended").detail == {"rows": 1}


def test_a_list_that_was_broken_off_says_how_far_it_came(cast):
    written = lines(noted([cast.loan] * 9, cast.olga, Origin("198.51.100.7")), [])
    for _line in range(4):  # the heading and three loans
        next(written)
    written.close()
    ended = Entry.objects.get(action="user.loans_export_ended")
    assert (ended.detail, ended.address) == ({"rows": 3}, "198.51.100.7")
