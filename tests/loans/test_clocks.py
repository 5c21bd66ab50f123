"""The two business days, with the vectors measured from the rule (12 CFR 1026.2(a)(6), 1026.19)."""

from datetime import date

import pytest

from accounts.models import Company
from loans import clocks

COMPANY = Company()
SATURDAYS = Company(open_on_saturday=True)


@pytest.mark.parametrize(
    ("sent", "received", "earliest"),
    [
        (date(2026, 2, 26), date(2026, 3, 2), date(2026, 3, 5)),
        (
            date(2026, 7, 1),
            date(2026, 7, 6),
            date(2026, 7, 9),
        ),  # the 4th is a Saturday; Friday the 3rd counts
    ],
)
def test_a_disclosure_sent_by_mail(sent, received, earliest):
    assert clocks.deemed_received(sent) == received
    assert clocks.earliest_closing_after_disclosure(received) == earliest


def test_counting_back_from_a_closing_over_thanksgiving():
    closing = date(2026, 11, 30)
    assert clocks.disclosure_received_by(closing) == date(2026, 11, 25)
    assert clocks.disclosure_sent_by(closing) == date(2026, 11, 21)


def test_the_wait_after_the_loan_estimate():
    assert clocks.earliest_closing_after_estimate(date(2026, 6, 1)) == date(2026, 6, 9)


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (date(2026, 6, 19), False),  # Juneteenth
        (date(2026, 7, 3), True),  # observed, but not the holiday itself
        (date(2026, 7, 4), False),
        (date(2026, 11, 21), True),  # a Saturday
        (date(2026, 11, 22), False),  # a Sunday
        (date(2026, 11, 27), True),  # the day after Thanksgiving
    ],
)
def test_specific_business_days(day, counts):
    assert clocks.is_specific_business_day(day) is counts


@pytest.mark.parametrize(
    ("day", "company", "is_open"),
    [
        (date(2026, 7, 3), COMPANY, False),  # offices are shut on the observed day
        (date(2026, 11, 21), COMPANY, False),
        (date(2026, 11, 21), SATURDAYS, True),
        (date(2026, 11, 22), SATURDAYS, False),
        (date(2021, 12, 31), COMPANY, False),  # New Year's Day 2022 observed in the year before
    ],
)
def test_general_business_days(day, company, is_open):
    assert clocks.is_general_business_day(day, company) is is_open


@pytest.mark.parametrize(
    ("received", "company", "due"),
    [
        (date(2026, 11, 16), COMPANY, date(2026, 11, 19)),  # Monday gives Thursday
        (date(2026, 11, 20), COMPANY, date(2026, 11, 25)),  # over a weekend
        (date(2026, 11, 21), COMPANY, date(2026, 11, 25)),  # on a Saturday
        (date(2026, 11, 20), SATURDAYS, date(2026, 11, 24)),
        (date(2026, 11, 24), COMPANY, date(2026, 11, 30)),  # Thanksgiving and a weekend between
    ],
)
def test_the_loan_estimate_is_due_on_the_third_general_business_day(received, company, due):
    assert clocks.loan_estimate_due(received, company) == due


@pytest.mark.parametrize(
    ("day", "opens"),
    [
        (date(2026, 11, 20), date(2026, 11, 20)),
        (date(2026, 11, 21), date(2026, 11, 23)),
        (date(2026, 11, 26), date(2026, 11, 27)),
        (date(2026, 7, 3), date(2026, 7, 6)),
    ],
)
def test_the_next_open_day(day, opens):
    assert clocks.next_open_day(day) == opens
