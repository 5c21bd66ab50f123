"""A call is kept by one press; whoever asks gets one mail, and whoever applies is known again."""

from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from accounts.absences import note_absence
from accounts.models import OfficerProfile, User
from audit.models import Entry
from leads.handlers import applied
from leads.models import GuideRequest, Lead
from leads.services import answer_lead, close_lead, take_call
from loans import clocks
from loans.errors import Refused
from loans.models import Application
from loans.services import open_loan_by_hand
from notifications.catalog import kind_for
from notifications.models import Notification
from notifications.rendering import render
from tests.cast import Cast

pytestmark = pytest.mark.django_db
PHONE = "+12075550177"


def call(cast: Cast, **said: Any) -> Lead:
    told = {"by": cast.olga, "officer": cast.olga, "name": "Ida Moss", "email": "Ida@Moss.example", **said}
    return take_call(**told)


def mails(lead: Lead) -> list[Notification]:
    return list(Notification.objects.filter(kind="caller_answer", recipient=f"lead:{lead.public_id}"))


def text_of(lead: Lead) -> str:
    return render(mails(lead)[-1]).text


def test_one_press_keeps_the_call_and_sends_what_they_asked_for(cast: Cast) -> None:
    lead = call(cast, phone=PHONE, guide="first-home", with_link=True, words="Buys in spring")
    assert (lead.state, lead.waiting_since) == (Lead.State.CONTACTED, None)
    assert lead.first_answer_at is not None and lead.source == Lead.Source.CALL
    assert lead.calls.get().words == "Buys in spring"
    assert GuideRequest.objects.get(lead=lead).guide == "first-home"
    said = text_of(lead)
    assert [row.address for row in mails(lead)] == ["ida@moss.example"]
    assert "/guides/first-home/" in said and "/apply/olga-haddad/" in said
    assert "NMLS ID 1200001" in said, "the officer's own, in the first letter (12 CFR 1007.105)"
    assert "Olga Haddad" in said and "Hello Ida" in said
    assert not kind_for("caller_answer").marketing, "an answer, no advertising"


def test_a_link_alone_and_a_guide_alone(cast: Cast) -> None:
    link = text_of(call(cast, with_link=True))
    guide = text_of(call(cast, email="una@moss.example", guide="refinance"))
    assert "/apply/olga-haddad/" in link and "/guides/" not in link
    assert "/guides/refinance/" in guide and "/apply/" not in guide


def test_an_officer_without_a_public_page_sends_the_houses_way_to_apply(cast: Cast) -> None:
    OfficerProfile.objects.filter(user=cast.olga).update(is_public=False)
    said = text_of(call(cast, with_link=True))
    assert "/apply/" in said.split() or "/apply/\n" in said
    assert "olga-haddad" not in said


def test_nothing_is_sent_that_nobody_asked_for(cast: Cast) -> None:
    assert mails(call(cast)) == []


def test_who_calls_again_is_found_by_address_or_number(cast: Cast) -> None:
    first = call(cast, phone=PHONE)
    assert call(cast, email="", phone=PHONE, name="Ida").pk == first.pk
    assert call(cast, phone="", name="Ida Moss").pk == first.pk
    assert Lead.objects.count() == 1 and first.calls.count() == 3
    other = call(cast, officer=cast.otto, by=cast.mara)
    assert other.pk != first.pk, "a lead belongs to one officer"


def test_who_calls_again_from_another_mailbox_is_written_to_there(cast: Cast) -> None:
    call(cast, phone=PHONE)
    lead = call(cast, phone=PHONE, email="new@moss.example", with_link=True)
    assert mails(lead)[0].address == "new@moss.example"


def test_the_partner_of_a_caller_is_not_lost(cast: Cast) -> None:
    call(cast, phone=PHONE)
    lead = call(cast, email="", phone=PHONE, name="Uwe Moss", words="asks about the rate lock")
    assert lead.name == "Ida Moss"
    assert lead.calls.first().words == "Uwe Moss: asks about the rate lock"


def test_without_a_way_to_reach_them_nothing_is_kept(cast: Cast) -> None:
    with pytest.raises(Refused, match="nobody can answer"):
        call(cast, email="")
    with pytest.raises(Refused, match="e-mail address"):
        call(cast, email="", phone=PHONE, guide="refinance")
    with pytest.raises(Refused, match="no such guide"):
        call(cast, guide="made-up")
    assert not Lead.objects.exists()


def test_only_people_who_work_here_take_calls_and_only_officers_have_them(cast: Cast) -> None:
    with pytest.raises(Refused, match="work here"):
        call(cast, by=cast.bea)
    with pytest.raises(Refused, match="Choose an officer"):
        call(cast, officer=cast.mara, by=cast.mara)


def test_who_wants_to_be_called_back_waits_until_somebody_speaks_with_them(cast: Cast) -> None:
    with time_machine.travel(datetime(2026, 11, 18, 15, 0, tzinfo=UTC), tick=False):
        lead = call(cast, phone=PHONE, call_back=True)
    assert lead.state == Lead.State.NEW and lead.first_answer_at is None
    since = lead.waiting_since
    with time_machine.travel(datetime(2026, 11, 18, 16, 0, tzinfo=UTC), tick=False):
        call(cast, phone=PHONE, call_back=True)
        answer_lead(lead=lead, by=cast.olga, reached=False)
    assert lead.waiting_since == since, "asking twice, or not being reached, does not begin the wait anew"
    answer_lead(lead=lead, by=cast.olga, words="Explained the steps", guide="how-long-it-takes")
    assert lead.waiting_since is None and lead.first_answer_at is not None
    assert len(mails(lead)) == 1


def test_closing_needs_a_reason_and_ends_it(cast: Cast) -> None:
    lead = call(cast, call_back=True)
    with pytest.raises(Refused, match="why"):
        close_lead(lead=lead, by=cast.olga, why=" ")
    close_lead(lead=lead, by=cast.olga, why="Bought elsewhere")
    assert (lead.state, lead.waiting_since) == (Lead.State.CLOSED, None)
    with pytest.raises(Refused, match="ended"):
        answer_lead(lead=lead, by=cast.olga)
    assert call(cast).pk != lead.pk, "who calls after that is new"
    said = Entry.objects.filter(object_id=str(lead.public_id)).order_by("id").values_list("action", flat=True)
    assert list(said) == ["lead.started", "lead.called", "lead.closed"]


def test_who_applies_is_known_again(cast: Cast) -> None:
    lead = call(cast, call_back=True)
    application = Application.objects.create(loan=cast.loan, email="ida@moss.example")
    applied(loan=cast.loan, application=application)
    lead.refresh_from_db()
    assert (lead.state, lead.loan, lead.waiting_since) == (Lead.State.APPLIED, cast.loan, None)


def test_who_gets_a_loan_by_hand_is_known_again(cast: Cast) -> None:
    lead = call(cast)
    loan = open_loan_by_hand(
        by=cast.olga,
        officer=cast.olga,
        name="Ida Moss",
        email="ida@moss.example",
        state="ME",
        purpose="purchase",
    )
    lead.refresh_from_db()
    assert (lead.state, lead.loan) == (Lead.State.APPLIED, loan)


def test_a_lead_is_seen_by_its_officer_and_managers_alone(cast: Cast) -> None:
    lead = call(cast)

    def sees(user: User) -> bool:
        return Lead.objects.visible_to(user).filter(pk=lead.pk).exists()

    assert [name for name, user in cast.everybody().items() if sees(user)] == ["olga", "mara"]


def test_a_deputy_sees_the_leads_while_they_stand_in(cast: Cast) -> None:
    lead, today = call(cast), clocks.today()
    note_absence(user=cast.olga, deputy=cast.otto, first_day=today, last_day=today, by=cast.olga)
    assert lead in Lead.objects.visible_to(cast.otto)
