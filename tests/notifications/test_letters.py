"""The letters after a closing: their days, and how they are planned and stopped, year after year."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine

from accounts.models import Company
from loans.errors import Refused
from loans.models import Loan
from loans.services import latest_event, undo_stage_change
from notifications import delivery, letters, planning, services
from notifications.handlers.closing import plan_years
from notifications.models import MessageRules, Notification
from tests.cast import Cast
from tests.notifications.lettering import fund, letters_by, move, the, words_of

State = Notification.State
NEW_YORK = ZoneInfo("America/New_York")
AFTER = ("thank_you", "closing_binder", "first_anniversary")


@pytest.fixture
def funded(cast: Cast) -> Notification:
    """The letter of thanks of a loan that was funded just now."""
    fund(cast)
    return the("thank_you")


def rows(kind: str | None = None) -> list[Notification]:
    found = Notification.objects.filter(kind__in=[kind] if kind else letters.KINDS)
    return list(found.order_by("due_at", "id"))


# --- When ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("closed", "due"),
    [
        ("2026-02-28 17:30", "2026-03-09 10:00 -0400"),  # a weekend, and the clocks change on the 8th
        ("2026-12-18 12:00", "2026-12-28 10:00 -0500"),  # Christmas and a weekend
        ("2026-11-19 12:00", "2026-11-27 10:00 -0500"),  # Thanksgiving
        ("2026-11-09 12:00", "2026-11-16 10:00 -0500"),
        ("2026-10-26 23:59", "2026-11-02 10:00 -0500"),  # the clocks went back on the 1st
        ("2026-11-03 00:01", "2026-11-10 10:00 -0500"),
    ],
)
def test_the_day_of_the_letter_of_thanks(closed: str, due: str) -> None:
    company = Company(time_zone="America/New_York", thank_you_days=7)
    moment = datetime.strptime(closed, "%Y-%m-%d %H:%M").replace(tzinfo=NEW_YORK)
    found = letters.due_at(moment.astimezone(ZoneInfo("UTC")), company)
    assert found.strftime("%Y-%m-%d %H:%M %z") == due


def test_the_days_are_set_by_the_house() -> None:
    company = Company(time_zone="America/Los_Angeles", thank_you_days=3)
    closed = datetime(2026, 11, 10, 4, 30, tzinfo=ZoneInfo("UTC"))  # still the 9th on the west coast
    assert letters.due_at(closed, company).isoformat() == "2026-11-12T10:00:00-08:00"


@pytest.mark.parametrize(
    ("closed_on", "month", "day", "due_on"),
    [
        (date(2026, 11, 9), 1, 20, date(2027, 1, 20)),
        (date(2026, 1, 5), 1, 20, date(2027, 1, 20)),  # the year after, also when the day is still ahead
        (date(2027, 12, 31), 1, 17, date(2028, 1, 18)),  # Martin Luther King Jr. Day
        (date(2026, 11, 9), 2, 6, date(2027, 2, 8)),  # a Saturday
    ],
)
def test_the_day_of_the_papers_for_taxes(closed_on: date, month: int, day: int, due_on: date) -> None:
    rules = MessageRules(binder_month=month, binder_day=day)
    closed = datetime(closed_on.year, closed_on.month, closed_on.day, 23, 0, tzinfo=NEW_YORK)
    found = letters.binder_day(closed, Company(time_zone="America/New_York"), rules)
    assert (found.date(), found.hour) == (due_on, 10)


@pytest.mark.parametrize(
    ("closed_on", "year", "due_on"),
    [
        (date(2026, 11, 9), 1, date(2027, 11, 9)),
        (date(2026, 11, 7), 2, date(2028, 11, 7)),
        (date(2025, 7, 4), 1, date(2026, 7, 6)),  # observed on the Friday before, then a weekend
        (date(2028, 2, 29), 1, date(2029, 2, 28)),
        (date(2028, 2, 29), 4, date(2032, 3, 1)),  # there is a 29th again, on a Sunday
    ],
)
def test_the_day_of_an_anniversary(closed_on: date, year: int, due_on: date) -> None:
    closed = datetime(closed_on.year, closed_on.month, closed_on.day, 12, 0, tzinfo=NEW_YORK)
    found = letters.anniversary(closed, Company(time_zone="America/New_York"), year)
    assert (found.date(), found.hour) == (due_on, 10)


# --- Planned with the closing, stopped with it ----------------------------------------------------------------


def test_funded_plans_thanks_papers_for_taxes_and_the_first_anniversary(
    funded: Notification, cast: Cast
) -> None:
    closed_at = cast.loan.stage_events.last().at
    planned = {row.kind: row for row in rows()}
    assert tuple(sorted(planned)) == tuple(sorted(AFTER))
    assert {row.state for row in planned.values()} == {State.QUEUED}
    assert all(row.is_scheduled and row.event_key.startswith("closing:1:") for row in planned.values())
    assert planned["thank_you"].due_at == letters.due_at(closed_at, cast.company)
    assert planned["closing_binder"].due_at == letters.binder_day(
        closed_at, cast.company, MessageRules.load()
    )
    assert planned["first_anniversary"].due_at == letters.anniversary(closed_at, cast.company, 1)
    assert [row.kind for row in services.letters_of(cast.loan)] == sorted(
        AFTER, key=lambda kind: planned[kind].due_at
    )
    assert services.letter_for(cast.loan) == funded


@pytest.mark.parametrize(
    ("how", "channels"),
    [("mail", {"email"}), ("paper", {"letter"}), ("both", {"email", "letter"})],
)
def test_letters_go_by_mail_on_paper_or_both(cast: Cast, how: str, channels: set[str]) -> None:
    letters_by(how)
    fund(cast)
    assert {(row.kind, row.channel) for row in rows()} == {
        (kind, channel) for kind in AFTER for channel in channels
    }


def test_opening_the_loan_again_stops_them_all_and_a_second_closing_has_its_own(
    funded: Notification, cast: Cast
) -> None:
    services.hold(notification=funded, by=cast.olga, expected_version=funded.version)
    move(cast, "closing")
    assert {row.state for row in rows()} == {State.CANCELLED}
    assert services.letters_of(cast.loan) == []
    move(cast, "funded")
    cast.loan.refresh_from_db()
    second = services.letters_of(cast.loan)
    assert {row.kind for row in second} == set(AFTER)
    assert all(row.event_key.startswith("closing:2:") for row in second)
    with time_machine.travel(second[0].due_at + timedelta(minutes=1)):
        delivery.deliver_due()
    assert [row for row in rows() if row.state == State.SENT] == [second[0]]


def test_taking_the_closing_back_stops_them(cast: Cast) -> None:
    Loan.objects.filter(pk=cast.loan.pk).update(stage="closing")
    event = move(cast, "funded")
    cast.loan.refresh_from_db()
    undo_stage_change(event=event, by=cast.mara, expected_version=cast.loan.version)
    assert {row.state for row in rows()} == {State.CANCELLED}


def test_a_letter_that_was_sent_keeps_its_closing(funded: Notification, cast: Cast) -> None:
    """Sent now, within the minutes in which the move could be taken back."""
    services.send_now(notification=funded, by=cast.olga, expected_version=funded.version)
    delivery.deliver_due()
    cast.loan.refresh_from_db()
    event = latest_event(cast.loan)
    with pytest.raises(Refused, match="on its way"):
        undo_stage_change(event=event, by=cast.olga, expected_version=cast.loan.version)


def test_a_day_of_downtime_sends_it_late_and_a_month_does_not(funded: Notification) -> None:
    with time_machine.travel(funded.due_at + timedelta(days=1)):
        delivery.deliver_due()
    funded.refresh_from_db()
    assert funded.state == State.SENT
    Notification.objects.filter(pk=funded.pk).update(state=State.QUEUED, sent_at=None)
    with time_machine.travel(funded.due_at + timedelta(days=31)):
        delivery.deliver_due()
    funded.refresh_from_db()
    assert funded.state == State.EXPIRED


# --- Year after year -----------------------------------------------------------------------------------------


def test_each_year_is_planned_when_the_one_before_is_done(funded: Notification, cast: Cast) -> None:
    first = the("first_anniversary")
    assert plan_years() == 0  # the first one is still ahead
    for year in (2, 3, 4):
        with time_machine.travel(first.due_at + timedelta(days=365 * (year - 2) + 8), tick=False):
            assert plan_years() == 1
            assert plan_years() == 0
    reviews = rows("yearly_review")
    assert [row.context["year"] for row in reviews] == [2, 3, 4]
    assert [row.due_at.astimezone(NEW_YORK).hour for row in reviews] == [10, 10, 10]
    closed = cast.loan.stage_events.last().at
    assert reviews[-1].due_at == letters.anniversary(closed, cast.company, 4)


def test_the_house_plans_years_by_itself(funded: Notification) -> None:
    with time_machine.travel(the("first_anniversary").due_at + timedelta(days=8)):
        planning.plan_due()
    assert [row.context["year"] for row in rows("yearly_review")] == [2]


def test_a_letter_says_how_many_years_it_is(funded: Notification) -> None:
    with time_machine.travel(the("first_anniversary").due_at + timedelta(days=373)):
        plan_years()
    assert "It is 3 years now since you closed" in words_of(letters.pdf_for(the("yearly_review")))


def test_a_yearly_letter_on_hold_keeps_the_next_one_from_being_planned(
    funded: Notification, cast: Cast
) -> None:
    first = the("first_anniversary")
    services.hold(notification=first, by=cast.olga, expected_version=first.version)
    with time_machine.travel(first.due_at + timedelta(days=8)):
        assert plan_years() == 0


def test_a_loan_opened_again_gets_no_yearly_letter_until_it_is_funded_again(
    funded: Notification, cast: Cast
) -> None:
    first = the("first_anniversary")
    move(cast, "closing")
    with time_machine.travel(first.due_at + timedelta(days=8)):
        assert plan_years() == 0


def test_anniversaries_switched_off_are_neither_planned_nor_sent(cast: Cast) -> None:
    fund(cast)
    MessageRules.objects.create(pk=1, anniversaries=False)
    first = the("first_anniversary")
    with time_machine.travel(first.due_at + timedelta(minutes=1)):
        delivery.deliver_due()
    first.refresh_from_db()
    assert first.state == State.CANCELLED and "switched off" in first.error
    with time_machine.travel(first.due_at + timedelta(days=8)):
        assert plan_years() == 0
    fund(cast)
    cast.loan.refresh_from_db()
    assert "first_anniversary" not in {row.kind for row in services.letters_of(cast.loan)}


def test_a_house_that_switches_anniversaries_on_starts_with_the_next_one(cast: Cast) -> None:
    rules = MessageRules.objects.create(pk=1, anniversaries=False)
    with time_machine.travel("2024-06-03 15:00"):
        fund(cast)
    rules.anniversaries = True
    rules.save()
    with time_machine.travel("2026-05-01 12:00"):
        assert plan_years() == 1
    assert the("yearly_review").context["year"] == 2
