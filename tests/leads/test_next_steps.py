"""The next steps after a guide: four in two weeks, each only while it is wanted."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import time_machine

from accounts.models import OfficerProfile
from conversations.services import receive_from_visitor
from leads import drips
from leads.by_mail import ask_for_guide
from leads.guides import GUIDES
from leads.handlers import applied
from leads.models import DripEnrolment, Lead
from leads.services import answer_lead, close_lead, take_call
from loans.models import Application, Loan
from loans.stages import PROMISES
from notifications import delivery, facts
from notifications.catalog.next_steps import STEPS
from notifications.models import MessageRules, Notification
from notifications.reminders import next_steps
from notifications.rendering import render
from notifications.services import resubscribe, unsubscribe
from notifications.unsubscribing import headers
from tests.cast import Cast

pytestmark = pytest.mark.django_db
MONDAY = datetime(2026, 11, 2, 15, 0, tzinfo=UTC)  # ten in the morning in Maine
IDA = "ida@moss.example"


def ask(guide: str = "first-home", email: str = IDA, when: datetime = MONDAY) -> Lead:
    with time_machine.travel(when, tick=False):
        return ask_for_guide(guide=guide, name="Ida Moss", email=email, steps=True)


def plan(when: datetime) -> int:
    with time_machine.travel(when, tick=False):
        return next_steps.plan()


def day(number: int, hours: float = 0.1) -> datetime:
    return MONDAY + timedelta(days=number, hours=hours)


def sent() -> list[Notification]:
    return list(Notification.objects.filter(kind__in=STEPS).order_by("pk"))


def drip() -> DripEnrolment:
    return DripEnrolment.objects.latest("pk")


# --- The way of it -------------------------------------------------------------------------------------------


def test_four_steps_in_two_weeks_each_once_and_then_it_is_over(cast: Cast) -> None:
    ask()
    planned = {number: plan(day(number)) for number in range(30)}
    went = [number for number, count in planned.items() if count]
    assert len(went) == 4 and went[0] == 2 and went[-1] <= 14
    assert all(later - earlier >= 2 for earlier, later in pairwise(went))
    assert [row.kind for row in sent()] == list(STEPS)
    assert (drip().ended_why, drip().sent) == ("done", 4)


def test_nothing_is_queued_ahead_and_planning_twice_is_planning_once(cast: Cast) -> None:
    ask()
    assert plan(day(1)) == 0 and sent() == []
    assert plan(day(2)) == 1 and plan(day(2)) == 0 and plan(day(2, 3)) == 0
    assert [row.due_at for row in sent()] == [day(2)], "due the minute it was planned"


def test_a_house_that_slept_sends_one_and_keeps_the_distance(cast: Cast) -> None:
    ask()
    assert plan(day(11)) == 1 and plan(day(11, 5)) == 0 and plan(day(12)) == 0
    assert plan(day(14)) == 1
    assert plan(day(22)) == 0 and drip().ended_why == "late"


def test_no_step_leaves_at_night_on_a_weekend_or_on_a_day_off(cast: Cast) -> None:
    ask(when=MONDAY + timedelta(days=3))  # on Thursday: the first is due on Saturday
    assert plan(day(5)) == plan(day(6)) == 0
    assert plan(day(7, -9)) == 0, "one in the morning"
    MessageRules.objects.create(blackout_days="2026-11-09")
    assert plan(day(7)) == 0
    assert plan(day(8)) == 1


def test_what_is_said_fits_the_guide_and_promises_nothing(cast: Cast) -> None:
    for guide in GUIDES:
        ask(guide, email=f"{guide}@moss.example")
    for number in (2, 7, 10, 14):  # the 11th is Veterans Day
        plan(day(number))
    texts: dict[tuple[str, str], str] = {}
    for row in sent():
        with time_machine.travel(row.due_at, tick=False):
            texts[row.address.partition("@")[0], row.kind] = render(row).text
    assert len(texts) == 4 * len(GUIDES)
    for (guide, kind), text in texts.items():
        assert "Hello Ida" in text and "unsubscribe" in text and "48 Commercial Street" in text
        assert "not a commitment to lend" in text and not PROMISES.search(text) and "%(" not in text
        assert f"/guides/{guide}/" in text or kind in (STEPS[1], STEPS[2])
    assert "last mortgage statement" in texts["refinance", STEPS[0]]
    assert "present rent" in texts["first-home", STEPS[0]]
    assert "two tax returns" in texts["self-employed", STEPS[0]]
    assert "Certificate of Eligibility" in texts["va", STEPS[1]]
    assert "Profit and loss statement" in texts["self-employed", STEPS[1]]
    assert "/process/ready/?for=employed&for=va" in texts["va", STEPS[1]]
    assert "how many months" in texts["refinance", STEPS[2]]


def test_each_says_how_to_end_it_and_is_signed_by_the_officer(cast: Cast) -> None:
    lead = ask()
    plan(day(2))
    row = sent()[0]
    profile = OfficerProfile.objects.get(user=lead.officer)
    assert "List-Unsubscribe" in headers(row) and f"NMLS ID {profile.nmls_id}" in render(row).text


# --- What ends it --------------------------------------------------------------------------------------------


def applies(cast: Cast, lead: Lead) -> None:
    theirs, _is_new = Application.objects.update_or_create(loan=cast.loan, defaults={"email": lead.email})
    applied(loan=cast.loan, application=theirs)


def calls(cast: Cast, lead: Lead) -> None:
    take_call(by=cast.mara, officer=lead.officer, name="Ida", email=lead.email, call_back=True)


def is_called(cast: Cast, lead: Lead) -> None:
    answer_lead(lead=lead, by=cast.mara)


def is_closed(cast: Cast, lead: Lead) -> None:
    close_lead(lead=lead, by=cast.mara, why="Bought elsewhere")


def writes(cast: Cast, lead: Lead) -> None:
    receive_from_visitor(name="Ida", email=lead.email.upper(), owner=lead.officer, body="A question")


def unsubscribes(cast: Cast, lead: Lead) -> None:
    unsubscribe(address=lead.email)


ENDS: dict[str, tuple[Callable[[Cast, Lead], None], str]] = {
    "applies": (applies, "applied"),
    "calls": (calls, "answered"),
    "is called": (is_called, "answered"),
    "writes": (writes, "answered"),
    "is closed": (is_closed, "closed"),
    "unsubscribes": (unsubscribes, "unsubscribed"),
}
EVERY_END = pytest.mark.parametrize(("act", "why"), ENDS.values(), ids=ENDS)


@EVERY_END
def test_whatever_they_do_ends_it(cast: Cast, act: Callable[[Cast, Lead], None], why: str) -> None:
    lead = ask()
    plan(day(2))
    act(cast, lead)
    assert [plan(day(number)) for number in range(3, 20)] == [0] * 17
    assert (drip().ended_why, len(sent())) == (why, 1)


@EVERY_END
def test_a_step_on_its_way_is_caught(cast: Cast, act: Callable[[Cast, Lead], None], why: str) -> None:
    """Planned, not yet sent: the worker asks once more."""
    lead = ask()
    plan(day(2))
    with time_machine.travel(day(2), tick=False):
        act(cast, lead)
        delivery.deliver_due()
    assert sent()[0].state in ("cancelled", "suppressed")


def test_being_tried_in_vain_ends_nothing(cast: Cast) -> None:
    lead = ask()
    answer_lead(lead=lead, by=cast.mara, reached=False)
    assert plan(day(2)) == 1


def test_what_was_ended_does_not_begin_again_by_itself(cast: Cast) -> None:
    lead = ask()
    unsubscribe(address=lead.email)
    plan(day(2))
    resubscribe(address=lead.email)
    assert plan(day(5)) == 0 and sent() == []
    ask(when=day(6))
    assert plan(day(8)) == 1, "asked for anew, with a consent of its own"


@pytest.mark.parametrize("flag", ["complaint_open", "bereavement"])
def test_in_trouble_or_grief_nothing_is_sent(cast: Cast, flag: str) -> None:
    """The flag stands on a loan of the same person, whichever of their addresses was typed here."""
    Loan.objects.filter(pk=cast.loan.pk).update(stage="funded", **{flag: True})
    ask(email=cast.bea.email)
    assert [plan(day(number)) for number in range(2, 8)] == [0] * 6
    Loan.objects.filter(pk=cast.loan.pk).update(**{flag: False})
    assert plan(day(8)) == 1
    Loan.objects.filter(pk=cast.loan.pk).update(**{flag: True})
    with time_machine.travel(day(8), tick=False), pytest.raises(facts.NotWanted):
        facts.gather(sent()[0], "next_step")


def test_who_has_a_loan_under_way_gets_the_guide_and_no_steps(cast: Cast) -> None:
    ask(email=cast.bea.email)
    assert not DripEnrolment.objects.exists()
    assert Notification.objects.filter(kind="guide_by_mail", address=cast.bea.email).exists()


def test_one_persons_trouble_stops_nobody_elses(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(email="first@moss.example")
    ask(email="second@moss.example")
    note = drips.note_step

    def fail_once(one: DripEnrolment) -> int:
        if one.lead.email == "first@moss.example":
            raise RuntimeError
        return note(one)

    monkeypatch.setattr(drips, "note_step", fail_once)
    assert plan(day(2)) == 1
    assert [row.address for row in sent()] == ["second@moss.example"]


def test_any_order_of_planning_and_acting_keeps_the_promises(cast: Cast) -> None:
    """Fifteen made-up people: never more than four, never two within two days, none after anything they did."""
    chance = random.Random(6)
    for number in range(15):
        email = f"p{number}@moss.example"
        lead = ask(chance.choice(list(GUIDES)), email=email, when=day(chance.randrange(3), 0))
        acts_on = chance.randrange(1, 25) if chance.random() < 0.6 else None
        looks = sorted(day(chance.randrange(30), chance.uniform(-12, 12)) for _turn in range(14))
        did = None
        for moment in looks:
            if acts_on is not None and did is None and moment >= day(acts_on):
                did = moment
                with time_machine.travel(moment, tick=False):
                    chance.choice(list(ENDS.values()))[0](cast, Lead.objects.get(pk=lead.pk))
            plan(moment)
        went = [row.due_at for row in sent() if row.address == email]
        assert len(went) <= 4 and all(b - a >= drips.APART for a, b in pairwise(went))
        assert all(moment >= lead.created_at + timedelta(days=drips.DAYS[0]) for moment in went)
        assert did is None or all(moment < did for moment in went)
        assert all(moment <= lead.created_at + drips.TOO_LATE_AFTER for moment in went)
