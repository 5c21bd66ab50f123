"""Nobody is written to at night, on their own clock; clock changes, holidays and days off are counted right."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.models import User
from loans.models import Loan
from notifications import hours
from notifications.models import MessageRules, Notification
from tests.cast import Cast

NEW_YORK, HONOLULU, CHICAGO = map(ZoneInfo, ("America/New_York", "Pacific/Honolulu", "America/Chicago"))
EVERY_DAY = MessageRules(pk=1, skip_weekends=False)


def local(zone: ZoneInfo, *when: int) -> datetime:
    return datetime(*when, tzinfo=zone).astimezone(UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ((2026, 11, 18, 12, 0), (2026, 11, 18, 12, 0)),
        ((2026, 11, 18, 8, 0), (2026, 11, 18, 8, 0)),
        ((2026, 11, 18, 7, 59), (2026, 11, 18, 8, 0)),
        ((2026, 11, 18, 19, 59), (2026, 11, 18, 19, 59)),
        ((2026, 11, 18, 20, 0), (2026, 11, 19, 8, 0)),
        ((2026, 11, 20, 21, 0), (2026, 11, 23, 8, 0)),  # over the weekend
        ((2026, 11, 25, 20, 30), (2026, 11, 27, 8, 0)),  # over Thanksgiving
        ((2026, 7, 3, 9, 0), (2026, 7, 6, 8, 0)),  # Independence Day as observed, and its weekend
        (
            (2027, 12, 31, 9, 0),
            (2028, 1, 3, 8, 0),
        ),  # New Year's Day of a Saturday, observed in the year before
    ],
)
def test_nights_weekends_and_holidays_are_left_out(asked: tuple[int, ...], told: tuple[int, ...]) -> None:
    rules = MessageRules(pk=1)
    assert hours.next_allowed(local(NEW_YORK, *asked), NEW_YORK, rules) == local(NEW_YORK, *told)


def test_days_off_of_the_house_are_left_out() -> None:
    rules = MessageRules(pk=1, skip_weekends=False, blackout_days="2026-12-24\n\n2026-12-25\n2026-12-26")
    moment = local(CHICAGO, 2026, 12, 23, 22, 0)
    assert hours.next_allowed(moment, CHICAGO, rules) == local(CHICAGO, 2026, 12, 27, 8, 0)


def test_a_house_without_quiet_hours_has_none() -> None:
    rules = MessageRules(pk=1, skip_weekends=False, quiet_from=time(8), quiet_until=time(8))
    moment = local(NEW_YORK, 2026, 11, 18, 3, 0)
    assert hours.next_allowed(moment, NEW_YORK, rules) == moment


def test_quiet_hours_may_lie_within_a_day() -> None:
    rules = MessageRules(pk=1, skip_weekends=False, quiet_from=time(12), quiet_until=time(14))
    noon = local(NEW_YORK, 2026, 11, 18, 12, 30)
    assert hours.next_allowed(noon, NEW_YORK, rules) == local(NEW_YORK, 2026, 11, 18, 14, 0)
    night = local(NEW_YORK, 2026, 11, 18, 23, 0)
    assert hours.next_allowed(night, NEW_YORK, rules) == night


@pytest.mark.parametrize(
    ("asked", "hours_on"),
    [
        (local(NEW_YORK, 2026, 3, 7, 21, 0), 10),  # the clock leaps over an hour that night
        (local(NEW_YORK, 2026, 10, 31, 21, 0), 12),  # and here an hour comes twice
        (local(HONOLULU, 2026, 3, 7, 21, 0), 11),  # not in Hawaii
    ],
)
def test_the_night_of_a_clock_change_ends_at_eight_on_the_wall(asked: datetime, hours_on: int) -> None:
    zone = HONOLULU if asked.hour == 7 else NEW_YORK
    told = hours.next_allowed(asked, zone, EVERY_DAY)
    assert told.astimezone(zone).time() == time(8)
    assert told - asked == timedelta(hours=hours_on)


def test_an_end_that_the_clock_leaps_over_is_as_long_after_the_leap() -> None:
    rules = MessageRules(pk=1, skip_weekends=False, quiet_until=time(2, 30))
    told = hours.next_allowed(local(NEW_YORK, 2026, 3, 8, 1, 0), NEW_YORK, rules)
    assert told.astimezone(NEW_YORK).time() == time(3, 30)


def test_an_end_that_comes_twice_holds_both_times() -> None:
    """In the hour that comes again it is night again until half past, and no answer lies in the past."""
    rules = MessageRules(pk=1, skip_weekends=False, quiet_until=time(1, 30))
    first = hours.at(date(2026, 11, 1), time(1, 10), NEW_YORK)
    again = first + timedelta(hours=1)
    assert hours.next_allowed(first, NEW_YORK, rules) == first + timedelta(minutes=20)
    assert hours.next_allowed(again, NEW_YORK, rules) == again + timedelta(minutes=20)


@example(datetime(2026, 11, 1, 6, 10, tzinfo=UTC), NEW_YORK, time(20), time(1, 30), False)
@example(datetime(2026, 3, 8, 6, 59, tzinfo=UTC), NEW_YORK, time(20), time(2, 30), True)
@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC)),
    st.sampled_from([NEW_YORK, HONOLULU, CHICAGO, ZoneInfo("America/Phoenix"), ZoneInfo("America/St_Johns")]),
    st.times().map(lambda clock: clock.replace(second=0, microsecond=0)),
    st.times().map(lambda clock: clock.replace(second=0, microsecond=0)),
    st.booleans(),
)
def test_whatever_the_rules_the_next_moment_is_allowed_and_none_before_it_was(
    moment: datetime, zone: ZoneInfo, begin: time, end: time, skip_weekends: bool
) -> None:
    rules = MessageRules(pk=1, quiet_from=begin, quiet_until=end, skip_weekends=skip_weekends)
    is_open = hours.reminder_days(rules)

    def allowed(when: datetime) -> bool:
        there = when.astimezone(zone)
        return is_open(there.date()) and not hours.is_quiet(there.time(), rules)

    told = hours.next_allowed(moment, zone, rules)
    assert told >= moment and allowed(told)
    earlier = moment
    while earlier < told - timedelta(minutes=61):  # within an hour a leap may lie
        assert not allowed(earlier), earlier
        earlier += timedelta(minutes=47)


# --- Whose clock ---------------------------------------------------------------------------------------------


def row_for(cast: Cast, **chosen: object) -> Notification:
    told = {"kind": "needs_reminder", "party": cast.bea_party, "loan": cast.loan, "recipient": "party:x"}
    return Notification(**{**told, **chosen})  # type: ignore[arg-type]


def test_the_clock_is_ones_own_then_that_of_the_home_then_the_companys(cast: Cast) -> None:
    cast.loan.state = "HI"
    assert hours.zone_of(row_for(cast)) == HONOLULU
    cast.bea_party.user = User(time_zone="America/Chicago")
    assert hours.zone_of(row_for(cast)) == CHICAGO
    cast.bea_party.user = User(time_zone="Mars/Olympus")
    assert hours.zone_of(row_for(cast)) == HONOLULU
    cast.bea_party.user = None
    assert hours.zone_of(row_for(cast)) == HONOLULU
    assert hours.zone_of(row_for(cast, party=None, loan=None)) == NEW_YORK
    assert hours.zone_of(row_for(cast, loan=Loan(state=""))) == NEW_YORK


def test_the_home_says_nothing_of_where_an_officer_works(cast: Cast) -> None:
    cast.loan.state = "HI"
    row = row_for(cast, party=None, recipient=f"user:{cast.olga.public_id}")
    assert hours.zone_of(row) == NEW_YORK
    User.objects.filter(pk=cast.olga.pk).update(time_zone="America/Chicago")
    assert hours.zone_of(row) == CHICAGO


# --- What keeps to it ----------------------------------------------------------------------------------------


NIGHT = local(NEW_YORK, 2026, 11, 20, 22, 0)  # a Friday


@pytest.mark.parametrize(
    ("kind", "channel", "told"),
    [
        ("needs_reminder", "email", (2026, 11, 23, 8, 0)),
        ("needs_reminder", "text", (2026, 11, 23, 8, 0)),
        ("stage_processing", "email", None),
        (
            "stage_processing",
            "text",
            (2026, 11, 21, 8, 0),
        ),  # at night nobody's telephone rings; weekends are fine
        ("sign_in_code", "email", None),
        ("stage_processing", "letter", None),
        ("no_such_kind", "email", None),
    ],
)
def test_what_people_wait_for_goes_at_once_and_the_rest_in_the_morning(
    cast: Cast, kind: str, channel: str, told: tuple[int, ...] | None
) -> None:
    row = row_for(cast, kind=kind, channel=channel)
    assert hours.not_before(row, NIGHT) == (local(NEW_YORK, *told) if told else None)


def test_by_day_everything_goes(cast: Cast) -> None:
    noon = local(NEW_YORK, 2026, 11, 18, 12, 0)
    assert hours.not_before(row_for(cast), noon) is None
    assert hours.not_before(row_for(cast, kind="stage_processing", channel="text"), noon) is None


def test_staff_change_the_hours(cast: Cast) -> None:
    MessageRules.objects.create(pk=1, quiet_from=time(23), quiet_until=time(6))
    assert hours.not_before(row_for(cast), NIGHT) is None
