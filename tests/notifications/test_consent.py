"""Consent to texts: given with a box of its own, kept with its words, ended at once, never begun by anybody else."""

from typing import Any

import pytest
from django.core.cache import cache

from accounts.models import User
from audit.models import Entry
from loans.consents import texting_consent, wording
from loans.models import Consent, Loan, Party
from loans.services import give_texting_consent, withdraw_texting_consent
from notifications import delivery, services
from notifications.models import Notification, Suppression
from tests.cast import Cast
from tests.notifications.conftest import agree, boxes

pytestmark = pytest.mark.django_db
PAGE = "/profile/messages/"
TEXTS = "/profile/messages/texts/"
BEAS = "+12075550101"
Reason = Suppression.Reason


@pytest.fixture(autouse=True)
def no_limits_left_over(db: None) -> None:
    cache.clear()


def page(client: Any) -> str:
    return " ".join(client.get(PAGE).content.decode().split())


def texts() -> list[tuple[str, str]]:
    rows = Notification.objects.filter(channel="text").order_by("id")
    return [(row.kind, row.address) for row in rows]


# --- Agreeing to texts -----------------------------------------------------------------------------------------------


def test_the_box_is_separate_unticked_and_says_it_all(cast: Cast, client_for: Any) -> None:
    seen = page(client_for(cast.bea))
    assert boxes(seen, "agree") == {"yes": False}
    asks = wording(Consent.Kind.TEXTING, cast.company, number=BEAS).text
    assert asks in seen.replace("&amp;", "&")
    for words in (
        "(207) 555-0101", cast.company.name, "usually a few a month", "do not have to agree to get a loan",
        "Message and data rates may apply", "answering STOP", "HELP",
    ):  # fmt: skip
        assert words in asks


def test_agreeing_is_kept_with_words_number_and_origin_and_confirmed_by_one_text(
    cast: Cast, client_for: Any
) -> None:
    client = client_for(cast.bea, REMOTE_ADDR="198.51.100.7", headers={"user-agent": "A browser"})
    answer = client.post(TEXTS, {"agree": "yes", "number": BEAS})
    assert answer.status_code == 302
    [consent] = Consent.objects.filter(kind="texting")
    assert (consent.party, consent.given, consent.number) == (cast.bea_party, True, BEAS)
    assert consent.wording == wording(Consent.Kind.TEXTING, cast.company, number=BEAS).text
    assert consent.wording_version == cast.company.texting_version
    assert (consent.address, consent.agent) == ("198.51.100.7", "A browser")
    assert texts() == [("texting_confirmed", BEAS)]
    assert Entry.objects.filter(action="consent.texting_given", actor=f"user:{cast.bea.public_id}").exists()
    seen = page(client)
    assert "You agreed on" in seen and 'name="agree"' not in seen


def test_without_the_tick_nothing_is_agreed(cast: Cast, client_for: Any) -> None:
    answer = client_for(cast.bea).post(TEXTS, {"number": BEAS})
    assert answer.status_code == 422 and "Please tick the box" in answer.content.decode()
    assert not Consent.objects.exists()


def test_a_telephone_cannot_be_made_to_ring_by_clicking_to_and_fro(cast: Cast, client_for: Any) -> None:
    """Anybody can put any number on their page."""
    client = client_for(cast.bea)
    for _time in range(3):
        client.post(TEXTS, {"agree": "yes", "number": BEAS})
        client.post(TEXTS, {"action": "stop"})
    assert [kind for kind, _number in texts()] == ["texting_confirmed", "texting_stopped"]
    answers = [client.post(TEXTS, {}).status_code for _time in range(10)]
    assert answers[0] == 422 and answers[-1] == 429
    assert client.post(TEXTS, {"action": "stop"}).status_code == 302, "ending is never refused"


def test_agreeing_to_a_number_that_changed_meanwhile_is_refused(cast: Cast, client_for: Any) -> None:
    client = client_for(cast.bea)
    User.objects.filter(pk=cast.bea.pk).update(phone="+12075550199")
    answer = client.post(TEXTS, {"agree": "yes", "number": BEAS})
    assert answer.status_code == 422 and "changed in the meantime" in answer.content.decode()
    assert not Consent.objects.exists()


def test_twice_is_once(cast: Cast, client_for: Any) -> None:
    client = client_for(cast.bea)
    for _time in range(2):
        client.post(TEXTS, {"agree": "yes", "number": BEAS})
    assert Consent.objects.count() == 1 and len(texts()) == 1


def test_who_has_no_number_is_asked_for_one(cast: Cast, client_for: Any) -> None:
    client = client_for(cast.nils)
    assert "We do not know your mobile number" in page(client)
    assert client.post(TEXTS, {"agree": "yes", "number": ""}).status_code == 422


def test_who_is_on_no_loan_is_not_asked(cast: Cast, client_for: Any) -> None:
    Party.objects.filter(user=cast.nils).delete()
    client = client_for(cast.nils)
    assert 'id="texting"' not in page(client)
    assert client.post(TEXTS, {"agree": "yes"}).status_code == 422


def test_it_holds_on_every_loan_of_the_person(cast: Cast) -> None:
    other = Party.objects.create(
        loan=cast.other_loan, user=cast.bea, role="co_borrower", name="Bea", email="bea@example.com",
        phone="+12075550144",
    )  # fmt: skip
    give_texting_consent(person=cast.bea_party, by=cast.bea)
    assert texting_consent(other) and texting_consent(cast.bea_party)
    assert set(Consent.objects.values_list("party_id", "number")) == {
        (cast.bea_party.pk, BEAS),
        (other.pk, BEAS),
    }
    assert len(texts()) == 1
    withdraw_texting_consent(person=other, by=cast.bea)
    assert not texting_consent(cast.bea_party)


def test_the_number_of_the_application_becomes_the_persons_own(cast: Cast, client_for: Any) -> None:
    Party.objects.filter(pk=cast.nils_party.pk).update(phone="+12075550133")
    client = client_for(cast.nils)
    assert "(207) 555-0133" in page(client)
    client.post(TEXTS, {"agree": "yes", "number": "+12075550133"})
    assert str(User.objects.get(pk=cast.nils.pk).phone) == "+12075550133"


def test_who_has_no_sign_in_keeps_a_consent_of_their_own(cast: Cast) -> None:
    party = Party.objects.create(
        loan=cast.loan, role="co_borrower", name="Ana", email="ana@example.com", phone="+12075550177"
    )
    give_texting_consent(person=party, by=None)
    assert texting_consent(party) and not texting_consent(cast.bea_party)
    party.user = cast.nils
    party.save()
    cast.nils.phone = "+12075550177"
    cast.nils.save()
    assert texting_consent(cast.nils_party), "once they sign in, it is theirs on every loan"


# --- Ending texts ----------------------------------------------------------------------------------------------------


def test_ending_counts_at_once_and_is_confirmed_by_one_text(cast: Cast, client_for: Any) -> None:
    agree(cast.bea_party)
    waiting = services.queue(kind="requests_added", event_key="1", recipient=cast.bea_party, loan=cast.loan)
    client = client_for(cast.bea)
    assert client.post(TEXTS, {"action": "stop"}).status_code == 302
    delivery.deliver_due()
    states = dict(Notification.objects.filter(channel="text").values_list("kind", "state"))
    assert states == {"requests_added": "suppressed", "texting_stopped": "sent"}
    assert waiting.channel == "email"
    off = Suppression.objects.get()
    assert (off.address, off.channel, off.reason) == (BEAS, "text", Reason.UNSUBSCRIBED)
    assert [row.given for row in Consent.objects.order_by("id")] == [True, False]
    client.post(TEXTS, {"action": "stop"})
    assert Consent.objects.count() == 2


def test_only_the_person_starts_again_and_the_page_can(cast: Cast, client_for: Any) -> None:
    agree(cast.bea_party)
    client = client_for(cast.bea)
    client.post(TEXTS, {"action": "stop"})
    client.post(TEXTS, {"agree": "yes", "number": BEAS})
    assert not Suppression.objects.exists()
    assert [kind for kind, _number in texts()] == ["texting_stopped", "texting_confirmed"]


def test_what_the_telephone_stopped_the_page_does_not_start(cast: Cast, client_for: Any) -> None:
    """Anybody could put somebody else's number on their page."""
    services.stop_texts(number=BEAS, reason=Reason.STOP)
    User.objects.filter(pk=cast.nils.pk).update(phone=BEAS)
    client_for(cast.nils).post(TEXTS, {"agree": "yes", "number": BEAS})
    assert Suppression.objects.get().reason == Reason.STOP
    delivery.deliver_due()
    assert set(Notification.objects.filter(channel="text").values_list("state", flat=True)) == {"suppressed"}


def test_a_new_number_needs_a_new_yes_and_the_page_asks(cast: Cast, client_for: Any) -> None:
    client = client_for(cast.bea)
    client.post(TEXTS, {"agree": "yes", "number": BEAS})
    User.objects.filter(pk=cast.bea.pk).update(phone="+12075550199")
    seen = page(client)
    assert 'name="agree"' in seen and "(207) 555-0199" in seen
    client.post(TEXTS, {"action": "stop"})  # all of it ends, the old number too
    User.objects.filter(pk=cast.bea.pk).update(phone=BEAS)
    cast.bea_party.refresh_from_db()
    assert not texting_consent(cast.bea_party)


def test_a_number_given_up_hears_no_goodbye_and_is_not_switched_off(cast: Cast) -> None:
    """It may be somebody else's by now."""
    for number in ("+12075550199", BEAS):
        User.objects.filter(pk=cast.bea.pk).update(phone=number)
        give_texting_consent(person=User.objects.get(pk=cast.bea.pk), by=cast.bea)
    assert len(withdraw_texting_consent(person=cast.bea, by=cast.bea)) == 2
    assert texts()[2:] == [("texting_stopped", BEAS)]
    assert list(Suppression.objects.values_list("address", flat=True)) == [BEAS]


def test_taking_back_what_was_never_given_writes_nothing(cast: Cast) -> None:
    assert withdraw_texting_consent(person=cast.bea, by=cast.bea) == []
    assert not Consent.objects.exists() and texts() == [] and not Suppression.objects.exists()


def test_the_confirmation_goes_out_while_the_loan_is_paused(cast: Cast) -> None:
    Loan.objects.filter(pk=cast.loan.pk).update(stage="suspended")
    give_texting_consent(person=cast.bea, by=cast.bea)
    delivery.deliver_due()
    assert Notification.objects.get(kind="texting_confirmed").state == "sent"


# --- What stops a number ---------------------------------------------------------------------------------------------


def test_a_stop_outlasts_a_pause_and_nothing_weakens_it(cast: Cast) -> None:
    order = [Reason.UNCLEAR, Reason.UNSUBSCRIBED, Reason.STOP]
    for reason in order:
        services.stop_texts(number=BEAS, reason=reason)
        assert Suppression.objects.get().reason == reason
    for weaker in (*order, Reason.STAFF):
        services.stop_texts(number=BEAS, reason=weaker)
        assert Suppression.objects.get().reason == Reason.STOP
    assert services.allow_texts(number=BEAS, reasons=[Reason.UNSUBSCRIBED]) is False
    assert services.allow_texts(number=BEAS, reasons=[Reason.STOP]) is True
    assert not Suppression.objects.exists()


def test_what_the_page_costs(cast: Cast, client_for: Any, django_assert_max_num_queries: Any) -> None:
    client = client_for(cast.bea)
    client.get(PAGE)
    with django_assert_max_num_queries(12):
        client.get(PAGE)
