"""What people choose: topics on their page, texts by a box of their own, and what each of them leaves behind."""

import re
from dataclasses import replace
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from audit.models import Entry
from loans.errors import Refused
from notifications import choices, delivery, services
from notifications.catalog import KINDS, kind_for
from notifications.catalog.shape import BORROWER, DESK
from notifications.models import Notification, Preference, Suppression
from tests.cast import PASSWORD, Cast
from tests.notifications.conftest import agree, boxes

pytestmark = pytest.mark.django_db
PAGE = "/profile/messages/"
TEXTS = "/profile/messages/texts/"
BEAS = "+12075550101"
Reason = Suppression.Reason


@pytest.fixture(autouse=True)
def no_limits_left_over(db: None) -> None:
    cache.clear()


@pytest.fixture
def news(monkeypatch: pytest.MonkeyPatch) -> None:
    """A topic that can be switched, whatever else the catalog holds."""
    for key in [key for key, kind in KINDS.items() if kind.topic in ("news", "reminders")]:
        monkeypatch.delitem(KINDS, key)
    kind = replace(kind_for("thank_you"), key="news", topic="news", marketing=True, must_send=False)
    monkeypatch.setitem(KINDS, "news", kind)


def page(client: Client) -> str:
    return " ".join(client.get(PAGE).content.decode().split())


# --- Topics --------------------------------------------------------------------------------------------------------


def test_a_borrower_sees_what_always_comes_and_what_may_be_switched(
    cast: Cast, client_for: Any, news: None
) -> None:
    seen = page(client_for(cast.bea))
    assert (
        "Your loan moves to a new step." in seen and "E-mail always comes: your loan could not go on" in seen
    )
    assert "E-mail always comes: you need it to sign in" in seen
    assert boxes(seen, "wanted")["news-email"] is True
    assert not {"stages-email", "account-email"} & set(boxes(seen, "wanted"))
    assert "wait for your review" not in seen


def test_the_desk_sees_its_own_topics_and_nothing_about_texts(cast: Cast, client_for: Any) -> None:
    seen = page(client_for(cast.olga))
    assert "A new application is yours" in seen and "moves to a new step" not in seen
    assert "Reminders" not in seen
    assert 'id="texting"' not in seen


@pytest.mark.parametrize("side", [BORROWER, DESK])
def test_every_topic_in_use_is_described_in_plain_words(side: str) -> None:
    used = {kind.topic for kind in KINDS.values() if kind.audience == side} - {"texting"}
    assert used <= set(choices.ABOUT[side])


def test_one_save_keeps_what_was_shown_and_nothing_else(cast: Cast, client_for: Any, news: None) -> None:
    client = client_for(cast.bea)
    client.post(PAGE, {"offered": ["news-email"], "wanted": []})
    assert boxes(page(client), "wanted")["news-email"] is False
    [choice] = Preference.objects.all()
    assert (choice.user, choice.topic, choice.channel, choice.wanted) == (cast.bea, "news", "email", False)
    client.post(PAGE, {"wanted": []})  # a page on which it was not shown
    client.post(PAGE, {"offered": ["news-email"], "wanted": ["news-email"]})
    assert Preference.objects.get().wanted is True
    told = Entry.objects.filter(action="preference.changed", object_id=str(cast.bea.public_id)).order_by("id")
    assert [entry.detail["wanted"] for entry in told] == [False, True]


def test_saving_what_is_so_already_writes_nothing(cast: Cast, client_for: Any, news: None) -> None:
    client_for(cast.bea).post(PAGE, {"offered": ["news-email"], "wanted": ["news-email"]})
    assert not Preference.objects.exists() and not Entry.objects.filter(action="preference.changed").exists()


@pytest.mark.parametrize(
    "made_up", ["stages-email", "account-email", "nothing-email", "news-letter", "news", ""]
)
def test_what_must_be_sent_cannot_be_switched_off(
    cast: Cast, client_for: Any, news: None, made_up: str
) -> None:
    assert client_for(cast.bea).post(PAGE, {"offered": [made_up], "wanted": []}).status_code == 302
    assert not Preference.objects.exists()


def test_the_service_refuses_it_as_well(cast: Cast) -> None:
    with pytest.raises(Refused):
        services.set_preference(user=cast.bea, topic="stages", channel="email", wanted=False, by=cast.bea)


def test_a_choice_counts_when_the_message_leaves(cast: Cast, client_for: Any, monkeypatch: Any) -> None:
    monkeypatch.setitem(KINDS, "plain", replace(kind_for("documents_received"), key="plain", must_send=False))
    row = services.queue(kind="plain", event_key="1", recipient=cast.olga, loan=cast.loan)
    client_for(cast.olga).post(PAGE, {"offered": ["papers-email"], "wanted": []})
    delivery.deliver_due()
    row.refresh_from_db()
    assert (row.state, row.remark) == ("suppressed", "This person does not want messages of this kind.")


def test_boxes_for_texts_are_there_once_texts_are(cast: Cast, client_for: Any) -> None:
    client = client_for(cast.bea)
    assert not any(name.endswith("-text") for name in boxes(page(client), "wanted"))
    agree(cast.bea_party)
    assert boxes(page(client), "wanted")["stages-text"] is True


# --- Addresses that are off ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (Reason.BOUNCED, "came back on"),
        (Reason.REFUSED, "came back on"),
        (Reason.COMPLAINED, "was marked as unwanted"),
        (Reason.STAFF, "Call us if that should change"),
    ],
)
def test_the_page_says_that_the_mailbox_is_off_and_why(
    cast: Cast, client_for: Any, reason: str, said: str
) -> None:
    client = client_for(cast.bea)
    assert "switched off" not in page(client)
    Suppression.objects.create(address="bea@example.com", channel="email", reason=reason)
    seen = page(client)
    assert "This address is switched off" in seen and said in seen and "Send me news again" not in seen


def test_who_unsubscribed_by_link_can_take_it_back_on_the_page(cast: Cast, client_for: Any) -> None:
    services.unsubscribe(address="bea@example.com")
    client = client_for(cast.bea)
    assert "gets no news after closing" in page(client) and "Send me news again" in page(client)
    assert client.post(reverse("preferences:again")).status_code == 302
    assert not Suppression.objects.exists()


@pytest.mark.parametrize(
    ("reason", "said", "may_agree"),
    [
        (Reason.STOP, "Only that telephone can start them again", False),
        (Reason.UNCLEAR, "may have meant stop", False),
        (Reason.STAFF, "No texts go to", False),
        (Reason.BOUNCED, "Is it a mobile number?", False),
        (Reason.UNSUBSCRIBED, "were ended on this page", True),
    ],
)
def test_the_page_says_that_the_number_is_off_and_why(
    cast: Cast, client_for: Any, reason: str, said: str, may_agree: bool
) -> None:
    Suppression.objects.create(address=BEAS, channel="text", reason=reason)
    seen = page(client_for(cast.bea))
    assert said in seen and ('name="agree"' in seen) is may_agree


# --- Staff -----------------------------------------------------------------------------------------------------------


def test_staff_switch_numbers_off_however_they_write_them(cast: Cast, client_for: Any) -> None:
    told = {"address": "(207) 555 0101", "channel": "text", "scope": "everything", "reason": "staff"}
    add = reverse("admin:notifications_suppression_add")
    assert client_for(cast.stef).post(add, told).status_code == 302
    assert Suppression.objects.get().address == BEAS
    again = client_for(cast.stef).post(add, {**told, "address": "no number"})
    assert again.status_code == 200 and "with its area code" in again.content.decode()


@pytest.mark.parametrize(
    ("reason", "may"), [(Reason.BOUNCED, True), (Reason.STAFF, True), (Reason.STOP, False)]
)
def test_staff_switch_on_what_came_back_and_never_what_a_person_said(
    cast: Cast, client_for: Any, reason: str, may: bool
) -> None:
    row = Suppression.objects.create(address=BEAS, channel="text", reason=reason)
    client = client_for(cast.stef)
    client.post(reverse("admin:notifications_suppression_delete", args=[row.pk]), {"post": "yes"})
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    client.post(reverse("admin:notifications_suppression_changelist"), chosen)
    client.post(
        reverse("admin:notifications_suppression_change", args=[row.pk]),
        {"address": BEAS, "channel": "text", "scope": "everything", "reason": "staff"},
    )
    assert list(Suppression.objects.values_list("reason", flat=True)) == ([] if may else [reason])


def test_whoever_signs_in_reads_the_same_whether_their_mailbox_is_off_or_not(cast: Cast) -> None:
    """The page of the code says for everybody what to do when none arrives."""

    def asked(user: User) -> str:
        client = Client()
        answer = client.post(
            reverse("account_login"), {"login": user.email, "password": PASSWORD}, follow=True
        )
        return re.sub(r'value="[^"]{20,}"', "", answer.content.decode())

    Suppression.objects.create(address="bea@example.com", channel="email", reason=Reason.BOUNCED)
    off, on = asked(cast.bea), asked(cast.nils)
    assert "No code" in off and off == on
    delivery.deliver_due()
    codes = Notification.objects.filter(kind="sign_in_code").order_by("id")
    assert [code.state for code in codes] == ["suppressed", "sent"]
