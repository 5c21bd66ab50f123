"""The figures of experience: the same as plain loops over the raw rows find, and the same as the rows behind them."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Branch, Company, User
from conversations import services as conversations
from conversations.figures import keep_figures
from conversations.models import ReplyFigures
from feedback import tasks
from feedback.figures import counting
from feedback.figures.months import following, latest, month_of, preceding
from feedback.figures.table import FIGURES
from feedback.models import ExperienceFigure
from loans import clocks, services
from loans.models import Loan, UpdatePromise
from loans.stages import Stage
from tests.cast import Cast
from tests.feedback.recount import WITH_VALUES, recounted
from tests.feedback.year import BEGAN, NOW, ZONE, Year

MONTHS = st.dates(date(2024, 1, 1), date(2032, 12, 1)).map(lambda day: day.replace(day=1))
ZONES = st.sampled_from(["America/New_York", "America/Los_Angeles", "Pacific/Honolulu", "Asia/Kathmandu"])


@pytest.fixture
def year(cast: Cast) -> Year:
    return Year(cast).make()


# --- The whole year --------------------------------------------------------------------------------------------


def test_every_figure_is_what_plain_loops_over_the_rows_find(year: Year) -> None:
    with time_machine.travel(NOW, tick=False):
        counting.count_all()
    found = {
        (f"{row.month:%Y-%m}", (row.branch and row.branch.name) or row.person_id, row.figure, row.part): (
            row.numerator, row.denominator, row.median, row.ninetieth,
        )
        for row in ExperienceFigure.objects.filter(month__gte=BEGAN.date()).select_related("branch")
        if row.denominator
    }  # fmt: skip
    expected = {key: kept for key, kept in recounted(NOW, ZONE).items() if key[0] <= "2026-11"}
    assert {key[2] for key in expected} == set(FIGURES), "the year has something for every figure"
    people = {year.pia.pk, year.cast.olga.pk, year.cast.otto.pk}
    assert {key[1] for key in expected} == {None, *people, "Riverside", "Uptown"}
    wrong = {
        key: (found.get(key), expected.get(key))
        for key in {*found, *expected}
        if found.get(key) != expected.get(key)
    }
    assert not wrong, f"{len(wrong)} of {len(expected)} differ, such as {list(wrong.items())[:3]}"


def test_each_figure_agrees_with_the_rows_behind_it(year: Year) -> None:
    with time_machine.travel(NOW, tick=False):
        counting.count_all()
    house = Company.load()
    months = [date(2026, 3, 1), date(2026, 11, 1)]  # a clock change in both
    for row in ExperienceFigure.objects.filter(month__in=months):
        figure = FIGURES[row.figure]
        rows = counting.behind(
            figure, month_of(row.month, NOW, house), whose=row.person or row.branch, part=row.part
        )
        assert rows.count() == row.denominator, row
        if figure.key not in (*WITH_VALUES, "nps"):
            hits = counting.behind(
                figure,
                month_of(row.month, NOW, house),
                whose=row.person or row.branch,
                part=row.part,
                hit=True,
            )
            assert hits.count() == row.numerator, row


def test_counting_again_changes_nothing_and_what_changed_hands_goes_along(year: Year) -> None:
    with time_machine.travel(NOW, tick=False):
        counting.count_all()
        first = set(
            ExperienceFigure.objects.values_list(
                "month", "person", "branch", "figure", "part", "numerator", "median"
            )
        )
        tasks.count_experience()
        again = set(
            ExperienceFigure.objects.values_list(
                "month", "person", "branch", "figure", "part", "numerator", "median"
            )
        )
        assert first == again
        Loan.objects.filter(officer=year.cast.otto).update(officer=year.cast.olga)
        for _hour in range(counting.MONTHS_KEPT):
            tasks.count_experience()
    processed = Loan.objects.filter(processor=year.cast.otto).exists()
    assert ExperienceFigure.objects.filter(person=year.cast.otto, part="stage").exists() is False
    kept = set(ExperienceFigure.objects.exclude(person=None).values_list("person", flat=True))
    assert (year.cast.otto.pk in kept) is (processed or year.cast.otto.conversations.exists())


def test_each_hour_counts_this_month_the_last_and_the_one_counted_longest_ago(cast: Cast) -> None:
    counted = []
    for hour in range(counting.MONTHS_KEPT - counting.ALWAYS):
        with time_machine.travel(NOW + timedelta(hours=hour), tick=False):
            tasks.count_experience()
            kept = ExperienceFigure.objects.filter(counted_at=NOW + timedelta(hours=hour))
            counted.append(set(kept.values_list("month", flat=True)))
    newest, last, *earlier = latest(NOW, counting.MONTHS_KEPT, cast.company)
    assert all(len(months) == 3 and {newest, last} <= months for months in counted)
    assert set().union(*counted) == {newest, last, *earlier}, "after as many hours each had its turn"


@pytest.mark.embedded("plans are read as SQLite writes them")
def test_rows_behind_a_figure_are_read_from_an_index_in_their_order(cast: Cast) -> None:
    month = month_of(NOW.date(), NOW, cast.company)
    branch = Branch.objects.create(name="Riverside")
    User.objects.filter(pk__in=[cast.olga.pk, cast.otto.pk]).update(branch=branch)
    for figure in FIGURES.values():
        for whose in (None, cast.olga, branch):
            rows = counting.behind(figure, month, whose=whose).order_by(f"-{figure.when}", "-pk")
            first, *rest = rows.values("pk")[:26].explain().splitlines()
            assert "SEARCH" in first and "INDEX" in first, f"{figure.key}: {first}"
            assert not any("TEMP B-TREE" in line or "SCAN" in line for line in rest), figure.key
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN SELECT id FROM documents_document ORDER BY name")
        assert "SCAN" in str(cursor.fetchall()), "the check above can fail"


# --- Months and office hours over clock changes ----------------------------------------------------------------


@given(MONTHS, ZONES, st.integers(0, 40_000))
def test_every_moment_belongs_to_exactly_one_month(first: date, zone: str, minutes: int) -> None:
    house = Company(time_zone=zone)
    month = month_of(first, NOW, house)
    assert month_of(month.after, NOW, house).begin == month.end
    assert preceding(following(first)) == first
    moment = (month.begin.astimezone(ZoneInfo("UTC")) + timedelta(minutes=minutes)).astimezone(house.zone)
    assert (month.begin <= moment < month.end) is (moment.date().replace(day=1) == first)


@given(MONTHS, ZONES)
def test_a_month_is_as_long_as_its_days_but_for_the_hour_of_a_clock_change(first: date, zone: str) -> None:
    month = month_of(first, NOW, Company(time_zone=zone))
    utc = ZoneInfo("UTC")
    passed = month.end.astimezone(utc) - month.begin.astimezone(utc)
    days = (month.after - month.first).days
    moved = passed - timedelta(days=days)
    changes = {3: -timedelta(hours=1), 11: timedelta(hours=1)} if zone.startswith("America") else {}
    assert moved == changes.get(first.month, timedelta())


@pytest.mark.parametrize(
    ("asked", "answered", "minutes"),
    [
        ("2026-03-06 16:00", "2026-03-09 10:00", 180),  # Friday to Monday: the clock went forward on Sunday
        ("2026-10-30 16:00", "2026-11-02 10:00", 180),  # and back; the answer counts in November
        ("2026-03-07 12:00", "2026-03-09 10:00", 60),  # written while the offices were closed
    ],
)
def test_a_weekend_with_a_clock_change_costs_no_office_hours(
    cast: Cast, asked: str, answered: str, minutes: int
) -> None:
    came, went = (datetime.fromisoformat(moment).replace(tzinfo=ZONE) for moment in (asked, answered))
    opens = datetime.combine(went.date(), time(9), ZONE)
    Company.objects.update(opens_at=time(9), closes_at=time(18))
    with time_machine.travel(came, tick=False):
        conversations.receive_message(
            loan=cast.loan, party=cast.bea_party, channel="portal", body="Hello?", source="test:dst"
        )
    with time_machine.travel(went, tick=False):
        conversations.say(loan=cast.loan, by=cast.olga, channel="call", body="Yes.", source="test:dst-answer")
        tasks.count_experience()
        keep_figures()
    assert went > opens
    kept = ExperienceFigure.objects.get(
        figure="answer", part="", person=cast.olga, month=went.date().replace(day=1)
    )
    assert (kept.median, kept.denominator) == (minutes, 1)
    assert ReplyFigures.objects.get(officer=cast.olga, week=None).median_minutes == minutes, "one truth"


# --- Promises --------------------------------------------------------------------------------------------------


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(datetime(2026, 6, 1, 10, tzinfo=ZONE), tick=False) as travelled:
        yield travelled


def promise(cast: Cast, on: date | None) -> None:
    loan = Loan.objects.get(pk=cast.loan.pk)
    services.set_next_update(loan=loan, on=on, by=cast.olga, expected_version=loan.version)


def move(cast: Cast, to: str, by: User | None = None) -> Any:
    loan = Loan.objects.get(pk=cast.loan.pk)
    return services.change_stage(loan=loan, to=to, by=by or cast.olga, expected_version=loan.version)


def counted(cast: Cast) -> tuple[int, int]:
    """Kept, of how many."""
    tasks.count_experience()
    kept = ExperienceFigure.objects.get(
        figure="promise", part="", person=None, branch=None, month=date(2026, 6, 1)
    )
    return kept.numerator, kept.denominator


def test_a_promise_is_kept_by_news_until_the_end_of_its_day(cast: Cast, clock: Any) -> None:
    promise(cast, date(2026, 6, 3))
    assert counted(cast) == (0, 0), "nobody knows yet"
    clock.move_to(datetime(2026, 6, 3, 23, 30, tzinfo=ZONE))
    move(cast, Stage.PROCESSING)
    assert counted(cast) == (1, 1)


def test_a_promise_is_broken_when_the_day_ends_in_silence(cast: Cast, clock: Any) -> None:
    promise(cast, date(2026, 6, 3))
    clock.move_to(datetime(2026, 6, 4, 0, 30, tzinfo=ZONE))
    assert counted(cast) == (0, 1)
    move(cast, Stage.PROCESSING)
    assert counted(cast) == (0, 1), "late is not kept"


def test_another_day_is_no_news_but_a_slip_is_forgiven(cast: Cast, clock: Any) -> None:
    promise(cast, date(2026, 6, 30))
    promise(cast, date(2026, 6, 3))
    assert list(UpdatePromise.objects.values_list("on", flat=True)) == [date(2026, 6, 3)]
    clock.shift(timedelta(days=1))
    promise(cast, date(2026, 6, 3))
    assert counted(cast) == (0, 0), "the same day again is the same promise"
    promise(cast, date(2026, 6, 8))
    assert counted(cast) == (0, 1), "put off in silence"
    clock.shift(timedelta(days=1))
    conversations.write(
        conversation=conversations.thread_of(cast.loan), by=cast.olga, body="News", source="test:news"
    )
    assert counted(cast) == (1, 2)


def test_a_move_taken_back_keeps_nothing_and_the_end_of_a_loan_breaks_nothing(clock: Any, cast: Cast) -> None:
    promise(cast, date(2026, 6, 3))
    clock.shift(timedelta(minutes=5))
    event = move(cast, Stage.PROCESSING)
    assert counted(cast) == (1, 1)
    loan = Loan.objects.get(pk=cast.loan.pk)
    services.undo_stage_change(event=event, by=cast.olga, expected_version=loan.version)
    assert counted(cast) == (0, 0)
    move(cast, Stage.WITHDRAWN)
    clock.shift(timedelta(days=9))
    assert counted(cast) == (0, 0)
    assert clocks.today(cast.company) == date(2026, 6, 10)
