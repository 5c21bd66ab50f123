"""How long somebody waited, counted in the hours in which the offices are open."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Company
from conversations.clock import (
    business_minutes,
    business_minutes_before,
    is_open,
)

NEW_YORK = ZoneInfo("America/New_York")
ALL_DAY = 9 * 60
# Two years with leap day, both clock changes, holidays on weekends, and a night that is twice as long.
MOMENTS = st.datetimes(datetime(2027, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))
HOUSES = st.builds(
    Company,
    time_zone=st.sampled_from(
        ["America/New_York", "Pacific/Honolulu", "America/Los_Angeles", "Asia/Kathmandu"]
    ),
    open_on_saturday=st.booleans(),
    opens_at=st.sampled_from([time(0), time(8, 30), time(9)]),
    closes_at=st.sampled_from([time(12), time(17, 30), time(23, 59)]),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("2026-11-18 10:00", "2026-11-18 10:45", 45),
        ("2026-11-18 17:00", "2026-11-19 09:00", 60),  # the evening and the night do not count
        ("2026-11-18 03:00", "2026-11-18 04:00", 0),
        ("2026-11-20 17:20", "2026-11-23 08:40", 20),  # over a weekend
        ("2026-11-25 17:29", "2026-11-27 08:31", 2),  # over Thanksgiving
        ("2026-10-30 17:00", "2026-11-02 09:00", 60),  # the clock is set back in between
        ("2027-03-12 17:00", "2027-03-15 09:00", 60),  # and forward
        ("2026-11-18 11:00", "2026-11-18 10:00", 0),
        ("2026-11-18 10:00:30", "2026-11-18 10:01:29", 0),
    ],
)
def test_only_office_hours_count(start: str, end: str, minutes: int) -> None:
    assert business_minutes(at(start), at(end), Company()) == minutes


def test_a_house_that_opens_on_saturdays_counts_them() -> None:
    friday, monday = at("2026-11-20 17:00"), at("2026-11-23 09:00")
    assert business_minutes(friday, monday, Company(open_on_saturday=True)) == 60 + ALL_DAY


def test_the_houses_own_hours_count() -> None:
    house = Company(opens_at=time(10), closes_at=time(12), time_zone="America/Los_Angeles")
    assert business_minutes(at("2026-11-18 00:00"), at("2026-11-19 00:00"), house) == 120
    assert is_open(at("2026-11-18 14:59"), house) and not is_open(at("2026-11-18 15:00"), house)


@given(house=HOUSES, moments=st.lists(MOMENTS, min_size=3, max_size=3).map(sorted))
def test_a_wait_is_the_sum_of_its_parts_and_never_longer_than_the_clock(
    house: Company, moments: list[datetime]
) -> None:
    first, middle, last = (moment.replace(second=0, microsecond=0) for moment in moments)
    whole = business_minutes(first, last, house)
    assert whole == business_minutes(first, middle, house) + business_minutes(middle, last, house)
    assert 0 <= whole <= (last - first) // timedelta(minutes=1)


@given(house=HOUSES, moment=MOMENTS, minutes=st.integers(1, 5000))
def test_what_is_counted_back_is_what_was_asked_for(house: Company, moment: datetime, minutes: int) -> None:
    since = business_minutes_before(moment, minutes, house)
    assert business_minutes(since, moment, house) == minutes
    blink = timedelta(microseconds=1)
    assert business_minutes(since + blink, moment, house) == minutes - 1, "not a moment earlier than needed"
