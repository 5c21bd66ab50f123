"""
Texting ends at once and for good: a plain stop, what perhaps says stop, who decides, and that only they begin again.
"""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.utils import timezone

from conversations.models import Message
from loans.consents import texting_consent
from loans.errors import Refused
from loans.models import Consent, Party, Task
from loans.services import give_texting_consent
from notifications import services
from notifications.delivery import deliver_due
from notifications.models import InboundText, Notification, Suppression
from notifications.texting import deciding, todo
from notifications.texting.keywords import STOP
from tests.cast import Cast, PartyFactory, make_loan
from tests.notifications.texting import (
    BEA,
    STRANGER,
    make_bea_reachable,
    sent_to,
    text,
    texts_to,
    with_telephone,
)

Decision = InboundText.Decision
Reading = InboundText.Reading
NEW_YORK = ZoneInfo("America/New_York")


@pytest.fixture
def bea(cast: Cast) -> Party:
    return make_bea_reachable(cast)


def reason(number: str) -> str:
    off = Suppression.objects.filter(address=number, channel="text").first()
    return off.reason if off else ""


def news(cast: Cast, key: str) -> None:
    """Something the house would text by itself."""
    services.queue(kind="application_received", event_key=key, recipient=cast.bea_party, loan=cast.loan)


# --- Stop ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", STOP)
def test_stop_ends_texting_at_once_with_one_confirmation(word: str, cast: Cast, bea: Party) -> None:
    news(cast, "waits")
    text(BEA, word.upper())
    [said] = sent_to(BEA)
    assert "you get no more texts" in said and "START" in said
    assert texts_to(BEA, state="suppressed") == ["application_received"], "what waited does not go"
    assert reason(BEA) == "stop" and texting_consent(bea) is None
    consent = Consent.objects.filter(party=bea, kind="texting").latest("id")
    assert not consent.given and consent.number == BEA and word.upper() in consent.wording


def test_after_stop_nothing_is_said_but_everything_is_heard(cast: Cast, bea: Party) -> None:
    text(BEA, "STOP")
    news(cast, "later")
    for body in (
        "STOP",
        "stop!",
        "STATUS",
        "CALL",
        "REQUEST a thing",
        "Where are you?",
        "please stop already",
    ):
        text(BEA, body)
    assert sent_to(BEA) == sent_to(BEA)[:1]
    assert list(Message.objects.values_list("body", flat=True)) == [
        "STATUS", "CALL", "REQUEST a thing", "Where are you?", "please stop already",
    ]  # fmt: skip
    assert not Task.objects.filter(kind="unclear_text").exists(), "there is nothing left to decide"
    assert texts_to(BEA) == ["texting_stopped"], "the mail alone tells later news"


def test_a_confirmation_follows_within_five_minutes_or_not_at_all(cast: Cast, bea: Party) -> None:
    with time_machine.travel("2026-11-20 15:00 -0500", tick=False) as clock:
        text(BEA, "STOP")
        clock.shift(timedelta(minutes=6))
        assert sent_to(BEA) == [] and texts_to(BEA, state="expired") == ["texting_stopped"]


def test_help_is_answered_after_stop_too(cast: Cast, bea: Party) -> None:
    text(BEA, "STOP")
    text(BEA, "HELP")
    assert "(207) 555-0148" in sent_to(BEA)[1]


def test_an_unknown_number_may_say_stop(cast: Cast) -> None:
    text(STRANGER, "STATUS")
    text(STRANGER, "STOP")
    assert reason(STRANGER) == "stop"
    assert len(sent_to(STRANGER)) == 1 and "no more texts" in sent_to(STRANGER)[0]
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        text(STRANGER, "STATUS")
        assert len(sent_to(STRANGER)) == 1


def test_a_couple_with_one_telephone_hears_it_once(cast: Cast) -> None:
    with_telephone(cast.bea_party, BEA)
    with_telephone(cast.cole_party, BEA)
    text(BEA, "STOP")
    assert len(sent_to(BEA)) == 1
    for party in (cast.bea_party, cast.cole_party):
        assert party.consents.latest("id").given is False
    text(BEA, "START")
    assert len(sent_to(BEA)) == 2
    assert texting_consent(cast.bea_party) and texting_consent(cast.cole_party)


def test_who_has_no_account_stops_on_every_loan_of_theirs(cast: Cast) -> None:
    parties = []
    for number in ("LN-4000", "LN-4001"):
        loan = make_loan(officer=cast.otto, borrowers=[], number=number, stage="processing")
        told = {"name": "Ivy Moss", "email": "ivy@example.com", "phone": STRANGER}
        parties.append(PartyFactory(loan=loan, user=None, **told))
    give_texting_consent(person=parties[1], by=None)
    text(STRANGER, "MENU")
    assert texts_to(STRANGER)[-1] == "text_menu", "agreed on one of them"
    text(STRANGER, "STOP")
    assert not any(map(texting_consent, parties))
    text(STRANGER, "START")
    assert texting_consent(parties[1]) and not texting_consent(parties[0])


def test_stop_is_honoured_although_staff_switched_the_number_off(cast: Cast, bea: Party) -> None:
    Suppression.objects.create(address=BEA, channel="text", reason="staff")
    text(BEA, "STOP")
    assert texting_consent(bea) is None and sent_to(BEA) == []
    text(BEA, "START")
    assert reason(BEA) == "staff", "what staff switched off, staff switch on"


# --- Start -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["START", "unstop", "Yes"])
def test_only_they_start_again(word: str, cast: Cast, bea: Party) -> None:
    text(BEA, "STOP")
    text(BEA, word)
    assert reason(BEA) == "" and texting_consent(bea)
    assert "STOP to end" in sent_to(BEA)[1]
    consent = Consent.objects.filter(party=bea, kind="texting").latest("id")
    assert consent.given and "START" in consent.wording and BEA in consent.agent
    news(cast, "again")
    assert "application_received" in texts_to(BEA)


def test_start_after_stop_and_stop_again_is_confirmed_again(cast: Cast, bea: Party) -> None:
    for body in ("STOP", "START", "STOP", "STOP"):
        text(BEA, body)
        sent_to(BEA)
    assert texts_to(BEA) == ["texting_stopped", "texting_confirmed", "texting_stopped"]


def test_start_from_a_number_of_one_person_is_their_consent(cast: Cast) -> None:
    with_telephone(cast.bea_party, BEA, agrees=False)
    text(BEA, "Yes")
    assert not Consent.objects.filter(kind="texting").exists(), "yes to what? Nobody asked by text"
    text(BEA, "START")
    assert texting_consent(cast.bea_party) and texts_to(BEA) == ["text_unknown", "texting_confirmed"]


def test_start_of_a_shared_telephone_agrees_for_nobody_new(cast: Cast) -> None:
    with_telephone(cast.bea_party, BEA, agrees=False)
    with_telephone(cast.cole_party, BEA, agrees=False)
    text(BEA, "START")
    assert not Consent.objects.filter(kind="texting", given=True).exists()
    assert texts_to(BEA) == ["text_unknown"]


def test_a_number_that_was_given_up_as_dead_lives_when_it_says_start(cast: Cast, bea: Party) -> None:
    Suppression.objects.create(address=BEA, channel="text", reason="refused")
    text(BEA, "START")
    assert reason(BEA) == "" and texts_to(BEA) == ["texting_confirmed"]


# --- What perhaps says stop ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body", ["Stop please", "End of month is fine", "REQUEST stop the lock", "please cancel it"]
)
def test_what_perhaps_says_stop_pauses_and_is_shown_at_once(body: str, cast: Cast, bea: Party) -> None:
    with time_machine.travel("2026-11-20 15:00 -0500", tick=False):
        news(cast, "waits")
        got = text(BEA, body)
        assert got.reading == Reading.UNCLEAR and reason(BEA) == "unclear"
        assert sent_to(BEA) == [], "no question back, no answer, no news"
        assert texts_to(BEA, state="queued") == ["application_received"], (
            "news wait; they are not thrown away"
        )
        [task] = Task.objects.filter(kind="unclear_text")
        assert task.for_user == cast.olga and task.due_on.isoformat() == "2026-11-20"
        deliver_due("email")
        mail = Notification.objects.get(kind="unclear_text_officer")
        assert mail.state == "sent" and body not in mail.text_body and "November 23" in mail.text_body
        assert texting_consent(bea), "nothing was revoked yet"
    assert Message.objects.get().body == body


def test_while_it_is_open_nothing_is_answered_and_nothing_is_lost(cast: Cast, bea: Party) -> None:
    text(BEA, "Stop please")
    text(BEA, "STATUS")
    text(BEA, "hello?")
    assert sent_to(BEA) == []
    assert Message.objects.count() == 3


def test_yes_decides_nothing(cast: Cast, bea: Party) -> None:
    """It may as well mean: yes, stop."""
    got = text(BEA, "Stop please")
    text(BEA, "Yes")
    assert reason(BEA) == "unclear" and got.is_undecided and sent_to(BEA) == []
    assert InboundText.objects.undecided().get() == got


@pytest.mark.parametrize("why", ["staff", "bounced", "refused", "unsubscribed"])
def test_whoever_is_switched_off_for_another_reason_may_still_have_said_stop(
    why: str, cast: Cast, bea: Party
) -> None:
    Suppression.objects.create(address=BEA, channel="text", reason=why)
    got = text(BEA, "Stop please")
    assert got.is_undecided and Task.objects.filter(kind="unclear_text").exists() and reason(BEA) == why
    deciding.decide(text=got, decision=Decision.STOP, by=cast.olga)
    assert texting_consent(bea) is None, "switched on again, nothing would be texted"


def test_it_meant_stop(cast: Cast, bea: Party) -> None:
    got = text(BEA, "Stop please")
    deciding.decide(text=got, decision=Decision.STOP, by=cast.olga)
    assert reason(BEA) == "stop" and texting_consent(bea) is None
    assert sent_to(BEA) == [], "a text that confirms would come too late; a mail says it"
    deliver_due("email")
    assert (
        "no more text messages" in Notification.objects.get(kind="texting_stopped", channel="email").text_body
    )
    got.refresh_from_db()
    assert (got.decision, got.decided_by) == (Decision.STOP, cast.olga)
    assert Task.objects.get(kind="unclear_text").done_by == cast.olga
    text(BEA, "START")
    assert texting_consent(bea) and reason(BEA) == ""


def test_it_did_not_mean_stop(cast: Cast, bea: Party) -> None:
    with time_machine.travel("2026-11-20 15:00 -0500", tick=False) as clock:
        news(cast, "waits")
        got = text(BEA, "End of month is fine")
        assert sent_to(BEA) == []
        deciding.decide(text=got, decision=Decision.GO_ON, by=cast.olga)
        clock.shift(timedelta(minutes=15))
        assert reason(BEA) == "" and texting_consent(bea)
        assert len(sent_to(BEA)) == 1, "what waited goes now"
        text(BEA, "MENU")
        assert len(sent_to(BEA)) == 2


def test_two_open_ones_are_both_decided_before_it_goes_on(cast: Cast, bea: Party) -> None:
    first, second = text(BEA, "Stop please"), text(BEA, "End of month is fine")
    deciding.decide(text=first, decision=Decision.GO_ON, by=cast.olga)
    assert reason(BEA) == "unclear"
    deciding.decide(text=second, decision=Decision.GO_ON, by=cast.olga)
    assert reason(BEA) == ""


def test_undecided_after_a_business_day_counts_as_stop(cast: Cast, bea: Party) -> None:
    with time_machine.travel("2026-11-20 15:00 -0500", tick=False) as clock:
        got = text(BEA, "End of month is fine")
        clock.move_to("2026-11-23 14:59 -0500")
        assert deciding.decide_overdue() == 0
        clock.move_to("2026-11-23 15:00 -0500")
        assert deciding.decide_overdue() == 1 and deciding.decide_overdue() == 0
        assert reason(BEA) == "stop" and texting_consent(bea) is None and sent_to(BEA) == []
    got.refresh_from_db()
    assert (got.decision, got.decided_by) == (Decision.UNDECIDED, None)
    assert Task.objects.get(kind="unclear_text").done_at and texts_to(BEA, state="queued") == []
    with pytest.raises(Refused, match="Nobody decided in time"):
        deciding.decide(text=got, decision=Decision.GO_ON, by=cast.olga)
    assert reason(BEA) == "stop", "nobody here starts it again"


@pytest.mark.parametrize(
    ("came", "until"),
    [
        ((2026, 11, 20, 15, 0), (2026, 11, 23, 15, 0)),  # Friday
        ((2026, 11, 21, 10, 0), (2026, 11, 23, 23, 59)),  # Saturday: all of Monday
        ((2026, 11, 25, 9, 30), (2026, 11, 27, 9, 30)),  # the day before Thanksgiving
        ((2026, 10, 30, 15, 0), (2026, 11, 2, 15, 0)),  # the clock is set back between
    ],
)
def test_one_business_day(came: tuple[int, ...], until: tuple[int, ...], cast: Cast) -> None:
    assert todo.decide_by(datetime(*came, tzinfo=NEW_YORK)) == datetime(*until, tzinfo=NEW_YORK)  # type: ignore[misc]


@pytest.mark.parametrize(
    ("body", "decision", "off"), [("STOP", Decision.STOP, "stop"), ("START", Decision.GO_ON, "")]
)
def test_a_plain_word_of_theirs_settles_it(
    body: str, decision: str, off: str, cast: Cast, bea: Party
) -> None:
    got = text(BEA, "Stop please")
    text(BEA, body)
    got.refresh_from_db()
    assert (got.decision, got.decided_by) == (decision, None) and reason(BEA) == off
    assert Task.objects.get(kind="unclear_text").done_at
    assert len(sent_to(BEA)) == 1


def test_an_unclear_text_of_an_unknown_number_is_the_staffs(cast: Cast) -> None:
    got = text(STRANGER, "Stop please")
    assert reason(STRANGER) == "unclear" and sent_to(STRANGER) == []
    with pytest.raises(Refused):
        deciding.decide(text=got, decision=Decision.GO_ON, by=cast.olga)
    deciding.decide(text=got, decision=Decision.GO_ON, by=cast.stef)
    assert reason(STRANGER) == ""


def test_another_officer_does_not_decide(cast: Cast, bea: Party) -> None:
    got = text(BEA, "Stop please")
    with pytest.raises(Refused):
        deciding.decide(text=got, decision=Decision.GO_ON, by=cast.otto)
    with pytest.raises(Refused, match="Choose"):
        deciding.decide(text=got, decision="undecided", by=cast.olga)
    assert reason(BEA) == "unclear"
