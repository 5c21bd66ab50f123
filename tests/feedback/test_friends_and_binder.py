"""The link for friends, and the papers of a closing in one place."""

import time
from typing import Any

import pytest
from django.test import Client

from accounts.models import OfficerProfile
from feedback.models import Referral, ReferredLead
from leads.models import DripEnrolment, Lead, LeadConsent
from notifications.models import Notification
from portal.forms.visitors import VisitorForm
from tests.cast import Cast
from tests.feedback.asking import fund


@pytest.fixture
def referral(cast: Cast) -> Referral:
    fund(cast)
    return Referral.objects.get(party=cast.bea_party)


def typed(**said: str) -> dict[str, str]:
    return {"name": "Vera Moss", "email": "vera@moss.example", "words": "What do I need?", **said}


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> str:
    """The mark of a page that is open for a while."""
    mark = VisitorForm().mark
    then = time.time()
    monkeypatch.setattr("portal.forms.visitors.time.time", lambda: then + 30)
    return mark


def test_a_friend_lands_at_the_same_officer_with_the_clock_running(
    referral: Referral, visitor: Client, made: str, cast: Cast
) -> None:
    address = f"/from/{referral.token}/"
    page = visitor.get(address).content.decode()
    assert "Olga Haddad" in page and "/apply/olga-haddad/" in page
    assert "Bea" not in page and "Nguyen" not in page and "LN-1001" not in page, "it does not say who gave it"
    assert not Lead.objects.exists(), "opening it counts nothing"
    before = Notification.objects.count()
    assert visitor.post(address, typed(made=made)).status_code == 200
    lead = Lead.objects.get()
    assert (lead.officer, lead.source, lead.note) == (cast.olga, "referral", "What do I need?")
    assert lead.waiting_since is not None
    assert ReferredLead.objects.get().referral == referral
    assert not LeadConsent.objects.exists() and not DripEnrolment.objects.exists(), "nobody agreed to more"
    assert Notification.objects.count() == before, "and nobody is written to, neither friend nor giver"
    visitor.post(address, typed(made=made))
    assert ReferredLead.objects.count() == Lead.objects.count() == 1


def test_every_borrower_of_a_closing_has_a_link_of_their_own_for_good(referral: Referral, cast: Cast) -> None:
    tokens = set(Referral.objects.values_list("token", flat=True))
    assert len(tokens) == 2
    fund(cast)
    assert set(Referral.objects.values_list("token", flat=True)) == tokens


def test_noise_and_what_cannot_be_answered(referral: Referral, visitor: Client, made: str) -> None:
    address = f"/from/{referral.token}/"
    assert visitor.post(address, typed(made=made, website="x")).status_code == 200
    assert visitor.post(address, typed(made=made, email="")).status_code == 422
    assert visitor.post(address, typed()).status_code == 422
    assert not Lead.objects.exists()
    assert visitor.get("/from/made-up/").status_code == 404


def test_an_officer_who_left_is_followed_by_who_has_the_loan(
    referral: Referral, visitor: Client, made: str, cast: Cast
) -> None:
    cast.olga.is_active = False
    cast.olga.save(update_fields=["is_active"])
    OfficerProfile.objects.filter(user=cast.olga).update(is_public=False)
    cast.loan.officer = cast.otto
    cast.loan.save(update_fields=["officer"])
    assert visitor.post(f"/from/{referral.token}/", typed(made=made)).status_code == 200
    assert Lead.objects.get().officer == cast.otto


def test_the_binder_is_theirs_once_the_loan_is_funded(cast: Cast, client_for: Any) -> None:
    address = f"/loans/{cast.loan.public_id}/binder/"
    bea = client_for(cast.bea)
    assert bea.get(address)["Location"].endswith("/documents/"), "there is no closing yet"
    fund(cast)
    page = bea.get(address).content.decode()
    own, other = (Referral.objects.get(party=party).token for party in (cast.bea_party, cast.cole_party))
    assert f"/from/{own}/" in page and other not in page
    assert f"/loans/{cast.loan.public_id}/documents/archive/" in page and "Form 1098" in page
    assert address in bea.get(f"/loans/{cast.loan.public_id}/documents/").content.decode()
    assert client_for(cast.nils).get(address).status_code == 404
