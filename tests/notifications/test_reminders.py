"""Reminders of papers: the rungs, what stops them, whom they spare; and that planning them is cheap and harmless."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Company, User
from conversations.models import Conversation, Message
from documents import services as papers
from documents.models import Request, UploadSession
from loans.models import Consent, KeyDate, Loan, Party
from loans.services import change_stage, set_key_date
from notifications import delivery, planning, services
from notifications.models import MessageRules, Notification
from notifications.reminders import ladder
from notifications.reminders import papers as reminders
from tests.cast import Cast, make_loan
from tests.notifications.conftest import agree, send_estimate
from tests.notifications.days import DAY, at, clock, days_of, live, sent, work

State = Notification.State
KIND = "needs_reminder"
MakeRequest = Callable[..., Request]
MONDAY = at(2026, 6, 1, 0, 30)  # a month of weekdays, with Juneteenth on a Friday


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other planner at work: what all of them do together is told in test_week."""
    monkeypatch.setattr(planning, "PLANNERS", (reminders.plan,))


@pytest.fixture
def owed(cast: Cast, make_request: MakeRequest) -> MakeRequest:
    """`owed(due_on=…)`: a paper of Bea's that was asked for weeks ago; the Loan Estimate is out."""
    with clock(at(2026, 5, 4, 12)):
        send_estimate(cast.loan)

    def make(**chosen: Any) -> Request:
        with clock(at(2026, 5, 5, 12)):
            return make_request(**{"due_on": date(2026, 6, 3), **chosen})

    return make


def until(day: int, month: int = 6) -> None:
    live(MONDAY, at(2026, month, day, 23))


def told() -> list[str]:
    return days_of(sent(KIND))


# --- Rungs ---------------------------------------------------------------------------------------------------


def test_two_days_before_the_day_itself_then_every_fourth_day_and_five_at_most(owed: MakeRequest) -> None:
    owed(due_on=date(2026, 6, 3))
    live(MONDAY, at(2026, 7, 1))
    # Sunday the 7th waits for Monday; from there on every fourth day, Friday the 19th being a holiday.
    assert told() == [
        "Mon 06-01 10:06", "Wed 06-03 10:06", "Mon 06-08 10:06", "Fri 06-12 10:06", "Tue 06-16 10:06",
    ]  # fmt: skip


def test_a_reminder_leaves_at_its_hour_where_the_borrower_lives(cast: Cast, owed: MakeRequest) -> None:
    User.objects.filter(pk=cast.bea.pk).update(time_zone="Pacific/Honolulu")
    owed()
    live(MONDAY, MONDAY + DAY, times=(6.5, 10, 15.9, 16))
    assert told() == ["Mon 06-01 16:00"], "ten in the morning in Honolulu"


def test_staff_change_the_ladder(owed: MakeRequest) -> None:
    MessageRules.objects.create(
        pk=1, reminder_days_before=0, reminder_every_days=2, reminder_most=3, skip_weekends=False,
        blackout_days="2026-06-05",
    )  # fmt: skip
    owed(due_on=date(2026, 6, 3))
    until(20)
    assert [day[:9] for day in told()] == ["Wed 06-03", "Sat 06-06", "Mon 06-08"]


def test_no_reminders_at_all_is_a_choice(owed: MakeRequest) -> None:
    MessageRules.objects.create(pk=1, reminder_most=0)
    owed()
    work(at(2026, 6, 3, 10))
    assert not Notification.objects.exists()


@given(
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.lists(st.integers(0, 60), max_size=10),
    st.integers(0, 10), st.integers(1, 10), st.integers(0, 10),
)  # fmt: skip
def test_however_the_days_fall_rungs_keep_their_distance(
    due_on: date, gaps: list[int], before: int, every: int, most: int
) -> None:
    """A rung comes after what was last, once for each of the first two, and then never before its days are over."""
    rules = MessageRules(reminder_days_before=before, reminder_every_days=every, reminder_most=most)
    last = due_on - timedelta(days=40)
    for gap in gaps:
        rung = ladder.next_rung(due_on, last, rules)
        assert rung > last
        assert rung in (due_on - timedelta(days=before), due_on) or rung == last + timedelta(days=every)
        if last >= due_on:
            assert rung - last == timedelta(days=every)
        last = rung + timedelta(days=gap)


# --- What is never reminded of -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "not_owed",
    [
        {"due_on": None}, {"state": "in_review"}, {"state": "accepted"}, {"state": "not_applicable"},
        {"state": "withdrawn"}, {"due_on": date(2026, 6, 9)}, {"due_on": date(2026, 1, 7)},
    ],
)  # fmt: skip
def test_only_open_papers_with_a_day_that_is_near(owed: MakeRequest, not_owed: dict[str, Any]) -> None:
    owed(**not_owed)
    work(at(2026, 6, 3, 10))
    assert not Notification.objects.exists()


def test_nothing_is_owed_before_the_loan_estimate(cast: Cast, owed: MakeRequest) -> None:
    KeyDate.objects.all().delete()
    owed()
    until(4)
    assert not Notification.objects.exists()


@pytest.mark.parametrize("stage", ["started", "suspended", "withdrawn", "denied", "incomplete", "funded"])
def test_no_loan_is_reminded_that_takes_no_papers(cast: Cast, owed: MakeRequest, stage: str) -> None:
    owed()
    Loan.objects.filter(pk=cast.loan.pk).update(stage=stage)
    work(at(2026, 6, 3, 10))
    assert not Notification.objects.exists()


def test_a_house_in_mourning_is_left_in_peace(cast: Cast, owed: MakeRequest) -> None:
    owed()
    Loan.objects.filter(pk=cast.loan.pk).update(bereavement=True)
    work(at(2026, 6, 3, 10))
    assert not Notification.objects.exists()


def test_whoever_switched_reminders_off_gets_none(cast: Cast, owed: MakeRequest) -> None:
    cast.bea.message_preferences.create(topic="reminders", channel="email", wanted=False)
    owed()
    until(30)
    states = set(Notification.objects.values_list("state", flat=True))
    assert states == {State.SUPPRESSED} and Notification.objects.count() == 5, (
        "and the ladder comes to its end"
    )


# --- What it says --------------------------------------------------------------------------------------------


def test_one_digest_has_the_whole_list_and_names_nothing_sensitive(cast: Cast, owed: MakeRequest) -> None:
    owed(title="Bank statements", period="April and May", why="They show your savings.")
    owed(title="Pay stubs", due_on=date(2026, 6, 20))
    owed(title="Divorce decree", kind="divorce_decree")
    owed(title="A nice extra", due_on=None)
    owed(title="Cole's pay stubs", party=cast.cole_party)
    work(at(2026, 6, 3, 10))
    mails = sent(KIND)
    assert [(mail.recipient_name, mail.address) for mail in mails] == [
        ("Bea Nguyen", "bea@example.com"), ("Cole Nguyen", "bea@example.com"),
    ]  # fmt: skip
    bea, cole = (mail.text_body for mail in mails)
    assert "- Bank statements, April and May (by June 3, 2026)\n  They show your savings." in bea
    assert "- Pay stubs (by June 20, 2026)" in bea and "- One more paper, see your portal" in bea
    assert "ivorce" not in bea and "extra" not in bea and "Cole's" not in bea
    assert "Cole's pay stubs" in cole and "Bank" not in cole
    assert "does not apply to you" in bea and "not a commitment to lend" in bea


def test_a_text_goes_beside_it_where_texts_are_wanted(cast: Cast, owed: MakeRequest) -> None:
    Party.objects.filter(pk=cast.bea_party.pk).update(phone="+12075550101")
    cast.bea_party.refresh_from_db()
    with clock(at(2026, 5, 5, 12)):
        agree(cast.bea_party)
    owed()
    work(at(2026, 6, 3, 10))
    rows = {row.channel: row for row in Notification.objects.all()}
    assert rows["email"].state == rows["text"].state == State.SENT, [row.error for row in rows.values()]
    assert "still open on your list of papers: one paper" in rows["text"].text_body
    until(4)
    assert len(sent(KIND)) == 1, "both together are one reminder"


def test_of_two_loans_each_has_its_own(cast: Cast, owed: MakeRequest) -> None:
    loan = make_loan(officer=cast.otto, borrowers=[cast.bea], number="LN-2001")
    with clock(at(2026, 5, 5, 12)):
        send_estimate(loan)
        own = loan.parties.get()
    owed(title="Pay stubs")
    owed(title="Tax return", loan=loan, party=own)
    work(at(2026, 6, 3, 10))
    assert {(mail.loan.number, "Tax return" in mail.text_body) for mail in sent(KIND)} == {
        ("LN-1001", False), ("LN-2001", True),
    }  # fmt: skip


# --- What stops it -------------------------------------------------------------------------------------------


def plan_today(day: int = 3) -> Notification:
    with clock(at(2026, 6, day, 1)):
        reminders.plan()
    row = Notification.objects.get()
    assert row.state == State.QUEUED and row.due_at == at(2026, 6, day, 10)
    return row


def begin_upload(cast: Cast, request: Request) -> None:
    UploadSession.objects.create(
        request=request, loan=cast.loan, uploader=cast.bea, name="a.pdf", size=1, key=f"k{request.pk}",
        expires_at=at(2027, 1, 1),
    )  # fmt: skip


def decline(cast: Cast, request: Request) -> None:
    papers.decline_request(request=request, by=cast.bea, reason="No gift.")


def write(cast: Cast, request: Request) -> None:
    thread = Conversation.objects.create(loan=cast.loan)
    Message.objects.create(
        conversation=thread, party=cast.bea_party, channel="text", body="Monday!", source="1"
    )


def agree_to_something(cast: Cast, request: Request) -> None:
    Consent.objects.create(party=cast.bea_party, kind="texting", wording_version="1", wording="Yes.")


ACTS = pytest.mark.parametrize("act", [begin_upload, decline, write, agree_to_something])


@ACTS
def test_whatever_the_person_does_stops_what_waits(cast: Cast, owed: MakeRequest, act: Any) -> None:
    owed(title="Pay stubs")
    other = owed(title="Gift letter")
    row = plan_today()
    with clock(at(2026, 6, 3, 9)):
        act(cast, other)
    work(at(2026, 6, 3, 10))
    row.refresh_from_db()
    assert row.state == State.CANCELLED and not sent(KIND)


@ACTS
def test_after_it_the_days_are_counted_anew(cast: Cast, owed: MakeRequest, act: Any) -> None:
    owed(title="Pay stubs")
    other = owed(title="Gift letter", due_on=date(2026, 6, 4))
    with clock(at(2026, 6, 5, 21)):
        act(cast, other)
    live(at(2026, 6, 6, 0, 30), at(2026, 6, 12))
    assert [day[:9] for day in told()] == ["Tue 06-09"], "four days after, on the next day that is one for it"


def test_what_others_do_stops_nothing(cast: Cast, owed: MakeRequest) -> None:
    request = owed()
    plan_today()
    with clock(at(2026, 6, 3, 9)):
        UploadSession.objects.create(
            request=request, loan=cast.loan, uploader=cast.olga, name="a.pdf", size=1, key="k",
            expires_at=at(2027, 1, 1),
        )  # fmt: skip
        begin = make_upload_of_cole(cast)
    assert begin.uploader == cast.cole
    work(at(2026, 6, 3, 10))
    assert len(sent(KIND)) == 1


def make_upload_of_cole(cast: Cast) -> UploadSession:
    asked = Request.objects.create(
        loan=cast.loan, party=cast.cole_party, title="W-2", why="Income.", kind="w2", due_on=None
    )
    return UploadSession.objects.create(
        request=asked, loan=cast.loan, uploader=cast.cole, name="b.pdf", size=1, key="c",
        expires_at=at(2027, 1, 1),
    )  # fmt: skip


def test_looking_counts_for_nothing(cast: Cast, owed: MakeRequest, client_for: Any) -> None:
    """Whoever looks in every day would otherwise never be reminded."""
    owed()
    plan_today()
    with clock(at(2026, 6, 3, 9)):
        assert client_for(cast.bea).get(f"/loans/{cast.loan.public_id}/").status_code == 200
    work(at(2026, 6, 3, 10))
    assert len(sent(KIND)) == 1


def test_a_decline_stops_the_row_at_once(cast: Cast, owed: MakeRequest) -> None:
    owed(title="Pay stubs")
    row, gift = plan_today(), owed(title="Gift letter")
    decline(cast, gift)
    row.refresh_from_db()
    assert row.state == State.CANCELLED and "done something" in row.error


@pytest.mark.parametrize("later", [{"due_on": date(2026, 6, 30)}, {"state": "accepted"}, {"due_on": None}])
def test_what_is_no_longer_due_when_it_leaves_is_not_sent(owed: MakeRequest, later: dict[str, Any]) -> None:
    request = owed()
    row = plan_today()
    Request.objects.filter(pk=request.pk).update(**later)
    work(at(2026, 6, 3, 10))
    row.refresh_from_db()
    assert row.state == State.CANCELLED


def test_a_paper_sent_back_is_reminded_of_days_later_not_at_once(cast: Cast, owed: MakeRequest) -> None:
    request = owed(due_on=date(2026, 6, 1))
    Request.objects.filter(pk=request.pk).update(state="returned", changed_at=at(2026, 6, 2, 12))
    live(at(2026, 6, 2, 13), at(2026, 6, 6))
    assert told() == []
    live(at(2026, 6, 7, 0, 30), at(2026, 6, 9))
    assert [day[:9] for day in told()] == ["Mon 06-08"]


def test_a_pause_stops_it_in_the_same_write(cast: Cast, owed: MakeRequest) -> None:
    owed()
    row = plan_today()
    with clock(at(2026, 6, 3, 2)):
        cast.loan.refresh_from_db()
        change_stage(loan=cast.loan, to="suspended", by=cast.olga, expected_version=cast.loan.version)
    row.refresh_from_db()
    assert row.state == State.CANCELLED
    with clock(at(2026, 6, 3, 3)):
        assert reminders.plan() == 0


def test_a_hand_may_send_it_once_more(cast: Cast, owed: MakeRequest) -> None:
    owed()
    work(at(2026, 6, 3, 10))
    with clock(at(2026, 6, 3, 11)):
        services.resend(notification=sent(KIND)[0], by=cast.olga)
        delivery.deliver_due()
    assert len(sent(KIND)) == 2


# --- Without hand work ---------------------------------------------------------------------------------------


def test_the_loan_estimate_gives_every_open_paper_a_day(cast: Cast, make_request: MakeRequest) -> None:
    asked, own = make_request(title="Pay stubs"), make_request(title="Tax return", due_on=date(2026, 6, 30))
    sent_in = make_request(title="W-2", state="in_review")
    with clock(at(2026, 6, 1, 12)):
        cast.loan.refresh_from_db()
        set_key_date(
            loan=cast.loan, kind="loan_estimate_sent", on=date(2026, 6, 1), by=cast.olga,
            expected_version=cast.loan.version,
        )  # fmt: skip
    days = dict(Request.objects.values_list("title", "due_on"))
    # Ten open days on: two weekends, no holiday.
    assert days == {"Pay stubs": date(2026, 6, 15), "Tax return": own.due_on, "W-2": None}
    assert asked.version + 1 == Request.objects.get(pk=asked.pk).version
    assert sent_in.due_on is None
    until(30)
    assert [day[:9] for day in told()] == ["Mon 06-15", "Mon 06-22", "Fri 06-26", "Tue 06-30"]


def test_a_house_may_set_all_days_by_hand(cast: Cast, make_request: MakeRequest) -> None:
    Company.objects.update(paper_days=0)
    make_request()
    with clock(at(2026, 6, 1, 12)):
        send_estimate(cast.loan)
        assert papers.set_usual_due_dates(loan=cast.loan) == 0
    assert Request.objects.get().due_on is None


def test_what_is_asked_after_the_estimate_has_a_day_from_the_start(cast: Cast) -> None:
    with clock(at(2026, 6, 1, 12)):
        send_estimate(cast.loan)
        Loan.objects.filter(pk=cast.loan.pk).update(stage="underwriting")
        cast.loan.refresh_from_db()
        conditions = [{"party": cast.bea_party, "kind": "explanation", "title": "Deposit", "why": "Large."}]
        papers.move_to_conditional_approval(
            loan=cast.loan, conditions=conditions, none_for_borrower=False, by=cast.olga,
            expected_version=cast.loan.version,
        )  # fmt: skip
        condition = Request.objects.get(title="Deposit")
        assert condition.due_on == date(2026, 6, 15)
        papers.make_requests_from_needs(loan=cast.loan)
        assert set(Request.objects.values_list("due_on", flat=True)) == {date(2026, 6, 15)}
    with clock(at(2026, 7, 20, 12)):
        Request.objects.filter(pk=condition.pk).update(state="accepted")
        condition.refresh_from_db()
        papers.ask_again(
            request=condition, by=cast.olga, why="A newer one.", expected_version=condition.version
        )
        assert Request.objects.get(pk=condition.pk).due_on == date(2026, 8, 3), "not the day that has passed"


# --- Cheap and harmless --------------------------------------------------------------------------------------


def many(cast: Cast, count: int, **chosen: Any) -> None:
    """So many people with a paper of their own."""
    loans = Loan.objects.bulk_create(
        Loan(number=f"LN-M{count}-{place}", purpose="purchase", state="ME", officer=cast.olga, stage="processing")
        for place in range(count)
    )  # fmt: skip
    parties = Party.objects.bulk_create(Party(loan=loan, name="P", email="p@example.com") for loan in loans)
    KeyDate.objects.bulk_create(
        KeyDate(loan=loan, kind=KeyDate.Kind.LOAN_ESTIMATE_SENT, on=date(2026, 5, 4)) for loan in loans
    )
    told = {"kind": "pay_stub", "title": "Pay", "why": "I.", "due_on": date(2026, 6, 3)}
    told |= {"changed_at": at(2026, 5, 5)} | chosen
    Request.objects.bulk_create(Request(loan=party.loan, party=party, **told) for party in parties)


def queries(moment: Any) -> int:
    with clock(moment), CaptureQueriesContext(connection) as caught:
        reminders.plan()
    return len(caught)


def test_planning_twice_is_planning_once(cast: Cast, owed: MakeRequest) -> None:
    owed()
    with clock(at(2026, 6, 3, 1)):
        assert reminders.plan() == 1
        assert reminders.plan() == 0
        Notification.objects.update(created_at=at(2026, 6, 2, 1), state=State.CANCELLED)
        assert reminders.plan() == 0, "also when all that is left to go by is the key"
    assert Notification.objects.count() == 1


def test_looking_costs_the_same_however_many_there_are(cast: Cast) -> None:
    many(cast, 3, due_on=date(2026, 6, 4), changed_at=at(2026, 6, 3, 0, 30))  # changed today: no day for it
    few = queries(at(2026, 6, 3, 1))
    many(cast, 60, due_on=date(2026, 6, 4), changed_at=at(2026, 6, 3, 0, 40))
    assert queries(at(2026, 6, 3, 1)) == few <= 14
    assert not Notification.objects.exists()


def test_whoever_was_told_lately_is_not_even_looked_at(cast: Cast) -> None:
    many(cast, 30)
    with clock(at(2026, 6, 3, 10)):
        assert reminders.plan() == 30
    with clock(at(2026, 6, 3, 11)):
        assert not ladder.candidates(at(2026, 6, 3, 11), MessageRules()).exists()
    Notification.objects.update(state=State.SENT)
    with clock(at(2026, 6, 5, 1)):
        assert not ladder.candidates(at(2026, 6, 5, 1), MessageRules()).exists()
    assert queries(at(2026, 6, 5, 1)) == 2, "the rules, and nobody"


def test_everybody_comes_to_their_turn(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reminders, "PARTIES_AT_ONCE", 7)
    many(cast, 30)
    with clock(at(2026, 6, 3, 10)):
        assert reminders.plan() == 30


def test_one_in_trouble_does_not_stop_the_others(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    many(cast, 3)
    unlucky = Party.objects.order_by("-pk").first()
    whole = reminders._queue

    def queue(standing: ladder.Standing, moment: Any) -> bool:
        if standing.party == unlucky:
            raise RuntimeError("no luck")
        return whole(standing, moment)

    monkeypatch.setattr(reminders, "_queue", queue)
    with clock(at(2026, 6, 3, 10)):
        assert reminders.plan() == 2
