"""Finding a loan by what somebody types, and that the words follow every write that changes them."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.services import change_profile, change_sign_in_email
from loans import search, services, tasks
from loans.models import Loan, LoanWord, Party
from tests.cast import make_loan
from tests.desk.helpers import fresh


def numbers(typed, user=None):
    loans = Loan.objects.visible_to(user) if user else Loan.objects.all()
    return sorted(search.found(loans, typed).values_list("number", flat=True))


@pytest.mark.parametrize(
    "typed",
    [
        "LN-1001", "ln-10", "Nguyen", "bea ngu", "BEA", "harbor", "12 Harbor Lane", "lane portland nguyen",
        "cole@example.com", "bea@ex", "2075550101", "(207) 555-0101", "+1 207 555 0101", "555-0101", "207555",
        "bea, nguyen", "portland 207-555-0101",
    ],
)  # fmt: skip
def test_a_loan_is_found_by_what_people_know_of_it(cast, typed):
    assert "LN-1001" in numbers(typed, cast.olga)


@pytest.mark.parametrize("typed", ["zzz", "bea berg", "2075550102", "nguyenx", "%", "_", "bea' OR 1=1"])
def test_what_does_not_fit_is_not_found(cast, typed):
    assert "LN-1001" not in numbers(typed)


def test_accents_and_apostrophes_need_not_be_typed(cast):
    make_loan(officer=cast.olga, borrowers=[cast.nils], number="LN-7", street="3 Cañon Street")
    party = Party.objects.get(loan__number="LN-7")
    services.correct_party(
        party=party,
        by=cast.olga,
        name="José O’Brien-Smith",
        email="jose@example.com",
        phone="",
        language="en",
    )
    for typed in ("jose", "José", "obrien", "o'brien", "smith", "canon", "jose obrien-smith"):
        assert numbers(typed) == ["LN-7"], typed


def test_nothing_typed_narrows_nothing(cast):
    assert numbers("") == numbers(" , ") == ["LN-1001", "LN-1002"]


def test_the_words_follow_people_places_and_profiles(cast):
    loan = cast.loan
    services.add_co_borrower(loan=loan, name="Dana Wu", email="dana@example.com", by=cast.olga)
    services.change_facts(
        loan=fresh(loan), by=cast.olga, expected_version=fresh(loan).version, street="9 Ocean Road"
    )
    assert numbers("dana wu") == numbers("ocean") == ["LN-1001"]
    assert "LN-1001" not in numbers("harbor")
    change_profile(user=cast.bea, by=cast.bea, phone="+12075550177")
    assert numbers("207 555 0177") == ["LN-1001"] and numbers("2075550101") == []
    change_sign_in_email(user=cast.bea, email="bea.new@example.com", by=cast.stef)
    assert numbers("bea.new@example.com") == ["LN-1001"]


def test_loans_without_words_get_them_from_the_clock_and_from_reconciling(cast):
    LoanWord.objects.all().delete()
    tasks.keep_words()
    assert numbers("nguyen") == ["LN-1001"]
    LoanWord.objects.filter(word="nguyen").delete()
    call_command("reconcile_counters", verbosity=0)
    assert numbers("nguyen") == ["LN-1001"]
    assert search.keep_missing_words() == 0
    assert not search.keep_words(cast.loan), "nothing changes twice"


def test_where_many_fit_the_list_is_asked_instead_of_named(cast, monkeypatch):
    monkeypatch.setattr(search, "FEW", 1)
    make_loan(officer=cast.olga, borrowers=[cast.nils], number="LN-8")
    with CaptureQueriesContext(connection) as captured:
        found = list(search.found(Loan.objects.order_by("-last_activity_at"), "portland harbor"))
    assert {loan.number for loan in found} == {"LN-1001", "LN-8"}
    assert len(captured) == 2, "one look how many fit, one list"
    assert "EXISTS" in captured[1]["sql"]
    assert numbers("portland nguyen") == ["LN-1001"]
