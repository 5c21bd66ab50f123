"""A partner follows milestones: only after a borrower agreed, nothing but steps and days, and no more once ended."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from audit.models import Entry
from loans.errors import Refused
from loans.events import partner_agreed
from loans.models import Loan, Partner
from loans.services import partners
from loans.stages import Stage
from notifications.models import Notification
from tests.desk.helpers import get, make_request, post, words

pytestmark = pytest.mark.django_db
ANN = {"name": "Ann Lee", "email": "ann@agents.example", "role": "Estate agent"}


@pytest.fixture
def tokens():
    heard = []

    def hear(token, **_more):
        heard.append(token)

    partner_agreed.connect(hear)
    yield heard
    partner_agreed.disconnect(hear)


@pytest.fixture
def invited(cast, client_for):
    assert post(client_for(cast.olga), "desk:partners", cast.loan.public_id, **ANN).status_code == 302
    return Partner.objects.get()


def agree(client, partner):
    return post(client, "loans:partner_agree", partner.loan.public_id, partner.public_id)


def page_of(tokens):
    return reverse("partner:page", args=[tokens[-1]])


def test_nothing_goes_out_before_a_borrower_agrees(cast, client_for, invited, tokens):
    asked = Notification.objects.filter(kind="partner_asked", channel="email")
    assert {row.party for row in asked} == {cast.bea_party, cast.cole_party}
    assert not Notification.objects.filter(kind="partner_link").exists() and invited.token_sha256 is None
    people = words(get(client_for(cast.bea), "loans:people", cast.loan.public_id))
    assert "Ann Lee" in people and "sees nothing yet" in people
    agree(client_for(cast.bea), invited)
    link = Notification.objects.get(kind="partner_link")
    assert (link.address, link.loan) == ("ann@agents.example", None)
    assert Client().get(page_of(tokens)).status_code == 200


def test_only_a_borrower_of_the_loan_agrees(cast, client_for, invited):
    for who in (cast.olga, cast.nils, cast.otto, cast.mara):
        assert agree(client_for(who), invited).status_code == 404
    invited.refresh_from_db()
    assert invited.waits
    with pytest.raises(Refused):
        partners.agree_to_partner(partner=invited, party=cast.nils_party)


def test_the_page_says_steps_and_days_and_nothing_else(cast, client_for, invited, tokens):
    make_request(cast.bea_party, cast.olga, title="Divorce decree")
    Loan.objects.filter(pk=cast.loan.pk).update(amount=336000, property_value=420000)
    agree(client_for(cast.cole), invited)
    answer = Client().get(page_of(tokens))
    said = answer.content.decode()
    page = words(answer)
    assert "How Cole’s home loan is coming along" in page and "Underwriting" in page and "Portland" in page
    for secret in ("Nguyen", "LN-1001", "Harbor Lane", "Divorce", "336", "420", "bea@", "cole@", "Bea"):
        assert secret not in page, secret
    assert not re.search(r"/(loans|documents|desk)/", said), "no address leads further in"
    assert answer["Cache-Control"] == "no-store, private" and "noindex" in answer["X-Robots-Tag"]


@pytest.mark.parametrize("stage", [Stage.SUSPENDED, Stage.DENIED, Stage.WITHDRAWN, Stage.INCOMPLETE])
def test_a_loan_that_does_not_go_on_tells_no_stranger_why(cast, client_for, invited, tokens, stage):
    agree(client_for(cast.bea), invited)
    Loan.objects.filter(pk=cast.loan.pk).update(stage=stage)
    page = words(Client().get(page_of(tokens)))
    assert "There is nothing to show at the moment. Please ask Bea." in page
    assert "Underwriting" not in page and not re.search(
        "denied|withdrawn|paused|incomplete", page, re.IGNORECASE
    )


@pytest.mark.parametrize("who", ["bea", "cole", "olga"])
def test_the_moment_it_is_ended_there_is_nothing(cast, client_for, invited, tokens, who):
    agree(client_for(cast.bea), invited)
    assert Client().get(page_of(tokens)).status_code == 200
    name = "desk:partner_end" if who == "olga" else "loans:partner_end"
    assert (
        post(client_for(getattr(cast, who)), name, cast.loan.public_id, invited.public_id).status_code == 302
    )
    for client in (Client(), client_for(cast.bea), client_for(cast.olga)):
        assert client.get(page_of(tokens)).status_code == 404
    assert Notification.objects.get(kind="partner_link").state == "cancelled"
    agree(client_for(cast.bea), invited)
    assert Client().get(page_of(tokens)).status_code == 404, "agreeing afterwards opens nothing"


def test_the_link_ends_by_itself_and_openings_are_told(cast, client_for, invited, tokens):
    agree(client_for(cast.bea), invited)
    assert "not looked yet" in words(get(client_for(cast.olga), "desk:partners", cast.loan.public_id))
    with time_machine.travel(timezone.now().replace(minute=30), tick=False):
        for _turn in range(2):
            Client().get(page_of(tokens))
        Client().head(page_of(tokens))
    assert Entry.objects.filter(action="partner.opened").count() == 1
    assert "last looked on" in words(get(client_for(cast.olga), "desk:partners", cast.loan.public_id))
    assert "last looked on" in words(get(client_for(cast.bea), "loans:people", cast.loan.public_id))
    with time_machine.travel(timezone.now() + timedelta(days=partners.PARTNER_DAYS, minutes=1)):
        assert Client().get(page_of(tokens)).status_code == 404


def test_openings_are_noted_once_an_hour_and_not_without_end(cast, client_for, invited, tokens, settings):
    """What looks through mail for viruses opens links as well, again and again."""
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "partner": "4/h/key"}
    agree(client_for(cast.bea), invited)
    noted = Entry.objects.filter(action="partner.opened")
    start = (timezone.now() + timedelta(hours=1)).replace(minute=0)
    with time_machine.travel(start, tick=False) as clock:
        assert [Client().get(page_of(tokens)).status_code for _turn in range(3)] == [200] * 3
        assert noted.count() == 1
        clock.move_to(start + timedelta(minutes=59))
        assert [Client().get(page_of(tokens)).status_code for _turn in range(2)] == [200, 429]
        assert noted.count() == 1
        clock.move_to(start + timedelta(minutes=121))
        assert Client().get(page_of(tokens)).status_code == 200
    assert noted.count() == 2


def test_twice_the_same_and_after_the_end_are_refused(cast, client_for, invited):
    again = post(client_for(cast.olga), "desk:partners", cast.loan.public_id, **ANN)
    assert again.status_code == 422 and "already" in words(again)
    Loan.objects.filter(pk=cast.loan.pk).update(stage=Stage.FUNDED)
    with pytest.raises(Refused, match="has ended"):
        partners.invite_partner(loan=Loan.objects.get(pk=cast.loan.pk), by=cast.olga, **ANN)
