"""The link that stops marketing mail: one press, without a sign-in, and it can be taken back."""

from dataclasses import replace
from email import message_from_string, policy
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from audit.models import Entry
from notifications import delivery, outlets, rendering, services, unsubscribing
from notifications.catalog import KINDS, Kind, kind_for
from notifications.models import Notification, Suppression
from notifications.unsubscribing import address_of, token_for
from tests.cast import Cast

pytestmark = pytest.mark.django_db
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
BEA = "bea@example.com"


@pytest.fixture(autouse=True)
def no_limits_left_over(db: None) -> None:
    cache.clear()


@pytest.fixture
def news(monkeypatch: pytest.MonkeyPatch) -> Kind:
    """A marketing kind without a letter."""
    plain = kind_for("application_received_officer")
    kind = replace(plain, key="news", topic="news", marketing=True, must_send=False, audience="borrower")
    monkeypatch.setitem(KINDS, "news", kind)
    return kind


def link(address: str = BEA) -> str:
    return reverse("preferences:unsubscribe", args=[token_for(address)])


def off() -> list[tuple[str, str, str]]:
    return list(Suppression.objects.values_list("address", "scope", "reason"))


UNSUBSCRIBED = [(BEA, "marketing", "unsubscribed")]


# --- The page ------------------------------------------------------------------------------------------------------


def test_opening_the_link_changes_nothing(cast: Cast, visitor: Client) -> None:
    """Scanners open every link of a mail."""
    page = visitor.get(link())
    assert page.status_code == 200 and BEA in page.content.decode()
    assert visitor.head(link()).status_code == 200
    assert off() == []


def test_one_press_is_enough_and_can_be_taken_back(cast: Cast, visitor: Client) -> None:
    done = visitor.post(link(), {"action": "stop"})
    assert done.status_code == 200 and "You are unsubscribed" in done.content.decode()
    assert off() == UNSUBSCRIBED
    back = visitor.post(link(), {"action": "again"})
    assert back.status_code == 200 and "hear from us again" in back.content.decode()
    assert off() == []


def test_the_page_says_what_still_comes(cast: Cast, visitor: Client) -> None:
    for page in (visitor.get(link()), visitor.post(link())):
        assert "What still comes" in page.content.decode() and "your sign-in" in page.content.decode()


def test_whoever_is_signed_in_is_shown_the_way_to_all_choices(
    cast: Cast, visitor: Client, client_for: Any
) -> None:
    way = f'href="{reverse("preferences:mine")}"'
    assert way in client_for(cast.bea).get(link()).content.decode()
    assert way not in visitor.get(link()).content.decode()


def test_the_address_bar_is_a_key_and_kept_to_itself(cast: Cast, visitor: Client) -> None:
    for answer in (visitor.get(link()), visitor.post(link())):
        assert answer["Referrer-Policy"] == "no-referrer"
        assert "no-store" in answer["Cache-Control"] and "noindex" in answer["X-Robots-Tag"]
        assert not answer.cookies


# --- One click of a mail program (RFC 8058) --------------------------------------------------------------------------


def test_a_mail_program_unsubscribes_with_one_post_and_twice_is_once(cast: Cast) -> None:
    program = Client(enforce_csrf_checks=True)
    for _time in range(2):
        answer = program.post(link(), ONE_CLICK)
        assert answer.status_code == 200 and not answer.cookies
    assert off() == UNSUBSCRIBED
    assert Entry.objects.filter(action="message.unsubscribed", actor="visitor").count() == 1


def test_it_may_be_posted_as_a_form_of_the_older_kind(cast: Cast) -> None:
    answer = Client(enforce_csrf_checks=True).post(
        link(), "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )
    assert answer.status_code == 200 and off() == UNSUBSCRIBED


def test_one_link_cannot_be_pressed_without_end(cast: Cast, visitor: Client) -> None:
    answers = [visitor.post(link(), ONE_CLICK).status_code for _time in range(32)]
    assert answers[0] == 200 and answers[-1] == 429
    assert visitor.post(link("cole@example.com"), ONE_CLICK).status_code == 200


# --- The token -------------------------------------------------------------------------------------------------------


def test_a_token_names_one_address_and_nobody_can_make_one(cast: Cast, visitor: Client) -> None:
    token = token_for("Bea@Example.com ")
    assert address_of(token) == BEA
    payload, _, signature = token.rpartition(":")
    other = token_for("olga@lantern.example").rpartition(":")[0]
    for made_up in ("made-up", payload, f"{other}:{signature}", f"{payload}:{signature[:-2]}xx"):
        assert address_of(made_up) is None
        assert visitor.get(reverse("preferences:unsubscribe", args=[made_up])).status_code == 404
        assert visitor.post(reverse("preferences:unsubscribe", args=[made_up]), ONE_CLICK).status_code == 404
    assert off() == []


def test_a_token_signed_for_something_else_opens_nothing() -> None:
    from django.core.signing import Signer

    assert (
        address_of(Signer(salt="accounts.contact").sign_object({"address": BEA, "scope": "marketing"}))
        is None
    )
    everything = Signer(salt=unsubscribing._SALT).sign_object({"address": BEA, "scope": "everything"})
    assert address_of(everything) is None


def test_the_link_of_an_old_mail_still_works(cast: Cast, visitor: Client, time_machine: Any) -> None:
    time_machine.move_to("2026-01-05")
    old = link()
    time_machine.move_to("2028-01-05")
    assert visitor.post(old, ONE_CLICK).status_code == 200 and off() == UNSUBSCRIBED


# --- What it does ----------------------------------------------------------------------------------------------------


def test_marketing_ends_and_the_rest_still_comes(cast: Cast, news: Kind, visitor: Client) -> None:
    def queue(kind: str) -> Notification:
        return services.queue(kind=kind, event_key=kind, recipient=cast.bea_party, loan=cast.loan)

    rows = [queue("news"), queue("application_received")]
    visitor.post(link(), ONE_CLICK)
    delivery.deliver_due()
    assert [Notification.objects.get(pk=row.pk).state for row in rows] == ["suppressed", "sent"]


def test_what_staff_switched_off_is_not_taken_back_by_the_link(cast: Cast, visitor: Client) -> None:
    Suppression.objects.create(address=BEA, channel="email", scope="marketing", reason="staff")
    visitor.post(link(), {"action": "again"})
    assert off() == [(BEA, "marketing", "staff")]
    assert not Entry.objects.filter(action="message.subscribed_again").exists()


def test_who_did_it_is_written_down(cast: Cast, client_for: Any) -> None:
    client = client_for(cast.bea)
    client.post(link(), {"action": "stop"})
    client.post(link(), {"action": "again"})
    by = f"user:{cast.bea.public_id}"
    done = Entry.objects.filter(actor=by, action__startswith="message.").order_by("id")
    assert [entry.action for entry in done] == ["message.unsubscribed", "message.subscribed_again"]
    assert {entry.detail["address"] for entry in done} == {BEA}


# --- The headers -----------------------------------------------------------------------------------------------------


def composed(cast: Cast, kind: Kind) -> Any:
    row = Notification(
        kind=kind.key, loan=cast.loan, party=cast.bea_party, recipient_name="Bea Nguyen", address=BEA,
        message_id="<1@lantern.example>", date_header="Mon, 09 Nov 2026 10:00:00 -0000",
    )  # fmt: skip
    mail = outlets.compose(row, rendering.Rendered("Subject", "Text", "<p>Text</p>"), None)
    return message_from_string(mail.message().as_string(), policy=policy.default)


@pytest.mark.parametrize("key", [*KINDS, "news"])
def test_marketing_mail_carries_the_headers_and_nothing_else_does(key: str, cast: Cast, news: Kind) -> None:
    kind = kind_for(key)
    mail = composed(cast, kind)
    if not kind.marketing:
        assert "List-Unsubscribe" not in mail and "List-Unsubscribe-Post" not in mail
        return
    header = mail["List-Unsubscribe"].strip()  # long, so it begins on a line of its own
    assert header.startswith("<http") and header.endswith(">") and not set(" \n,") & set(header)
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert kind.must_send is False, "marketing that nobody can switch off"


def test_the_header_leads_to_the_page_of_its_reader(
    cast: Cast, news: Kind, settings: Any, visitor: Client
) -> None:
    settings.PUBLIC_URL = "https://portal.lantern.example"
    header = composed(cast, news)["List-Unsubscribe"].strip(" <>")
    assert header.startswith("https://portal.lantern.example/unsubscribe/")
    assert visitor.post(urlsplit(header).path, ONE_CLICK).status_code == 200
    assert off() == UNSUBSCRIBED


def test_only_mail_has_the_link(cast: Cast, news: Kind) -> None:
    row = Notification(kind="news", address=BEA, channel="letter")
    assert unsubscribing.unsubscribe_url(row) == "" and unsubscribing.headers(row) == {}
    row.channel = "email"
    assert unsubscribing.unsubscribe_url(row).endswith(link())
