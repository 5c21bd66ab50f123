"""
Weeks run through in seconds, with everything at work that the house does by itself: ladders, quiet hours, mornings,
letters, clock changes, a loan that is opened again, a server that slept. Planners and worker are the real ones.
"""

from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from documents import services as papers
from documents.models import Document, Request
from loans import services as loans
from loans.models import Loan, Party
from loans.services import change_stage
from notifications import planning
from notifications.models import Notification
from tests.cast import Cast
from tests.notifications.conftest import agree, send_estimate
from tests.notifications.days import NEW_YORK, at, clock, days_of, live, sent, work

State = Notification.State
MakeRequest = Callable[..., Request]
TIMES = (8.1, 10.1, 21)


def move(cast: Cast, to: str, moment: datetime, **said: Any) -> None:
    with clock(moment):
        loan = Loan.objects.get(pk=cast.loan.pk)
        change_stage(loan=loan, to=to, by=cast.mara, expected_version=loan.version, **said)


def stand_at(cast: Cast, stage: str) -> None:
    Loan.objects.filter(pk=cast.loan.pk).update(stage=stage)


def everything() -> list[tuple[str, str]]:
    """All that went out by mail: when, and what."""
    rows = Notification.objects.filter(state=State.SENT, channel="email").order_by("sent_at", "id")
    return [(days_of([row])[0][:9], row.kind) for row in rows]


def waiting() -> set[str]:
    return set(Notification.objects.waiting().values_list("kind", flat=True))


# --- A week of papers ------------------------------------------------------------------------------------------


def test_a_week_of_a_borrower_and_an_officer(cast: Cast, make_request: MakeRequest) -> None:
    """Bea sends one paper, says that one does not apply, and is reminded of the last; Olga hears what waits."""
    with clock(at(2026, 6, 1, 12)):
        for title in ("Pay stubs", "Gift letter", "Tax return"):
            make_request(title=title, changed_at=at(2026, 6, 1, 12))
        cast.loan.refresh_from_db()
        loans.set_key_date(
            loan=cast.loan, kind="loan_estimate_sent", on=date(2026, 6, 1), by=cast.olga,
            expected_version=cast.loan.version,
        )  # fmt: skip
    assert set(Request.objects.values_list("due_on", flat=True)) == {date(2026, 6, 15)}
    live(at(2026, 6, 11, 13), at(2026, 6, 16), times=TIMES)
    assert everything() == [("Mon 06-15", "needs_reminder")], "the Saturday before is no day for it"
    stubs, gift, _tax = Request.objects.order_by("pk")
    with clock(at(2026, 6, 16, 15)):
        Document.objects.create(
            loan=cast.loan, request=stubs, uploader=cast.bea, name="a.pdf", size=1, sha256="0" * 64, key="k",
            content_type="application/pdf", received_at=at(2026, 6, 16, 15),
        )  # fmt: skip
        Request.objects.filter(pk=stubs.pk).update(state="in_review")
        papers.decline_request(request=gift, by=cast.bea, reason="No gift.")
    live(at(2026, 6, 16, 20), at(2026, 6, 23), times=TIMES)
    assert everything()[1:] == [
        ("Tue 06-16", "documents_received"),
        ("Wed 06-17", "officer_digest"),
        ("Thu 06-18", "officer_digest"),
        # Friday is Juneteenth. Four days after what Bea did is a Saturday.
        ("Mon 06-22", "officer_digest"),
        ("Mon 06-22", "needs_reminder"),
    ]
    (last,) = sent("needs_reminder", sent_at__gt=at(2026, 6, 22))
    assert "Tax return" in last.text_body and "Gift" not in last.text_body and "stubs" not in last.text_body


# --- Clock changes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "due", "begin", "told"),
    [  # in March and in November the clock changes in the night to Sunday
        (at(2026, 2, 2), date(2026, 3, 6), at(2026, 3, 3), ["03-04 15:00", "03-06 15:00", "03-10 14:00"]),
        (
            at(2026, 9, 28),
            date(2026, 10, 30),
            at(2026, 10, 27),
            ["10-28 14:00", "10-30 14:00", "11-03 15:00"],
        ),
    ],
)
def test_ten_in_the_morning_is_ten_on_the_wall_before_and_after_the_clock_changes(
    cast: Cast, make_request: MakeRequest, asked: datetime, due: date, begin: datetime, told: list[str]
) -> None:
    with clock(asked):
        send_estimate(cast.loan)
        make_request(due_on=due)
    live(begin, begin + timedelta(days=9), times=(0.5, 9.9, 10))
    mails = sent("needs_reminder")
    assert [f"{mail.sent_at:%m-%d %H:%M}" for mail in mails] == told, "in UTC"
    assert {day[-5:] for day in days_of(mails)} == {"10:00"}


@pytest.mark.parametrize("evening", [at(2026, 3, 7, 20, 30), at(2026, 10, 31, 20, 30)])
def test_a_text_of_the_evening_before_waits_for_eight_on_the_wall(
    cast: Cast, make_row: Any, evening: datetime
) -> None:
    Party.objects.filter(pk=cast.bea_party.pk).update(phone="+12075550101")
    cast.bea_party.refresh_from_db()
    with clock(evening):
        agree(cast.bea_party)
        row = make_row(kind="stage_processing", recipient=cast.bea_party, channel="text")
    work(evening + timedelta(minutes=5))
    row.refresh_from_db()
    assert row.state == State.QUEUED and row.attempts == 0
    wake = row.due_at.astimezone(NEW_YORK)
    assert (wake.hour, wake.minute) == (8, 0) and wake.date() == evening.date() + timedelta(days=1)


# --- Letters ---------------------------------------------------------------------------------------------------


def test_thanks_after_a_week_papers_for_taxes_and_a_word_after_a_year(cast: Cast) -> None:
    stand_at(cast, "closing")
    move(cast, "funded", at(2026, 2, 27, 17))  # a Friday; a week later it is a Friday again
    for begin, end in (
        (at(2026, 2, 28), at(2026, 3, 10)),
        (at(2027, 1, 18), at(2027, 1, 23)),
        (at(2027, 2, 25), at(2027, 3, 4)),
    ):
        live(begin, end, times=(10.1,))
    of_letters = [entry for entry in everything() if not entry[1].startswith(("stage_", "officer_"))]
    assert of_letters == [
        ("Fri 03-06", "thank_you"),
        ("Wed 01-20", "closing_binder"),
        ("Mon 03-01", "first_anniversary"),  # the day itself is a Saturday
    ]
    assert "yearly_review" in waiting(), "a year is planned at a time"


def test_a_loan_that_is_opened_again_sends_no_letter_and_its_second_closing_one(cast: Cast) -> None:
    stand_at(cast, "closing")
    move(cast, "funded", at(2026, 6, 1, 12))
    live(at(2026, 6, 1, 13), at(2026, 6, 5), times=(10.1,))
    move(cast, "closing", at(2026, 6, 5, 12), reason="A name was misspelt.")
    live(at(2026, 6, 5, 13), at(2026, 6, 15), times=(10.1,))
    assert not sent("thank_you")
    move(cast, "funded", at(2026, 6, 15, 12))
    live(at(2026, 6, 15, 13), at(2026, 6, 30), times=(10.1,))
    assert days_of(sent("thank_you")) == ["Mon 06-22 10:06"]
    assert Counter(kind for _day, kind in everything())["stage_funded"] == 4, "two borrowers, told twice"


# --- A server that slept ---------------------------------------------------------------------------------------


def test_a_server_that_slept_for_three_days_catches_up_without_a_flood(
    cast: Cast, make_request: MakeRequest
) -> None:
    with clock(at(2026, 5, 4, 12)):
        send_estimate(cast.loan)
        for day in (9, 10, 11):  # rungs on each of the days that are slept through
            make_request(title=f"Paper {day}", due_on=date(2026, 6, day))
        Document.objects.create(
            loan=cast.loan, uploader=cast.bea, party=cast.bea_party, name="a.pdf", size=1, sha256="0" * 64, key="k",
            content_type="application/pdf",
        )  # fmt: skip
    live(at(2026, 6, 8), at(2026, 6, 9), times=TIMES)
    asleep_since, awake = at(2026, 6, 9, 0, 10), at(2026, 6, 12, 11)
    with clock(asleep_since):
        assert {kind for _day, kind in everything()} == {"officer_digest", "needs_reminder"}
        change_stage(
            loan=Loan.objects.get(pk=cast.loan.pk), to="processing", by=cast.olga,
            expected_version=Loan.objects.get(pk=cast.loan.pk).version,
        )  # fmt: skip
    before = len(everything())
    for minutes in range(0, 60, 5):
        work(awake + timedelta(minutes=minutes))
    caught_up = everything()[before:]
    assert Counter(caught_up) == {
        ("Fri 06-12", "stage_processing"): 2,  # news stay true for a week
        ("Fri 06-12", "officer_digest"): 1,  # not one for each morning
        ("Fri 06-12", "needs_reminder"): 1,  # not one for each rung
    }
    live(at(2026, 6, 13), at(2026, 6, 17), times=TIMES)
    reminders = [day for day, kind in everything()[before:] if kind == "needs_reminder"]
    assert reminders == ["Fri 06-12", "Tue 06-16"], "and the days go on from there"


def test_reminders_that_waited_too_long_are_not_true_any_more(cast: Cast, make_request: MakeRequest) -> None:
    with clock(at(2026, 5, 4, 12)):
        send_estimate(cast.loan)
        make_request(due_on=date(2026, 6, 5))
    with clock(at(2026, 6, 5, 0, 30)):
        planning.plan_due()
    assert waiting() == {"needs_reminder"}
    live(at(2026, 6, 7), at(2026, 6, 9), times=TIMES)  # the worker died on Friday and was found on Sunday
    assert days_of(sent("needs_reminder")) == ["Mon 06-08 10:06"]
    assert list(Notification.objects.exclude(state=State.SENT).values_list("state", flat=True)) == ["expired"]


def test_people_far_apart_are_each_written_to_by_their_own_clock(
    cast: Cast, make_request: MakeRequest
) -> None:
    User.objects.filter(pk=cast.cole.pk).update(time_zone="Pacific/Honolulu")
    with clock(at(2026, 5, 4, 12)):
        send_estimate(cast.loan)
        asked = {"due_on": date(2026, 6, 3), "changed_at": at(2026, 6, 1, 12)}
        make_request(**asked)
        make_request(party=cast.cole_party, **asked)
    live(at(2026, 6, 2, 20), at(2026, 6, 4), times=(0.2, 6, 10, 12, 16, 22))
    told = {mail.recipient_name: days_of([mail])[0] for mail in sent("needs_reminder")}
    assert told == {"Bea Nguyen": "Wed 06-03 10:00", "Cole Nguyen": "Wed 06-03 16:00"}
