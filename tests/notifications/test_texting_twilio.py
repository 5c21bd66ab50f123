"""Twilio: whether a call is really theirs, what it says, what became of a text, sending through their library."""

import sys
from collections.abc import Iterator
from types import ModuleType, SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from django.test import Client
from urllib3.exceptions import MaxRetryError, NewConnectionError

from conversations.models import Message
from loans.models import Party
from notifications.delivery import deliver_due
from notifications.models import DeliveryEvent, InboundText, Notification, Suppression
from notifications.smtp import Uncertain
from notifications.texting import signing
from notifications.texting.providers import Busy, Refused, provider
from tests.cast import Cast
from tests.notifications.texting import ACCOUNT, BEA, TOKEN, make_bea_reachable, text, texts_to, use_twilio


@pytest.fixture
def twilio(settings: Any) -> None:
    use_twilio(settings)


@pytest.fixture
def bea(cast: Cast) -> Party:
    return make_bea_reachable(cast)


# --- Signatures ------------------------------------------------------------------------------------------------

# The example Twilio publishes (webhooks security, "test the validity of your webhook signature").
EXAMPLE = {
    "CallSid": ["CA1234567890ABCDE"], "Caller": ["+14158675309"], "Digits": ["1234"], "From": ["+14158675309"],
    "To": ["+18005551212"],
}  # fmt: skip
EXAMPLE_ADDRESS = "https://mycompany.com/myapp.php?foo=1&bar=2"
EXAMPLE_SIGNATURE = "RSOYDt4T1cUTdK1PDd93/VVr8B8="


def test_their_published_example() -> None:
    assert signing.is_signed(EXAMPLE_ADDRESS, EXAMPLE, EXAMPLE_SIGNATURE, TOKEN)


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": EXAMPLE_ADDRESS.replace("https", "http")},
        {"address": EXAMPLE_ADDRESS + "&x=1"},
        {"fields": {**EXAMPLE, "Digits": ["1235"]}},
        {"fields": {**EXAMPLE, "Extra": [""]}},
        {"fields": {**EXAMPLE, "Digits": ["1234", "5"]}},
        {"token": "12346"},
        {"token": ""},
        {"signature": ""},
        {"signature": "ü"},
        {"signature": EXAMPLE_SIGNATURE.lower()},
    ],
)
def test_anything_else_is_not_theirs(wrong: dict[str, Any]) -> None:
    said = {
        "address": EXAMPLE_ADDRESS,
        "fields": EXAMPLE,
        "signature": EXAMPLE_SIGNATURE,
        "token": TOKEN,
        **wrong,
    }
    assert not signing.is_signed(**said)


def test_they_may_sign_with_the_port() -> None:
    with_port = EXAMPLE_ADDRESS.replace("mycompany.com", "mycompany.com:443")
    assert signing.is_signed(EXAMPLE_ADDRESS, EXAMPLE, signing.signature_of(with_port, EXAMPLE, TOKEN), TOKEN)


def test_their_library_judges_where_it_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    class Validator:
        def __init__(self, token: str) -> None:
            self.token = token

        def validate(self, address: str, fields: Any, signature: str) -> bool:
            asked.append((self.token, address, fields.getlist("Digits"), signature))
            return True

    library = ModuleType("twilio.request_validator")
    library.RequestValidator = Validator  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "twilio.request_validator", library)
    monkeypatch.setattr(signing, "library_is_installed", lambda: True)
    assert signing.is_signed(EXAMPLE_ADDRESS, EXAMPLE, "any", TOKEN)
    assert asked == [(TOKEN, EXAMPLE_ADDRESS, ["1234"], "any")]


# --- What they call --------------------------------------------------------------------------------------------


def call(address: str, said: dict[str, str], *, signature: str | None = None, **headers: str) -> Any:
    """As Twilio calls: the form, signed over the public address."""
    fields = {name: [value] for name, value in said.items()}
    own = signing.signature_of(f"https://portal.example.com{address}", fields, TOKEN)
    signed = {"x-twilio-signature": own if signature is None else signature, **headers}
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    return client.post(
        address,
        urlencode(said),
        content_type="application/x-www-form-urlencoded",
        headers=signed,
        secure=True,
    )


def incoming(body: str, **more: str) -> dict[str, str]:
    said = {"MessageSid": "SM1", "From": BEA, "To": "+12075550100", "Body": body, "NumMedia": "0"}
    return {**said, **more}


INBOUND, STATUS = "/webhooks/sms/", "/webhooks/sms/status/"


def test_a_text_comes_in(cast: Cast, bea: Party, twilio: None) -> None:
    answer = call(INBOUND, incoming("  We found a house! "))
    assert (
        answer.status_code == 200
        and answer["Content-Type"] == "text/xml"
        and b"<Response/>" in answer.content
    )
    assert Message.objects.get().body == "We found a house!"
    assert InboundText.objects.get().provider == "twilio"
    assert call(INBOUND, incoming("  We found a house! ")).status_code == 200
    assert InboundText.objects.count() == Message.objects.count() == 1, "they repeat what they think was lost"


@pytest.mark.parametrize("signature", ["", "nonsense", "ü"])
def test_without_their_signature_nothing_is_believed(
    signature: str, cast: Cast, bea: Party, twilio: None
) -> None:
    for address in (INBOUND, STATUS):
        answer = call(address, incoming("STOP"), signature=signature)
        assert (answer.status_code, answer.content) == (403, b"")
    assert not InboundText.objects.exists() and not Suppression.objects.exists()


def test_the_address_is_ours_whatever_the_call_says_it_is(
    cast: Cast, bea: Party, twilio: None, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["*"]
    assert call(INBOUND, incoming("hello"), host="evil.example").status_code == 200


def test_at_home_nobody_is_believed(cast: Cast) -> None:
    assert call(INBOUND, incoming("STOP")).status_code == 403


def test_whoever_guesses_is_slowed_down_and_the_carrier_is_not(
    cast: Cast, bea: Party, twilio: None, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "sms_unsigned": "2/m/ip"}
    codes = [call(INBOUND, incoming("x"), signature="guess").status_code for _ in range(3)]
    assert codes == [403, 403, 429]
    assert call(INBOUND, incoming("hello")).status_code == 200


@pytest.mark.parametrize("address", [INBOUND, STATUS])
def test_only_posted(address: str, db: None) -> None:
    assert Client().get(address).status_code == 405


def test_a_call_without_an_id_is_no_text(cast: Cast, twilio: None) -> None:
    assert call(INBOUND, incoming("x", MessageSid="")).status_code == 400


def test_what_they_confirm_themselves_we_do_not_say_again(
    cast: Cast, bea: Party, twilio: None, settings: Any
) -> None:
    call(INBOUND, incoming("STOP"))
    call(INBOUND, incoming("HELP", MessageSid="SM2"))
    assert texts_to(BEA, state="queued") == [] and Suppression.objects.get().reason == "stop"
    call(INBOUND, incoming("START", MessageSid="SM3"))
    assert texts_to(BEA, state="queued") == [] and not Suppression.objects.exists()
    settings.TWILIO_ANSWERS_KEYWORDS = False
    call(INBOUND, incoming("STOP", MessageSid="SM4"))
    assert texts_to(BEA, state="queued") == ["texting_stopped"]


def test_what_they_do_not_take_for_a_word_of_theirs_we_confirm(cast: Cast, bea: Party, twilio: None) -> None:
    for number, body in enumerate(("help!", "Opt out.")):
        call(INBOUND, incoming(body, MessageSid=f"SM{number}"))
    assert texts_to(BEA, state="queued") == ["text_help", "texting_stopped"]


# --- What became of one we sent --------------------------------------------------------------------------------


def status_of(row: Notification, status: str, code: str = "") -> Any:
    said = {"MessageSid": "SM9", "MessageStatus": status, **({"ErrorCode": code} if code else {})}
    return call(f"{STATUS}?ref={row.public_id}", said)


@pytest.fixture
def sent(cast: Cast, bea: Party) -> Notification:
    text(BEA, "MENU")
    deliver_due("text")
    return Notification.objects.get(kind="text_menu")


def test_delivered_and_never_back(sent: Notification, twilio: None) -> None:
    for status in ("queued", "sending", "sent", "delivered", "sent", "delivered"):
        assert status_of(sent, status).status_code == 204
    sent.refresh_from_db()
    assert sent.state == "delivered" and sent.delivered_at
    assert list(DeliveryEvent.objects.values_list("kind", flat=True)) == ["accepted", "delivered"]


@pytest.mark.parametrize(("code", "state", "off"), [("30003", "failed", False), ("30006", "bounced", True)])
def test_undelivered(code: str, state: str, off: bool, sent: Notification, twilio: None) -> None:
    status_of(sent, "undelivered", code)
    sent.refresh_from_db()
    assert sent.state == state and code in sent.error
    assert Suppression.objects.filter(address=BEA, channel="text").exists() == off


def test_their_word_settles_what_was_cut_off(sent: Notification, twilio: None) -> None:
    Notification.objects.filter(pk=sent.pk).update(state="unknown", provider_id="")
    status_of(sent, "delivered")
    sent.refresh_from_db()
    assert sent.state == "delivered"


@pytest.mark.parametrize("reference", ["", "nonsense", "00000000-0000-4000-8000-000000000000"])
def test_a_status_of_nothing_we_know_is_taken_calmly(reference: str, cast: Cast, twilio: None) -> None:
    said = {"MessageSid": "SM404", "MessageStatus": "delivered"}
    assert call(f"{STATUS}?ref={reference}", said).status_code == 204
    assert not DeliveryEvent.objects.exists()


# --- Sending ---------------------------------------------------------------------------------------------------


class TheirError(Exception):
    def __init__(self, status: int, code: int) -> None:
        super().__init__(f"HTTP {status} error")
        self.status, self.code, self.msg = status, code, "Their words"


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch, twilio: None) -> Iterator[SimpleNamespace]:
    """Their library as far as we use it: what it was given, and what it answers."""
    seen = SimpleNamespace(given=[], answer=SimpleNamespace(sid="SM77"), client=None)

    def create(**said: Any) -> Any:
        seen.given.append(said)
        if isinstance(seen.answer, Exception):
            raise seen.answer
        return seen.answer

    def client(*account: str, http_client: Any) -> Any:
        seen.client = (account, http_client)
        return SimpleNamespace(messages=SimpleNamespace(create=create))

    rest, http = ModuleType("twilio.rest"), ModuleType("twilio.http.http_client")
    rest.Client = client  # type: ignore[attr-defined]
    http.TwilioHttpClient = lambda **said: said  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "twilio.rest", rest)
    monkeypatch.setitem(sys.modules, "twilio.http.http_client", http)
    yield seen


def send() -> str:
    return provider().send(to=BEA, body="Hello", reference="row-1")


def test_sending(library: SimpleNamespace, settings: Any) -> None:
    assert send() == "SM77"
    assert library.given == [
        {
            "to": BEA, "body": "Hello", "from_": "+12075550100",
            "status_callback": "https://portal.example.com/webhooks/sms/status/?ref=row-1",
        }
    ]  # fmt: skip
    assert library.client == ((ACCOUNT, TOKEN), {"timeout": 10, "max_retries": 0})
    settings.TWILIO_MESSAGING_SERVICE_SID, settings.HTTPS = "MG1", False
    send()
    assert library.given[1] == {"to": BEA, "body": "Hello", "messaging_service_sid": "MG1"}


NO_LINE = requests.ConnectionError(MaxRetryError(None, "/", NewConnectionError(None, "no route")))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        (TheirError(429, 20429), Busy),
        (TheirError(503, 20503), Busy),
        (TheirError(401, 20003), Busy),
        (TheirError(500, 20500), Uncertain),
        (TheirError(400, 21614), Refused),
        (TheirError(400, 21606), Refused),
        (NO_LINE, Busy),
        (requests.ConnectTimeout("no answer"), Busy),
        (requests.ReadTimeout("no answer"), Uncertain),
        (requests.ConnectionError("reset"), Uncertain),
    ],
)
def test_what_an_error_means(answer: Exception, meaning: type[Exception], library: SimpleNamespace) -> None:
    library.answer = answer
    with pytest.raises(meaning) as raised:
        send()
    assert TOKEN not in str(raised.value)
    if meaning is Refused:
        assert raised.value.number_is_dead == (answer.code == 21614)  # type: ignore[attr-defined]


def test_a_text_that_was_cut_off_is_never_sent_twice(
    cast: Cast, bea: Party, library: SimpleNamespace
) -> None:
    library.answer = requests.ReadTimeout("no answer")
    text(BEA, "MENU")
    for _ in range(3):
        deliver_due("text")
    assert len(library.given) == 1
    assert Notification.objects.get(kind="text_menu").state == "unknown"
